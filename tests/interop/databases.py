"""What ClickHouse, Spark, DataFusion, csvkit, Miller and PostgreSQL write: rows for the table of `forms.py`."""

import atexit
import functools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from forms import form, output_of, to_csv


# ── ClickHouse ──────────────────────────────────────────────────────────────────────────────────────────────

def click(query, kind, *settings):
    """What ClickHouse prints of a query over `LOG`, in a format."""
    def write(log, out):
        import chdb
        set_here = ", ".join(("session_timezone='UTC'", *settings))
        query_here = query.replace("LOG", f"file('{log}', 'JSONEachRow')")
        out.write_bytes(chdb.query(f"{query_here} SETTINGS {set_here}", kind).bytes())
    return write


TUPLE = "tupleElement(x, 'Rdata'), tupleElement(x, 'Type'), tupleElement(x, 'Class')"
EVERY = "SELECT * FROM LOG"
UNNAMED = f"SELECT * REPLACE (arrayMap(x -> tuple({TUPLE}), answers) AS answers) FROM LOG"
AS_TEXT = "SELECT * REPLACE (toString(answers) AS answers, toString(srcids) AS srcids) FROM LOG"
AS_JSON = "SELECT * REPLACE (toJSONString(answers) AS answers, toJSONString(srcids) AS srcids) FROM LOG"
EACH_JSON = "SELECT * REPLACE (arrayMap(x -> toJSONString(x), answers) AS answers) FROM LOG"
SUBCOLUMNS = ("SELECT * EXCEPT (answers, srcids), answers.Rdata, answers.Type, answers.Class, "
              "srcids.instance, srcids.resolver_endpoint FROM LOG")
JOIN = ("SELECT * EXCEPT (answers), tupleElement(a, 'Rdata') AS Rdata, tupleElement(a, 'Type') AS Type, "
        "tupleElement(a, 'Class') AS Class FROM LOG {} ARRAY JOIN answers AS a")
for kind, expect in {
        "CSVWithNames": "whole", "TSVWithNames": "whole", "TSVRawWithNames": "whole", "CSVWithNamesAndTypes": "whole",
        "TSVWithNamesAndTypes": "whole", "JSONEachRow": "whole", "JSON": "whole", "JSONObjectEachRow": "whole",
        "PrettyJSONEachRow": "whole", "JSONStrings": "whole", "JSONStringsEachRow": "whole",
        "JSONEachRowWithProgress": "whole", "JSONCompact": "whole", "JSONCompactStrings": "whole",
        "JSONCompactEachRowWithNames": "whole", "JSONCompactEachRow": "loud", "JSONColumns": "loud",
        "JSONColumnsWithMetadata": "loud", "CSV": "loud", "TSV": "loud", "Values": "loud", "Vertical": "loud",
        "Markdown": "loud", "PrettyCompact": "loud", "SQLInsert": "loud", "XML": "loud", "Native": "loud",
        "RowBinaryWithNamesAndTypes": "loud"}.items():
    form(f"chdb-{kind}.txt", expect, click(EVERY, kind))
for kind in ("Parquet", "Arrow", "ORC", "Avro"):
    form(f"chdb-file.{kind.lower()}", "loud", click(EVERY, kind), kind)
form("chdb-iso.txt", "whole", click(EVERY, "JSONEachRow", "date_time_output_format='iso'"))
form("chdb-tuple-cell.csv", "whole",
     click(EVERY, "CSVWithNames", "output_format_csv_serialize_tuple_into_separate_columns=0"))
form("chdb-tuple-arrays.json", "whole",
     click(EVERY, "JSONEachRow", "output_format_json_named_tuples_as_objects=0"))
