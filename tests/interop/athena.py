#!/usr/bin/env python3
"""`r53tail report athena://…` against an Athena that runs the question: the report must be that of the raw log.

    python3 tests/interop/athena.py target/debug/r53tail [--records N]

A server on loopback has the API of Athena and S3's GetObject. A query that is started is translated by sqlglot from Athena's
dialect into DuckDB's, run by DuckDB on the log of `sql.py`, and its result written as Athena writes CSV, or given page by page.
What has partitions is asked on a table that has them: `date` and `vpc` are columns there. Packages are put under target/interop
at the first run, in the versions that `sql.py` names.
"""

import argparse
import http.server
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

import packages
import sql

BUCKET = "results"
STRUCT = "struct<instance:string,resolver_endpoint:string,resolver_network_interface:string>"
SINCE = ["--since", sql.SINCE, "--until", sql.UNTIL]
# From before the first record to after the last.
ALL = ["--since", "2026-10-01", "--until", "2026-11-20"]


class Athena:
    """Queries and their results, by id."""

    def __init__(self, binary, log, lake):
        import duckdb
        self.duck = duckdb.connect()
        self.lock = threading.Lock()
        self.managed = False
        self.partitions = True
        self.results = {}
        self.texts = []
        sql.duck_table(self.duck, binary, log)
        self.duck.sql("CREATE SCHEMA logs")
        # As an S3 delivery has it: the day of the record, and its VPC.
        self.duck.sql("CREATE TABLE logs.r53 AS SELECT *, coalesce(replace(query_timestamp[1:10], '-', '/'), '2026/11/02') "
                      "AS \"date\", vpc_id AS vpc FROM log")
        self.duck.sql(f"CREATE TABLE logs.lake AS SELECT * REPLACE (CAST(time_dt AS TIMESTAMP) AS time_dt) FROM "
                      f"read_json('{lake}', format = 'newline_delimited', sample_size = -1)")

    def start(self, question):
        import sqlglot
        with self.lock:
            self.texts.append(question)
            number = str(len(self.texts))
            try:
                result = self.duck.sql(sqlglot.transpile(question, read="athena", write="duckdb")[0])
                self.results[number] = (result.columns, result.fetchall(), None)
            except Exception as error:
                self.results[number] = ([], [], f"SYNTAX_ERROR: {error}")
        return number

    def answer(self, operation, body):
        if operation == "GetWorkGroup":
            return {"WorkGroup": {"Name": body["WorkGroup"], "State": "ENABLED", "Configuration": {}}}
        if operation == "GetTableMetadata":
            if body["TableName"] == "lake":
                return {"TableMetadata": {"Columns": [{"Name": "src_endpoint", "Type": "struct<>"}, {"Name": "time", "Type": "bigint"}]}}
            keys = [{"Name": "date", "Type": "string"}, {"Name": "vpc", "Type": "string"}] if self.partitions else []
            return {"TableMetadata": {"Columns": [{"Name": "srcids", "Type": STRUCT}], "PartitionKeys": keys}}
        if operation == "StartQueryExecution":
            return {"QueryExecutionId": self.start(body["QueryString"])}
        number = body["QueryExecutionId"]
        names, rows, why = self.results[number]
        if operation == "GetQueryExecution":
            return {"QueryExecution": {
                "Status": {"State": "FAILED" if why else "SUCCEEDED", "StateChangeReason": why},
                "Statistics": {"DataScannedInBytes": 12345678},
                "ManagedQueryResultsConfiguration": {"Enabled": self.managed},
                "ResultConfiguration": {} if self.managed else {"OutputLocation": f"s3://{BUCKET}/{number}.csv"}}}
        if operation == "GetQueryResults":
            at = int(body.get("NextToken") or 0)
            text = [[str(cell).lower() if isinstance(cell, bool) else cell if cell is None else str(cell) for cell in row]
                    for row in [names, *rows][at:at + body["MaxResults"]]]
            data = [{"Data": [{} if cell is None else {"VarCharValue": cell} for cell in row]} for row in text]
            end = at + body["MaxResults"]
            return {"ResultSet": {"Rows": data}, "NextToken": str(end) if end <= len(rows) else None}
        raise SystemExit(f"{operation} was not expected")

    def object(self, number):
        names, rows, _ = self.results[number]
        with tempfile.NamedTemporaryFile(suffix=".csv") as file:
            sql.write(file.name, names, rows)
            return pathlib.Path(file.name).read_bytes()


