#!/usr/bin/env bash
# One PyTricia tree takes IPv4 and IPv6 prefixes and then confuses them: 2600:1f14::1 is found in
# 38.0.0.0/8.
#
# Package: pytricia 1.3.0 (PyPI), longest prefix match for Python.
#
# Behavior: a tree of 128 bits accepts prefixes of both families without an error and compares nothing but
# their bits, from the left. 38.0.0.0/8 begins with the byte 0x26, as every address in 2600::/8 does, so the
# IPv6 address is answered with the IPv4 prefix. `keys()` prints each prefix rightly, so the tree looks
# right.
#
# Why it surprises: AWS publishes its prefixes of both families in one file (ip-ranges.json), and its IPv6
# space begins with 2600:. Loading both into one tree gives wrong owners for addresses, no exception and no
# missing key.
#
# Output seen on 2026-11-28:
#   keys ['38.0.0.0/8', '64:ff9b::/96']
#   52.94.182.119 None
#   38.1.2.3 somebody, IPv4
#   64:ff9b::345e:b677 NAT64
#   2600:1f14::1 somebody, IPv4
#   prefix of 2600:1f14::1 is 38.0.0.0/8
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

python3 -m venv "$T/venv" && "$T/venv/bin/pip" install -q pytricia==1.3.0 || exit 2

cat >"$T/lookup.py" <<'PY'
import pytricia

tree = pytricia.PyTricia(128)
tree["38.0.0.0/8"] = "somebody, IPv4"
tree["64:ff9b::/96"] = "NAT64"
print("keys", sorted(tree.keys()))
for address in ("52.94.182.119", "38.1.2.3", "64:ff9b::345e:b677", "2600:1f14::1"):
    print(address, tree.get(address))
print("prefix of 2600:1f14::1 is", tree.get_key("2600:1f14::1"))
PY
seen=$("$T/venv/bin/python" "$T/lookup.py")

expected="keys ['38.0.0.0/8', '64:ff9b::/96']
52.94.182.119 None
38.1.2.3 somebody, IPv4
64:ff9b::345e:b677 NAT64
2600:1f14::1 somebody, IPv4
prefix of 2600:1f14::1 is 38.0.0.0/8"
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
