#!/bin/sh
# usage: candidates PROGRAM [COMMAND [OPTION]]
# What may come next on a command line of lenscap, as its own help says: PROGRAM's commands, a
# COMMAND's options and arguments, or an OPTION's values.  One per line, and after a tab what it
# is; "@files" and "@folders" stand for those.  The completions of all shells ask this.
program=$1 command=${2-} option=${3-}

# The values of a placeholder as help writes it: tcp|udp are words, FILE is not.
values() {
  case $1 in
    SEVERITY) printf '%s\n' info low medium high critical ;;
    NAME,...) "$program" list analyzers | grep -x '[a-z0-9-]*' | grep . ;;
    CHANNEL) "$program" list channels | sed -n 's/^\([a-z][a-z0-9-]*\) .*/\1/p' ;;
    FILE | INPUT... | PROFILE...) echo @files ;;
    DIR | CASE*) echo @folders ;;
    *) echo "$1" | tr '|,' '\n\n' | grep -x '[a-z][a-z0-9-]*' ;;
  esac
}

if [ -z "$command" ]; then
  "$program" --help | sed -n 's/^  \([a-z]*\)  *\(..*\)/\1\t\2/p' | grep -v '^lenscap'
  exit
fi
help=$("$program" "$command" --help) || exit 0
if [ -n "$option" ]; then
  values "$(echo "$help" | sed -n "s/^  .*$option\(, --[a-z-]*\)\{0,1\}=\([^ ]*\) .*/\2/p" | head -n 1)"
  exit
fi
# "  -o, --output=DIR   Where": the long spelling, with = where a value follows.
echo "$help" | sed -n 's/^  \(-[a-z], \)\{0,1\}\(--[a-z-]*=\{0,1\}\)[^ ]*  *\(.*\)/\2\t\3/p'
echo "$help" | sed -n 's/^  lenscap [a-z]* *\(\[OPTION[^]]*\]\)\{0,1\} *\([^ ].*\)$/\2/p' | head -n 1 |
  tr -d '[]' | while read -r argument rest; do values "$argument"; done
