#!/usr/bin/env python3
"""What `r53tail report --format sql` writes, loaded by SQLite and DuckDB as it stands, against the report as JSON.

    python3 tests/interop/report_sql.py target/debug/r53tail [--records N]

The log has names that try to end a literal, a statement, a line or the text itself. Each engine runs the script unchanged; then
every table has what JSON says, each name is the text that the report spells, the view joins, and no table is gone. SQLite is the one of
this Python; DuckDB is put under target/interop at the first run, in the version that stands here.
"""

import argparse
import json
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile

import packages

DUCKDB = ["duckdb==2.0.1", "sqlglot==30.30.0"]
NAMES = [
    "ssm.us-west-2.amazonaws.com.", "o'brien.example.", "''.example.", "'.", "'); DROP TABLE pairs; --.", "a\\'b.example.",
    "a\\.", "nul\0.example.", "line\nend.example.", "\r\n.exit\n.", "\u202eelpmaxe.", "bücher.example.", "$1 ?1 :a @b.", "/* x.",
    "-- x.", "\\u{0}.example.", "\"q\".example.", "a;b.", "%s{}.", "x" * 300 + ".",
]
TABLES = ["report", "inputs", "origins", "endpoints", "pairs", "verdicts", "findings", "finding_origins"]


def record(rng, name):
    kind = rng.choice(["AAAA", "AAAA", "A"])
    rdata = rng.choice(["", "2600:1f14::1", "64:ff9b::345e:b677"]) if kind == "AAAA" else "52.94.182.119"
    return {
        "version": "1.100000", "account_id": "111122223333", "region": "us-west-2", "vpc_id": rng.choice(["vpc-1", "vpc-'2"]),
        "query_timestamp": f"2026-11-02T{rng.randrange(24):02}:{rng.randrange(60):02}:00{rng.choice(['', '.250'])}Z",
        "query_name": name, "query_type": kind, "query_class": "IN", "rcode": "NOERROR",
        "answers": [{"Rdata": rdata, "Type": kind, "Class": "IN"}] if rdata else [], "srcaddr": f"10.0.0.{rng.randrange(9)}",
        "srcport": "53", "transport": "UDP", "srcids": {"instance": rng.choice(["i-1", "i-'; --", "i-\\"])},
    }


def visible(text):
    """As reports spell what hides or drives: only what is in NAMES."""
    return "".join(f"\\u{{{ord(c):x}}}" if ord(c) < 32 or c == "\u202e" else c for c in text)


def moment(text):
    """Without the zone, and without noughts at the end of a fraction, which engines write as they like."""
    text = text and text.replace("T", " ").removesuffix("Z")
    return text.rstrip("0").rstrip(".") if text and "." in text else text


def expected(report):
    pairs = [(visible(pair["origin"]["id"]), visible(pair["name"]), pair["status"], moment(pair["first"]), moment(pair["last"]))
             for pair in report["pairs"]]
    spans = sum(span["count"] for pair in report["pairs"] for kind in ("aaaa", "a") for span in pair[kind].values())
    findings = [(number, one["id"], visible(one["subject"]), visible(one["sentence"]), len(one["evidence"]["origin_ids"]))
                for number, one in enumerate(report["findings"], 1)]
    return {"pairs": sorted(pairs), "records": spans, "findings": findings, "origins": len(report["origins"])}


QUERIES = {
    "pairs": "SELECT origin, name, status, CAST(first_seen AS TEXT), CAST(last_seen AS TEXT) FROM dependencies",
    "records": "SELECT (SELECT sum(records) FROM pairs), (SELECT sum(records) FROM verdicts)",
    "findings": "SELECT id, rule, subject, sentence, (SELECT count(*) FROM finding_origins o WHERE o.finding = f.id) FROM findings f "
                "ORDER BY id",
    "origins": "SELECT count(*) FROM origins",
}


def found(query):
    """What an engine says, in the form of `expected`; `query` gives the rows of a text."""
    pairs = sorted(tuple(moment(value) if at > 2 else value for at, value in enumerate(row)) for row in query(QUERIES["pairs"]))
    [(of_pairs, of_verdicts)] = query(QUERIES["records"])
    assert of_pairs == of_verdicts, (of_pairs, of_verdicts)
    for table in TABLES:
        query(f"SELECT count(*) FROM {table}")
    [(origins,)] = query(QUERIES["origins"])
    return {"pairs": pairs, "records": of_pairs, "findings": [tuple(row) for row in query(QUERIES["findings"])], "origins": origins}


def sqlite(script):
    base = sqlite3.connect(":memory:")
    base.executescript(script)
    return found(lambda text: base.execute(text).fetchall())


def duckdb(script):
    # Run by the Python that has it.
    import duckdb as engine
    base = engine.connect()
    base.execute(script)
    return found(lambda text: base.execute(text).fetchall())


def compare(name, said, report):
    wanted = expected(report)
    for part in wanted:
        mine, its = wanted[part], said[part]
        if mine != its:
            first = next((pair for pair in zip(mine, its) if pair[0] != pair[1]), (mine, its)) if isinstance(mine, list) else (mine, its)
            sys.exit(f"{name}: {part} differ: {first}")
    print(f"{name}: {len(wanted['pairs'])} pairs, {len(wanted['findings'])} findings, {wanted['records']} records, as JSON says")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--records", type=int, default=20000)
    parser.add_argument("--duckdb", nargs=2, metavar=("SCRIPT", "REPORT"), help="run by itself")
    arguments = parser.parse_args()
    if arguments.duckdb:
        script, report = (pathlib.Path(path).read_text() for path in arguments.duckdb)
        return compare("DuckDB", duckdb(script), json.loads(report))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        rng = random.Random(53)
        names = NAMES + [f"n{number}.example." for number in range(1500)]
        log = folder / "log'.jsonl"
        log.write_text("".join(json.dumps(record(rng, names[at % len(names)])) + "\n" for at in range(arguments.records)))
        for form in ("sql", "json"):
            with open(folder / form, "wb") as out:
                subprocess.run([arguments.binary, "report", "-f", form, log], stdout=out, check=True)
        script, report = (folder / "sql").read_text(), json.loads((folder / "json").read_text())
        compare(f"SQLite {sqlite3.sqlite_version}", sqlite(script), report)
        try:
            python = packages.python("sql", DUCKDB) / "python"
        except packages.Missing as missing:
            return print(f"SKIPPED: DuckDB cannot be had: {missing}")
        subprocess.run([python, __file__, arguments.binary, "--duckdb", folder / "sql", folder / "json"], check=True)


if __name__ == "__main__":
    main()
