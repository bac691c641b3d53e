#!/bin/sh
# usage: report-picture.sh [CASE]
# Makes docs/report.png, the first page of a real report, with headless chromium (package
# chromium, fonts-dejavu-core).  Without a case it runs the demonstration first.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ $# = 0 ]; then
  ./demo -o "$work/cases"
  set -- "$work"/cases/*.case
fi
cp "$1/report.html" "$work/report.html"
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/chromium" \
  --window-size=1000,1750 --screenshot="$PWD/docs/report.png" "file://$work/report.html" 2>"$work/log" ||
  { cat "$work/log" >&2; exit 1; }
echo "docs/report.png"
