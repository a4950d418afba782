"""The forms in which engines write a query log: one table, a row a form.

A name is that of the file; what stands before its first `-` is the engine. What writes it runs in an environment that has the
engine, by `write.py`; so engines are imported where they are used.
"""

import atexit
import collections
import contextlib
import functools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

# What a report of the form must be:
#   whole       that of the plain log
#   pairs       its pairs; records of other types than A and AAAA may be unreadable, if that is said
#   outer       the same, but that of two queries that are wholly alike one may be left, and that an empty answer may be
#               unknown: nothing tells an empty list from none
#   answered    that of the records that have answers, as the others have no row; of two that are alike one may be left
#   some        that of the first twenty records, and a word on there being more
#   more        that of the plain log, and a word on there being more
#   safe        the form cannot hold it all: nothing is called empty that was not, no record goes in silence
#   loud        as safe, and if nothing was read the exit code says so
Form = collections.namedtuple("Form", "name write expect says")
FORMS = {}


def form(name, expect, write, says=""):
    """`write` gets the plain log and the file to be written; `says` has to be in what the program says."""
    FORMS[name] = Form(name, write, expect, says)


def records(log):
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def text(make):
    """A form that is a text made of the log."""
    return lambda log, out: out.write_text(make(log), encoding="utf-8")


def output_of(*command, feed=None):
    """What a program prints; `LOG` in its arguments is the log, `feed` what it gets to read."""
    def write(log, out):
        words = [str(log) if word == "LOG" else word for word in command]
        with open(out, "wb") as file:
            run = subprocess.run(words, input=feed(log).encode() if feed else None, stdout=file, stderr=subprocess.PIPE)
        if run.returncode:
            raise RuntimeError(run.stderr.decode(errors="replace"))
    return write


# ── DuckDB ──────────────────────────────────────────────────────────────────────────────────────────────────

def duck(log):
    import duckdb
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"CREATE VIEW log AS SELECT * FROM read_json_auto('{log}')")
    return connection


def copy(query, options, setting=None):
    def write(log, out):
        connection = duck(log)
        if setting:
            connection.execute(setting)
        connection.execute(f"COPY ({query}) TO '{out}' ({options})")
    return write