form("chdb-unnamed.csv", "whole", click(UNNAMED, "CSVWithNames"))
form("chdb-unnamed.tsv", "whole", click(UNNAMED, "TSVWithNames"))
form("chdb-unnamed.json", "whole", click(UNNAMED, "JSONEachRow"))
form("chdb-text.csv", "whole", click(AS_TEXT, "CSVWithNames"))
form("chdb-text.json", "whole", click(AS_TEXT, "JSONEachRow"))
form("chdb-documents.csv", "whole", click(AS_JSON, "CSVWithNames"))
form("chdb-documents.json", "whole", click(AS_JSON, "JSONEachRow"))
form("chdb-each-document.csv", "whole", click(EACH_JSON, "CSVWithNames"))
form("chdb-each-document.json", "whole", click(EACH_JSON, "JSONEachRow"))
form("chdb-subcolumns.csv", "whole", click(SUBCOLUMNS, "CSVWithNames"))
form("chdb-subcolumns.json", "whole", click(SUBCOLUMNS, "JSONEachRow"))
form("chdb-join.csv", "answered", click(JOIN.format(""), "CSVWithNames"))
form("chdb-join.json", "answered", click(JOIN.format(""), "JSONEachRow"))
form("chdb-join-left.csv", "outer", click(JOIN.format("LEFT"), "CSVWithNames"))
form("chdb-join-left.tsv", "outer", click(JOIN.format("LEFT"), "TSVWithNames"))
form("chdb-without.csv", "safe", click("SELECT * EXCEPT (answers) FROM LOG", "CSVWithNames"))
form("chdb-rdata.csv", "safe", click("SELECT * EXCEPT (answers), answers.Rdata FROM LOG", "CSVWithNames"))


# ── Spark ───────────────────────────────────────────────────────────────────────────────────────────────────

@functools.cache
def session():
    from pyspark.sql import SparkSession
    return (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC").config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1").getOrCreate())


LOWER = ("version string, account_id string, region string, vpc_id string, query_timestamp string, "
         "query_name string, query_type string, query_class string, rcode string, "
         "answers array<struct<rdata:string,type:string,class:string>>, srcaddr string, srcport string, "
         "transport string, srcids struct<instance:string,resolver_endpoint:string>, firewall_rule_action string")
UPPER = LOWER.replace("rdata:", "Rdata:").replace("type:", "Type:").replace("class:", "Class:")


def spark(write, schema=None, **columns):
    """A folder of parts, put together into one file."""
    def run(log, out):
        from pyspark.sql import functions
        reader = session().read.schema(schema) if schema else session().read
        table = reader.json(str(log)).coalesce(1)
        for name, expression in columns.items():
            table = table.withColumn(name, functions.expr(expression))
        folder = out.with_suffix(".parts")
        write(table, str(folder))
        parts = sorted(folder.glob("part-*"))
        out.write_bytes(b"".join(part.read_bytes() for part in parts))
        shutil.rmtree(folder)
    return run


def spark_json(table, folder):
    table.write.json(folder)


def spark_nulls(table, folder):
    table.write.json(folder, ignoreNullFields=False)


def spark_csv(table, folder, **how):
    table.write.csv(folder, header=True, **how)


def spark_quoted(table, folder):
    """Quotes doubled, as others write them; Spark's own way is a backslash."""
    spark_csv(table, folder, escape='"')


def fields(explode, **how):
    def write(table, folder):
        rows = table.selectExpr("*", f"{explode}(answers) AS answer", "srcids.instance", "srcids.resolver_endpoint")
        rows = rows.selectExpr("*", "answer.*").drop("answer", "answers", "srcids", "additional_properties")
        spark_csv(rows, folder, **how)
    return write


STRINGS = {name: f"cast({name} as string)" for name in ("answers", "srcids", "additional_properties")}
JSONS = {name: f"to_json({name})" for name in STRINGS}
form("spark-lines.json", "whole", spark(spark_json))
form("spark-nulls.json", "whole", spark(spark_nulls))
form("spark-gzip.json.gz", "whole", spark(lambda table, folder: table.write.json(folder, compression="gzip")))
form("spark-declared.json", "whole", spark(spark_json, UPPER))
form("spark-lower.json", "safe", spark(spark_json, LOWER))
form("spark-lower-nulls.json", "safe", spark(spark_nulls, LOWER))
form("spark-renamed.json", "whole", spark(
    spark_json, answers="transform(answers, x -> named_struct('rdata', x.Rdata, 'type', x.Type, 'class', x.Class))"))
form("spark-string.csv", "pairs", spark(spark_csv, **STRINGS))
form("spark-string-quoted.csv", "whole", spark(spark_quoted, **STRINGS))
form("spark-string.json", "whole", spark(spark_json, **STRINGS))
form("spark-documents.json", "whole", spark(spark_json, **JSONS))
form("spark-documents.csv", "loud", spark(spark_csv, **JSONS))
form("spark-documents-quoted.csv", "whole", spark(spark_quoted, **JSONS))
form("spark-text.json", "whole", spark(
    lambda table, folder: table.selectExpr("to_json(struct(*))").write.text(folder)))
