#!/bin/sh
# Every header of wire/, and every parser of strangers' octets above it, is included by a fuzz
# target.  Those that are not stand in the table of the last lines: "parts", which a target reaches
# through another header, and "plain", which parse nothing.  TAP.
cd "${1:-$(dirname "$0")/../..}" || exit 2
table=$(sed -n '/^# part HEADER/,$p' tests/fuzz/covered.sh)

# What no header of wire/ is: files of people and of workers, by name.
above='ledger/ledger.h ledger/key-file.h ledger/mud.h ledger/own-names.h ledger/profile.h ledger/stream-log.h
ledger/template.h ledger/text.h ledger/xml-fields.h report/evidence.h report/json.h report/record.h
report/run.h harness/blocks.h harness/capture-look.h harness/errand.h harness/job.h harness/live-capture.h harness/live-puller.h
harness/parts.h harness/secret.h harness/sink.h sandbox/broker.h sandbox/message.h sandbox/status.h'

included() { grep -lF "#include \"$1\"" tests/fuzz/fuzz-*.c >/dev/null; }

# The row of a header; a part must be one of a header that is included itself.
in_table() {
  row=$(echo "$table" | grep -E "^(part|plain) +${1#wire/} *:") || return 1
  case $row in
    part*) included "wire/$(echo "$row" | sed 's/^[^:]*: *//')" ;;
  esac
}

echo 1..3
missing=
for header in wire/*.h $above; do
  included "$header" || in_table "$header" || missing="$missing $header"
done
for header in $missing; do echo "# no fuzz target includes $header"; done
[ -z "$missing" ] && echo "ok 1 - every parser has a fuzz target" || echo "not ok 1 - every parser has a fuzz target"

stale=
for name in $(echo "$table" | sed -nE 's/^(part|plain) +([^ :]+) *:.*/\2/p'); do
  [ -f "wire/$name" ] && ! included "wire/$name" || stale="$stale $name"
done
for name in $stale; do echo "# the table need not name $name"; done
[ -z "$stale" ] && echo "ok 2 - the table names only what it must" || echo "not ok 2 - the table names only what it must"

bare=
for target in tests/fuzz/fuzz-*.c; do
  name=${target##*/fuzz-} name=${name%.c}
  { grep -q "'$name'" tests/fuzz/meson.build && ls "tests/fuzz/corpus/$name"/* >/dev/null 2>&1; } || bare="$bare $name"
done
for name in $bare; do echo "# $name is not built, or has no corpus"; done
[ -z "$bare" ] && echo "ok 3 - every target is built and has a corpus" || echo "not ok 3 - every target is built and has a corpus"
[ -z "$missing$stale$bare" ]
exit

# part HEADER: the header of wire/ through which a target reaches it
part aac-channel.h: adts.h
part aac-config.h: latm.h
part aac.h: adts.h
part assembly.h: h264.h
part bits.h: latm.h
part capture-pcap.h: capture-file.h
part capture-pcapng.h: capture-file.h
part capture-state.h: capture-file.h
part h264-bits.h: h264-slice-data.h
part h264-cabac.h: h264-slice-data.h
part h264-cavlc.h: h264-slice-data.h
part h264-macroblock.h: h264-slice-data.h
part h264-neighbour.h: h264-slice-data.h
part h264-slice.h: h264-slice-data.h
part h265-coding.h: h265-slice-data.h
part h265-parts.h: h265-parameter.h
part h265-pps.h: h265-parameter.h
part h265-profile.h: h265-parameter.h
part h265-ref-set.h: h265-parameter.h
part h265-slice.h: h265-slice-data.h
part h265-vui.h: h265-parameter.h
part jpeg-entropy.h: rtp-jpeg.h
part jpeg.h: jpeg-scan.h
part layers-network.h: layers.h
part layers-wlan.h: layers.h
part nal.h: h264.h
part rbsp.h: sei.h
part tcp-tail.h: tcp-stream.h
# plain HEADER: why it parses nothing
plain aac-tables.h: constants
plain cursor.h: reads octets for others
plain h264-cabac-contexts.h: constants
plain h264-cavlc-tables.h: constants
plain h265-contexts.h: constants
plain linktype.h: numbers and names
plain piece.h: says where octets lie
plain range.h: says where octets lie