ALL = "SELECT * FROM log"
NESTED = "SELECT * EXCLUDE answers, UNNEST(answers, recursive := true) FROM log"
JOINED = "SELECT log.* EXCLUDE answers, a.Rdata, a.Type, a.Class FROM log LEFT JOIN UNNEST(log.answers) AS u(a) ON true"
ALIASED = "SELECT * EXCLUDE (answers, srcids), UNNEST(answers) AS answer, srcids.instance FROM log"
FIRST = "SELECT * EXCLUDE answers, answers[1].Rdata AS Rdata, answers[1].Type AS Type FROM log"
FIRST_KEY = "SELECT * EXCLUDE answers, answers[1].Rdata AS 'answers.0.Rdata' FROM log"
TEXTS = "SELECT * REPLACE (CAST(answers AS VARCHAR) AS answers, CAST(srcids AS VARCHAR) AS srcids) FROM log"
DOCUMENTS = "SELECT * REPLACE (to_json(answers) AS answers, to_json(srcids) AS srcids) FROM log"
LISTS = "SELECT * REPLACE ({'Rdata': [a.Rdata FOR a IN answers], 'Type': [a.Type FOR a IN answers]} AS answers) FROM log"
RDATA = "SELECT * REPLACE ([a.Rdata FOR a IN answers] AS answers) FROM log"
form("duckdb-json.json", "whole", copy(ALL, "FORMAT json"))
form("duckdb-array.json", "whole", copy(ALL, "FORMAT json, ARRAY true"))
form("duckdb-zone.json", "whole", copy(ALL, "FORMAT json", "SET TimeZone = 'Asia/Kolkata'"))
form("duckdb-gzip.json.gz", "whole", copy(ALL, "FORMAT json, COMPRESSION gzip"))
form("duckdb-comma.csv", "whole", copy(ALL, "HEADER"))
form("duckdb-zone.csv", "whole", copy(ALL, "HEADER", "SET TimeZone = 'America/Los_Angeles'"))
form("duckdb-quoted.csv", "whole", copy(ALL, "HEADER, FORCE_QUOTE *"))
form("duckdb-null.csv", "whole", copy(ALL, "HEADER, NULLSTR 'NULL'"))
form("duckdb-backslash.csv", "whole", copy(ALL, r"HEADER, NULLSTR '\N'"))
form("duckdb-tab.tsv", "whole", copy(ALL, r"HEADER, DELIMITER '\t'"))
form("duckdb-semicolon.csv", "whole", copy(ALL, "HEADER, DELIMITER ';'"))
form("duckdb-pipe.csv", "loud", copy(ALL, "HEADER, DELIMITER '|'"))
form("duckdb-headless.csv", "loud", copy(ALL, "HEADER false"))
form("duckdb-unnest.csv", "answered", copy(NESTED, "HEADER"))
form("duckdb-unnest.json", "answered", copy(NESTED, "FORMAT json"))
form("duckdb-unnest-order.csv", "answered", copy(f"SELECT * FROM ({NESTED}) ORDER BY Rdata", "HEADER"))
form("duckdb-unnest-left.csv", "outer", copy(JOINED, "HEADER"))
form("duckdb-unnest-left.json", "outer", copy(JOINED, "FORMAT json"))
form("duckdb-unnest-struct.csv", "safe", copy(ALIASED, "HEADER"))
form("duckdb-first.csv", "safe", copy(FIRST, "HEADER"))
form("duckdb-first-key.csv", "safe", copy(FIRST_KEY, "HEADER"))
form("duckdb-without.csv", "safe", copy("SELECT * EXCLUDE answers FROM log", "HEADER"))
form("duckdb-without.json", "safe", copy("SELECT * EXCLUDE answers FROM log", "FORMAT json"))
form("duckdb-text.json", "whole", copy(TEXTS, "FORMAT json"))
form("duckdb-text.csv", "whole", copy(TEXTS, "HEADER"))
form("duckdb-documents.csv", "whole", copy(DOCUMENTS, "HEADER"))
form("duckdb-lists.json", "whole", copy(LISTS, "FORMAT json"))
form("duckdb-lists.csv", "whole", copy(LISTS, "HEADER"))
form("duckdb-rdata.json", "safe", copy(RDATA, "FORMAT json"))
form("duckdb-rdata.csv", "safe", copy(RDATA, "HEADER"))
form("duckdb-pandas.csv", "safe", lambda log, out: duck(log).execute(ALL).df().to_csv(out, index=False))
form("duckdb-screen.txt", "loud", text(lambda log: str(duck(log).sql(ALL))))
form("duckdb-file.parquet", "loud", copy(ALL, "FORMAT parquet"), "Parquet")


# ── pandas ──────────────────────────────────────────────────────────────────────────────────────────────────

def frame(write, **reading):
    """A data frame as pandas reads the log, `dtype=False` unless said otherwise, and what writes it."""
    def run(log, out):
        import pandas
        write(pandas.read_json(log, lines=True, **({"dtype": False} | reading)), out)
    return run


def normalized(write, **how):
    def run(log, out):
        import pandas
        write(pandas.json_normalize(records(log), **how), out)
    return run


def to_csv(table, out, **how):
    table.to_csv(out, **({"index": False} | how))


def to_lines(table, out):
    table.to_json(out, orient="records", lines=True)


def exploded(table, out):
    """One row an answer, its fields in columns: the usual two steps."""
    import pandas
    rows = table.explode("answers", ignore_index=True)
    fields = pandas.json_normalize(rows.pop("answers").apply(lambda cell: cell if isinstance(cell, dict) else {}).tolist())
    pandas.concat([rows, fields], axis=1).to_csv(out, index=False)


def through_parquet(table, out):
    import pandas
    table.to_parquet(out.with_suffix(".tmp"))
    pandas.read_parquet(out.with_suffix(".tmp")).to_csv(out, index=False)
    out.with_suffix(".tmp").unlink()


META = ["version", "account_id", "region", "vpc_id", "query_timestamp", "query_name", "query_type", "query_class",
        "rcode", "srcaddr", "srcport", "transport", ["srcids", "instance"], ["srcids", "resolver_endpoint"]]