form("spark-explode.csv", "answered", spark(fields("explode")))
form("spark-explode-outer.csv", "safe", spark(fields("explode_outer")))
form("spark-explode-quoted.csv", "answered", spark(fields("explode", escape='"')))
form("spark-explode-outer-quoted.csv", "outer", spark(fields("explode_outer", escape='"')))
form("spark-explode.json", "answered", spark(
    lambda table, folder: table.selectExpr("*", "inline(answers)").drop("answers").write.json(folder)))
form("spark-explode-struct.json", "answered", spark(
    lambda table, folder: table.selectExpr("*", "explode(answers) AS answer").drop("answers").write.json(folder)))
form("spark-without.json", "safe", spark(lambda table, folder: table.drop("answers").write.json(folder)))
form("spark-file.parquet", "loud", spark(lambda table, folder: table.write.parquet(folder)), "Parquet")
form("spark-file.orc", "loud", spark(lambda table, folder: table.write.orc(folder)), "ORC")


# ── DataFusion ──────────────────────────────────────────────────────────────────────────────────────────────

def fusion(query, write_to):
    def write(log, out):
        import datafusion
        context = datafusion.SessionContext()
        context.register_json("log", str(log), file_extension=log.suffix)
        write_to(context.sql(query), out)
        if out.is_dir():
            data = b"".join(part.read_bytes() for part in sorted(out.iterdir()))
            shutil.rmtree(out)
            out.write_bytes(data)
    return write


UNNESTED = "SELECT *, unnest(answers) AS answer FROM log"
form("datafusion-lines.json", "whole", fusion("SELECT * FROM log", lambda table, out: table.write_json(out)))
form("datafusion-unnest.json", "answered", fusion(UNNESTED, lambda table, out: table.write_json(out)))
form("datafusion-pandas.csv", "safe", fusion("SELECT * FROM log", lambda table, out: to_csv(table.to_pandas(), out)))
form("datafusion-file.parquet", "loud",
     fusion("SELECT * FROM log", lambda table, out: table.write_parquet(out)), "Parquet")


# ── csvkit, Miller ──────────────────────────────────────────────────────────────────────────────────────────

def kit(name, *arguments):
    return output_of(str(pathlib.Path(sys.executable).with_name(name)), *arguments)


def miller(*arguments):
    return lambda log, out: output_of(os.environ.get("MLR", "mlr"), *arguments, str(log))(log, out)


form("csvkit-in2csv.csv", "outer", kit("in2csv", "-f", "ndjson", "LOG"))
form("csvkit-in2csv-text.csv", "outer", kit("in2csv", "-I", "-f", "ndjson", "LOG"))
form("miller-lines.json", "whole", miller("--ijsonl", "--ojsonl", "cat"))
form("miller-array.json", "whole", miller("--ijsonl", "--ojson", "cat"))
form("miller-flatten.json", "outer", miller("--ijsonl", "--ojsonl", "flatten"))
form("miller-flatten-colon.json", "outer", miller("--ijsonl", "--ojsonl", "flatten", "-s", ":"))
form("miller-unsparsify.csv", "outer", miller("--ijsonl", "--ocsv", "flatten", "then", "unsparsify"))
form("miller-unsparsify.tsv", "outer", miller("--ijsonl", "--otsv", "flatten", "then", "unsparsify"))
form("miller-blocks.csv", "loud", miller("--ijsonl", "--ocsv", "cat"))
form("miller-groups.csv", "loud", miller("--ijsonl", "--ocsvlite", "group-like"))
form("miller-table.txt", "loud", miller("--ijsonl", "--oxtab", "cat"))
form("miller-pretty.txt", "loud", miller("--ijsonl", "--opprint", "--barred", "unsparsify"))


# ── PostgreSQL ──────────────────────────────────────────────────────────────────────────────────────────────

