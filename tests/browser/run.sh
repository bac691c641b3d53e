#!/bin/sh
# usage: run.sh LENSCAP PRINT-SAMPLE
# Opens the pages in Chromium (pages.mjs).  Skips, with a reason, where there is no browser, no
# node, or no way to install the two modules that package-lock.json names.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1

skip() {
  echo "1..0 # SKIP $*"
  exit 0
}

browser=
for name in chromium chromium-browser; do
  [ -n "$browser" ] || browser=$(command -v "$name") || true
done
[ -n "$browser" ] || skip "chromium is not installed"
command -v node >/dev/null || skip "node is not installed"
# What was installed is what the lock says: npm leaves its own copy of it.
if [ ! "$here/node_modules/.package-lock.json" -nt "$here/package-lock.json" ]; then
  command -v npm >/dev/null || skip "npm is not installed"
  (cd "$here" && npm ci --ignore-scripts --no-audit --no-fund >/dev/null 2>&1) \
    || skip "npm could not install what tests/browser/package-lock.json names"
fi
exec node "$here/pages.mjs" "$browser" "$@"
