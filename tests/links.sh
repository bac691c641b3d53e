#!/bin/sh
# usage: links.sh LENSCAP PULLER
# The program never maps the code of libav* or libpcap: what they parse is hostile, and they have
# programs of their own.  The puller shows that the question would be answered.  TAP.
loads() { ldd "$1" | grep -qE '^[[:space:]]*lib(av|sw)[a-z]+\.so|^[[:space:]]*libpcap\.so'; }
{ ldd "$1" && ldd "$2"; } >/dev/null || { echo "Bail out! ldd"; exit 2; }
echo 1..2
loads "$2" && echo "ok 1 - the puller loads libavformat" || echo "not ok 1 - the puller loads libavformat"
loads "$1" && echo "not ok 2 - lenscap loads neither libav* nor libpcap" || echo "ok 2 - lenscap loads neither libav* nor libpcap"