@functools.cache
def server(log):
    """A server on a socket of its own, with the log in it; it ends with this program."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="postgres"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    binaries = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")).parent
    someone = {}
    if os.getuid() == 0:  # which the server refuses to be
        someone = {"user": 65534, "group": 65534, "extra_groups": []}
        os.chown(folder, 65534, 65534)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder} | someone
    data = folder / "data"
    initdb = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(initdb, check=True, **quiet)
    control = [binaries / "pg_ctl", "-D", data, "-w"]
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c timezone=UTC"
    subprocess.run([*control, "-o", options, "-l", folder / "log", "start"], check=True, **quiet)
    atexit.register(subprocess.run, [*control, "-m", "immediate", "stop"], **quiet)
    statements = ["CREATE TABLE log (line jsonb)", "CREATE TYPE answer AS (rdata text, type text, class text)",
                  "CREATE TYPE srcids AS (instance text, resolver_endpoint text)"]
    rows = ", ".join("('" + line.replace("'", "''") + "')" for line in log.read_text("utf-8").splitlines())
    psql(folder, "; ".join([*statements, f"INSERT INTO log VALUES {rows}"]))
    return folder


def psql(folder, query, *options):
    command = ["psql", "-X", "-q", "-h", folder, "-U", "postgres", "-d", "postgres", "-v", "ON_ERROR_STOP=1", *options]
    return subprocess.run([*command, "-f", "-"], input=query.encode(), check=True, capture_output=True).stdout


def postgres(query, *options):
    """What `psql` prints, of a table `log` with the records in its column `line`."""
    return lambda log, out: out.write_bytes(psql(server(log), query, *options))


KEYS = ["version", "account_id", "region", "vpc_id", "query_timestamp", "query_name", "query_type", "query_class",
        "rcode", "srcaddr", "srcport", "transport", "firewall_rule_action"]
KEY_TEXTS = ", ".join(f"line->>'{key}' AS {key}" for key in KEYS)
TYPED = (f"SELECT {KEY_TEXTS}, ARRAY(SELECT ROW(a->>'Rdata', a->>'Type', a->>'Class')::answer "
         "FROM jsonb_array_elements(line->'answers') AS a) AS answers, ROW(line->'srcids'->>'instance', "
         "line->'srcids'->>'resolver_endpoint')::srcids AS srcids FROM log")
JSONB = f"SELECT {KEY_TEXTS}, line->'answers' AS answers, line->'srcids' AS srcids FROM log"
ELEMENTS = (f"SELECT {KEY_TEXTS}, line->'srcids'->>'instance' AS instance, "
            "line->'srcids'->>'resolver_endpoint' AS resolver_endpoint, a->>'Rdata' AS rdata, a->>'Type' AS type, "
            "a->>'Class' AS class FROM log {} jsonb_array_elements(line->'answers') AS a")
form("postgres-copy.csv", "whole", postgres(f"COPY ({JSONB}) TO STDOUT (FORMAT csv, HEADER)"))
form("postgres-copy.tsv", "whole", postgres(f"COPY ({JSONB}) TO STDOUT (HEADER)"))
form("postgres-typed.csv", "whole", postgres(f"COPY ({TYPED}) TO STDOUT (FORMAT csv, HEADER)"))
form("postgres-elements.csv", "answered", postgres(
    f"COPY ({ELEMENTS.format('CROSS JOIN')}) TO STDOUT (FORMAT csv, HEADER)"))
form("postgres-elements-left.csv", "outer", postgres(
    f"COPY ({ELEMENTS.format('LEFT JOIN LATERAL')} ON true) TO STDOUT (FORMAT csv, HEADER)"))
form("postgres-lines.csv", "whole", postgres("COPY log TO STDOUT (FORMAT csv, HEADER)"))
form("postgres-lines.txt", "whole", postgres("SELECT line FROM log", "-A", "-t"))
form("postgres-agg.json", "whole", postgres("SELECT json_agg(line) FROM log", "-A", "-t"))
form("postgres-rows.json", "whole", postgres(f"SELECT row_to_json(r) FROM ({JSONB}) AS r", "-A", "-t"))
form("postgres-pretty.json", "whole", postgres("SELECT jsonb_pretty(line) FROM log", "-A", "-t"))
form("postgres-pretty-aligned.txt", "loud", postgres("SELECT jsonb_pretty(line) FROM log"))
form("postgres-aligned.txt", "whole", postgres("SELECT line FROM log"))
form("postgres-columns.txt", "loud", postgres(JSONB))
form("postgres-unaligned.txt", "loud", postgres(JSONB, "-A"))
form("postgres-csv.csv", "whole", postgres(JSONB, "--csv"))
form("postgres-expanded.txt", "loud", postgres(JSONB, "-x"))
form("postgres-html.html", "loud", postgres(JSONB, "-H"))
