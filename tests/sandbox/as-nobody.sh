#!/bin/sh
# Runs a test once more as a user without rights, when we are root and that user can reach it.
nobody='setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all'

if [ "$(id -u)" != 0 ]; then
  echo '1..0 # SKIP not root: the plain test ran without rights'
elif ! $nobody test -x "$1" 2>/dev/null; then
  echo '1..0 # SKIP an unprivileged user cannot reach the build directory'
else
  exec $nobody "$@"
fi
