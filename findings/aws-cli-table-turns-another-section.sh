#!/usr/bin/env bash
# The AWS CLI prints one section of a table in rows or in columns, by what another section holds.
#
# Package: awscli 1.46.3 (PyPI).
#
# Behavior: `get-query-results --output table` prints the members of a section side by side, names above values. If any
# section is too wide for that, every section of one row turns: each name stands beside its value. So the
# state of a query stands below `status` or to the right of it, and that hangs on how many statistics the service counted
# in a section at the other end of the table. Three of them (as the service answered for years), or six (as it does now):
# the first section is another. Width of the terminal and of the data are the same.
#
# Why it surprises: who looks in the printed table for the state of a query, so as not to take the rows of one that is
# still running for all there are, finds the line `|  status  |  Running  |` in one answer and not in the next.
#
# Output seen on 2026-11-29:
#   3 statistics: | queryLanguage | status | / | CWLI | Running |
#   6 statistics: | queryLanguage | CWLI | / | status | Running |
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'kill "$SERVER" 2>/dev/null || true; rm -rf "$T"' EXIT
SERVER=
export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

python3 -m venv "$T/venv" && "$T/venv/bin/pip" install -q awscli==1.46.3 || exit 2

cat >"$T/service.py" <<'PY'
import http.server
import json

COUNTS = {"recordsMatched": 48.0, "recordsScanned": 1000.0, "bytesScanned": 12345.0}
MORE = {"estimatedRecordsSkipped": 0.0, "estimatedBytesSkipped": 0.0, "logGroupsScanned": 1.0}
ROW = [{"field": "@message", "value": "x" * 40}, {"field": "@ptr", "value": "Cm0"}]

class Service(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        statistics = COUNTS | (MORE if asked["queryId"] == "six" else {})
        answer = json.dumps({"queryLanguage": "CWLI", "results": [ROW], "status": "Running", "statistics": statistics})
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Service)
print(server.server_port, flush=True)
server.serve_forever()
PY
python3 "$T/service.py" >"$T/port" & SERVER=$!
while [ ! -s "$T/port" ]; do kill -0 "$SERVER" 2>/dev/null || exit 2; sleep 0.1; done

export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=secret AWS_DEFAULT_REGION=eu-west-1 AWS_EC2_METADATA_DISABLED=true
export HOME="$T" COLUMNS=80
first_section() {
    "$T/venv/bin/aws" logs get-query-results --query-id "$1" --output table --endpoint-url "http://127.0.0.1:$(cat "$T/port")" |
        sed -n '/^|  /p' | sed 's/  */ /g' | grep -v GetQueryResults | head -2 | paste -sd/ | sed 's_/_ / _'
}
seen="3 statistics: $(first_section three)
6 statistics: $(first_section six)"

expected="3 statistics: | queryLanguage | status | / | CWLI | Running |
6 statistics: | queryLanguage | CWLI | / | status | Running |"
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
