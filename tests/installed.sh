#!/bin/sh
# usage: installed.sh MESON BUILD SOURCE BINDIR LIBEXECDIR DATADIR MANDIR
# Installs into a folder of its own and works from there: everything is in its place, and the
# program finds what it starts.  TAP.
meson=$1 build=$2 source=$3 bin=$4 libexec=$5 data=$6 man=$7
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT  # closed to others, as a home folder may be
number=0
tell() { # STATUS SENTENCE
  number=$((number + 1))
  if [ "$1" = 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; fi
}

"$meson" install -C "$build" --no-rebuild --quiet --destdir "$folder/root" >"$folder/log" 2>&1 ||
  { sed 's/^/# /' "$folder/log"; echo "Bail out! meson install"; exit 1; }
lenscap=$folder/root$bin/lenscap

for file in "$bin/lenscap" "$libexec/lenscap/lenscap-capture" "$libexec/lenscap/lenscap-pull" \
  "$libexec/lenscap/lenscap-sink" "$libexec/lenscap/lenscap-camera" \
  "$libexec/lenscap/lenscap-camera-dhcp" "$data/lenscap/evaluation.schema.json" \
  "$data/lenscap/candidates" "$data/bash-completion/completions/lenscap" \
  "$data/zsh/site-functions/_lenscap" "$data/fish/vendor_completions.d/lenscap.fish" \
  "$data/lenscap/cluster/lenscap-parallel" "$data/lenscap/cluster/lenscap-slurm" \
  "$man/man1/lenscap.1" "$man/man1/lenscap-analyze.1" "$man/man5/lenscap-profile.5" "$man/man5/lenscap-case.5" \
  "$man/man5/lenscap-stream-log.5"; do
  test -s "$folder/root$file"
  tell $? "${file##*/} is installed"
done

if grep -rq '@folder@' "$folder/root$data"; then false; else true; fi
tell $? "no completion has a place left open"

# A relative manifest, from another folder.
mkdir "$folder/work"
cp "$source/samples/captures/padding-tcp.pcapng" "$source/samples/profiles/camera.ini" "$folder/work"
printf 'padding-tcp.pcapng\tprofile=camera.ini\n' >"$folder/work/list.txt"
(cd "$folder/work" && "$lenscap" analyze -o cases @list.txt) >"$folder/log" 2>&1
status=$?
sed 's/^/# /' "$folder/log"
[ $status = 1 ]
tell $? "the installed program finds the padding of a sample"
(cd "$folder/work/cases/padding-tcp.pcapng.case" && sha256sum --status -c SHA256SUMS && grep -q rtp-padding-content evaluation.json)
tell $? "its case is whole"

if unshare -n true 2>/dev/null || unshare -Urn true 2>/dev/null; then
  "$lenscap" demo --seed 5 -o "$folder/demo" >"$folder/log" 2>&1
  status=$?
  sed 's/^/# /' "$folder/log"
  [ $status = 1 ]
  tell $? "the installed demonstration runs and finds leaks"
  for channel in rtp-padding-content dns-name-allowlist content-media; do
    grep -qE "^ *F[0-9]+ +[a-z]+ +$channel\$" "$folder"/demo/*.case/report.txt
    tell $? "its report names $channel"
  done
else
  number=$((number + 1))
  echo "ok $number # SKIP no network namespaces here"
fi
echo "1..$number"
