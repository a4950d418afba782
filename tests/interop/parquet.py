#!/usr/bin/env python3
"""Parquet as pyarrow, DuckDB and others write it: the report must be that of the same records as JSON, byte for byte.

    python3 tests/interop/parquet.py target/debug/r53tail [--quick] [--only NAME…] [--records N] [--keep DIR]
    python3 tests/interop/parquet.py target/debug/r53tail --fixtures          writes tests/parquet/ anew

A log is made up as for `sql.py`, with every verdict, missing and masked answers, blocks and times with fractions; as OCSF events it
has the columns of Security Lake's table (`route53_2_0`), and those of the one before. It is written in every encoding, packing and
layout that the libraries offer, by:

  arrow       pyarrow, in many ways
  duck        DuckDB, as it does by itself and otherwise; weighted records of `sql` among them
  polars      Polars
  clickhouse  ClickHouse (chdb)
  spark       Spark (pyspark; needs Java 17)

`--quick` writes a few of the ways of pyarrow and DuckDB. Packages are put under target/interop at the first run, in the versions
that stand here.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import packages
import sql

ARROW = ["pyarrow==26.0.1", "duckdb==2.0.1"]
STEPS = {
    "arrow": ("parquet", ARROW),
    "duck": ("parquet", ARROW),
    "polars": ("parquet-polars", ["polars==2.1.0"]),
    "clickhouse": ("sql-clickhouse", ["chdb==4.4.0"]),
    "spark": ("sql-spark", ["pyspark==4.3.0"]),
}
FAST = ["arrow", "duck"]


# ── the records ─────────────────────────────────────────────────────────────────────────────────────────────

def event(one):
    """All that Security Lake has in its table, more than a report needs."""
    lake = sql.ocsf(one)
    lake["time_dt"] = None
    uid = one["srcids"].get("instance")
    return lake | {
        "metadata": {"product": {"version": "1.100000", "name": "Route 53", "feature": {"name": "Resolver Query Logs"},
                                 "vendor_name": "AWS"}, "profiles": ["cloud", "security_control"], "version": "1.1.0"},
        "connection_info": {"protocol_name": one["transport"], "direction": "Unknown", "direction_id": 0},
        "severity": "Informational", "severity_id": 1, "class_name": "DNS Activity", "category_name": "Network Activity",
        "category_uid": 4, "activity_id": 6, "activity_name": "Traffic", "type_uid": 400306,
        "type_name": "DNS Activity: Traffic", "unmapped": {"firewall_rule_group_id": "rslvr-frg-1"}, "region": one["region"],
        "asl_version": "2.0", "observables": [{"name": "src_endpoint.instance_uid", "value": uid, "type": "Resource UID",
                                               "type_id": 10}],
    }


def rows(records, seed):
    rng = random.Random(seed)
    logs = [sql.record(rng) for _ in range(records)]
    for one in logs:
        if rng.random() < 0.02:
            one["srcids"] = {}
    whole = [one for one in logs if {"answers", "query_timestamp", "rcode"} <= one.keys()]
    return logs, [event(one) for one in whole]


def lake_schema(unit=None):
    import pyarrow as pa
    text = pa.string()
    of = lambda *names: pa.struct([(name, text) for name in names])
    return pa.schema([
        ("metadata", pa.struct([("product", pa.struct([("version", text), ("name", text), ("feature", of("name")),
                                                       ("vendor_name", text)])),
                                ("profiles", pa.list_(text)), ("version", text)])),
        ("cloud", pa.struct([("account", of("uid")), ("region", text), ("provider", text)])),
        ("src_endpoint", pa.struct([("vpc_uid", text), ("ip", text), ("port", pa.int32()), ("instance_uid", text)])),
        ("time", pa.int64()), ("time_dt", pa.timestamp(unit or "us", "UTC")),
        ("query", of("hostname", "type", "class")),
        ("answers", pa.list_(of("type", "rdata", "class"))),
        ("connection_info", pa.struct([("protocol_name", text), ("direction", text), ("direction_id", pa.int32())])),
        ("dst_endpoint", of("instance_uid", "interface_uid")),
        ("firewall_rule", of("uid")), ("severity_id", pa.int32()), ("severity", text), ("class_name", text),
        ("class_uid", pa.int32()), ("category_name", text), ("category_uid", pa.int32()), ("activity_name", text),
        ("activity_id", pa.int32()), ("type_uid", pa.int64()), ("type_name", text), ("rcode_id", pa.int32()), ("rcode", text),
        ("disposition", text), ("action", text), ("action_id", pa.int32()), ("unmapped", pa.map_(text, text)),
        ("accountid", text), ("region", text), ("asl_version", text),
        ("observables", pa.list_(pa.struct([("name", text), ("value", text), ("type", text), ("type_id", pa.int32())]))),
    ])


def lake_table(events, unit=None, drop=()):
    import datetime
    import pyarrow as pa
    made = []
    for one in events:
        one = dict(one)
        if unit:
            one["time_dt"] = datetime.datetime.fromtimestamp(one["time"] / 1000, datetime.timezone.utc)
            one["time"] = None
        made.append(one)
    table = pa.Table.from_pylist(made, lake_schema(unit))
    return table.drop_columns(list(drop)) if drop else table


def classes(events):
    """Events told by their class alone; every seventh is of another."""
    return [{key: value for key, value in one.items() if key != "rcode_id"} | ({"class_uid": 4001} if at % 7 == 6 else {})
            for at, one in enumerate(events)]


def log_table(logs):
    """The resolver's own names, as a table with types that an engine would give."""
    import pyarrow as pa
    text = pa.string()
    return pa.Table.from_pylist([one | {"srcids": {key: one["srcids"].get(key) for key in
                                                   ("instance", "resolver_endpoint", "resolver_network_interface")}}
                                 for one in logs], pa.schema([
        ("version", text), ("account_id", text), ("region", text), ("vpc_id", text), ("query_timestamp", text),
        ("query_name", text), ("query_type", text), ("query_class", text), ("rcode", text),
        ("answers", pa.list_(pa.struct([("Rdata", text), ("Type", text), ("Class", text)]))), ("srcaddr", text),
        ("srcport", text), ("transport", text),
        ("srcids", pa.struct([("instance", text), ("resolver_endpoint", text), ("resolver_network_interface", text)])),
        ("firewall_rule_action", text)]))