PATHS = {"record_path": "answers", "meta": META, "errors": "ignore"}
form("pandas-comma.csv", "whole", frame(to_csv))
form("pandas-index.csv", "whole", frame(functools.partial(to_csv, index=True)))
form("pandas-types.csv", "whole", frame(to_csv, dtype=True))
form("pandas-missing.csv", "whole", frame(functools.partial(to_csv, na_rep="NaN")))
form("pandas-semicolon.csv", "whole", frame(functools.partial(to_csv, sep=";")))
form("pandas-tab.tsv", "whole", frame(functools.partial(to_csv, sep="\t")))
form("pandas-tab-index.tsv", "whole", frame(functools.partial(to_csv, sep="\t", index=True)))
form("pandas-parquet.csv", "safe", frame(through_parquet))
form("pandas-lines.json", "whole", frame(to_lines))
form("pandas-types.json", "whole", frame(to_lines, dtype=True))
form("pandas-records.json", "whole", frame(lambda table, out: table.to_json(out, orient="records")))
form("pandas-indent.json", "whole", frame(lambda table, out: table.to_json(out, orient="records", indent=2)))
form("pandas-table.json", "loud", frame(lambda table, out: table.to_json(out, orient="table", index=False)))
form("pandas-columns.json", "loud", frame(lambda table, out: table.to_json(out)))
form("pandas-split.json", "loud", frame(lambda table, out: table.to_json(out, orient="split")))
form("pandas-values.json", "loud", frame(lambda table, out: table.to_json(out, orient="values")))
form("pandas-normalized.csv", "whole", normalized(to_csv))
form("pandas-normalized.json", "whole", normalized(to_lines))
form("pandas-normalized-underscore.csv", "whole", normalized(to_csv, sep="_"))
form("pandas-normalized-slash.csv", "whole", normalized(to_csv, sep="/"))
form("pandas-record-path.csv", "answered", normalized(to_csv, **PATHS))
form("pandas-record-prefix.csv", "answered", normalized(to_csv, **PATHS, record_prefix="answers."))
form("pandas-record-path.json", "answered", normalized(to_lines, **PATHS))
form("pandas-explode.csv", "outer", frame(lambda table, out: to_csv(table.explode("answers"), out)))
form("pandas-explode.json", "outer", frame(lambda table, out: to_lines(table.explode("answers"), out)))
form("pandas-explode-columns.csv", "outer", frame(exploded))
form("pandas-without.csv", "safe", frame(lambda table, out: to_csv(table.drop(columns="answers"), out)))
form("pandas-screen.txt", "loud", frame(lambda table, out: out.write_text(table.to_string())))
form("pandas-file.parquet", "loud", frame(lambda table, out: table.to_parquet(out)), "Parquet")
form("pandas-file.pickle", "loud", frame(lambda table, out: table.to_pickle(out)))


# ── Polars ──────────────────────────────────────────────────────────────────────────────────────────────────

def polar(write):
    def run(log, out):
        import polars
        write(polars, polars.read_ndjson(log), out)
    return run


def apart(table, **how):
    """One row an answer, and a column a field: of answers and of srcids."""
    return table.explode("answers", **how).unnest("answers").unnest("srcids").drop("additional_properties")


def encoded(polars, table):
    answers = polars.col("answers").map_elements(lambda cell: json.dumps(list(cell)), return_dtype=polars.String)
    return table.with_columns(answers, polars.col("srcids").struct.json_encode()).drop("additional_properties")


form("polars-lines.json", "whole", polar(lambda polars, table, out: table.write_ndjson(out)))
form("polars-array.json", "whole", polar(lambda polars, table, out: table.write_json(out)))
form("polars-explode.csv", "answered", polar(lambda polars, table, out: apart(table).write_csv(out)))
form("polars-explode.tsv", "answered", polar(lambda polars, table, out: apart(table).write_csv(out, separator="\t")))
form("polars-explode.json", "answered", polar(lambda polars, table, out: apart(table).write_ndjson(out)))
form("polars-explode-outer.csv", "outer", polar(lambda polars, table, out: apart(table, empty_as_null=True).write_csv(out)))
form("polars-explode-struct.json", "answered", polar(lambda polars, table, out: table.explode("answers").write_ndjson(out)))
form("polars-encoded.csv", "whole", polar(lambda polars, table, out: encoded(polars, table).write_csv(out)))
form("polars-pandas.csv", "safe", polar(lambda polars, table, out: to_csv(table.to_pandas(), out)))
form("polars-screen.txt", "loud", polar(lambda polars, table, out: out.write_text(str(table))))
form("polars-file.parquet", "loud", polar(lambda polars, table, out: table.write_parquet(out)), "Parquet")
form("polars-file.arrow", "loud", polar(lambda polars, table, out: table.write_ipc(out)), "Arrow")
form("polars-file.avro", "loud", polar(
    lambda polars, table, out: table.select("query_name", "query_type", "query_timestamp").write_avro(out)), "Avro")


