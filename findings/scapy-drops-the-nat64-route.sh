#!/usr/bin/env bash
# Scapy leaves a route for 64:ff9b::/96 out of its copy of the routing table.
#
# Package: scapy 2.8.0 (PyPI).
#
# Behavior: scapy reads the IPv6 routes of the kernel when it starts. It keeps a route only if it finds a
# source address of the same scope for the destination, and takes 64:ff9b::/96 for an address of no scope at
# all. So the route to the translator is not in `conf.route6`, without an error, while one for a
# network-specific prefix is. A packet made for 64:ff9b::345e:b677 is then sent to the default router, which
# may be another machine.
#
# Why it surprises: RFC 6052 addresses are routed like any other global address, and the kernel does so (`ip
# route get` below). Someone who tests a NAT64 path with scapy sees no answer and looks for the fault in the
# translator.
#
# Output seen on 2026-11-28:
#   kernel 64:ff9b::345e:b677 via 2001:db8:c::1
#   scapy 2001:db8:64::345e:b677 via 2001:db8:c::1
#   scapy 64:ff9b::345e:b677 via 2001:db8:c::9
#
# Needs a network namespace (`unshare`) and `ip`. Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

python3 -m venv "$T/venv" && "$T/venv/bin/pip" install -q scapy==2.8.0 || exit 2
unshare -rn ip link add d0 type veth peer name d1 || { echo "no network namespace can be made here" >&2; exit 2; }

cat >"$T/routes.py" <<'PY'
from scapy.all import conf
for address in ("2001:db8:64::345e:b677", "64:ff9b::345e:b677"):
    print("scapy", address, "via", conf.route6.route(address)[2])
PY

cat >"$T/inside.sh" <<'SH'
set -eu
ip link add d0 type veth peer name d1
ip address add 2001:db8:c::2/64 dev d0 nodad
ip link set d0 up
ip link set d1 up
ip -6 route add 64:ff9b::/96 via 2001:db8:c::1      # the translator, well-known prefix
ip -6 route add 2001:db8:64::/96 via 2001:db8:c::1  # the translator, network-specific prefix
ip -6 route add default via 2001:db8:c::9           # any other router
ip -6 route get 64:ff9b::345e:b677 | awk '{ print "kernel", $1, "via", $5; exit }'
"$1" "$2"
SH
seen=$(unshare -rn sh "$T/inside.sh" "$T/venv/bin/python" "$T/routes.py" 2>/dev/null)

expected='kernel 64:ff9b::345e:b677 via 2001:db8:c::1
scapy 2001:db8:64::345e:b677 via 2001:db8:c::1
scapy 64:ff9b::345e:b677 via 2001:db8:c::9'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