# ── who writes them: each runs in a Python that has it; a file, and of which records it is ───────────────────

def arrow(binary, folder, quick):
    import pyarrow as pa
    import pyarrow.parquet as pq
    logs, events = load(folder)
    ways = {"plain": {"use_dictionary": False, "compression": "none"}, "zstd": {"compression": "zstd"},
            "v2": {"data_page_version": "2.0", "compression": "gzip"},
            "small": {"data_page_size": 2000, "row_group_size": 700, "dictionary_pagesize_limit": 1000}}
    if not quick:
        ways |= {"default": {}, "none": {"compression": "none"}, "old": {"version": "1.0"},
                 "v2-plain": {"data_page_version": "2.0", "use_dictionary": False, "data_page_size": 3000},
                 "legacy-lists": {"use_compliant_nested_type": False}, "int96": {"use_deprecated_int96_timestamps": True},
                 "delta": {"use_dictionary": False, "data_page_version": "2.0", "column_encoding": {
                     "query.hostname": "DELTA_BYTE_ARRAY", "query.type": "DELTA_LENGTH_BYTE_ARRAY", "time": "DELTA_BINARY_PACKED",
                     "src_endpoint.port": "BYTE_STREAM_SPLIT", "answers.list.element.rdata": "DELTA_BYTE_ARRAY"}},
                 "checked": {"write_page_checksum": True, "write_page_index": True, "row_group_size": 1000},
                 "one-a-group": {"row_group_size": 1}}
    table = lake_table(events)
    for name, options in ways.items():
        of = table.slice(0, 200) if name == "one-a-group" else table
        pq.write_table(of, folder / f"lake-{name}.parquet", **options)
        yield f"lake-{name}.parquet", "events-200" if name == "one-a-group" else "events"
    for unit in ["us"] if quick else ["ms", "us", "ns"]:
        made = lake_table(events, unit)
        if unit == "ms":
            made = made.set_column(made.column_names.index("time_dt"), "time_dt", made["time_dt"].cast(pa.timestamp("ms")))
        pq.write_table(made, folder / f"lake-dt-{unit}.parquet", version="2.6", use_deprecated_int96_timestamps=unit == "ns")
        yield f"lake-dt-{unit}.parquet", "events"
    # As Iceberg's writers have it: number of the field, everything optional; and the least there can be.
    pq.write_table(lake_table(events, drop=("metadata", "observables", "unmapped", "time_dt", "class_uid", "action_id")),
                   folder / "lake-least.parquet")
    yield "lake-least.parquet", "events"
    pq.write_table(lake_table(classes(events), drop=("rcode_id",)), folder / "lake-classes.parquet")
    yield "lake-classes.parquet", "classes"
    pq.write_table(log_table(logs), folder / "log.parquet", compression="zstd")
    yield "log.parquet", "log"
    pq.write_table(pa.table({"message": [json.dumps(one) for one in logs]}), folder / "message.parquet")
    yield "message.parquet", "log"


