#!/bin/sh
# usage: gallery.sh LENSCAP FOLDER
# Makes the sample reports of docs/gallery anew: two live runs of the simulated camera, two captures
# of it, and what changed between an honest and a leaking one.
set -eu
# Reports name the machine that made them: here none.
if [ "${LENSCAP_GALLERY-}" != inside ]; then
  [ "$(id -u)" = 0 ] && apart='unshare -u' || apart='unshare -Uru'
  LENSCAP_GALLERY=inside exec $apart sh -c 'hostname bench && exec "$0" "$@"' "$0" "$@"
fi
lenscap=$(realpath "$1") folder=$(realpath "$2")
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Found (1) or left open (3) is what a sample is for.
evaluate() {
  status=0
  "$@" >"$work/log" 2>&1 || status=$?
  case $status in 0 | 1 | 3) ;; *) cat "$work/log" >&2; exit 1 ;; esac
}
take() { # NAME CASE...
  name=$1
  shift
  [ $# = 1 ] || { echo "gallery: $name: $# cases" >&2; exit 1; }
  cp "$1/report.html" "$folder/$name.html"
}

evaluate "$lenscap" demo --seed 3 -o "$work/leaking"
take leaking-camera "$work"/leaking/*.case
evaluate "$lenscap" demo --clean --transport udp -o "$work/honest"
take honest-camera "$work"/honest/*.case

cp samples/captures/dns-tcp.pcapng "$work/from-a-stranger.pcapng"
evaluate "$lenscap" analyze -o "$work/captures" "$work/from-a-stranger.pcapng"
take nothing-declared "$work"/captures/from-a-stranger.pcapng.case

head -c 80000 samples/captures/clean-udp.pcapng >"$work/broken-off.pcapng"
evaluate "$lenscap" analyze -o "$work/captures" --profile samples/profiles/camera-udp.ini "$work/broken-off.pcapng"
take capture-broken-off "$work"/captures/broken-off.pcapng.case

evaluate "$lenscap" analyze -o "$work/captures" --profile samples/profiles/camera.ini \
  samples/captures/clean-tcp.pcapng samples/captures/still-tcp.pcapng
evaluate "$lenscap" compare --format html -o "$folder/comparison.html" \
  "$work"/captures/clean-tcp.pcapng.case "$work"/captures/still-tcp.pcapng.case
ls "$folder"
