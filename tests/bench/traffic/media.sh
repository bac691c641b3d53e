#!/bin/sh
# What the cameras of bench-traffic show and hear: H.264, H.265, AAC and G.711, made by real
# encoders so that every header and slice is one of theirs.
# Usage: media.sh FOLDER [SECONDS] [WIDTHxHEIGHT] [KBPS]
#
# One thread and bit-exact: the same encoder gives the same octets.  SECONDS is a multiple of 4:
# groups of pictures take 2, and only after an even number of them does idr_pic_id still
# alternate where a camera begins again.
set -eu
to=$1 seconds=${2-12} size=${3-1280x720} kbps=${4-4000}
mkdir -p "$to"

sound () # SEED RATE ENCODING...
{
  seed=$1 rate=$2
  shift 2
  ffmpeg -v error -y -bitexact \
    -f lavfi -i "anoisesrc=r=$rate:a=0.1:c=pink:seed=$seed:d=$seconds" "$@"
}

picture () # SEED ENCODING...
{
  seed=$1
  shift
  ffmpeg -v error -y -bitexact -f lavfi -i "testsrc2=s=$size:r=25:d=$seconds" \
    -vf "noise=all_seed=$seed:alls=10:allf=t" -pix_fmt yuv420p -threads 1 "$@"
}

h264 () # SEED PROFILE FILE
{
  picture "$1" -c:v libx264 -preset veryfast -profile:v "$2" \
    -b:v "${kbps}k" -maxrate "${kbps}k" -bufsize "${kbps}k" \
    -x264-params threads=1:keyint=50:min-keyint=50:scenecut=0:bframes=0:aud=1 \
    -bsf:v filter_units=remove_types=6 -f h264 "$to/$3"
}

h265 () # SEED FILE
{
  rate=$((kbps * 3 / 4))
  groups=keyint=50:min-keyint=50:scenecut=0:bframes=0:open-gop=0:aud=1:info=0:repeat-headers=1
  threads=pools=none:frame-threads=1
  picture "$1" -c:v libx265 -preset ultrafast -b:v "${rate}k" \
    -x265-params log-level=none:$threads:$groups:vbv-maxrate=$rate:vbv-bufsize=$rate \
    -f hevc "$to/$2"
}

sound 11 8000 -c:a pcm_alaw -f alaw "$to/sound.alaw"
sound 12 16000 -c:a aac -b:a 32k -f adts "$to/sound.aac"
h264 1 main main.h264
h264 2 baseline baseline.h264
h265 3 one.h265
h265 4 two.h265
