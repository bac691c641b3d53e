#!/bin/sh
# Called by `busybox udhcpc -s` in the camera's network namespace with what the server said
# in the environment.  Gives the address to the interface and tells the camera, on standard
# output, whom it may ask.  The resolver stays in the camera: /etc/resolv.conf is not ours.
set -eu

case "$1" in
deconfig)
  busybox ip link set dev "$interface" up
  busybox ip -4 addr flush dev "$interface"
  ;;
bound | renew)
  busybox ip link set dev lo up
  busybox ip -4 addr flush dev "$interface"
  busybox ip addr add "$ip/${mask:-24}" broadcast + dev "$interface"
  for gateway in ${router:-}; do
    busybox ip route add default via "$gateway" dev "$interface"
    break
  done
  printf 'address=%s\n' "$ip"
  printf 'router=%s\n' "${router:-}"
  printf 'resolver=%s\n' "${dns:-}"
  printf 'time-server=%s\n' "${ntpsrv:-}"
  ;;
esac
