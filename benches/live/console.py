#!/usr/bin/env python3
"""`tail` in its console, in a pseudo-terminal, under load and at rest, against the fake that its tests use: what is lost,
memory, processor time, and how long a key waits for its frame.

    cargo build --release --bins --example service
    python3 benches/live/console.py target/release/r53tail target/release/examples/service --rate 50000 --seconds 60
    python3 benches/live/console.py target/release/r53tail target/release/examples/service --rate 0 --seconds 60

A key is `j` and `k`, which move the selection. It is timed from writing its byte until the mark of the selected row is drawn
elsewhere. Processor time and memory are those of /proc/PID.
"""

import argparse
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import tempfile
import termios
import time

TICK = os.sysconf("SC_CLK_TCK")
ROWS, COLUMNS = 40, 120
# Marks the selected row of the list that the arrows move in.
MARK = "▸".encode()


def processor(pid):
    """Seconds of processor time so far."""
    fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def resident(pid):
    """Resident memory in MiB."""
    line = next(line for line in open(f"/proc/{pid}/status") if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def read(terminal, seconds):
    """What comes within so many seconds, as it comes."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            try:
                chunk = os.read(terminal, 1 << 16)
            except OSError:
                return
            if not chunk:
                return
            yield chunk


def press(terminal, key):
    """Milliseconds from a key until the mark stands elsewhere."""
    start = time.monotonic()
    os.write(terminal, key)
    for chunk in read(terminal, 5):
        # The mark is drawn anew only where it was not.
        if MARK in chunk:
            return 1000 * (time.monotonic() - start)
    return float("inf")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("service")
    parser.add_argument("--rate", type=int, default=50_000)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--names", type=int, default=2000, help="distinct names; 0 for a new one in each record")
    parser.add_argument("--keep", default="256MiB")
    parser.add_argument("--back", action="store_true", help="go three seconds back after five, and stay there")
    arguments = parser.parse_args()
    names = f"x{arguments.names}" if arguments.names else ""
    scenario = f"load.{arguments.rate}x{arguments.seconds}{names}" if arguments.rate else "quiet"
    group = f"arn:aws:logs:us-east-1:111122223333:log-group:/bench/{scenario}"
    with tempfile.TemporaryDirectory() as home:
        service = subprocess.Popen([arguments.service], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        variables = {"HOME": home, "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B", "AWS_REGION": "us-east-1",
                     "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": service.stdout.readline().strip(),
                     "AWS_DISABLE_HOST_PREFIX_INJECTION": "true", "TERM": "xterm-256color"}
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(arguments.program, [arguments.program, "tail", group, "--all-types", "--since", "1m",
                                          "--keep", arguments.keep], variables)
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        for _ in read(terminal, 2):
            pass
        start, before = time.monotonic(), processor(pid)
        # Into the list of what an origin asks for.
        os.write(terminal, b"2")
        waits, shown, key, back = [], 0, b"j", arguments.back
        while (passed := time.monotonic() - start) < arguments.seconds:
            if passed >= shown:
                print(f"{passed:5.0f} s {resident(pid):7.1f} MiB  {100 * (processor(pid) - before) / max(passed, 1):5.1f} %")
                shown += 10
            if back and passed >= 5:
                os.write(terminal, b",,,")
                back = False
            for _ in read(terminal, 0.3):
                pass
            if arguments.rate:
                waits.append(press(terminal, key))
                key = b"k" if key == b"j" else b"j"
        passed, used = time.monotonic() - start, processor(pid) - before
        memory = resident(pid)
        for _ in read(terminal, 2):
            pass
        os.write(terminal, b"q")
        left = b"".join(read(terminal, 60))
        _, status = os.waitpid(pid, 0)
        service.stdin.close()
        service.wait()
    print(f"{passed:5.0f} s {memory:7.1f} MiB")
    print(f"{used:.2f} s of processor time in {passed:.0f} s: {100 * used / passed:.2f} % of a core")
    if waits:
        waits.sort()
        print(f"{len(waits)} keys: median {waits[len(waits) // 2]:.1f} ms, 95 of 100 within {waits[len(waits) * 95 // 100]:.1f} ms,"
              f" longest {waits[-1]:.1f} ms")
    text = re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", left[left.rfind(b"\x1b[?1049l"):]).decode(errors="replace")
    print("\n".join(line for line in text.splitlines() if "records read" in line or "Live Tail" in line or "folded" in line))
    expected = arguments.rate // 100 * 100 * arguments.seconds
    read_records = re.search(r"([\d,]+) records? read", text)
    count = int(read_records[1].replace(",", "")) if read_records else 0
    print(f"{count:,} of {expected:,} records" + ("" if count == expected else ": NOT ALL OF THEM"))
    return count != expected or os.waitstatus_to_exitcode(status) != 0


if __name__ == "__main__":
    raise SystemExit(main())
