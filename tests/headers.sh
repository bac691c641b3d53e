#!/bin/sh
# usage: headers.sh BUILD-ROOT COMPILER...
# Compiles every header of every floor alone, and twice in one file, warnings as errors.  Finds
# them itself, so that none can be forgotten.  TAP.
build=$1
shift
cd "$(dirname "$0")/.." || exit 2
packages='glib-2.0 gio-unix-2.0 json-glib-1.0 gstreamer-rtsp-server-1.0'
# shellcheck disable=SC2086
flags=$(pkg-config --cflags $packages) || { echo "Bail out! pkg-config"; exit 2; }
floors='sandbox wire ledger analyzers report harness samples'
# shellcheck disable=SC2086
headers=$(find $floors -name '*.h' | LC_ALL=C sort)
printf '1..%d\n' "$(echo "$headers" | wc -l)"

# Two at a time; the output is short enough to be written at once.
# shellcheck disable=SC2016
echo "$headers" | xargs -P 2 -I '{}' sh -c '
  header=$1 flags=$2 build=$3
  shift 3
  said=$(printf "#include \"%s\"\n#include \"%s\"\n" "$header" "$header" |
    "$@" -x c -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Wno-unused-parameter -fsyntax-only \
      -I. -I"$build" $flags - 2>&1)
  status=$?
  [ $status = 0 ] || echo "$said" | sed "s/^/# /"
  [ $status = 0 ] && echo "ok - $header compiles alone" || echo "not ok - $header compiles alone"
' sh '{}' "$flags" "$build" "$@"
