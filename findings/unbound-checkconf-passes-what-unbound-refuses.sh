#!/usr/bin/env bash
# unbound-checkconf says "no errors" of a DNS64 prefix with which Unbound does not start.
#
# Package: unbound 1.17.1-2+deb12u4 (Debian 12).
#
# Behavior: RFC 6052 section 2.2 knows prefixes of 32, 40, 48, 56, 64 and 96 bits. With one of 80 bits the
# checker exits with 0; the server, given the same file, ends at once with 1. Nor does it look at the text:
# an IPv4 network passes. Other addresses are checked (`access-control: 10.0.0.0/99 allow` is an error).
#
# Why it surprises: the checker is what a deployment runs before it restarts the resolver of a network, and
# it knows the option. After the restart there is no resolver.
#
# Output seen on 2026-11-28:
#   access-control: 10.0.0.0/99 allow: checkconf 1
#   dns64-prefix: 2001:db8:64::/96: checkconf 0
#   dns64-prefix: 192.0.2.0/24: checkconf 0
#   dns64-prefix: 2001:db8:64::/80: checkconf 0
#   dns64-prefix: 2001:db8:64::/80: unbound 1
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT

(cd "$T" && apt-get -o APT::Sandbox::User=root download -qq unbound=1.17.1-2+deb12u4 \
    libevent-2.1-7 libnghttp2-14 libprotobuf-c1 libpython3.11 libpython3.11-stdlib libpython3.11-minimal \
    libsystemd0) || exit 2
for package in "$T"/*.deb; do dpkg-deb -x "$package" "$T/root"; done
export LD_LIBRARY_PATH=$T/root/usr/lib/x86_64-linux-gnu

configure() {
    cat >"$T/unbound.conf" <<CONF
server:
    directory: "$T"
    username: ""
    chroot: ""
    pidfile: ""
    use-syslog: no
    interface: 127.0.0.1
    port: 15355
    module-config: "dns64 iterator"
    $1
CONF
}
check() {
    configure "$1"
    code=0
    "$T/root/usr/sbin/unbound-checkconf" "$T/unbound.conf" >/dev/null 2>&1 || code=$?
    echo "$1: checkconf $code"
}
start() {
    configure "$1"
    code=0
    timeout 10 "$T/root/usr/sbin/unbound" -d -c "$T/unbound.conf" >/dev/null 2>&1 || code=$?
    echo "$1: unbound $code"
}
seen=$(
    check "access-control: 10.0.0.0/99 allow"
    check "dns64-prefix: 2001:db8:64::/96"
    check "dns64-prefix: 192.0.2.0/24"
    check "dns64-prefix: 2001:db8:64::/80"
    start "dns64-prefix: 2001:db8:64::/80"
)

expected='access-control: 10.0.0.0/99 allow: checkconf 1
dns64-prefix: 2001:db8:64::/96: checkconf 0
dns64-prefix: 192.0.2.0/24: checkconf 0
dns64-prefix: 2001:db8:64::/80: checkconf 0
dns64-prefix: 2001:db8:64::/80: unbound 1'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
