#!/usr/bin/env bash
# moto's FilterLogEvents gives every event for a JSON filter pattern, and none for one that leaves a term
# out.
#
# Package: moto 5.2.5 (PyPI), with boto3 1.44.8.
#
# Behavior: the pattern is evaluated if it is a word, several words or a quoted phrase. JSON patterns and
# `?AAAA ?PTR` are accepted and mean "all", also one that is not complete; `NOERROR -AAAA` (has the one, not
# the other) matches nothing. No exception, no warning.
#
# Why it surprises: a query log consists of JSON, so its filters are JSON patterns. A test with moto passes
# whatever is in the pattern, and what is counted in it is the whole log.
#
# Output seen on 2026-11-28:
#   AAAA gives AAAA
#   { $.query_type = "AAAA" } gives AAAA A PTR
#   ?AAAA ?PTR gives AAAA A PTR
#   NOERROR -AAAA gives nothing
#   { $.query_type = gives AAAA A PTR
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

python3 -m venv "$T/venv" &&
    "$T/venv/bin/pip" install -q 'moto[logs]==5.2.5' boto3==1.44.8 || exit 2

cat >"$T/filter.py" <<'PY'
import json
import time
import boto3
from moto import mock_aws

with mock_aws():
    logs = boto3.client("logs", "us-west-2", aws_access_key_id="x", aws_secret_access_key="x")
    logs.create_log_group(logGroupName="dns")
    logs.create_log_stream(logGroupName="dns", logStreamName="s")
    now = int(time.time() * 1000)
    records = [{"query_type": kind, "rcode": "NOERROR"} for kind in ("AAAA", "A", "PTR")]
    events = [{"timestamp": now + n, "message": json.dumps(record)} for n, record in enumerate(records)]
    logs.put_log_events(logGroupName="dns", logStreamName="s", logEvents=events)
    for pattern in ("AAAA", '{ $.query_type = "AAAA" }', "?AAAA ?PTR", "NOERROR -AAAA", "{ $.query_type ="):
        found = logs.filter_log_events(logGroupName="dns", filterPattern=pattern)["events"]
        types = [json.loads(event["message"])["query_type"] for event in found]
        print(pattern, "gives", " ".join(types) or "nothing")
PY
seen=$("$T/venv/bin/python" "$T/filter.py")

expected='AAAA gives AAAA
{ $.query_type = "AAAA" } gives AAAA A PTR
?AAAA ?PTR gives AAAA A PTR
NOERROR -AAAA gives nothing
{ $.query_type = gives AAAA A PTR'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
