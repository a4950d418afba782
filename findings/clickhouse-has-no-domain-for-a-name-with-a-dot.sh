#!/usr/bin/env bash
# ClickHouse finds no registrable domain in a name that ends with a dot, as all names of a query log do.
#
# Package: chdb 4.4.0 (PyPI), which is ClickHouse 26.9.2.1.
#
# Behavior: `cutToFirstSignificantSubdomain` and `domain` take a host name or a URL. If a dot follows the
# last label, as in a fully qualified name (RFC 1034 section 3.1), they give the empty string; no error, no
# null.
#
# Why it surprises: `query_name` of a resolver query log ends with a dot, always. Grouping by domain puts
# every name of the log into one group, that of the empty string, with the right total.
# `trimRight(query_name, '.')` helps.
#
# Output seen on 2026-11-28:
#   domain, queries
#   amazonaws.com, 2
#   example.com, 1
#   same names with the dot
#   (empty), 3
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

python3 -m venv "$T/venv" && "$T/venv/bin/pip" install -q chdb==4.4.0 || exit 2

cat >"$T/group.py" <<'PY'
import json
import sys
import chdb

NAMES = ("sts.us-west-2.amazonaws.com", "ssm.us-west-2.amazonaws.com", "www.example.com")
QUERY = """SELECT cutToFirstSignificantSubdomain(query_name) AS domain, count() AS queries
           FROM file('{file}', JSONEachRow) GROUP BY domain ORDER BY domain"""
for title, end in (("domain, queries", ""), ("same names with the dot", ".")):
    file = f"{sys.argv[1]}/names{len(end)}.json"
    with open(file, "w") as log:
        log.writelines(json.dumps({"query_name": name + end}) + "\n" for name in NAMES)
    print(title)
    for row in str(chdb.query(QUERY.format(file=file), "JSONEachRow")).splitlines():
        print(json.loads(row)["domain"] or "(empty)", json.loads(row)["queries"], sep=", ")
PY
seen=$("$T/venv/bin/python" "$T/group.py" "$T")

expected='domain, queries
amazonaws.com, 2
example.com, 1
same names with the dot
(empty), 3'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
