#!/bin/sh
# Runs a test once more as a user without rights, when we are root.  Where that user cannot
# reach the build folder (in root's home, for instance), a copy of it.
nobody='setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all'
program=$(realpath "$1")
shift

if [ "$(id -u)" != 0 ]; then
  echo '1..0 # SKIP not root: the plain test ran without rights'
  exit
fi
if $nobody test -x "$program" && $nobody test -r "$G_TEST_SRCDIR" && $nobody test -x .; then
  exec $nobody "$program" "$@"
fi

# With the page that a test reads, as far from it as it is in the project.
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/tests/sandbox" "$folder/sandbox"
cp "$program" "$folder/"
cp "$G_TEST_SRCDIR/../../sandbox/README.md" "$folder/sandbox/"
chmod -R go+rX "$folder"
cd "$folder" || exit 1
G_TEST_SRCDIR=$folder/tests/sandbox $nobody "$folder/${program##*/}" "$@"
