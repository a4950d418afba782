#!/usr/bin/env python3
"""Live against clients and services that nobody here wrote.

    python3 -m venv target/live && target/live/bin/pip install botocore==1.44.5 awscli==1.46.3 'moto[server]==5.2.5'
    target/live/bin/python tests/interop/live.py target/debug/r53tail target/debug/examples/service

  * botocore and the AWS CLI read the fake that the tests of `tail` run against: the same records, the same endings.
    So what the fake sends is what the service's own clients understand.
  * The program reads the same scenarios: all that is in the store, as often as it is there.
  * moto stands in for log groups, `FilterLogEvents` and query logging: `groups` and a `tail` that polls find what was
    put in. Its Live Tail is not used: it sends what is stored, in every session again.

The AWS CLI is version 1, whose `start-live-tail` prints messages only; version 2 is not on PyPI.
"""

import collections
import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlparse

import botocore.exceptions
import botocore.session
from botocore.config import Config

HERE = pathlib.Path(sys.executable).parent
ACCOUNT = "111122223333"
REGION = "us-east-1"
LONGEST = 90

# How botocore says that a session ended: part of what its error says, None for an end without one.
ENDINGS = {
    "clean": None,
    "time-up": "SessionTimeoutException",
    "streaming": "SessionStreamingException",
    "unknown-exception": "EventStreamError",
    "error-message": "500",
    "fin": "",
    "mid-frame": "",
    "reset": "",
    "silence": "Read timed out",
    "bad-checksum": "Checksum mismatch",
    "bad-prelude": "Checksum mismatch",
    "garbage": "",
    "broken-json": "",
    # botocore does not notice that half a frame is missing.
    "truncated": None,
}


class Failed(Exception):
    pass


def check(what, found, wanted):
    if found != wanted:
        raise Failed(f"{what}: {found!r}\n  instead of {wanted!r}")


def arn(name):
    return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}"


def environment(home, url):
    return {"HOME": home, "PATH": os.environ.get("PATH", ""), "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": url, "AWS_PAGER": ""}


def client(service, url, silence=LONGEST):
    session = botocore.session.Session()
    session.set_credentials("AKIDEXAMPLE", "secret")
    config = Config(inject_host_prefix=False, read_timeout=silence, retries={"total_max_attempts": 1})
    return session.create_client(service, region_name=REGION, endpoint_url=url, config=config)


def counted(messages):
    return collections.Counter(json.loads(message)["query_name"] for message in messages)


def store(url, group):
    """What the fake knows of a group."""
    connection = http.client.HTTPConnection(urlparse(url).netloc, timeout=30)
    with contextlib.closing(connection):
        connection.request("POST", "/store", json.dumps({"group": group}))
        return json.load(connection.getresponse())


def sent(url, group, session=0):
    return counted(message for number, message in store(url, group)["sent"] if number == session)


def botocore_reads(url, ending):
    group = f"/botocore/end.{ending}"
    logs = client("logs", url, silence=6)
    messages, said = [], None
    try:
        for event in logs.start_live_tail(logGroupIdentifiers=[arn(group)])["responseStream"]:
            update = event.get("sessionUpdate", {})
            messages += [result["message"] for result in update.get("sessionResults", [])]
    except Exception as error:  # whatever botocore makes of it
        said = f"{type(error).__name__}: {error}"
    check(f"botocore, {ending}", counted(messages), sent(url, group))
    wanted = ENDINGS[ending]
    if (said is None) != (wanted is None) or wanted is not None and wanted not in said:
        raise Failed(f"botocore, {ending}: it ended with {said!r}, not {wanted!r}")
    pages = logs.get_paginator("filter_log_events").paginate(logGroupIdentifier=arn(group))
    read = [[event["eventId"], event["timestamp"], event["message"]] for page in pages for event in page["events"]]
    check(f"botocore, {ending}, what is stored", sorted(read), sorted(store(url, group)["records"]))
    return f"botocore: {ending}: {said or 'an end'}"


def aws(home, url, *arguments):
    run = subprocess.run([HERE / "aws", *arguments], capture_output=True, text=True, timeout=LONGEST,
                         env=environment(home, url) | {"AWS_DISABLE_HOST_PREFIX_INJECTION": "true"})
    return run.returncode, run.stdout, run.stderr


