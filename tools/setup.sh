#!/bin/sh
# usage: setup.sh GROUP...
# Installs those Debian packages of the groups in tools/packages.txt that are missing.  Asks
# the network only when one is.  A package with unless:COMMAND is not, where there is that command
# from elsewhere.
set -eu
list=$(dirname "$0")/packages.txt

wanted=$(for group in "$@"; do
  awk -v group="$group" '$1 == group { print $2, $3 }' "$list" | while read -r package unless; do
    case $unless in unless:*) command -v "${unless#unless:}" >/dev/null && continue ;; esac
    echo "$package"
  done
done)
if ! command -v dpkg-query >/dev/null; then
  echo "$0: this is not Debian; the packages that are needed are named in $list" >&2
  exit 0
fi

# shellcheck disable=SC2086
here=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p')
missing=$(for package in $wanted; do echo "$here" | grep -qxF "$package" || printf '%s ' "$package"; done)
[ -n "$missing" ] || exit 0

as_root='env'
if [ "$(id -u)" != 0 ]; then
  as_root='sudo env'
  if ! command -v sudo >/dev/null; then
    echo "$0: not root, and there is no sudo.  As root: apt-get install" "$missing" >&2
    exit 1
  fi
fi
echo "Installing:" "$missing" >&2
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Dpkg::Use-Pty=0 \
  --no-install-recommends $missing >&2
