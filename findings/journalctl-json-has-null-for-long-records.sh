#!/usr/bin/env bash
# `journalctl -o json` prints `"MESSAGE":null` for a record with a long TXT answer that is whole in the
# journal.
#
# Packages: systemd and systemd-journal-remote 252.39-1~deb12u2 (Debian 12).
#
# Behavior: a field of 4,096 bytes or so and more is null in the JSON forms of journalctl, unless `--all`
# is given. `-o cat` and `-o short` print it in full. The exit code is 0, and a reader cannot tell such a
# record from one that had no text.
#
# Why it surprises: JSON is the form for programs, so one expects more from it, not less, than from `-o
# cat`. Most records of a resolver query log have 300 to 500 bytes; the few that are lost are those of names
# with many or long answers.
#
# Output seen on 2026-11-28 (bytes of the record, of MESSAGE in -o json, of the line in -o cat):
#   4000 4000 4000
#   4100 null 4100
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT

(cd "$T" && apt-get -o APT::Sandbox::User=root download -qq systemd=252.39-1~deb12u2 \
    libsystemd-shared=252.39-1~deb12u2 systemd-journal-remote=252.39-1~deb12u2 libmicrohttpd12 libcurl4) || exit 2
for package in "$T"/*.deb; do dpkg-deb -x "$package" "$T/root"; done
export LD_LIBRARY_PATH=$T/root/usr/lib/x86_64-linux-gnu:$T/root/usr/lib/x86_64-linux-gnu/systemd

cat >"$T/export.py" <<'PY'
import json
import sys

def record(size):
    def text(rdata):
        answers = [{"Rdata": f'"{rdata}"', "Type": "TXT", "Class": "IN"}]
        return json.dumps({"query_name": "example.com.", "query_type": "TXT", "answers": answers})
    return text("x" * (size - len(text(""))))

for number, size in enumerate((4000, 4100)):  # the journal's export format
    print(f"__REALTIME_TIMESTAMP={1673772686000000 + number}", f"__MONOTONIC_TIMESTAMP={1000 + number}",
          f"_BOOT_ID={1:032x}", f"MESSAGE={record(size)}", "", sep="\n")
PY
cat >"$T/compare.py" <<'PY'
import json
import sys

read = [json.loads(line)["MESSAGE"] for line in open(sys.argv[1])]
cat = open(sys.argv[2]).read().splitlines()
for size, message, line in zip((4000, 4100), read, cat):
    print(size, "null" if message is None else len(message), len(line))
PY
python3 "$T/export.py" | "$T/root/lib/systemd/systemd-journal-remote" -o "$T/dns.journal" - 2>/dev/null
journalctl() { "$T/root/bin/journalctl" --file "$T/dns.journal" --no-pager "$@"; }
journalctl -o json >"$T/json"
journalctl -o cat >"$T/cat"
seen=$(python3 "$T/compare.py" "$T/json" "$T/cat")

expected='4000 4000 4000
4100 null 4100'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
