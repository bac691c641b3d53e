#!/bin/sh
# usage: manual.sh LENSCAP LENSCAP.1
# The manual page and --help name the same commands and the same options.  TAP.
lenscap=$1 page=$2
commands=$("$lenscap" --help | sed -n '/^Usage/,/^Example/s/^  \([a-z]*\)  .*/\1/p')
echo "1..$(($(echo "$commands" | wc -l) + 1))"
number=0
compare() { # SENTENCE ONE OTHER
  number=$((number + 1))
  if [ -n "$2" ] && [ "$2" = "$3" ]; then echo "ok $number - $1"; return; fi
  echo "not ok $number - $1"
  echo "# --help: $2" | tr '\n' ' '
  echo
  echo "# page:   $3" | tr '\n' ' '
  echo
}

compare "the page has each command and no other" "$(echo "$commands" | sort)" \
  "$(sed -n 's/^\.Ss //p' "$page" | sort)"
for command in $commands; do
  help=$("$lenscap" "$command" --help)
  # -o, --output=DIR: one line for each spelling.  "none": a command may have no options.
  offered=$(echo "$help" | grep -oE '^  +(-[a-z], )?--[a-z-]+' | grep -oE -- '-[a-z-]+' |
    sed 's/^-//' | sort -u)
  written=$(sed -n "/^\.Ss $command\$/,/^\.S[sh] /p" "$page" | sed -n 's/^\.It Fl //p' |
    sed 's/, Fl /\n/g' | sed 's/ Ns .*//; s/ .*//' | sort -u)
  compare "$command: the same options" "none
$offered" "none
$written"
done
