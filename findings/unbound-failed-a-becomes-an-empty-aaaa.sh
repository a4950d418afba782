#!/usr/bin/env bash
# Unbound's DNS64 says "this name has no IPv6 address" when what happened is that its A could not be asked.
#
# Packages: unbound 1.17.1-2+deb12u4 (Debian 12); dnspython 2.7.0 (PyPI) for the upstream and the questions.
#
# Behavior: for a name without AAAA, DNS64 asks for A. If that is answered with SERVFAIL, the client that
# asked for AAAA gets NOERROR, no answer and the SOA record, as if the name had no address of any kind, for
# as long as the SOA says. The client that asks for A is told SERVFAIL.
#
# Why it surprises: a short fault upstream is turned into a well-formed negative answer that caches may
# keep, and in a query log the name looks like one that has no address at all. Nothing tells the one empty
# answer from the other.
#
# Output seen on 2026-11-28:
#   good A NOERROR 192.0.2.1
#   good AAAA NOERROR 64:ff9b::c000:201
#   none AAAA NOERROR no answer, SOA 60
#   fail A SERVFAIL no answer
#   fail AAAA NOERROR no answer, SOA 60
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'kill ${servers:-} 2>/dev/null || true; rm -rf "$T"' EXIT
export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

(cd "$T" && apt-get -o APT::Sandbox::User=root download -qq unbound=1.17.1-2+deb12u4 \
    libevent-2.1-7 libnghttp2-14 libprotobuf-c1 libpython3.11 libpython3.11-stdlib libpython3.11-minimal \
    libsystemd0) || exit 2
for package in "$T"/*.deb; do dpkg-deb -x "$package" "$T/root"; done
python3 -m venv "$T/venv" && "$T/venv/bin/pip" install -q dnspython==2.7.0 || exit 2

cat >"$T/upstream.py" <<'PY'
import socket
import dns.flags, dns.message, dns.rcode, dns.rdatatype, dns.rrset

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 15353))
while True:
    wire, client = server.recvfrom(4096)
    query = dns.message.from_wire(wire)
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.RA
    name, kind = query.question[0].name, query.question[0].rdtype
    if kind == dns.rdatatype.A and name.labels[0] == b"good":
        reply.answer.append(dns.rrset.from_text(name, 300, "IN", "A", "192.0.2.1"))
    elif kind == dns.rdatatype.A and name.labels[0] == b"fail":
        reply.set_rcode(dns.rcode.SERVFAIL)
    else:
        soa = "ns.example.net. host.example.net. 1 60 60 60 60"
        reply.authority.append(dns.rrset.from_text("example.net.", 60, "IN", "SOA", soa))
    server.sendto(reply.to_wire(), client)
PY
cat >"$T/ask.py" <<'PY'
import dns.message, dns.query, dns.rcode
for name, kind in (("good", "A"), ("good", "AAAA"), ("none", "AAAA"), ("fail", "A"), ("fail", "AAAA")):
    query = dns.message.make_query(f"{name}.example.net.", kind)
    reply = dns.query.udp(query, "127.0.0.1", port=15354, timeout=10)
    answers = [str(record) for records in reply.answer for record in records]
    soa = [f"SOA {records.ttl}" for records in reply.authority]
    print(name, kind, dns.rcode.to_text(reply.rcode()), ", ".join((answers or ["no answer"]) + soa))
PY
cat >"$T/unbound.conf" <<CONF
server:
    directory: "$T"
    username: ""
    chroot: ""
    pidfile: ""
    use-syslog: no
    interface: 127.0.0.1
    port: 15354
    do-not-query-localhost: no
    module-config: "dns64 iterator"
    dns64-prefix: 64:ff9b::/96
forward-zone:
    name: "."
    forward-addr: 127.0.0.1@15353
CONF
"$T/venv/bin/python" "$T/upstream.py" 2>/dev/null &
servers=$!
LD_LIBRARY_PATH=$T/root/usr/lib/x86_64-linux-gnu "$T/root/usr/sbin/unbound" -d -c "$T/unbound.conf" 2>/dev/null &
servers="$servers $!"
for _ in $(seq 50); do
    seen=$("$T/venv/bin/python" "$T/ask.py" 2>/dev/null) && break
    sleep 0.2
done

expected='good A NOERROR 192.0.2.1
good AAAA NOERROR 64:ff9b::c000:201
none AAAA NOERROR no answer, SOA 60
fail A SERVFAIL no answer
fail AAAA NOERROR no answer, SOA 60'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
