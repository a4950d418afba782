#!/usr/bin/env python3
"""`tail` under load and at rest, against the fake that its tests use: what is lost, memory, processor time.

    cargo build --release --bins --example service
    python3 benches/live/load.py target/release/r53tail target/release/examples/service --rate 50000 --seconds 60
    python3 benches/live/load.py target/release/r53tail target/release/examples/service --rate 0 --seconds 60

The real service sends a sample of more than 500 events a second: this is a hundred times as much. Processor time and
memory are those of /proc/PID; the fake and whoever counts the lines are not in them.
"""

import argparse
import os
import signal
import subprocess
import tempfile
import threading
import time

TICK = os.sysconf("SC_CLK_TCK")


def processor(pid):
    """Seconds of processor time so far."""
    fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def resident(pid):
    """Resident memory in MiB."""
    line = next(line for line in open(f"/proc/{pid}/status") if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


class Counter(threading.Thread):
    """Counts lines as they come."""

    def __init__(self, pipe):
        super().__init__(daemon=True)
        self.pipe, self.lines = pipe, 0

    def run(self):
        while chunk := os.read(self.pipe.fileno(), 1 << 20):
            self.lines += chunk.count(b"\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("service")
    parser.add_argument("--rate", type=int, default=50_000)
    parser.add_argument("--seconds", type=int, default=60)
    arguments = parser.parse_args()
    scenario = f"load.{arguments.rate}x{arguments.seconds}" if arguments.rate else "quiet"
    group = f"arn:aws:logs:us-east-1:111122223333:log-group:/bench/{scenario}"
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile("w+") as said:
        service = subprocess.Popen([arguments.service], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        variables = {"HOME": home, "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B", "AWS_REGION": "us-east-1",
                     "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": service.stdout.readline().strip(),
                     "AWS_DISABLE_HOST_PREFIX_INJECTION": "true"}
        tail = subprocess.Popen([arguments.program, "tail", group, "--all-types", "--format", "ndjson", "--since", "1m"],
                                env=variables, stdout=subprocess.PIPE, stderr=said)
        counter = Counter(tail.stdout)
        counter.start()
        time.sleep(2)
        start, before = time.monotonic(), processor(tail.pid)
        expected = arguments.rate * arguments.seconds
        shown = 0
        while (passed := time.monotonic() - start) < arguments.seconds + 10:
            if passed >= shown:
                print(f"{passed:5.0f} s {resident(tail.pid):7.1f} MiB {counter.lines:>12,} lines")
                shown += 10
            if expected and counter.lines >= expected:
                break
            time.sleep(0.05)
        passed, used = time.monotonic() - start, processor(tail.pid) - before
        print(f"{passed:5.0f} s {resident(tail.pid):7.1f} MiB {counter.lines:>12,} lines")
        tail.send_signal(signal.SIGINT)
        tail.wait()
        counter.join()
        service.stdin.close()
        service.wait()
        said.seek(0)
        print(said.read().strip())
    print(f"{used:.2f} s of processor time in {passed:.0f} s: {100 * used / passed:.2f} % of a core")
    print(f"{counter.lines:,} of {expected:,} lines" + ("" if counter.lines == expected else ": NOT ALL OF THEM"))
    return counter.lines != expected


if __name__ == "__main__":
    raise SystemExit(main())
