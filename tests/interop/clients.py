"""What clients of CloudWatch Logs print of a query log: rows for the table of `forms.py`.

moto stands in for the service, on loopback. The events' own times are of now, as it takes no old ones.
"""

import atexit
import functools
import http.server
import json
import os
import pathlib
import pprint
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest.mock

from forms import form, to_csv, to_lines, to_records

GROUP, STREAM, REGION = "/aws/route53/queries", "vpc-0f1e2d3c4b5a69788", "eu-central-1"
HERE = pathlib.Path(sys.executable).parent


@functools.cache
def service(log):
    """The environment of a client whose service has the log: with an endpoint on loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tempfile.mkdtemp(prefix="client")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    variables = {"HOME": home, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
                 "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION,
                 "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "", "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
                 "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": variables}
    moto = subprocess.Popen([HERE / "moto_server", "-H", "127.0.0.1", "-p", str(port)], **quiet)
    atexit.register(lambda: (moto.terminate(), moto.wait(30)))
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
    logs = connect(variables)
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
    start = int(time.time() * 1000) - 600_000
    events = [{"timestamp": start + 137 * number, "message": line}
              for number, line in enumerate(log.read_text("utf-8").splitlines())]
    logs.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=events)
    return variables


def connect(variables):
    import boto3
    return boto3.client("logs", region_name=REGION, endpoint_url=variables["AWS_ENDPOINT_URL"],
                        aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret")


@functools.cache
def query_id(log):
    """A query that has run. moto knows a query of whole messages only, and writes their times as numbers."""
    now = int(time.time())
    started = connect(service(log)).start_query(logGroupName=GROUP, startTime=now - 86_400, endTime=now + 60,
                                                queryString="fields @timestamp, @message | limit 10000")
    return started["queryId"]


def client(*command):
    """What a client prints; `QUERY` in its arguments is a query that has run."""
    def write(log, out):
        words = [query_id(log) if word == "QUERY" else word for word in command]
        run = subprocess.run(words, capture_output=True, env=service(log), timeout=120)
        if run.returncode:
            raise RuntimeError(run.stderr.decode(errors="replace"))
        out.write_bytes(run.stdout)
    return write


def aws(version, *arguments):
    """The AWS CLI of a major version: 1 stands beside this Python, 2 where `AWS2` says."""
    program = os.environ.get("AWS2", "aws2") if version == 2 else str(HERE / "aws")
    return client(program, "logs", *arguments)


FILTER = ("filter-log-events", "--log-group-name", GROUP)
GET = ("get-log-events", "--log-group-name", GROUP, "--log-stream-name", STREAM, "--start-from-head")
RESULT = ("get-query-results", "--query-id", "QUERY")
PATHS = {"messages": "events[].message", "rows": "events[].[message]", "timed": "events[].[timestamp,message]",
         "named": "events[].{time: timestamp, message: message}"}
OUTPUTS = {1: ("json", "text", "table"), 2: ("json", "text", "table", "yaml", "yaml-stream")}
for version in OUTPUTS:
    for output in OUTPUTS[version]:
        form(f"aws{version}-filter.{output}", "whole", aws(version, *FILTER, "--output", output))
        form(f"aws{version}-get.{output}", "whole", aws(version, *GET, "--output", output))
        form(f"aws{version}-result.{output}", "whole", aws(version, *RESULT, "--output", output))
        for name, path in PATHS.items():
            form(f"aws{version}-{name}.{output}", "whole", aws(version, *FILTER, "--query", path, "--output", output))
        some = aws(version, *FILTER, "--max-items", "20", "--output", output)
        # As a stream of documents the CLI writes no token.
        stream = output == "yaml-stream"
        form(f"aws{version}-some.{output}", "first" if stream else "some", some, "" if stream else "NextToken")
form("aws2-color.json", "whole", aws(2, *FILTER, "--output", "json", "--color", "on"))
form("aws2-color.yaml", "whole", aws(2, *FILTER, "--output", "yaml", "--color", "on"))
for style in ("detailed", "short", "json"):
    form(f"aws2-tail-{style}.txt", "whole", aws(2, "tail", GROUP, "--since", "1d", "--format", style))
form("aws2-tail-color.txt", "whole", aws(2, "tail", GROUP, "--since", "1d", "--color", "on"))
for version in (1, 2):
    arn = f"arn:aws:logs:{REGION}:123456789012:log-group:{GROUP}"
    form(f"aws{version}-live.txt", "whole", aws(version, "start-live-tail", "--log-group-identifiers", arn))

GET_ALL = (str(HERE / "awslogs"), "get", GROUP, "ALL", "--start", "1d")
form("awslogs-plain.txt", "whole", client(*GET_ALL))
form("awslogs-times.txt", "whole", client(*GET_ALL, "--timestamp"))
form("awslogs-ingestion.txt", "whole", client(*GET_ALL, "--timestamp", "--ingestion-time"))
form("awslogs-bare.txt", "whole", client(*GET_ALL, "--no-group", "--no-stream"))
form("awslogs-color.txt", "whole", client(*GET_ALL, "--color", "always"))


# ── boto3, awswrangler ──────────────────────────────────────────────────────────────────────────────────────

def boto(make):
    def write(log, out):
        pages = connect(service(log)).get_paginator("filter_log_events").paginate(logGroupName=GROUP)
        out.write_text(make([event for page in pages for event in page["events"]]), encoding="utf-8")
    return write


def answer(event):
    """A row of a query's result, as GetQueryResults gives it."""
    at = time.strftime("%Y-%m-%d %H:%M:%S.000", time.gmtime(event["timestamp"] / 1000))
    cells = {"@timestamp": at, "@message": event["message"], "@ptr": event["eventId"]}
    return [{"field": field, "value": value} for field, value in cells.items()]


