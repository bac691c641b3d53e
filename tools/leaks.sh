#!/bin/sh
# Prints 1 where LeakSanitizer can work, else 0: it looks into its own process as a debugger does,
# which some containers forbid.
probe=$(mktemp) || exit 1
echo 'int main (void) { return 0; }' | gcc -fsanitize=address -x c -o "$probe" - &&
  ASAN_OPTIONS=detect_leaks=1 "$probe" 2>/dev/null && echo 1 || echo 0
rm -f "$probe"
