#!/usr/bin/env bash
# BIND's DNS64 makes an IPv6 address for 0.0.0.0, so that a blocked name seems to be reachable through
# NAT64.
#
# Packages: bind9 1:9.18.49-1~deb12u3 (Debian 12); dnspython 2.7.0 (PyPI) for the upstream and the
# questions.
#
# Behavior: with `dns64 64:ff9b::/96 { };` every A record is mapped, also 0.0.0.0, which block lists answer
# with, 127.0.0.1 and 169.254.169.254. RFC 6052 section 3.1 forbids the well-known prefix for IPv4 addresses
# that are not global. They have to be left out by hand, with the option `mapped`.
#
# Why it surprises: to a client with A the block means "this machine, refused at once"; to one with AAAA it
# is a global address, 64:ff9b::, and packets for it leave through the NAT gateway. In a query log the
# blocked name counts among those that work with DNS64, and nothing says that it was blocked.
#
# Output seen on 2026-11-28:
#   192.0.2.1 64:ff9b::c000:201
#   0.0.0.0 64:ff9b::
#   127.0.0.1 64:ff9b::7f00:1
#   169.254.169.254 64:ff9b::a9fe:a9fe
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'kill ${servers:-} 2>/dev/null || true; wait; rm -rf "$T"' EXIT
export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

(cd "$T" && apt-get -o APT::Sandbox::User=root download -qq bind9=1:9.18.49-1~deb12u3 \
    bind9-libs=1:9.18.49-1~deb12u3 libfstrm0 libjemalloc2 libjson-c5 liblmdb0 libmaxminddb0 libprotobuf-c1 \
    libuv1 libxml2 libcap2 libicu72 libnghttp2-14) || exit 2
for package in "$T"/*.deb; do dpkg-deb -x "$package" "$T/root"; done
python3 -m venv "$T/venv" && "$T/venv/bin/pip" install -q dnspython==2.7.0 || exit 2

cat >"$T/upstream.py" <<'PY'
import socket
import dns.flags, dns.message, dns.rdatatype, dns.rrset

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 15356))
while True:
    wire, client = server.recvfrom(4096)
    query = dns.message.from_wire(wire)
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.RA
    name = query.question[0].name
    if query.question[0].rdtype == dns.rdatatype.A:  # a192-0-2-1.example.net. has the address 192.0.2.1
        address = name.labels[0].decode()[1:].replace("-", ".")
        reply.answer.append(dns.rrset.from_text(name, 300, "IN", "A", address))
    else:
        soa = "ns.example.net. host.example.net. 1 60 60 60 60"
        reply.authority.append(dns.rrset.from_text("example.net.", 60, "IN", "SOA", soa))
    server.sendto(reply.to_wire(), client)
PY
cat >"$T/ask.py" <<'PY'
import dns.message, dns.query
for address in ("192.0.2.1", "0.0.0.0", "127.0.0.1", "169.254.169.254"):
    query = dns.message.make_query(f"a{address.replace('.', '-')}.example.net.", "AAAA")
    reply = dns.query.udp(query, "127.0.0.1", port=15357, timeout=10)
    print(address, *[record for records in reply.answer for record in records])
PY
cat >"$T/named.conf" <<CONF
options {
    directory "$T";
    pid-file none;
    session-keyfile none;
    listen-on port 15357 { 127.0.0.1; };
    listen-on-v6 { none; };
    forwarders { 127.0.0.1 port 15356; };
    forward only;
    dnssec-validation no;
    dns64 64:ff9b::/96 { };
};
controls { };
CONF
"$T/venv/bin/python" "$T/upstream.py" 2>/dev/null &
servers=$!
LD_LIBRARY_PATH=$T/root/usr/lib/x86_64-linux-gnu "$T/root/usr/sbin/named" -g -c "$T/named.conf" 2>/dev/null &
servers="$servers $!"
for _ in $(seq 50); do
    seen=$("$T/venv/bin/python" "$T/ask.py" 2>/dev/null) && break
    sleep 0.2
done

expected='192.0.2.1 64:ff9b::c000:201
0.0.0.0 64:ff9b::
127.0.0.1 64:ff9b::7f00:1
169.254.169.254 64:ff9b::a9fe:a9fe'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
