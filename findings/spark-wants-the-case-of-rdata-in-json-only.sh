#!/usr/bin/env bash
# Spark, told that names have no case, reads `rdata` from Parquet and NULL from the same records in JSON.
#
# Package: pyspark 4.3.0 (PyPI), with the Java of the machine (17 when this was seen).
#
# Behavior: `spark.sql.caseSensitive` is false, in queries and in the Parquet reader `rdata` and `Rdata`
# are the same field. The JSON reader compares the declared names by case, always: with
# `array<struct<rdata:string,type:string>>` it gives the right number of answers with nothing in them. Mode
# FAILFAST, which is for records unlike the declaration, is content.
#
# Why it surprises: tables of this log are declared in lower case, as Hive and Athena keep their names. A
# job that was tried on a Parquet copy finds no AAAA record at all in the JSON that Route 53 delivers.
#
# Output seen on 2026-11-28:
#   caseSensitive false
#   parquet [{64:ff9b::345e:b677, AAAA}]
#   json [{null, null}]
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

command -v java >/dev/null || { echo "Spark needs Java" >&2; exit 2; }
python3 -m venv "$T/venv" && "$T/venv/bin/pip" install -q pyspark==4.3.0 || exit 2

cat >"$T/read.py" <<'PY'
import sys
from pyspark.sql import SparkSession

json, parquet = f"{sys.argv[1]}/dns.json", f"{sys.argv[1]}/dns.parquet"
with open(json, "w") as log:
    log.write('{"answers":[{"Rdata":"64:ff9b::345e:b677","Type":"AAAA"}]}\n')
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
spark.read.schema("answers array<struct<Rdata:string,Type:string>>").json(json).write.parquet(parquet)
declared = spark.read.option("mode", "FAILFAST").schema("answers array<struct<rdata:string,type:string>>")
print("caseSensitive", spark.conf.get("spark.sql.caseSensitive"))
print("parquet", declared.parquet(parquet).selectExpr("cast(answers as string)").first()[0])
print("json", declared.json(json).selectExpr("cast(answers as string)").first()[0])
PY
seen=$(cd "$T" && "$T/venv/bin/python" "$T/read.py" "$T" 2>/dev/null)

expected='caseSensitive false
parquet [{64:ff9b::345e:b677, AAAA}]
json [{null, null}]'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
