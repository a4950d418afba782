#!/usr/bin/env bash
# Velox reads `answer.Rdata` as the field `rdata`, and `answer.Type` as the field `Type`.
#
# Packages: pyvelox 0.2.0, pyarrow 19.0.1 (PyPI; there is a wheel for Python 3.11 alone).
#
# Behavior: names of fields in an expression lose their capitals, unless the name is a keyword of SQL that may
# also be a name, such as TYPE, CLASS, NAME and VALUE: those stay as they are written. Fields are then looked
# for with capitals told apart. A name in double quotes stays as it is, whatever it is.
#
# Why it surprises: Presto, whose functions these are, takes no notice of capitals in names of fields. Of the
# three fields that an answer has in a query log of Route 53 Resolver (Rdata, Type, Class) two are found and
# one is not; with names in small letters it is the other way round.
#
# Output seen on 2026-11-30, of a row whose fields hold their own names:
#   answer.Rdata: rdata
#   answer.Type: Type
#   answer.Class: Class
#   answer.Ttl: ttl
#   answer."Rdata": Rdata
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

python3 -m venv "$T/venv" && "$T/venv/bin/pip" install -q pyvelox==0.2.0 pyarrow==19.0.1 || exit 2
cat >"$T/ask.py" <<'PY'
import pyarrow
from pyvelox import legacy


def ask():
    names = [name for both in ("Rdata", "Type", "Class", "Ttl") for name in (both, both.lower())]
    kind = pyarrow.list_(pyarrow.struct([(name, pyarrow.string()) for name in names]))
    answers = legacy.import_from_arrow(pyarrow.array([[{name: name for name in names}]], kind))
    for field in ("Rdata", "Type", "Class", "Ttl", '"Rdata"'):
        expression = legacy.Expression.from_string(f"transform(answers, answer -> answer.{field})")
        found = legacy.export_to_arrow(expression.evaluate(["answers"], [answers])).to_pylist()
        print(f"answer.{field}: {found[0][0]}")


ask()
PY
seen=$("$T/venv/bin/python" "$T/ask.py") || exit 2

expected='answer.Rdata: rdata
answer.Type: Type
answer.Class: Class
answer.Ttl: ttl
answer."Rdata": Rdata'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
