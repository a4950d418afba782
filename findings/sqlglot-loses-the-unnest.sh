#!/usr/bin/env bash
# sqlglot translates an Athena query over the answers to Spark SQL without the answers.
#
# Package: sqlglot 30.30.0 (PyPI).
#
# Behavior: in Athena (Trino), UNNEST of an array of rows gives a column per field: `UNNEST(answers) AS
# t(rdata, type, class)`. Spark says `LATERAL VIEW INLINE(answers)`. sqlglot writes neither: it leaves the
# whole CROSS JOIN out, says so in one line of the Python log at level warning, and returns valid SQL. With
# one column name it does translate.
#
# Why it surprises: if no column of the unnested part is named outside, the translated query runs, and means
# something else. This one counts answers per name in Athena, and there leaves out names with none; in Spark
# it counts queries: a name whose AAAA came back empty each time, the very thing looked for, now has as many
# "answers" as queries.
#
# Output seen on 2026-11-28:
#   SELECT query_name, COUNT(*) AS answers FROM dns GROUP BY query_name
#   SELECT query_name, COUNT(*) AS answers FROM dns LATERAL VIEW EXPLODE(answers) t AS a GROUP BY query_name
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

python3 -m venv "$T/venv" && "$T/venv/bin/pip" install -q sqlglot==30.30.0 || exit 2

cat >"$T/translate.py" <<'PY'
import sqlglot

for columns in ("rdata, type, class", "a"):
    athena = f"""SELECT query_name, COUNT(*) AS answers
                 FROM dns CROSS JOIN UNNEST(answers) AS t({columns}) GROUP BY query_name"""
    print(sqlglot.transpile(athena, read="athena", write="spark")[0])
PY
seen=$("$T/venv/bin/python" "$T/translate.py" 2>/dev/null)

expected='SELECT query_name, COUNT(*) AS answers FROM dns GROUP BY query_name
SELECT query_name, COUNT(*) AS answers FROM dns LATERAL VIEW EXPLODE(answers) t AS a GROUP BY query_name'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
