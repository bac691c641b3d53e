#!/bin/sh
# usage: package.sh [FOLDER]
# Builds Debian packages into FOLDER (build-packages).  With LENSCAP_BUILD=BUILD it packages that
# finished build, which was set up with --prefix=/usr, instead of building anew.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-build-packages}
mkdir -p "$folder"
folder=$(realpath "$folder")
[ -z "${LENSCAP_BUILD-}" ] || { LENSCAP_BUILD=$(realpath "$LENSCAP_BUILD"); export LENSCAP_BUILD; }
tools/setup.sh build package

# dpkg works in a tree of its own: debhelper writes into debian/, packages go beside the tree.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/lenscap"
if [ -e .git ]; then
  git ls-files -z | xargs -0 cp --parents -t "$work/lenscap"
else
  tar -c --exclude='./build*' --exclude=./lenscap-cases . | tar -x -C "$work/lenscap"
fi
cd "$work/lenscap"
dpkg-buildpackage -b -uc -us >"$folder/package.log" 2>&1 ||
  { tail -n 40 "$folder/package.log" >&2; exit 1; }
mv ../*.deb "$folder"
ls "$folder"/*.deb