# ── PyArrow ─────────────────────────────────────────────────────────────────────────────────────────────────

def arrow(write):
    def run(log, out):
        import pyarrow.json
        write(pyarrow.json.read_json(log), out)
    return run


def arrow_lines(table, out):
    with open(out, "w", encoding="utf-8") as file:
        for row in table.to_pylist():
            file.write(json.dumps(row, default=str) + "\n")


def arrow_file(module, function):
    def write(table, out):
        import importlib
        getattr(importlib.import_module(module), function)(table, out)
    return write


def arrow_stream(table, out):
    import pyarrow
    with pyarrow.OSFile(str(out), "wb") as sink, pyarrow.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)


form("pyarrow-lines.json", "whole", arrow(arrow_lines))
form("pyarrow-python.csv", "safe", arrow(lambda table, out: to_csv(table.to_pandas(), out)))
form("pyarrow-lists.csv", "whole", arrow(
    lambda table, out: __import__("pandas").DataFrame(table.to_pylist()).to_csv(out, index=False)))
form("pyarrow-file.parquet", "loud", arrow(arrow_file("pyarrow.parquet", "write_table")), "Parquet")
form("pyarrow-file.feather", "loud", arrow(arrow_file("pyarrow.feather", "write_feather")), "Arrow")
form("pyarrow-stream.arrows", "loud", arrow(arrow_stream))
form("pyarrow-file.orc", "loud", arrow(arrow_file("pyarrow.orc", "write_table")), "ORC")


# ── SQLite ──────────────────────────────────────────────────────────────────────────────────────────────────

KEYS = ["version", "account_id", "region", "vpc_id", "query_timestamp", "query_name", "query_type", "query_class", "rcode",
        "srcaddr", "srcport", "transport", "firewall_rule_action"]
PLAIN = ", ".join(f"line->>'$.{key}' AS {key}" for key in KEYS)
IDS = "line->'$.srcids' AS srcids"
INSTANCE = "line->>'$.srcids.instance' AS instance, line->>'$.srcids.resolver_endpoint' AS resolver_endpoint"
FIELDS = "value->>'$.Rdata' AS Rdata, value->>'$.Type' AS Type, value->>'$.Class' AS Class"
EACH = "json_each(line->'$.answers')"
DOTTED = ", ".join(f"line->>'$.answers[{at}].{key}' AS 'answers.{at}.{key}'" for at in range(6) for key in ("Rdata", "Type"))
SELECTS = {
    "answers": ("whole", f"SELECT {PLAIN}, line->'$.answers' AS answers, {IDS} FROM log"),
    "instance": ("whole", f"SELECT {PLAIN}, line->'$.answers' AS answers, {INSTANCE} FROM log"),
    "dotted": ("outer", f"SELECT {PLAIN}, {DOTTED}, {IDS} FROM log"),
    "without": ("safe", f"SELECT {PLAIN}, {IDS} FROM log"),
    "each": ("answered", f"SELECT {PLAIN}, {FIELDS}, {IDS} FROM log, {EACH}"),
    "each-left": ("outer", f"SELECT {PLAIN}, {FIELDS}, {INSTANCE} FROM log LEFT JOIN {EACH}"),
    "each-value": ("safe", f"SELECT {PLAIN}, value AS answer, {IDS} FROM log, {EACH}"),
    "rdata": ("safe", f"SELECT {PLAIN}, value->>'$.Rdata' AS Rdata, {INSTANCE} FROM log LEFT JOIN {EACH}"),
    "group": ("safe", f"SELECT {PLAIN}, group_concat(value->>'$.Rdata') AS answers, {INSTANCE} FROM log, {EACH} GROUP BY log.rowid"),
    "line": ("whole", "SELECT line FROM log"),
    "time-line": ("whole", "SELECT line->>'$.query_timestamp' AS timestamp, line AS message FROM log"),
    "message": ("whole", "SELECT rowid, line AS message FROM log"),
}


@contextlib.contextmanager
def lite(log):
    import sqlite3
    path = log.with_name("sqlite3.db")
    path.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE log (line TEXT)")
        connection.executemany("INSERT INTO log VALUES (?)", [[line] for line in log.read_text("utf-8").splitlines()])
        connection.commit()
        try:
            yield path
        finally:
            path.unlink()