def duck(binary, folder, quick):
    import duckdb
    duck = duckdb.connect()
    duck.sql("SET TimeZone = 'UTC'")
    sql.duck_table(duck, binary, folder / "log.jsonl")
    ways = {"default": "", "v2": ", PARQUET_VERSION v2, COMPRESSION zstd, ROW_GROUP_SIZE 2048"}
    if not quick:
        ways |= {"gzip": ", COMPRESSION gzip", "none": ", COMPRESSION uncompressed", "bloom": ", DICTIONARY_SIZE_LIMIT 100"}
    for name, options in ways.items():
        duck.sql(f"COPY log TO '{folder}/duck-{name}.parquet' (FORMAT parquet{options})")
        yield f"duck-{name}.parquet", "log"
        duck.sql(f"COPY (FROM read_json('{folder}/events.jsonl', format = 'newline_delimited', sample_size = -1, "
                 f"map_inference_threshold = -1)) TO '{folder}/duck-lake-{name}.parquet' (FORMAT parquet{options})")
        yield f"duck-lake-{name}.parquet", "events"
    question = sql.printed(binary, "--dialect", "duckdb", "log").rstrip().rstrip(";")
    duck.sql(f"COPY ({question}) TO '{folder}/weighted.parquet'")
    yield "weighted.parquet", "log weighted"
    # One row for each answer.
    duck.sql(f"COPY (SELECT * EXCLUDE (answers, srcids), answers, srcids.instance AS instance FROM log) "
             f"TO '{folder}/duck-flat.parquet'")
    yield "duck-flat.parquet", "flat"


def polars(binary, folder, quick):
    import polars as pl
    for name in ("log", "events"):
        frame = pl.read_ndjson(folder / f"{name}.jsonl", infer_schema_length=None)
        frame.write_parquet(folder / f"polars-{name}.parquet")
        yield f"polars-{name}.parquet", name


def clickhouse(binary, folder, quick):
    from chdb import session
    chdb = session.Session()
    chdb.query("CREATE DATABASE r53 ENGINE = Atomic")
    chdb.query(sql.printed(binary, "--dialect", "clickhouse", "--create", "--location", str(folder / "log.jsonl"), "r53.log"))
    for name, query in (("log", "SELECT * FROM r53.log"),
                        ("weighted", sql.printed(binary, "--dialect", "clickhouse", "r53.log").rstrip().rstrip(";"))):
        (folder / f"clickhouse-{name}.parquet").write_bytes(chdb.query(query, "Parquet").bytes())
        yield f"clickhouse-{name}.parquet", "log weighted" if name == "weighted" else "log"


def spark(binary, folder, quick):
    from pyspark.sql import SparkSession
    warehouse = tempfile.mkdtemp()
    engine = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
              .config("spark.sql.warehouse.dir", warehouse).config("spark.sql.shuffle.partitions", "4").getOrCreate())
    engine.sql(sql.printed(binary, "--dialect", "spark", "--create", "--location", str(folder / "log.jsonl"), "log"))
    engine.sql("SELECT * FROM log").write.parquet(f"{folder}/spark-log")
    yield "spark-log", "log"
    engine.sql(sql.printed(binary, "--dialect", "spark", "log")).write.parquet(f"{folder}/spark-weighted")
    yield "spark-weighted", "log weighted"
    engine.read.json(f"{folder}/events.jsonl").write.option("parquet.writer.version", "v2").parquet(f"{folder}/spark-lake")
    yield "spark-lake", "events"
    engine.stop()


# ── the comparison ──────────────────────────────────────────────────────────────────────────────────────────

def load(folder):
    return [[json.loads(line) for line in open(folder / f"{name}.jsonl", encoding="utf-8")] for name in ("log", "events")]


def save(path, lines):
    path.write_text("".join(json.dumps(one, separators=(",", ":")) + "\n" for one in lines), encoding="utf-8")


