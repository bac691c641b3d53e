#!/bin/sh
# usage: manual.sh LENSCAP DOCS
# The manual pages and --help name the same commands and the same options.  TAP.
lenscap=$1 docs=$2
commands=$("$lenscap" --help | sed -n '/^Usage/,/^Example/s/^  \([a-z]*\)  .*/\1/p')
echo "1..$(($(echo "$commands" | wc -l) + 2))"
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

compare "lenscap(1) has each command and no other" "$(echo "$commands" | sort)" \
  "$(sed -n '/^# COMMANDS/,/^# ENV/s/^\*lenscap-\([a-z]*\)\*(1)$/\1/p' "$docs/lenscap.1.scd" | sort)"
compare "each command has a page and is no other's" "$(echo "$commands" | sort)" \
  "$(for page in "$docs"/lenscap-*.1.scd; do basename "$page" .1.scd; done | sed 's/^lenscap-//' | sort)"
for command in $commands; do
  # -o, --output=DIR: one line for each spelling.  "none": a command may have no options.
  offered=$("$lenscap" "$command" --help | grep -oE '^  +(-[a-z], )?--[a-z-]+' | grep -oE -- '-[a-z-]+' | sort -u)
  written=$(sed -n '/^# OPTIONS/,/^# EXIT/p' "$docs/lenscap-$command.1.scd" | grep -E '^\*-' |
    grep -oE '\*--?[a-z-]+\*' | tr -d '*' | sort -u)
  compare "$command: the same options" "none
$offered" "none
$written"
done
