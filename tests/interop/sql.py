#!/usr/bin/env python3
"""What `r53tail sql` prints, run by engines: the report of their rows must be that of the raw log, byte for byte.

    python3 tests/interop/sql.py target/debug/r53tail [--quick] [--only NAME…] [--records N] [--keep DIR]

A log is made up with every verdict, answers in turns, chains, masked and missing answers, blocks, other types, forwarded
queries and times with fractions. Each engine makes the table from `sql --create`, runs the text of `sql`, and writes CSV:

  duckdb      DuckDB, its own text
  athena      the text for Athena: sqlglot parses it as that, and DuckDB runs what sqlglot makes of it
  lake        the same of Security Lake, on the log as OCSF
  velox       the expressions of the text for Athena, evaluated by Velox, which has Presto's own functions in C++
  clickhouse  ClickHouse (chdb), its own text
  spark       Spark (pyspark; needs Java 17), its own text

`--quick` runs duckdb, athena and lake. `SPARK_MASTER=local-cluster[2,1,1024]` has Spark take two workers, processes of their own. Packages are put under target/interop at the first run, in the versions that stand here.
"""

import argparse
import calendar
import csv
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import packages

QUICK = ["duckdb==2.0.1", "sqlglot==30.30.0"]
SINCE, UNTIL = "2026-11-02T06:00:00Z", "2026-11-03T12:00:00.250Z"
STEPS = {
    "duckdb": ("sql", QUICK),
    "athena": ("sql", QUICK),
    "lake": ("sql", QUICK),
    "velox": ("sql-velox", ["pyvelox==0.2.0", "pyarrow==19.0.1", "sqlglot==30.30.0"]),
    "clickhouse": ("sql-clickhouse", ["chdb==4.4.0"]),
    "spark": ("sql-spark", ["pyspark==4.3.0"]),
}
FAST = ["duckdb", "athena", "lake"]


# ── the log ─────────────────────────────────────────────────────────────────────────────────────────────────

NAMES = [f"{name}.example." for name in ("api", "db", "Mixed.Case", "o'brien", "a\\b", "x")] + \
    ["ssm.us-west-2.amazonaws.com.", "xn--bcher-kva.example."]
AAAA = ["2600:1f14::1", "2600:1F14::1", "64:ff9b::345e:b677", "64:ff9b::52.94.182.119", "fd00::1", "::1", "fe80::1",
        "***************", "", "[x]", "no address", "a=b"]
A = ["52.94.182.119", "52.94.182.120", "10.0.0.1", "127.0.0.1", "0.0.0.0", "10.0.**", "", "1.2.3"]
OTHER = [("CNAME", "edge.example."), ("cname", "edge2.example."), ("DNAME", "d.example."), ("RRSIG", "AAAA 13 2 60 x=="),
         ("AABA", "x"), ("", "2600:1f14::9"), ("TXT", "a b"), ("28", "2600:1f14::7"), ("5", "edge.example.")]


def answers(rng, kind):
    own = AAAA if kind == "AAAA" else A
    some = [(kind, one) for one in rng.sample(own[:6], rng.choice([0, 1, 1, 2, 3]))]
    if rng.random() < 0.1:
        some.append((kind, rng.choice(own)))
    if rng.random() < 0.3:
        some.insert(0, OTHER[0])
    if rng.random() < 0.05:
        some.append(rng.choice(OTHER))
    rng.shuffle(some)
    return [{"Rdata": rdata, "Type": kind, "Class": "IN"} for kind, rdata in some]