def shell(query, *modes):
    """What the `sqlite3` program prints."""
    def write(log, out):
        with lite(log) as path:
            output_of("sqlite3", *modes, str(path), query)(log, out)
    return write


for name, (expect, query) in SELECTS.items():
    form(f"sqlite3-{name}.csv", expect, shell(query, "-csv", "-header"))
    form(f"sqlite3-{name}.json", expect, shell(query, "-json"))
    form(f"sqlite3-{name}.tsv", expect, shell(query, "-tabs", "-header"))
for mode in ("list", "line", "markdown", "html", "box", "quote", "ascii"):
    form(f"sqlite3-{mode}.txt", "loud", shell(SELECTS["answers"][1], f"-{mode}", "-header"))


def database(log, out):
    with lite(log) as path:
        shutil.copy(path, out)


form("sqlite3-file.db", "loud", database)


# ── jq ──────────────────────────────────────────────────────────────────────────────────────────────────────

def jq(program, *options):
    return output_of("jq", *options, program, "LOG")


def flat(separator):
    return ("[paths(scalars) as $p | {key: ($p | map(tostring) | join(\"%s\")), value: getpath($p)}] | from_entries" % separator)


CELLS = ("(map(keys_unsorted) | add | unique) as $k | $k, (.[] | [.[$k[]] | if type == \"object\" or type == \"array\" "
         "then tojson else . end])")
form("jq-compact.json", "whole", jq(".", "-c"))
form("jq-pretty.json", "whole", jq("."))
form("jq-array.json", "whole", jq(".", "-s"))
form("jq-sorted.json", "whole", jq(".", "-S", "--tab"))
form("jq-color.json", "whole", jq(".", "-C"))
form("jq-ascii.json", "whole", jq(".", "-a", "-c"))
form("jq-joined.json", "whole", jq(".", "-j", "-c"))
form("jq-groups.json", "whole", jq("group_by(.query_name)", "-s"))
form("jq-items.json", "whole", jq("{Items: .}", "-s"))
form("jq-dots.json", "outer", jq(flat("."), "-c"))
form("jq-underscores.json", "outer", jq(flat("_"), "-c"))
form("jq-slashes.json", "outer", jq(flat("/"), "-c"))
form("jq-exploded.json", "answered", jq(". as $r | .answers[] | $r + . | del(.answers)", "-c"))
form("jq-exploded-outer.json", "outer", jq(". as $r | (.answers[], (if .answers == [] then {} else empty end)) | $r + . | del(.answers)", "-c"))
form("jq-exploded-answer.json", "answered", jq(". as $r | .answers[] | $r + {answers: .}", "-c"))
form("jq-without.json", "safe", jq("del(.answers)", "-c"))
form("jq-rdata.json", "safe", jq(".answers |= map(.Rdata)", "-c"))
form("jq-lower.json", "whole", jq(".answers |= map(with_entries(.key |= ascii_downcase))", "-c"))
form("jq-keyless.json", "safe", jq(".answers |= map({})", "-c"))
form("jq-strings.json", "whole", jq("tojson", "-c"))
form("jq-texts.json", "whole", jq(".answers |= tojson | .srcids |= tojson", "-c"))
form("jq-timed.json", "whole", jq("[.query_timestamp, tojson]", "-c"))
form("jq-cells.csv", "whole", jq(f"({CELLS}) | @csv", "-s", "-r"))
form("jq-cells.tsv", "whole", jq(f"({CELLS}) | @tsv", "-s", "-r"))
form("jq-arrays.json", "loud", jq("[.[]]", "-c"))
form("jq-stream.json", "loud", jq(".", "-c", "--stream"))
form("jq-numbers.json", "whole", jq(".account_id |= tonumber | .srcport |= tonumber | .version |= tonumber", "-c"))


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
        "PrettyJSONEachRow": "whole", "JSONStrings": "whole", "JSONStringsEachRow": "whole", "JSONEachRowWithProgress": "whole",
        "JSONCompact": "whole", "JSONCompactStrings": "whole", "JSONCompactEachRowWithNames": "whole",
        "JSONCompactEachRow": "loud", "JSONColumns": "loud", "JSONColumnsWithMetadata": "loud", "CSV": "loud", "TSV": "loud",
        "Values": "loud", "Vertical": "loud", "Markdown": "loud", "PrettyCompact": "loud", "SQLInsert": "loud", "XML": "loud",
        "Native": "loud", "RowBinaryWithNamesAndTypes": "loud"}.items():
    form(f"chdb-{kind}.txt", expect, click(EVERY, kind))
