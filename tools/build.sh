#!/bin/sh
# usage: build.sh FOLDER [MESON-OPTION...]
# Sets FOLDER up, once, and builds what has changed since.  Quiet unless something is wrong.
set -eu
cd "$(dirname "$0")/.."
folder=$1
shift
if [ ! -f "$folder/build.ninja" ]; then
  mkdir -p "$folder"
  meson setup "$folder" "$@" >"$folder/setup.log" 2>&1 || { cat "$folder/setup.log" >&2; rm -rf "$folder"; exit 1; }
fi
ninja -C "$folder" >"$folder/build.log" 2>&1 || { grep -v '^\[' "$folder/build.log" | tail -n 60 >&2; exit 1; }