def record(rng):
    kind = rng.choices(["AAAA", "A", "PTR", "HTTPS", "aaaa"], [8, 6, 1, 1, 0.2])[0]
    number = rng.randrange(12)
    srcids = rng.choices([{"instance": f"i-{number:017x}"}, {}, {"resolver_endpoint": "rslvr-in-1"},
                          {"resolver_network_interface": "rni-7"},
                          {"instance": f"i-{number:017x}", "resolver_endpoint": "rslvr-out-2"}], [8, 2, 1, 1, 1])[0]
    second = rng.randrange(3 * 86400)
    at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(1793491200 + second)) + rng.choice(["Z", "Z", ".250Z", ".251Z"])
    one = {
        "version": "1.100000", "account_id": rng.choice(["111122223333", "000122223333"]), "region": "us-west-2",
        "vpc_id": rng.choice(["vpc-1", "vpc-2"]), "query_timestamp": at, "query_name": rng.choice(NAMES),
        "query_type": kind, "query_class": "IN",
        "rcode": rng.choices(["NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED", "NOTIMP"], [12, 2, 1, 1, 1])[0],
        "answers": answers(rng, kind.upper()) if kind.upper() in ("A", "AAAA") else [{"Rdata": "t", "Type": kind, "Class": "IN"}],
        "srcaddr": rng.choice([f"10.0.0.{number}", "2600:1f14:0::a", "10.0.**"]), "srcport": str(rng.randrange(65536)),
        "transport": "UDP", "srcids": srcids,
    }
    if rng.random() < 0.05:
        one["firewall_rule_action"] = rng.choice(["BLOCK", "ALERT", "block"])
    if rng.random() < 0.02:
        del one["answers"]
    if rng.random() < 0.01:
        del one[rng.choice(["query_timestamp", "rcode"])]
    return one


