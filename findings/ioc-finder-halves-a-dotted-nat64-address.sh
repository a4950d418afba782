#!/usr/bin/env bash
# ioc-finder makes two addresses of one: 64:ff9b::52.94.182.119 becomes 64:ff9b::52 and 52.94.182.119.
#
# Package: ioc-finder 9.4.1 (PyPI), which collects addresses and names from texts such as logs.
#
# Behavior: in an answer that DNS64 made, written with the IPv4 part in dots (RFC 4291 section 2.2, form 3,
# as in RFC 6052 section 2.4), it reports the IPv6 address 64:ff9b::52, which is nowhere in the record, and
# the IPv4 address 52.94.182.119 as if it were an answer of its own. The same address in hexadecimal is
# reported whole.
#
# Why it surprises: the false address is a valid one and means something, the IPv4 address 0.0.0.82 behind
# the translator. Counts of addresses, and of IPv4 against IPv6, depend on the spelling that the log has.
#
# Output seen on 2026-11-28:
#   64:ff9b::345e:b677 ipv6 ['64:ff9b::345e:b677'] ipv4 []
#   64:ff9b::52.94.182.119 ipv6 ['64:ff9b::52'] ipv4 ['52.94.182.119']
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

python3 -m venv "$T/venv" && "$T/venv/bin/pip" install -q ioc-finder==9.4.1 || exit 2

cat >"$T/find.py" <<'PY'
import json
from ioc_finder import find_iocs

for address in ("64:ff9b::345e:b677", "64:ff9b::52.94.182.119"):
    answers = [{"Rdata": address, "Type": "AAAA", "Class": "IN"}]
    record = {"query_name": "ssm.us-west-2.amazonaws.com.", "query_type": "AAAA", "answers": answers}
    found = find_iocs(json.dumps(record))
    print(address, "ipv6", list(found["ipv6s"]), "ipv4", list(found["ipv4s"]))
PY
seen=$("$T/venv/bin/python" "$T/find.py")

expected="64:ff9b::345e:b677 ipv6 ['64:ff9b::345e:b677'] ipv4 []
64:ff9b::52.94.182.119 ipv6 ['64:ff9b::52'] ipv4 ['52.94.182.119']"
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
