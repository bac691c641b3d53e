#!/bin/sh
# usage: fuzz.sh SECONDS [TARGET...]
# Builds the fuzz targets of tests/fuzz with clang's libFuzzer under AddressSanitizer and
# UndefinedBehaviorSanitizer, and runs each (or those that are named) for so many seconds, as many
# at a time as there are processors.  What it learns stays in build-check/fuzz-corpus/TARGET for
# the next time, what falls in build-check/fuzz-found.  The last line counts the targets.
set -u
cd "$(dirname "$0")/.." || exit 2
folders=build-check
seconds=${1:-}
case $seconds in
  '' | *[!0-9]*) echo "usage: ./check fuzz SECONDS [TARGET...]" >&2; exit 2 ;;
esac
shift
[ $# -gt 0 ] || set -- $(ls tests/fuzz | sed -n 's/^fuzz-\(.*\)\.c$/\1/p')
for target; do
  [ -f "tests/fuzz/fuzz-$target.c" ] || { echo "fuzz: there is no tests/fuzz/fuzz-$target.c" >&2; exit 2; }
done

tools/setup.sh build test fuzz || { echo "0 passed, 1 failed"; exit 1; }
mkdir -p "$folders/fuzz-found" "$folders/fuzz-log"
build=$folders/fuzz
if [ ! -f "$build/build.ninja" ]; then
  CC=clang meson setup "$build" --werror -Dfuzz=true -Daudit=true -Db_sanitize=address,undefined \
    -Db_lundef=false >"$folders/fuzz-log/setup" 2>&1 || { cat "$folders/fuzz-log/setup" >&2; echo "0 passed, 1 failed"; exit 1; }
fi
echo "fuzz: building $# targets"
# shellcheck disable=SC2046
ninja -C "$build" $(printf 'tests/fuzz/fuzz-%s ' "$@") >"$folders/fuzz-log/build" 2>&1 ||
  { grep -v '^\[' "$folders/fuzz-log/build" | tail -n 60 >&2; echo "0 passed, 1 failed"; exit 1; }

export G_SLICE=always-malloc UBSAN_OPTIONS=print_stacktrace=1
# Leaks are looked for where the container lets a process look into itself.
detect=$(tools/leaks.sh)
export ASAN_OPTIONS="detect_leaks=$detect:allocator_may_return_null=1"

# One target: a line of what was done.
# shellcheck disable=SC2016
one='
  target=$1 seconds=$2 folders=$3 detect=$4
  kept=$folders/fuzz-corpus/$target log=$folders/fuzz-log/$target
  mkdir -p "$kept"
  dict=tests/fuzz/dict/$target.dict
  [ -f "$dict" ] && dict=-dict=$dict || dict=
  most=$(sed -n "s/.*fuzz: at most \([0-9]*\) octets.*/\1/p" "tests/fuzz/fuzz-$target.c")
  mkdir -p "tests/fuzz/corpus/$target"
  "$folders/fuzz/tests/fuzz/fuzz-$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
    -max_len="${most:-4096}" -detect_leaks="$detect" -print_final_stats=1 \
    -artifact_prefix="$folders/fuzz-found/$target-" $dict "$kept" "tests/fuzz/corpus/$target" >"$log" 2>&1
  status=$?
  awk -v target="$target" -v status=$status -v log_="$log" "
    function after (word,  i) { for (i = 1; i < NF; i++) if (\$i == word) return \$(i + 1) }
    /[[:space:]](INITED|pulse|NEW|REDUCE|RELOAD|DONE) +cov: / { cov = after(\"cov:\"); if (begin == \"\") begin = cov }
    /^stat::number_of_executed_units:/ { runs = \$2 }
    /^stat::average_exec_per_sec:/ { rate = \$2 }
    /Test unit written to/ { where = \$NF }
    END {
      printf \"%s %-18s %9d runs, %6d/s, coverage %5d (+%d)%s\\n\", status == 0 ? \"ok    \" : \"FAILED\", target, runs, rate,
        cov, cov - begin, status == 0 ? \"\" : where != \"\" ? \": \" where \", see \" log_ : \": see \" log_
    }" "$log"
'
for target; do echo "$target"; done |
  xargs -P "$(nproc)" -I '{}' sh -c "$one" sh '{}' "$seconds" "$folders" "$detect" | tee "$folders/fuzz-log/summary"
awk '/^ok / { good++ } /^FAILED / { bad++ } END { printf "%d passed, %d failed\n", good, bad; exit bad > 0 || good == 0 }' \
  "$folders/fuzz-log/summary"