def ocsf(one):
    """As Security Lake has it: `ocsf/examples`, mappings/markdown/AWS/v1.1.0/Route53."""
    rcode = {"NOERROR": ("NoError", 0), "NXDOMAIN": ("NXDomain", 3), "SERVFAIL": ("ServError", 2), "REFUSED": ("Refused", 5),
             "NOTIMP": ("NotImp", 4)}[one["rcode"]]
    stamp = one["query_timestamp"]
    fraction = stamp[19:].strip(".Z")
    ms = calendar.timegm(time.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S")) * 1000 + int(fraction or 0)
    action = one.get("firewall_rule_action")
    return {
        "class_uid": 4003, "cloud": {"account": {"uid": one["account_id"]}, "region": one["region"], "provider": "AWS"},
        "src_endpoint": {"vpc_uid": one["vpc_id"], "ip": one["srcaddr"], "port": int(one["srcport"]),
                         "instance_uid": one["srcids"].get("instance")},
        "dst_endpoint": {"instance_uid": one["srcids"].get("resolver_endpoint"),
                         "interface_uid": one["srcids"].get("resolver_network_interface")},
        "time": ms, "time_dt": stamp.rstrip("Z").replace("T", " "),
        "query": {"hostname": one["query_name"], "type": one["query_type"], "class": "IN"},
        "answers": [{"type": each["Type"], "rdata": each["Rdata"], "class": "IN"} for each in one["answers"]] or None,
        "rcode": rcode[0], "rcode_id": rcode[1],
        "firewall_rule": {"uid": "rslvr-frg-1"} if action else None,
        "disposition": {"BLOCK": "Blocked", "block": "Blocked", "ALERT": "Alert"}.get(action),
        "action": {"BLOCK": "Denied", "block": "Denied", "ALERT": "Allowed"}.get(action),
        "action_id": {"BLOCK": 2, "block": 2, "ALERT": 1}.get(action), "accountid": one["account_id"],
    }


# ── the engines: each runs in a Python that has it ──────────────────────────────────────────────────────────

def printed(binary, *words):
    return subprocess.run([binary, "sql", *words], check=True, capture_output=True, text=True).stdout


def write(path, names, rows):
    """As Athena writes CSV: nulls are empty, texts in quotes."""
    with open(path, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_NOTNULL) if hasattr(csv, "QUOTE_NOTNULL") else csv.writer(out)
        writer.writerow(names)
        for row in rows:
            writer.writerow([str(value).lower() if isinstance(value, bool) else "" if value is None else value for value in row])


def duck_table(duck, binary, log):
    duck.sql(printed(binary, "--dialect", "duckdb", "--create", "--location", str(log), "log"))


def duckdb(binary, log, out, words):
    import duckdb
    duck = duckdb.connect()
    duck_table(duck, binary, log)
    question = printed(binary, "--dialect", "duckdb", *words, "log").rstrip().rstrip(";")
    duck.sql(f"COPY ({question}) TO '{out}' (HEADER)")


def athena(binary, log, out, words):
    import duckdb
    import sqlglot
    duck = duckdb.connect()
    duck_table(duck, binary, log)
    made = printed(binary, "--dialect", "athena", "--create", "--location", "s3://bucket/x", "--vpc", "vpc-1", "log")
    sqlglot.parse_one(made, read="athena")
    partitioned = printed(binary, "--dialect", "athena", "--interface", *words, "log")
    sqlglot.parse_one(partitioned, read="athena")
    question = printed(binary, "--dialect", "athena", "--interface", "--unpartitioned", *words, "log")
    result = duck.sql(sqlglot.transpile(question, read="athena", write="duckdb")[0])
    write(out, result.columns, result.fetchall())


def lake(binary, log, out, words):
    import duckdb
    import sqlglot
    duck = duckdb.connect()
    duck.sql(f"CREATE TABLE lake AS SELECT * REPLACE (CAST(time_dt AS TIMESTAMP) AS time_dt) FROM read_json('{log}', "
             "format = 'newline_delimited', sample_size = -1)")
    question = printed(binary, "--dialect", "security-lake", *words, "lake")
    result = duck.sql(sqlglot.transpile(question, read="athena", write="duckdb")[0])
    write(out, result.columns, result.fetchall())


def velox(binary, log, out, words):
    """What the text for Athena makes of each record, and which it takes, is Velox's; records that are alike are counted here."""
    import pyarrow as pa
    import sqlglot
    from pyvelox import legacy
    from sqlglot import exp
    question = printed(binary, "--dialect", "athena", "--interface", "--unpartitioned", *words, "log")
    outer = sqlglot.parse_one(question, read="athena")
    inner = outer.find(exp.Subquery).this
    text = pa.string()
    columns = {name: text for name in ("account_id", "region", "vpc_id", "query_timestamp", "query_name", "query_type", "rcode",
                                       "srcaddr", "firewall_rule_action", "firewall_rule_group_id", "firewall_domain_list_id")}
    # Names lose their capitals there, unless they are keywords, as TYPE is.
    columns["answers"] = pa.list_(pa.struct([(name, text) for name in ("Rdata", "Type", "rdata", "type")]))
    columns["srcids"] = pa.struct([(name, text) for name in ("instance", "resolver_endpoint", "resolver_network_interface")])

    def row(line):
        one = json.loads(line)
        if "answers" in one:
            one["answers"] = [each | {key.lower(): value for key, value in each.items()} for each in one["answers"]]
        return {name: one.get(name) for name in columns}

    with open(log, encoding="utf-8") as lines:
        table = pa.RecordBatch.from_pylist([row(line) for line in lines], pa.schema(columns))
    vectors = [legacy.import_from_arrow(column) for column in table.columns]

    def evaluated(node, kind="varchar"):
        node = node.copy()
        # Velox converts no types by itself: a null in place of a text is given its type, and so is the one that is not written.
        for case in node.find_all(exp.Case):
            for branch in case.args["ifs"]:
                if isinstance(branch.args["true"], exp.Null):
                    branch.set("true", exp.cast(exp.null(), kind))
            if case.args.get("default") is None:
                case.set("default", exp.cast(exp.null(), kind))
        sql = node.sql(dialect="presto")
        return legacy.export_to_arrow(legacy.Expression.from_string(sql).evaluate(list(columns), vectors)).to_pylist()

    made = {each.alias: evaluated(each.unalias(), "boolean" if each.alias == "cname" else "varchar") for each in inner.expressions}
    where = inner.args.get("where")
    taken = evaluated(where.this) if where else [True] * table.num_rows
    names = [each.alias_or_name for each in outer.expressions]
    keys = [name for name in names if name not in ("n", "first", "last")]
    groups = {}
    for number, is_taken in enumerate(taken):
        if is_taken:
            asked = made["asked"][number]
            n, first, last = groups.setdefault(tuple(made[key][number] for key in keys), [0, None, None])
            known = [each for each in (first, last, asked) if each is not None]
            groups[tuple(made[key][number] for key in keys)] = [n + 1, min(known, default=None), max(known, default=None)]
    write(out, names, [[*key, *counted] for key, counted in groups.items()])


def clickhouse(binary, log, out, words):
    from chdb import session
    chdb = session.Session()
    chdb.query("CREATE DATABASE r53 ENGINE = Atomic")
    chdb.query(printed(binary, "--dialect", "clickhouse", "--create", "--location", str(log), "r53.log"))
    result = chdb.query(printed(binary, "--dialect", "clickhouse", *words, "r53.log"), "CSVWithNames")
    pathlib.Path(out).write_bytes(result.bytes())


def spark(binary, log, out, words):
    from pyspark.sql import SparkSession
    folder = tempfile.mkdtemp()
    master = os.environ.get("SPARK_MASTER", "local[2]")
    engine = (SparkSession.builder.master(master).config("spark.ui.enabled", "false")
              .config("spark.sql.warehouse.dir", folder).config("spark.sql.shuffle.partitions", "4").getOrCreate())
    engine.sql(printed(binary, "--dialect", "spark", "--create", "--location", str(log), "log"))
    rows = engine.sql(printed(binary, "--dialect", "spark", *words, "log"))
    # Texts in quotes, and quotes doubled: Spark has backslashes before them otherwise.
    rows.coalesce(1).write.option("header", "true").option("escape", '"').csv(folder + "/out")
    pathlib.Path(out).write_bytes(next(pathlib.Path(folder + "/out").glob("*.csv")).read_bytes())
    engine.stop()


# ── the comparison ──────────────────────────────────────────────────────────────────────────────────────────

def report(binary, path, words=()):
    run = subprocess.run([binary, "report", str(path), "-f", "json", *words], capture_output=True, text=True)
    if run.returncode not in (0, 3):
        raise SystemExit(f"report {path}: {run.stderr}")
    whole = json.loads(run.stdout)
    # What counts do not tell, and where records came from.
    for key in ("inputs", "over_time", "outside"):
        whole.pop(key)
    whole["loss"]["incomplete"] = [one for one in whole["loss"]["incomplete"] if one["kind"] != "times-not-known"]
    return json.dumps(whole)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--keep")
    parser.add_argument("--step", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    binary = str(pathlib.Path(arguments.binary).resolve())
    if arguments.step:
        name, log, out, words = arguments.step
        return globals()[name](binary, log, out, json.loads(words))
    folder = pathlib.Path(arguments.keep or tempfile.mkdtemp()).resolve()
    folder.mkdir(exist_ok=True, parents=True)
    rng = random.Random(20261128)
    records = [record(rng) for _ in range(arguments.records)]
    log, events = folder / "log.jsonl", folder / "events.jsonl"
    log.write_text("".join(json.dumps(one, separators=(",", ":")) + "\n" for one in records))
    whole = [one for one in records if {"answers", "query_timestamp", "rcode"} <= one.keys()]
    events.write_text("".join(json.dumps(ocsf(one)) + "\n" for one in whole))
    ranges = [[], ["--since", SINCE, "--until", UNTIL]]
    failed = False
    for name, (environment, requirements) in STEPS.items():
        if arguments.only and name not in arguments.only or arguments.quick and name not in FAST:
            continue
        try:
            python = packages.python(environment, requirements) / "python"
        except packages.Missing as missing:
            print(f"{name}: MISSING: {missing}")
            failed = True
            continue
        source = events if name == "lake" else log
        for words in ranges:
            out = folder / f"{name}{len(words)}.csv"
            begun = time.monotonic()
            run = subprocess.run([python, __file__, binary, "--step", name, source, out, json.dumps(words)], text=True,
                                 capture_output=True)
            if run.returncode:
                print(f"{name} {words}: FAILED\n{run.stderr[-3000:]}")
                failed = True
                continue
            expected, got = report(binary, source, words), report(binary, out)
            rows = sum(1 for _ in open(out, encoding="utf-8")) - 1
            same = expected == got
            print(f"{name} {' '.join(words) or 'all'}: {rows} rows, {time.monotonic() - begun:.1f} s: "
                  f"{'the same report' if same else 'ANOTHER REPORT'}")
            if not same:
                failed = True
                at = next((i for i, (a, b) in enumerate(zip(expected, got)) if a != b), min(len(expected), len(got)))
                print(f"  expected …{expected[max(0, at - 300):at + 200]}\n  got      …{got[max(0, at - 300):at + 200]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
