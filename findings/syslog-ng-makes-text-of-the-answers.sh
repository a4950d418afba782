#!/usr/bin/env bash
# syslog-ng reads a record with its JSON parser, writes it with its JSON formatter, and `"answers":[]` is
# `"answers":""`.
#
# Package: syslog-ng-core 3.38.1-5+deb12u1 (Debian 12).
#
# Behavior: json-parser() keeps objects, as `srcids`, and takes a list for text: `format-json` writes a
# list of objects as one string with JSON in it, and the empty list as the empty string. Nothing is
# reported.
#
# Why it surprises: parser and formatter belong together and do no harm to objects. Whatever reads the log
# behind them finds no list; a reader that takes what is no list for "no answers" sees every name as one
# without addresses.
#
# Output seen on 2026-11-28:
#   {"srcids":{"instance":"i-0b48"},"answers":""}
#   {"srcids":{"instance":"i-0b48"},"answers":"[{\"Rdata\":\"64:ff9b::345e:b677\",\"Type\":\"AAAA\"}]"}
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; wait; rm -rf "$T"' EXIT

(cd "$T" && apt-get -o APT::Sandbox::User=root download -qq syslog-ng-core=3.38.1-5+deb12u1 \
    libivykis0 libnet1 libwrap0 libjson-c5 libglib2.0-0 libpcre3 libsystemd0) || exit 2
for package in "$T"/*.deb; do dpkg-deb -x "$package" "$T/root"; done
modules=$T/root/usr/lib/syslog-ng
export LD_LIBRARY_PATH=$T/root/usr/lib/x86_64-linux-gnu:$T/root/lib/x86_64-linux-gnu:$modules:$modules/3.38

cat >"$T/in.log" <<'LOG'
{"answers":[],"srcids":{"instance":"i-0b48"}}
{"answers":[{"Rdata":"64:ff9b::345e:b677","Type":"AAAA"}],"srcids":{"instance":"i-0b48"}}
LOG
cat >"$T/syslog-ng.conf" <<CONF
@version: 3.38
log {
    source { file("$T/in.log" flags(no-parse) read-old-records(yes)); };
    parser { json-parser(prefix(".dns.")); };
    destination { file("$T/out.log" template("\$(format-json .dns.* --rekey .dns.* --shift-levels 2)\n")); };
};
CONF
"$T/root/usr/sbin/syslog-ng" -F -f "$T/syslog-ng.conf" --module-path="$modules/3.38" --no-caps \
    --persist-file="$T/persist" --pidfile="$T/pid" --control="$T/control" 2>/dev/null &
server=$!
for _ in $(seq 100); do
    [ "$(cat "$T/out.log" 2>/dev/null | wc -l)" = 2 ] && break
    sleep 0.2
done
seen=$(cat "$T/out.log")

expected='{"srcids":{"instance":"i-0b48"},"answers":""}
{"srcids":{"instance":"i-0b48"},"answers":"[{\"Rdata\":\"64:ff9b::345e:b677\",\"Type\":\"AAAA\"}]"}'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