for kind in ("Parquet", "Arrow", "ORC", "Avro"):
    form(f"chdb-file.{kind.lower()}", "loud", click(EVERY, kind), kind)
form("chdb-iso.txt", "whole", click(EVERY, "JSONEachRow", "date_time_output_format='iso'"))
form("chdb-tuple-cell.csv", "whole", click(EVERY, "CSVWithNames", "output_format_csv_serialize_tuple_into_separate_columns=0"))
form("chdb-tuple-arrays.json", "whole", click(EVERY, "JSONEachRow", "output_format_json_named_tuples_as_objects=0"))
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


LOWER = ("version string, account_id string, region string, vpc_id string, query_timestamp string, query_name string, "
         "query_type string, query_class string, rcode string, answers array<struct<rdata:string,type:string,class:string>>, "
         "srcaddr string, srcport string, transport string, srcids struct<instance:string,resolver_endpoint:string>, "
         "firewall_rule_action string")
UPPER = LOWER.replace("rdata:", "Rdata:").replace("type:", "Type:").replace("class:", "Class:")


def spark(write, schema=None, **columns):
    """A folder of parts, put together into one file."""
    def run(log, out):
        reader = session().read.schema(schema) if schema else session().read
        table = reader.json(str(log)).coalesce(1)
        for name, expression in columns.items():
            from pyspark.sql import functions
            table = table.withColumn(name, functions.expr(expression))
        folder = out.with_suffix(".parts")
        write(table, str(folder))
        parts = sorted(folder.glob("part-*"))
        out.write_bytes(b"".join(part.read_bytes() for part in parts))
        shutil.rmtree(folder)
    return run


def spark_json(table, folder):
    table.write.json(folder)


def spark_csv(table, folder, **how):
    table.write.csv(folder, header=True, **how)


def fields(explode, **how):
    def write(table, folder):
        rows = table.selectExpr("*", f"{explode}(answers) AS answer").drop("answers")
        ids = ("srcids.instance AS instance", "srcids.resolver_endpoint AS resolver_endpoint")
        spark_csv(rows.selectExpr("*", "answer.*", *ids).drop("answer", "srcids", "additional_properties"), folder, **how)
    return write


STRINGS = {"answers": "cast(answers as string)", "srcids": "cast(srcids as string)",
           "additional_properties": "cast(additional_properties as string)"}
JSONS = {"answers": "to_json(answers)", "srcids": "to_json(srcids)", "additional_properties": "to_json(additional_properties)"}
form("spark-lines.json", "whole", spark(spark_json))
form("spark-nulls.json", "whole", spark(lambda table, folder: table.write.json(folder, ignoreNullFields=False)))
form("spark-gzip.json.gz", "whole", spark(lambda table, folder: table.write.json(folder, compression="gzip")))
form("spark-declared.json", "whole", spark(spark_json, UPPER))
form("spark-lower.json", "safe", spark(spark_json, LOWER))
form("spark-lower-nulls.json", "safe", spark(lambda table, folder: table.write.json(folder, ignoreNullFields=False), LOWER))
form("spark-renamed.json", "whole", spark(
    spark_json, answers="transform(answers, x -> named_struct('rdata', x.Rdata, 'type', x.Type, 'class', x.Class))"))
form("spark-string.csv", "pairs", spark(spark_csv, **STRINGS))
form("spark-string-quoted.csv", "whole", spark(lambda table, folder: spark_csv(table, folder, escape='"'), **STRINGS))
form("spark-string.json", "whole", spark(spark_json, **STRINGS))
form("spark-documents.json", "whole", spark(spark_json, **JSONS))
form("spark-documents.csv", "loud", spark(spark_csv, **JSONS))
form("spark-documents-quoted.csv", "whole", spark(lambda table, folder: spark_csv(table, folder, escape='"'), **JSONS))
form("spark-text.json", "whole", spark(lambda table, folder: table.selectExpr("to_json(struct(*))").write.text(folder)))
form("spark-explode.csv", "safe", spark(fields("explode")))
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