def cli_reads(home, url, scenario):
    group = f"/cli/{scenario}"
    _, out, err = aws(home, url, "logs", "start-live-tail", "--log-group-identifiers", arn(group))
    messages = [line for line in out.splitlines() if line.startswith("{")]
    check(f"aws logs start-live-tail, {scenario}", counted(messages), sent(url, group))
    wanted = {"end.time-up": "SessionTimeoutException", "end.streaming": "SessionStreamingException"}.get(scenario, "")
    if wanted not in out + err:
        raise Failed(f"aws logs start-live-tail, {scenario}: no {wanted} in {out + err}")
    code, out, err = aws(home, url, "logs", "filter-log-events", "--log-group-name", group, "--output", "json")
    check(f"aws logs filter-log-events: {err}", code, 0)
    read = [[event["eventId"], event["timestamp"], event["message"]] for event in json.loads(out)["events"]]
    check(f"aws logs filter-log-events, {scenario}", sorted(read), sorted(store(url, group)["records"]))
    return f"AWS CLI: {scenario}"


def cli_lists(home, url):
    code, out, err = aws(home, url, "logs", "describe-log-groups", "--log-group-name-prefix", "/fake/split",
                         "--output", "json")
    check(f"aws logs describe-log-groups: {err}", code, 0)
    names = [group["logGroupName"] for group in json.loads(out)["logGroups"]]
    check("aws logs describe-log-groups", names,
          ["/fake/split", "/fake/split-too", "/fake/split-three", "/fake/split-rare"])
    code, out, err = aws(home, url, "route53resolver", "list-resolver-query-log-config-associations", "--output", "json")
    check(f"aws route53resolver: {err}", code, 0)
    listed = json.loads(out)["ResolverQueryLogConfigAssociations"]
    check("aws route53resolver", sorted(each["ResourceId"] for each in listed),
          ["vpc-1", "vpc-1", "vpc-2", "vpc-3", "vpc-4", "vpc-5"])
    return "AWS CLI: lists of groups and associations"


class Tail:
    """`r53tail tail`, until it is ended."""

    def __init__(self, program, variables, *arguments):
        self.errors = tempfile.TemporaryFile("w+")
        self.written = tempfile.TemporaryFile("w+")
        self.child = subprocess.Popen([program, "tail", "--format", "ndjson", *arguments], env=variables,
                                      stdout=self.written, stderr=self.errors)

    def lines(self):
        self.written.seek(0)
        return [line for line in self.written.read().split("\n")[:-1]]

    def said(self):
        self.errors.seek(0)
        return self.errors.read()

    def names(self):
        return collections.Counter(json.loads(line)["name"] for line in self.lines())

    def wait(self, what, enough):
        start = time.monotonic()
        while not enough():
            if time.monotonic() - start > LONGEST or self.child.poll() is not None:
                raise Failed(f"{what}: {len(self.lines())} lines; {self.said()}")
            time.sleep(0.1)

    def end(self):
        self.child.send_signal(signal.SIGINT)
        check("exit code after an interrupt", self.child.wait(LONGEST), 130)
        return self.names(), self.said()


def program_reads(program, home, url, ending):
    group = f"/program/end.{ending}"
    variables = environment(home, url) | {"AWS_DISABLE_HOST_PREFIX_INJECTION": "true"}
    tail = Tail(program, variables, arn(group), "--since", "10m")

    def enough():
        known, said = store(url, group), tail.said()
        is_whole = known["sessions"] >= 2 and known["done"] and len(tail.lines()) >= len(known["records"])
        return is_whole and said.rfind("note: caught up") > said.rfind("note: live")

    tail.wait(ending, enough)
    names, said = tail.end()
    check(f"r53tail, {ending}", names, counted(message for _, _, message in store(url, group)["records"]))
    if "nothing lost" not in said:
        raise Failed(f"r53tail, {ending}: {said}")
    return f"r53tail: {ending}: all {names.total()} of them"


