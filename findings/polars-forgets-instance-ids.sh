#!/usr/bin/env bash
# Polars drops every instance id of a log whose first hundred records have none.
#
# Package: polars 2.1.0 (PyPI).
#
# Behavior: `read_ndjson` takes the types of the columns from the first 100 records. If `srcids` is `{}` in
# all of them the column becomes a struct without fields, and `srcids.instance` of every later record is
# thrown away: no error, no null, no column of the name. One empty record fewer at the top and the ids are
# there. (The like for `answers`, first `[]` and then objects, is an error.)
#
# Why it surprises: `srcids` may be `{}`, and a file may well begin with a run of such records. Who asks of
# the rest which instance looked a name up gets the answer "none", though the ids stand in the file.
#
# Output seen on 2026-11-28:
#   99 records without ids, then i-0b48: Struct({'instance': String}) {'instance': 'i-0b48'}
#   100 records without ids, then i-0b48: Struct({}) {}
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

python3 -m venv "$T/venv" && "$T/venv/bin/pip" install -q polars==2.1.0 || exit 2

cat >"$T/read.py" <<'PY'
import io
import json
import polars

def record(srcids):
    return json.dumps({"query_name": "ssm.us-west-2.amazonaws.com.", "query_type": "AAAA", "srcids": srcids})

for without in (99, 100):
    lines = [record({})] * without + [record({"instance": "i-0b48"})]
    srcids = polars.read_ndjson(io.BytesIO("\n".join(lines).encode()))["srcids"]
    print(without, "records without ids, then i-0b48:", srcids.dtype, srcids[-1])
PY
seen=$("$T/venv/bin/python" "$T/read.py")

expected="99 records without ids, then i-0b48: Struct({'instance': String}) {'instance': 'i-0b48'}
100 records without ids, then i-0b48: Struct({}) {}"
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