def result(status, more=0):
    """What GetQueryResults returns, with `more` records matched than there are rows."""
    def make(events):
        matched = {"recordsMatched": float(len(events) + more), "recordsScanned": 9000.0, "bytesScanned": 4e6}
        return json.dumps({"results": [answer(event) for event in events], "statistics": matched, "status": status})
    return make


form("boto3-events.json", "whole", boto(lambda events: json.dumps(events)))
form("boto3-indent.json", "whole", boto(lambda events: json.dumps({"events": events}, indent=4)))
form("boto3-lines.json", "whole", boto(lambda events: "".join(json.dumps(event) + "\n" for event in events)))
form("boto3-messages.txt", "whole", boto(lambda events: "\n".join(event["message"] for event in events)))
form("boto3-list.json", "whole", boto(lambda events: json.dumps([event["message"] for event in events])))
form("boto3-result.json", "whole", boto(result("Complete")))
form("boto3-result-running.json", "more", boto(result("Running")))
form("boto3-result-fewer.json", "more", boto(result("Complete", more=700)))
form("boto3-repr.txt", "loud", boto(repr))
form("boto3-pprint.txt", "loud", boto(pprint.pformat))
form("boto3-parsed.txt", "loud", boto(lambda events: repr([json.loads(event["message"]) for event in events])))


def printed(version, output, status="Complete", more=0):
    """How the AWS CLI prints the whole result of a query, which moto gives without its statistics."""
    def write(log, out):
        body = []
        boto(lambda events: body.append(result(status, more)(events)) or "")(log, out)
        answers = json.loads(body[0])
        skipped = {"estimatedRecordsSkipped": 0.0, "estimatedBytesSkipped": 0.0, "logGroupsScanned": 1.0}
        content = json.dumps(answers | {"queryLanguage": "CWLI", "statistics": answers["statistics"] | skipped}).encode()

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            endpoint = f"http://127.0.0.1:{server.server_port}"
            aws(version, *RESULT, "--endpoint-url", endpoint, "--output", output)(log, out)
            server.shutdown()
    return write


for version in OUTPUTS:
    for output in OUTPUTS[version]:
        form(f"aws{version}-counted.{output}", "whole", printed(version, output))
        form(f"aws{version}-counted-fewer.{output}", "more", printed(version, output, more=700))
        form(f"aws{version}-counted-running.{output}", "more", printed(version, output, status="Running"))


def wrangled(ask, write):
    """A table of awswrangler's."""
    def run(log, out):
        import awswrangler
        variables = service(log)
        os.environ.update({name: variables[name] for name in variables if name.startswith("AWS_")})
        write(ask(awswrangler.cloudwatch), out)
    return run


def query(cloudwatch):
    """The result of a query: with rows as the service gives them, whose times moto writes otherwise."""
    pages = connect(os.environ).get_paginator("filter_log_events").paginate(logGroupName=GROUP)
    rows = [answer(event) for page in pages for event in page["events"]]
    with unittest.mock.patch.object(cloudwatch, "run_query", return_value=rows):
        return cloudwatch.read_logs(query="fields @timestamp, @message", log_group_names=[GROUP])


def events(cloudwatch):
    return cloudwatch.filter_log_events(log_group_name=GROUP)


for name, ask in (("query", query), ("events", events)):
    form(f"awswrangler-{name}.csv", "whole", wrangled(ask, to_csv))
    form(f"awswrangler-{name}-index.csv", "whole", wrangled(ask, functools.partial(to_csv, index=True)))
    form(f"awswrangler-{name}-lines.json", "whole", wrangled(ask, to_lines))
    form(f"awswrangler-{name}-records.json", "whole", wrangled(ask, to_records))
    form(f"awswrangler-{name}.parquet", "loud", wrangled(ask, lambda table, out: table.to_parquet(out)), "Parquet")