def fusion(query, writer="write_json"):
    def write(log, out):
        import datafusion
        context = datafusion.SessionContext()
        context.register_json("log", str(log), file_extension=log.suffix)
        getattr(context.sql(query), writer)(str(out))
        if out.is_dir():
            parts = sorted(out.iterdir())
            data = b"".join(part.read_bytes() for part in parts)
            shutil.rmtree(out)
            out.write_bytes(data)
    return write


form("datafusion-lines.json", "whole", fusion("SELECT * FROM log"))
form("datafusion-unnest.json", "answered", fusion("SELECT *, unnest(answers) AS answer FROM log"))
form("datafusion-text.csv", "safe", lambda log, out: fusion_csv(log, out))
form("datafusion-file.parquet", "loud", fusion("SELECT * FROM log", "write_parquet"), "Parquet")


def fusion_csv(log, out):
    import datafusion
    context = datafusion.SessionContext()
    context.register_json("log", str(log), file_extension=log.suffix)
    to_csv(context.sql("SELECT * FROM log").to_pandas(), out)


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
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    binaries = found[-1].parent if found else pathlib.Path(shutil.which("initdb")).parent
    someone = {}
    if os.getuid() == 0:  # which the server refuses to be
        someone = {"user": 65534, "group": 65534, "extra_groups": []}
        os.chown(folder, 65534, 65534)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder} | someone
    data = folder / "data"
    subprocess.run([binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], check=True, **quiet)
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


KEY_TEXTS = ", ".join(f"line->>'{key}' AS {key}" for key in KEYS)
TYPED = (f"SELECT {KEY_TEXTS}, ARRAY(SELECT ROW(a->>'Rdata', a->>'Type', a->>'Class')::answer "
         "FROM jsonb_array_elements(line->'answers') AS a) AS answers, ROW(line->'srcids'->>'instance', "
         "line->'srcids'->>'resolver_endpoint')::srcids AS srcids FROM log")
JSONB = f"SELECT {KEY_TEXTS}, line->'answers' AS answers, line->'srcids' AS srcids FROM log"
ELEMENTS = (f"SELECT {KEY_TEXTS}, line->'srcids'->>'instance' AS instance, line->'srcids'->>'resolver_endpoint' AS resolver_endpoint, "
            "a->>'Rdata' AS rdata, a->>'Type' AS type, a->>'Class' AS class FROM log {} jsonb_array_elements(line->'answers') AS a")
form("postgres-copy.csv", "whole", postgres(f"COPY ({JSONB}) TO STDOUT (FORMAT csv, HEADER)"))
form("postgres-copy.tsv", "whole", postgres(f"COPY ({JSONB}) TO STDOUT (HEADER)"))
form("postgres-typed.csv", "whole", postgres(f"COPY ({TYPED}) TO STDOUT (FORMAT csv, HEADER)"))
form("postgres-elements.csv", "answered", postgres(f"COPY ({ELEMENTS.format('CROSS JOIN')}) TO STDOUT (FORMAT csv, HEADER)"))
form("postgres-elements-left.csv", "outer", postgres(
    f"COPY ({ELEMENTS.format('LEFT JOIN LATERAL')} ON true) TO STDOUT (FORMAT csv, HEADER)"))
form("postgres-lines.csv", "whole", postgres("COPY log TO STDOUT (FORMAT csv, HEADER)"))
form("postgres-lines.txt", "whole", postgres("SELECT line FROM log", "-A", "-t"))
form("postgres-agg.json", "whole", postgres("SELECT json_agg(line) FROM log", "-A", "-t"))
form("postgres-rows.json", "whole", postgres(f"SELECT row_to_json(r) FROM ({JSONB}) AS r", "-A", "-t"))
form("postgres-pretty.json", "whole", postgres("SELECT jsonb_pretty(line) FROM log", "-A", "-t"))
form("postgres-pretty-aligned.txt", "whole", postgres("SELECT jsonb_pretty(line) FROM log"))
form("postgres-aligned.txt", "whole", postgres("SELECT line FROM log"))
form("postgres-columns.txt", "loud", postgres(JSONB))
form("postgres-unaligned.txt", "loud", postgres(JSONB, "-A"))
form("postgres-csv.csv", "whole", postgres(JSONB, "--csv"))
form("postgres-expanded.txt", "loud", postgres(JSONB, "-x"))
form("postgres-html.html", "loud", postgres(JSONB, "-H"))
