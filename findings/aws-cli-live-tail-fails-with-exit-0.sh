#!/usr/bin/env bash
# `aws logs start-live-tail` prints the error that ended the session among the records, and exits with 0.
#
# Package: AWS CLI 2.36.12, as packed in @aws-cdk/asset-awscli-v2 2.0.186 (npm), against a server of this
# script.
#
# Behavior: CloudWatch Logs ends a Live Tail session after three hours, or when the stream fails, by an
# exception in the event stream. In the mode print-only the sentence about it goes to standard output,
# behind the last record, standard error stays empty, and the exit code is 0, as if the session had been
# ended by its user.
#
# Why it surprises: `aws logs start-live-tail … | reader` is how the records get to another program. The
# reader gets a line that is no record, and a loop `until aws logs start-live-tail …` does not start the
# tail again.
#
# Output seen on 2026-11-28:
#   out: {"query_name":"ssm.us-west-2.amazonaws.com.","query_type":"AAAA","answers":[]}
#   out: An error occurred (SessionTimeoutException) when calling the StartLiveTail operation: Timed out
#   exit 0
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$T"' EXIT

(cd "$T" && npm pack --silent --cache "$T/npm" @aws-cdk/asset-awscli-v2@2.0.186 >/dev/null && tar xzf ./*.tgz &&
    python3 -m zipfile -e package/lib/layer.zip layer) || exit 2
aws=$T/layer/awscli/v2/2.36.12/dist/aws
chmod +x "$aws"

cat >"$T/server.py" <<'PY'
import http.server
import json
import struct
import zlib

def message(headers, body):  # application/vnd.amazon.eventstream: lengths, checksum, headers, body, checksum
    packed = b"".join(
        bytes([len(k)]) + k.encode() + b"\x07" + struct.pack(">H", len(v)) + v.encode()
        for k, v in headers.items())
    prelude = struct.pack(">II", 16 + len(packed) + len(body), len(packed))
    prelude += struct.pack(">I", zlib.crc32(prelude))
    return prelude + packed + body + struct.pack(">I", zlib.crc32(prelude + packed + body))

def send(what, kind, body):
    headers = {":message-type": what, f":{what}-type": kind, ":content-type": "application/json"}
    return message(headers, json.dumps(body).encode())

RECORD = '{"query_name":"ssm.us-west-2.amazonaws.com.","query_type":"AAAA","answers":[]}'

class Logs(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "application/vnd.amazon.eventstream")
        self.end_headers()
        self.wfile.write(send("event", "initial-response", {}))
        self.wfile.write(send("event", "sessionStart", {"sessionId": "s"}))
        update = {"sessionMetadata": {"sampled": False}, "sessionResults": [{"message": RECORD, "timestamp": 1}]}
        self.wfile.write(send("event", "sessionUpdate", update))
        self.wfile.write(send("exception", "SessionTimeoutException", {"message": "Timed out"}))

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Logs)
print(server.server_port, flush=True)
server.serve_forever()
PY
python3 "$T/server.py" >"$T/port" &
server=$!
until [ -s "$T/port" ]; do sleep 0.1; done

export AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x AWS_EC2_METADATA_DISABLED=true
export AWS_DISABLE_HOST_PREFIX_INJECTION=true
code=0
timeout 60 "$aws" logs start-live-tail --mode print-only --region us-west-2 \
    --endpoint-url "http://127.0.0.1:$(cat "$T/port")" \
    --log-group-identifiers arn:aws:logs:us-west-2:000123456789:log-group:dns >"$T/out" 2>"$T/err" || code=$?
seen=$(sed '/^$/d; s/^/out: /' "$T/out"; sed '/^$/d; s/^/err: /' "$T/err"; echo "exit $code")

expected='out: {"query_name":"ssm.us-west-2.amazonaws.com.","query_type":"AAAA","answers":[]}
out: An error occurred (SessionTimeoutException) when calling the StartLiveTail operation: Timed out
exit 0'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
