#!/bin/sh
# usage: package.sh BUILD SOURCE
# This build as Debian packages, installed into a folder with a package database of its own, used
# there, and removed.  TAP.
build=$1 source=$2
skip() { echo "1..0 # SKIP $1"; exit 0; }
command -v dpkg-buildpackage >/dev/null && command -v dh >/dev/null || skip "debhelper or dpkg-dev is not installed"
as_root=
[ "$(id -u)" = 0 ] || as_root='unshare -Ur'
$as_root true 2>/dev/null || skip "neither root nor user namespaces"

folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
number=0
tell() { # STATUS SENTENCE
  number=$((number + 1))
  if [ "$1" = 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; fi
}
show() { sed 's/^/# /' "$1" | tail -n 40; }

LENSCAP_BUILD=$build "$source/tools/package.sh" "$folder" >"$folder/log" 2>&1
status=$?
show "$folder/log"
tell $status "one command makes the packages"
[ $status = 0 ] || { echo "1..$number"; exit 1; }
lenscap_deb=$(echo "$folder"/lenscap_*.deb) camera_deb=$(echo "$folder"/lenscap-camera_*.deb)

# In its build tree a program may find libraries that no package brings.
apt-get install -s -qq --no-install-recommends "$lenscap_deb" "$camera_deb" >"$folder/log" 2>&1
status=$?
show "$folder/log"
tell $status "Debian has what they depend on"

root=$folder/root
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates"
: >"$root/var/lib/dpkg/status"
before=$(cd "$root" && find . ! -path './var/lib/dpkg*' | sort)
into_root() { $as_root dpkg --root="$root" --force-depends --log="$folder/dpkg.log" "$@" >"$folder/log" 2>&1; }
into_root -i "$lenscap_deb" "$camera_deb"
status=$?
[ $status = 0 ] || show "$folder/log"
tell $status "they are installed"

version=$(dpkg-deb -f "$lenscap_deb" Version)
[ "$("$root/usr/bin/lenscap" --version)" = "lenscap $version" ]
tell $? "the program is of the package's version"

for program in "$root"/usr/bin/* "$root"/usr/libexec/lenscap/*; do
  file=${program##*/}
  [ "$(head -c 4 "$program" | tail -c 3)" = ELF ] || continue
  ldd "$program" | grep -q 'not found' && tell 1 "$file finds its libraries" || tell 0 "$file finds its libraries"
done

commands=$("$root/usr/bin/lenscap" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p' | grep -v '^lenscap$')
lacks=$(for command in $commands; do [ -s "$root/usr/share/man/man1/lenscap-$command.1.gz" ] || echo "$command"; done)
[ -z "$lacks" ]
tell $? "each command has its manual page $lacks"

mkdir "$folder/work"
cp "$source/samples/captures/padding-tcp.pcapng" "$source/samples/profiles/camera.ini" "$folder/work"
(cd "$folder/work" && "$root/usr/bin/lenscap" analyze --profile camera.ini padding-tcp.pcapng) >"$folder/log" 2>&1
status=$?
show "$folder/log"
[ $status = 1 ]
tell $? "the packaged program finds the padding of a sample"

into_root -r lenscap-camera lenscap
status=$?
[ $status = 0 ] || show "$folder/log"
tell $status "they are removed"
after=$(cd "$root" && find . ! -path './var/lib/dpkg*' | sort)
[ "$before" = "$after" ] || echo "$after" | sed 's/^/# /'
[ "$before" = "$after" ]
tell $? "nothing is left behind"
echo "1..$number"
