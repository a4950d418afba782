#!/usr/bin/env bash
# An IPv6 address in the YAML of the AWS CLI is a number when PyYAML reads it.
#
# Packages: AWS CLI 2.36.12, as packed in @aws-cdk/asset-awscli-v2 2.0.186 (npm), against a server of this
# script; PyYAML 6.0.4 (PyPI).
#
# Behavior: `--output yaml` writes strings without quotes where YAML 1.2 needs none. PyYAML reads YAML 1.1,
# in which digits between colons, each group below 60, are one number to the base 60. An address of eight
# groups of which none has a letter, nor more than 59 behind the first, is such a number. Its neighbours,
# with a letter, remain text.
#
# Why it surprises: hexadecimal groups without letters look like any others, and the same address in
# `--output json` is always a string. A list of resolver endpoint addresses gets a number, once in a while,
# and no error.
#
# Output seen on 2026-11-28:
#   written: Ipv6: 2600:10:20:30:40:50:1:2
#   read: 7278818509620062
#   written: Ipv6: 2600:10:20:30:40:50:1:a
#   read: 2600:10:20:30:40:50:1:a
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$T"' EXIT
export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

(cd "$T" && npm pack --silent --cache "$T/npm" @aws-cdk/asset-awscli-v2@2.0.186 >/dev/null && tar xzf ./*.tgz &&
    python3 -m zipfile -e package/lib/layer.zip layer) || exit 2
python3 -m venv "$T/venv" && "$T/venv/bin/pip" install -q PyYAML==6.0.4 || exit 2
aws=$T/layer/awscli/v2/2.36.12/dist/aws
chmod +x "$aws"

cat >"$T/server.py" <<'PY'
import http.server

ANSWER = b'{"IpAddresses":[{"Ipv6":"2600:10:20:30:40:50:1:2"},{"Ipv6":"2600:10:20:30:40:50:1:a"}]}'

class Resolver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "application/x-amz-json-1.1")
        self.send_header("content-length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Resolver)
print(server.server_port, flush=True)
server.serve_forever()
PY
python3 "$T/server.py" >"$T/port" &
server=$!
until [ -s "$T/port" ]; do sleep 0.1; done

export AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x AWS_EC2_METADATA_DISABLED=true AWS_PAGER=
"$aws" route53resolver list-resolver-endpoint-ip-addresses --resolver-endpoint-id rslvr-in-0 --region us-west-2 \
    --endpoint-url "http://127.0.0.1:$(cat "$T/port")" --output yaml >"$T/out.yaml"
cat >"$T/read.py" <<'PY'
import sys
import yaml

text = open(sys.argv[1]).read()
lines = [line.strip("- ") for line in text.splitlines() if "Ipv6" in line]
for line, read in zip(lines, yaml.safe_load(text)["IpAddresses"]):
    print("written:", line)
    print("read:", read["Ipv6"])
PY
seen=$("$T/venv/bin/python" "$T/read.py" "$T/out.yaml")

expected='written: Ipv6: 2600:10:20:30:40:50:1:2
read: 7278818509620062
written: Ipv6: 2600:10:20:30:40:50:1:a
read: 2600:10:20:30:40:50:1:a'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