@contextlib.contextmanager
def moto(home):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tempfile.TemporaryFile("w+")
    server = subprocess.Popen([HERE / "moto_server", "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log,
                              env={"HOME": home, "PATH": os.environ.get("PATH", "")})
    try:
        for _ in range(10 * LONGEST):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(LONGEST)


def record(number, at):
    kind, address = ("AAAA", "2001:db8::1") if number % 2 else ("A", "192.0.2.1")
    return json.dumps({"version": "1.100000", "account_id": ACCOUNT, "region": REGION, "vpc_id": "vpc-1",
                       "query_timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at / 1000)),
                       "query_name": f"n{number}.example.", "query_type": kind, "query_class": "IN",
                       "rcode": "NOERROR", "answers": [{"Rdata": address, "Type": kind, "Class": "IN"}],
                       "srcaddr": "10.0.0.5", "srcport": "53", "transport": "UDP", "srcids": {"instance": "i-1"}})


def against_moto(program, home, url):
    logs, resolver, ec2 = (client(service, url) for service in ("logs", "route53resolver", "ec2"))
    vpcs = [ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"] for number in range(3)]
    groups = [f"/aws/route53/{number}" for number in range(3)]
    for group in groups:
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="s")
    found = {group["logGroupName"]: group["arn"] for group in logs.describe_log_groups()["logGroups"]}
    destinations = [found[groups[0]], "arn:aws:s3:::bucket/dns",
                    f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/dns"]
    for number, destination in enumerate(destinations):
        made = resolver.create_resolver_query_log_config(Name=f"c{number}", DestinationArn=destination,
                                                         CreatorRequestId=str(number))
        resolver.associate_resolver_query_log_config(
            ResolverQueryLogConfigId=made["ResolverQueryLogConfig"]["Id"], ResourceId=vpcs[number])
    variables = environment(home, url)
    run = subprocess.run([program, "groups", "--format", "json"], env=variables, capture_output=True, text=True)
    check(f"r53tail groups: {run.stderr}", run.returncode, 0)
    listed = json.loads(run.stdout)["regions"][0]["configurations"]
    mine = sorted((each["id"], each["name"], each["status"], each["destination"]["arn"].removesuffix(":*"),
                   sorted((one["resource"], one["status"]) for one in each["associations"])) for each in listed)
    associations = resolver.list_resolver_query_log_config_associations()["ResolverQueryLogConfigAssociations"]
    theirs = sorted((each["Id"], each["Name"], each["Status"], each["DestinationArn"].removesuffix(":*"),
                     sorted((one["ResourceId"], one["Status"]) for one in associations
                            if one["ResolverQueryLogConfigId"] == each["Id"]))
                    for each in resolver.list_resolver_query_log_configs()["ResolverQueryLogConfigs"])
    check("r53tail groups", mine, theirs)
    check("destinations", [each["destination"]["type"] for each in listed], ["cloudwatch-logs", "s3", "firehose"])
    yield f"moto: groups: {len(listed)} configurations"

    # As many as make several requests of it, and some that come while it polls.
    now = int(time.time() * 1000)
    events = [{"timestamp": now - 60_000 + number, "message": record(number, now)} for number in range(1500)]
    for at in range(0, len(events), 500):
        logs.put_log_events(logGroupName=groups[0], logStreamName="s", logEvents=events[at:at + 500])
    for what, arguments in (("by name", [groups[0]]), ("by prefix", ["/aws/route53/*"]), ("by VPC", ["--vpc", vpcs[0]])):
        # Live Tail cannot be reached: the SDK's prefix makes no name of an address.
        tail = Tail(program, variables, "--since", "1h", *arguments)
        tail.wait(f"moto, {what}", lambda: len(tail.lines()) >= len(events))
        at = int(time.time() * 1000)
        late = {"timestamp": at, "message": record(len(events), at)}
        logs.put_log_events(logGroupName=groups[0], logStreamName="s", logEvents=[late])
        events.append(late)
        tail.wait(f"moto, {what}, later", lambda: len(tail.lines()) >= len(events))
        names, said = tail.end()
        check(f"moto, {what}", names, counted(event["message"] for event in events))
        if "polling until there is Live Tail again: cannot resolve" not in said:
            raise Failed(f"moto, {what}: {said}")
        yield f"moto: polled {what}: all {names.total()} of them"


def main():
    program, service = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as home, concurrent.futures.ThreadPoolExecutor(6) as pool:
        fake = subprocess.Popen([service], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            url = fake.stdout.readline().strip()
            reads = [pool.submit(program_reads, program, home, url, ending) for ending in ENDINGS]
            reads += [pool.submit(botocore_reads, url, ending) for ending in ENDINGS]
            scenarios = ["end.clean", "end.time-up", "end.streaming"]
            reads += [pool.submit(cli_reads, home, url, scenario) for scenario in scenarios]
            reads.append(pool.submit(cli_lists, home, url))
            failed = 0
            for read in reads:
                try:
                    print("ok     " + read.result())
                except Exception as error:  # one that is not foreseen is a failure, too
                    failed += 1
                    print(f"FAILED {error!r}" if not isinstance(error, Failed) else f"FAILED {error}")
            with moto(home) as url:
                try:
                    for line in against_moto(program, home, url):
                        print("ok     " + line)
                except Failed as error:
                    failed += 1
                    print(f"FAILED {error}")
        finally:
            fake.stdin.close()
            fake.wait(LONGEST)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