def serve(athena):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def send(self, body, kind):
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.send_header("etag", '"1"')
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            operation = self.headers["x-amz-target"].split(".")[1]
            self.send(json.dumps(athena.answer(operation, body)).encode(), "application/x-amz-json-1.1")

        def do_GET(self):
            path, _, query = self.path.partition("?")
            number = path.rsplit("/", 1)[-1].removesuffix(".csv")
            if query:
                key = query.split("prefix=")[1].split("&")[0]
                size = len(athena.object(key.removesuffix(".csv")))
                page = (f"<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>{key}</Key><Size>{size}</Size>"
                        "<StorageClass>STANDARD</StorageClass></Contents></ListBucketResult>")
                return self.send(page.encode(), "application/xml")
            return self.send(athena.object(number), "text/csv")

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def report(binary, url, *words):
    environment = {"PATH": os.environ["PATH"], "HOME": tempfile.gettempdir(), "AWS_EC2_METADATA_DISABLED": "true",
                   "AWS_REGION": "us-west-2", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
                   "AWS_ENDPOINT_URL": url}
    run = subprocess.run([binary, "report", "-f", "json", "--yes", *words], capture_output=True, text=True, env=environment)
    if run.returncode not in (0, 3) or "error:" in run.stderr:
        raise SystemExit(f"report {' '.join(words)}: {run.returncode}: {run.stderr}")
    whole = json.loads(run.stdout)
    # What counts do not tell, and where records came from.
    for key in ("inputs", "over_time", "outside"):
        whole.pop(key)
    whole["loss"]["incomplete"] = [one for one in whole["loss"]["incomplete"] if one["kind"] != "times-not-known"]
    return json.dumps(whole)


def step(binary, folder, count):
    rng = random.Random(20261129)
    records = [sql.record(rng) for _ in range(count)]
    log, events = folder / "log.jsonl", folder / "events.jsonl"
    log.write_text("".join(json.dumps(one, separators=(",", ":")) + "\n" for one in records))
    whole = [one for one in records if {"answers", "query_timestamp", "rcode"} <= one.keys()]
    events.write_text("".join(json.dumps(sql.ocsf(one)) + "\n" for one in whole))
    # What is no record and lies in partitions that are not read is not counted.
    near = folder / "near.jsonl"
    is_near = lambda one: "2026-11-02" <= one.get("query_timestamp", "2026-11-02")[:10] <= "2026-11-04"
    near.write_text("".join(json.dumps(one) + "\n" for one in records
                            if {"query_timestamp", "rcode"} <= one.keys() or is_near(one)))
    athena = Athena(binary, log, events)
    url = serve(athena)
    failed = False
    for table, source in (("r53", log), ("lake", events)):
        for words in (ALL, SINCE):
            for managed in (False, True):
                athena.managed = managed
                begun = time.monotonic()
                read = near if table == "r53" and words == SINCE else source
                expected = report(binary, url, str(read), *words)
                got = report(binary, url, f"athena://primary/logs.{table}", *words)
                same = expected == got
                failed |= not same
                how = "pages" if managed else "the object"
                print(f"{table} {' '.join(words)}, {how}: {time.monotonic() - begun:.1f} s: "
                      f"{'the same report' if same else 'ANOTHER REPORT'}")
                if not same:
                    at = next((i for i, (a, b) in enumerate(zip(expected, got)) if a != b), min(len(expected), len(got)))
                    print(f"  expected …{expected[max(0, at - 300):at + 200]}\n  got      …{got[max(0, at - 300):at + 200]}")
    athena.partitions = False
    same = report(binary, url, str(log), *ALL) == report(binary, url, "athena://primary/logs.r53", *ALL)
    print(f"r53 without partitions: {'the same report' if same else 'ANOTHER REPORT'}")
    if '"date"' not in athena.texts[0] or '"date"' in athena.texts[-1]:
        print("the question does not fit the partitions")
        failed = True
    return 0 if same and not failed else 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--records", type=int, default=5000)
    parser.add_argument("--step", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    binary = str(pathlib.Path(arguments.binary).resolve())
    if arguments.step:
        return step(binary, pathlib.Path(arguments.step), arguments.records)
    try:
        python = packages.python("sql", sql.QUICK) / "python"
    except packages.Missing as missing:
        print(f"MISSING: {missing}")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run([python, __file__, binary, "--records", str(arguments.records), "--step", folder]).returncode


if __name__ == "__main__":
    sys.exit(main())
