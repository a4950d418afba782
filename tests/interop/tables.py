"""What data frames, DuckDB, SQLite and jq write: rows for the table of `forms.py`."""

import contextlib
import functools
import importlib
import json
import shutil

from forms import form, output_of, records, text, to_csv, to_lines, to_records


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
JOINED = ("SELECT log.* EXCLUDE answers, a.Rdata, a.Type, a.Class FROM log "
          "LEFT JOIN UNNEST(log.answers) AS u(a) ON true")
ALIASED = ("SELECT * EXCLUDE (answers, srcids), UNNEST(answers) AS answer, srcids.instance, "
           "srcids.resolver_endpoint FROM log")
FIRST = "SELECT * EXCLUDE answers, answers[1].Rdata AS Rdata, answers[1].Type AS Type FROM log"
FIRST_KEY = "SELECT * EXCLUDE answers, answers[1].Rdata AS 'answers.0.Rdata' FROM log"
TEXTS = "SELECT * REPLACE (CAST(answers AS VARCHAR) AS answers, CAST(srcids AS VARCHAR) AS srcids) FROM log"
DOCUMENTS = "SELECT * REPLACE (to_json(answers) AS answers, to_json(srcids) AS srcids) FROM log"
LISTS = ("SELECT * REPLACE ({'Rdata': [a.Rdata FOR a IN answers], 'Type': [a.Type FOR a IN answers]} AS answers) "
         "FROM log")
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
form("duckdb-unnest-struct.csv", "answered", copy(ALIASED, "HEADER"))
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


def exploded(table, out):
    """One row an answer, its fields in columns: the usual two steps."""
    import pandas
    rows = table.explode("answers", ignore_index=True)
    fields = pandas.json_normalize([cell if isinstance(cell, dict) else {} for cell in rows.pop("answers")])
    pandas.concat([rows, fields], axis=1).to_csv(out, index=False)


def through_parquet(table, out):
    import pandas
    table.to_parquet(out.with_suffix(".tmp"))
    pandas.read_parquet(out.with_suffix(".tmp")).to_csv(out, index=False)
    out.with_suffix(".tmp").unlink()


META = ["firewall_rule_action", "version", "account_id", "region", "vpc_id", "query_timestamp", "query_name",
        "query_type", "query_class", "rcode", "srcaddr", "srcport", "transport", ["srcids", "instance"], ["srcids", "resolver_endpoint"]]
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
form("pandas-records.json", "whole", frame(to_records))
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
    """Nested columns as texts of JSON."""
    answers = polars.col("answers").map_elements(lambda cell: json.dumps(list(cell)), return_dtype=polars.String)
    return table.with_columns(answers, polars.col("srcids").struct.json_encode()).drop("additional_properties")


def ndjson(polars, table, out):
    table.write_ndjson(out)


form("polars-lines.json", "whole", polar(ndjson))
form("polars-array.json", "whole", polar(lambda polars, table, out: table.write_json(out)))
form("polars-explode.csv", "answered", polar(lambda polars, table, out: apart(table).write_csv(out)))
form("polars-explode.tsv", "answered", polar(lambda polars, table, out: apart(table).write_csv(out, separator="\t")))
form("polars-explode.json", "answered", polar(lambda polars, table, out: apart(table).write_ndjson(out)))
form("polars-explode-outer.csv", "outer", polar(
    lambda polars, table, out: apart(table, empty_as_null=True).write_csv(out)))
form("polars-explode-struct.json", "answered", polar(
    lambda polars, table, out: table.explode("answers").write_ndjson(out)))
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


def arrow_lists(table, out):
    import pandas
    to_csv(pandas.DataFrame(table.to_pylist()), out)


def arrow_file(module, function):
    def write(table, out):
        getattr(importlib.import_module(module), function)(table, out)
    return write


def arrow_stream(table, out):
    import pyarrow
    with pyarrow.OSFile(str(out), "wb") as sink, pyarrow.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)


form("pyarrow-lines.json", "whole", arrow(arrow_lines))
form("pyarrow-python.csv", "safe", arrow(lambda table, out: to_csv(table.to_pandas(), out)))
form("pyarrow-lists.csv", "whole", arrow(arrow_lists))
form("pyarrow-file.parquet", "loud", arrow(arrow_file("pyarrow.parquet", "write_table")), "Parquet")
form("pyarrow-file.feather", "loud", arrow(arrow_file("pyarrow.feather", "write_feather")), "Arrow")
form("pyarrow-stream.arrows", "loud", arrow(arrow_stream))
form("pyarrow-file.orc", "loud", arrow(arrow_file("pyarrow.orc", "write_table")), "ORC")


# ── SQLite ──────────────────────────────────────────────────────────────────────────────────────────────────

KEYS = ["version", "account_id", "region", "vpc_id", "query_timestamp", "query_name", "query_type", "query_class",
        "rcode", "srcaddr", "srcport", "transport", "firewall_rule_action"]
PLAIN = ", ".join(f"line->>'$.{key}' AS {key}" for key in KEYS)
IDS = "line->'$.srcids' AS srcids"
INSTANCE = "line->>'$.srcids.instance' AS instance, line->>'$.srcids.resolver_endpoint' AS resolver_endpoint"
FIELDS = "value->>'$.Rdata' AS Rdata, value->>'$.Type' AS Type, value->>'$.Class' AS Class"
EACH = "json_each(line->'$.answers')"
DOTTED = ", ".join(f"line->>'$.answers[{at}].{key}' AS 'answers.{at}.{key}'"
                   for at in range(6) for key in ("Rdata", "Type"))
SELECTS = {
    "answers": ("whole", f"SELECT {PLAIN}, line->'$.answers' AS answers, {IDS} FROM log"),
    "instance": ("whole", f"SELECT {PLAIN}, line->'$.answers' AS answers, {INSTANCE} FROM log"),
    "dotted": ("outer", f"SELECT {PLAIN}, {DOTTED}, {IDS} FROM log"),
    "without": ("safe", f"SELECT {PLAIN}, {IDS} FROM log"),
    "each": ("answered", f"SELECT {PLAIN}, {FIELDS}, {IDS} FROM log, {EACH}"),
    "each-left": ("outer", f"SELECT {PLAIN}, {FIELDS}, {INSTANCE} FROM log LEFT JOIN {EACH}"),
    "each-value": ("answered", f"SELECT {PLAIN}, value AS answer, {IDS} FROM log, {EACH}"),
    "rdata": ("safe", f"SELECT {PLAIN}, value->>'$.Rdata' AS Rdata, {INSTANCE} FROM log LEFT JOIN {EACH}"),
    "group": ("safe", f"SELECT {PLAIN}, group_concat(value->>'$.Rdata') AS answers, {INSTANCE} FROM log "
                      f"LEFT JOIN {EACH} GROUP BY log.rowid"),
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
    """Every value under the path that leads to it; empty lists and objects have none."""
    return ('[paths(scalars) as $p | {key: ($p | map(tostring) | join("%s")), value: getpath($p)}] | from_entries'
            % separator)


CELLS = ('(map(keys_unsorted) | add | unique) as $k | $k, (.[] | [.[$k[]] | '
         'if type == "object" or type == "array" then tojson else . end])')
OUTER = ". as $r | (.answers[], (if .answers == [] then {} else empty end)) | $r + . | del(.answers)"
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
form("jq-exploded-outer.json", "outer", jq(OUTER, "-c"))
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