def report(binary, path, is_weighted=False):
    run = subprocess.run([binary, "report", str(path), "-f", "json"], capture_output=True, text=True)
    if run.returncode not in (0, 3):
        raise SystemExit(f"report {path}: {run.stderr}")
    whole = json.loads(run.stdout)
    whole.pop("inputs")
    # Spelled otherwise in a row than in a line, and what counts do not tell.
    whole.get("malformed", {}).pop("samples", None) if isinstance(whole.get("malformed"), dict) else None
    whole.pop("samples", None)
    if is_weighted:
        for key in ("over_time", "outside"):
            whole.pop(key, None)
        whole["loss"]["incomplete"] = [one for one in whole["loss"]["incomplete"] if one["kind"] != "times-not-known"]
    return json.dumps(whole)


def fixtures(binary):
    import duckdb
    import pyarrow.parquet as pq
    folder = pathlib.Path(__file__).resolve().parents[1] / "parquet"
    folder.mkdir(exist_ok=True)
    logs, events = rows(60, 7)
    save(folder / "log.jsonl", logs)
    save(folder / "events.jsonl", events)
    pq.write_table(lake_table(events), folder / "lake.parquet", compression="zstd", row_group_size=25)
    pq.write_table(lake_table(events, "ns"), folder / "lake-v2.parquet", compression="snappy", data_page_version="2.0",
                   use_dictionary=False, data_page_size=512)
    save(folder / "classes.jsonl", classes(events))
    pq.write_table(lake_table(classes(events), drop=("rcode_id",)), folder / "classes.parquet", compression="zstd")
    pq.write_table(log_table(logs), folder / "log.parquet", compression="gzip")
    duck = duckdb.connect()
    sql.duck_table(duck, binary, folder / "log.jsonl")
    question = sql.printed(binary, "--dialect", "duckdb", "log").rstrip().rstrip(";")
    duck.sql(f"COPY ({question}) TO '{folder}/weighted.parquet'")
    for path in sorted(folder.iterdir()):
        print(path.name, path.stat().st_size)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--records", type=int, default=4000)
    parser.add_argument("--keep")
    parser.add_argument("--fixtures", action="store_true")
    parser.add_argument("--step", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    binary = str(pathlib.Path(arguments.binary).resolve())
    if arguments.fixtures:
        python = packages.python(*STEPS["arrow"]) / "python"
        return subprocess.run([python, "-c", f"import parquet; parquet.fixtures({binary!r})"], cwd=pathlib.Path(__file__).parent).returncode
    if arguments.step:
        name, folder = arguments.step
        for file, of in globals()[name](binary, pathlib.Path(folder), arguments.quick):
            print(file, of, sep="\t", flush=True)
        return 0
    folder = pathlib.Path(arguments.keep or tempfile.mkdtemp()).resolve()
    folder.mkdir(exist_ok=True, parents=True)
    logs, events = rows(arguments.records, 20261129)
    save(folder / "log.jsonl", logs)
    save(folder / "events.jsonl", events)
    save(folder / "events-200.jsonl", events[:200])
    save(folder / "classes.jsonl", classes(events))
    save(folder / "flat.jsonl", [{key: value for key, value in one.items() if key != "srcids"} |
                                 {"instance": one["srcids"].get("instance")} for one in logs])
    failed, expected = False, {}
    for name, (environment, requirements) in STEPS.items():
        if arguments.only and name not in arguments.only or arguments.quick and name not in FAST:
            continue
        try:
            python = packages.python(environment, requirements) / "python"
        except packages.Missing as missing:
            print(f"{name}: MISSING: {missing}")
            failed = True
            continue
        command = [python, __file__, binary, "--step", name, folder, *(["--quick"] if arguments.quick else [])]
        run = subprocess.run(command, text=True, capture_output=True)
        if run.returncode:
            print(f"{name}: FAILED\n{run.stderr[-3000:]}")
            failed = True
        for line in run.stdout.splitlines():
            file, of = line.split("\t")
            of, is_weighted = of.removesuffix(" weighted"), of.endswith(" weighted")
            if (of, is_weighted) not in expected:
                expected[of, is_weighted] = report(binary, folder / f"{of}.jsonl", is_weighted)
            begun = time.monotonic()
            wanted, got = expected[of, is_weighted], report(binary, folder / file, is_weighted)
            same = wanted == got
            print(f"{name}: {file}, {time.monotonic() - begun:.1f} s: {'the same report' if same else 'ANOTHER REPORT'}")
            if not same:
                failed = True
                at = next((i for i, (a, b) in enumerate(zip(wanted, got)) if a != b), min(len(wanted), len(got)))
                print(f"  expected …{wanted[max(0, at - 300):at + 200]}\n  got      …{got[max(0, at - 300):at + 200]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
