#!/usr/bin/env python3
"""Records of all sizes through what carries logs from host to host, and what r53tail makes of what arrives.

    python3 tests/interop/carriers.py target/debug/r53tail [--only NAME…] [--keep DIR]

Carriers cut, split, fold and escape. Whatever they do, a record of which anything arrived is read, or is counted once
as one that could not be read: none goes in silence, and none becomes many. Programs come from Debian's packages,
unpacked under target/interop; they run on loopback and on sockets in a folder, those that insist on paths of the system
in namespaces.

  --only NAME   carriers, or forms by the beginning of their file's name
  --keep DIR    keeps the files, with INDEX.md
"""

import argparse
import collections
import contextlib
import json
import os
import pathlib
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import packages
import queries
import reports

DEBS = ["rsyslog", "libestr0", "libfastjson4", "liblognorm5", "libuuid1",
        "syslog-ng-core", "libivykis0", "libnet1", "libwrap0", "libnsl2", "libtirpc3", "libpcre3", "libjson-c5",
        "s6", "libs6-2.11", "libskarnet2.13", "libexecline2.9", "daemontools", "busybox"]
LONGEST = 20


def log():
    """Records of some 400 bytes, one of 9 KB, one of 70 KB, one three times in a row, one with a DEL in it."""
    every = queries.everything()
    ordinary = [*every[:4], *every[8:12], *every[17:22]]
    addresses = [f"2a05:d018:{number:x}::{number % 7 + 1}" for number in range(1, 1500)]
    sizes = {"nine": 9_000, "seventy": 70_000}
    made = [each | {"query_name": f"n{at}.{each['query_name']}"} for at, each in enumerate(ordinary)]
    for at, (name, size) in enumerate(sizes.items()):
        host = queries.HOST if at else queries.NEIGHBOR
        count = (size - 400) // len(queries.line(queries.answer("AAAA", addresses[700])))
        large = queries.answer("AAAA", *addresses[:count])
        made.insert(3 + 2 * at, queries.record(queries.START, 40_000 + at, host, "AAAA", f"{name}.nordlys.example.",
                                               "NOERROR", large, {}))
    three = queries.record(queries.START, 40_010, queries.HOST, "AAAA", "three.nordlys.example.", "NOERROR", [], {})
    odd = queries.record(queries.START, 40_011, queries.HOST, "TXT", "del.nordlys.example.", "NOERROR",
                         queries.answer("TXT", '"a\x7fb"'), {})
    return [*made[:8], three, three, three, odd, *made[8:]]


# ── programs ────────────────────────────────────────────────────────────────────────────────────────────────

class Place:
    """A folder for one carrier: what it reads, its configuration, its sockets, what it writes."""

    def __init__(self, folder, records, programs):
        self.folder, self.records, self.programs = folder, records, programs
        self.lines = [queries.line(each) for each in records]
        self.log, self.out = folder / "log.jsonl", folder / "out"
        self.log.write_text("".join(line + "\n" for line in self.lines), encoding="utf-8")
        self.environment = packages.libraries(programs) | {"TZ": "UTC"}

    def find(self, name):
        """A program among the unpacked, else one of the machine."""
        for place in ("usr/sbin", "usr/bin", "bin", "sbin"):
            if (self.programs / place / name).exists():
                return str(self.programs / place / name)
        found = shutil.which(name) or shutil.which(f"/usr/lib/systemd/{name}")
        if found is None:
            raise packages.Missing(f"there is no program {name}")
        return found

    def filled(self, text, number):
        """A configuration with this place's port, log and socket."""
        here = {"<PORT>": str(number), "<LOG>": str(self.log), "<SOCKET>": str(self.folder / "socket")}
        for name, value in here.items():
            text = text.replace(name, value)
        return text

    def run(self, *command, **how):
        done = subprocess.run([*map(str, command)], env=self.environment, capture_output=True, timeout=60, **how)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr.decode(errors='replace')[-300:]}")
        return done.stdout

    @contextlib.contextmanager
    def running(self, *command, **how):
        """A carrier, until the last record has arrived or nothing more comes."""
        errors = open(self.folder / "stderr", "wb")
        child = subprocess.Popen([*map(str, command)], env=self.environment, stdout=errors, stderr=errors, **how)
        try:
            yield child
            if child.poll() is None:
                self.settle()
        finally:
            child.terminate()
            child.wait(LONGEST)

    def settle(self):
        """Waits for the last record; if it does not come, until the file has stood still for a while."""
        last = self.records[-1]["query_name"].encode()
        until, still, size = time.monotonic() + LONGEST, 0, -1
        while time.monotonic() < until and still < 30:
            data = self.out.read_bytes() if self.out.exists() else b""
            still = still + 1 if data and len(data) == size else 0
            size = len(data)
            if last in data and data.endswith(b"\n") and still > 3:
                return
            time.sleep(0.1)

    def wait_for(self, path):
        until = time.monotonic() + LONGEST
        while not path.exists():
            if time.monotonic() > until:
                raise RuntimeError(f"{path.name} does not come: {(self.folder / 'stderr').read_text()[-300:]}")
            time.sleep(0.05)


def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


HEADERS = {
    "3164": "<13>Mar  9 07:16:00 resolver dns: ",
    "5424": "<13>1 2026-03-09T07:16:00.123456+00:00 resolver dns - - - ",
    "socket": "<13>Mar  9 07:16:00 dns: ",
}


def send(place, where, header, counted=False):
    """Sends each line as a message of its own: to a port by TCP or UDP, or to a socket of the file system."""
    messages = [(HEADERS[header] + line).encode() for line in place.lines]
    if isinstance(where, pathlib.Path):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
            for message in messages:
                out.sendto(message, str(where))
        return
    kind, number = where
    if kind == "udp":
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            for message in messages:
                out.sendto(message[:65_507], ("127.0.0.1", number))
        return
    until = time.monotonic() + LONGEST
    while True:
        try:
            out = socket.create_connection(("127.0.0.1", number))
            break
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
    with out:
        for message in messages:
            out.sendall(b"%d %s" % (len(message), message) if counted else message + b"\n")


# ── rsyslog ─────────────────────────────────────────────────────────────────────────────────────────────────

def rsyslog(inputs, feed, rules="", action=""):
    """A configuration: what it reads, and `feed` to send to it."""
    def write(place):
        number = port()
        modules = place.programs / "usr/lib/x86_64-linux-gnu/rsyslog"
        config = place.folder / "rsyslog.conf"
        config.write_text("\n".join([f'global(workDirectory="{place.folder}")', place.filled(inputs, number), rules,
                                     f'action(type="omfile" file="{place.out}" {action})', ""]))
        command = [place.find("rsyslogd"), "-n", "-f", config, "-i", place.folder / "pid", "-M", modules]
        with place.running(*command):
            place.wait_for(place.folder / "pid")
            feed(place, number)
    return write


def to_socket(place, number):
    place.wait_for(place.folder / "socket")
    send(place, place.folder / "socket", "socket")


UDP = 'module(load="imudp") input(type="imudp" port="<PORT>" address="127.0.0.1" rcvbufSize="4m")'
TCP = 'module(load="imtcp") input(type="imtcp" port="<PORT>" address="127.0.0.1")'
UNIX = 'module(load="imuxsock" SysSock.Use="off") input(type="imuxsock" Socket="<SOCKET>" RateLimit.Interval="0")'
FILE = ('module(load="imfile" mode="polling" PollingInterval="1") '
        'input(type="imfile" File="<LOG>" Tag="dns:")')
PARSED = ('module(load="mmjsonparse") template(name="all" type="string" string="%$!all-json%\\n") '
          'action(type="mmjsonparse" cookie="")')


def by_udp(header):
    return lambda place, number: send(place, ("udp", number), header)


def by_tcp(header, counted=False):
    return lambda place, number: send(place, ("tcp", number), header, counted)


def by_itself(place, number):
    """It reads the log where it is."""

ROWS = {
    "rsyslog-file": rsyslog(FILE, by_itself),
    "rsyslog-udp": rsyslog(UDP, by_udp("3164")),
    "rsyslog-tcp": rsyslog(TCP, by_tcp("3164")),
    "rsyslog-tcp-counted": rsyslog(TCP, by_tcp("3164", True)),
    "rsyslog-tcp-5424": rsyslog(TCP, by_tcp("5424")),
    "rsyslog-traditional": rsyslog(TCP, by_tcp("3164"),
                                   action='template="RSYSLOG_TraditionalFileFormat"'),
    "rsyslog-protocol": rsyslog(TCP, by_tcp("5424"),
                                action='template="RSYSLOG_SyslogProtocol23Format"'),
    "rsyslog-large": rsyslog('global(maxMessageSize="128k")\n' + TCP, by_tcp("3164")),
    "rsyslog-socket": rsyslog(UNIX, to_socket),
    "rsyslog-repeated": rsyslog("$RepeatedMsgReduction on\n" + UNIX, to_socket),
    "rsyslog-json": rsyslog(TCP, by_tcp("3164"), PARSED, 'template="all"'),
}


# ── syslog-ng ───────────────────────────────────────────────────────────────────────────────────────────────

def syslog_ng(source, feed, template=None, parser="", options=""):
    def write(place):
        number = port()
        library = place.programs / "usr/lib/syslog-ng/3.38"
        form = f" template({template})" if template else options
        config = place.folder / "syslog-ng.conf"
        config.write_text(f"""@version: 3.38
options {{ stats-freq(0); flush-lines(1); use-dns(no); keep-hostname(yes); }};
source here {{ {place.filled(source, number)} }};
destination there {{ file("{place.out}"{form}); }};
log {{ source(here); {parser} destination(there); }};
""")
        state = [f"--{name}={place.folder / name}" for name in ("persist-file", "pidfile", "control")]
        command = [place.find("syslog-ng"), "-F", "--no-caps", f"--module-path={library}", "-f", config, *state]
        with place.running(*command):
            place.wait_for(place.folder / "control")
            feed(place, number)
    return write


TAILED = 'file("<LOG>" flags(no-parse) follow-freq(0.2) read-old-records(yes) program-override("dns"));'
NETWORK = 'network(transport({}) ip(127.0.0.1) port(<PORT>));'
ROWS |= {
    "syslogng-file": syslog_ng(TAILED, by_itself),
    "syslogng-tcp": syslog_ng(NETWORK.format("tcp"), by_tcp("3164")),
    "syslogng-udp": syslog_ng(NETWORK.format("udp"), by_udp("3164")),
    "syslogng-5424": syslog_ng("syslog(transport(tcp) ip(127.0.0.1) port(<PORT>));",
                               by_tcp("5424", True)),
    "syslogng-json": syslog_ng(TAILED, by_itself, '"$(format-json .j.*  --shift-levels 2)\\n"',
                               'parser { json-parser(prefix(".j.")); };'),
    "syslogng-scope": syslog_ng(TAILED, by_itself, '"$(format-json --scope rfc5424)\\n"'),
    "syslogng-repeated": syslog_ng(NETWORK.format("tcp"), by_tcp("3164"),
                                   options=" suppress(5)"),
}


# ── logger ──────────────────────────────────────────────────────────────────────────────────────────────────

def logger(kind, *options):
    """What `logger` sends, written down as it comes: a line a message."""
    def write(place):
        if kind == "unix":
            path = place.folder / "socket"
            taker = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            taker.bind(str(path))
            where = ["-u", str(path), "--socket-errors=on"]
        else:
            taker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
            taker.bind(("127.0.0.1", 0))
            where = ["-n", "127.0.0.1", "-P", str(taker.getsockname()[1]), "--" + kind]
        with taker, open(place.out, "wb") as out:
            taker.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
            taker.settimeout(1)
            if kind == "tcp":
                taker.listen()
            command = [place.find("logger"), "-t", "dns", *options, *where, "-f", place.log]
            with subprocess.Popen(command, env=place.environment), contextlib.suppress(TimeoutError):
                if kind == "tcp":
                    with taker.accept()[0] as stream:
                        stream.settimeout(5)
                        while data := stream.recv(1 << 16):
                            out.write(data)
                while kind != "tcp":
                    out.write(taker.recv(1 << 17) + b"\n")
    return write


ROWS |= {
    "logger-udp": logger("udp"),
    "logger-tcp": logger("tcp"),
    "logger-socket": logger("unix"),
    "logger-udp-3164": logger("udp", "--rfc3164"),
    "logger-tcp-large": logger("tcp", "--size", "100KiB"),
}


# ── small carriers, and those that stand on paths of the system ─────────────────────────────────────────────

def piped(name, *arguments, clean="current"):
    """A program that reads lines and writes a folder."""
    def write(place):
        folder = place.folder / "written"
        with open(place.log, "rb") as lines:
            place.run(place.find(name), *arguments, folder, stdin=lines)
        place.out.write_bytes((folder / clean).read_bytes())
    return write


def inside(place, script):
    """Runs a shell script among its own mounts and processes, with `SEND PATH` to send all lines to a socket."""
    sender = f"{shlex.quote(sys.executable)} {shlex.quote(__file__)} --send {shlex.quote(str(place.log))}"
    namespaces = ["unshare", "-m", "-p", "-f", "--kill-child", "--mount-proc"]
    with place.running(*namespaces, "sh", "-e", "-c", script.replace("SEND", sender)) as child:
        child.wait(60)
    if child.returncode:
        said = (place.folder / "stderr").read_text()[-200:].strip()
        raise packages.Missing(said or f"exit code {child.returncode}")


def busybox(place):
    program, out = (shlex.quote(str(each)) for each in (place.find("busybox"), place.out))
    inside(place, f"""mount -t tmpfs none /dev; mknod -m 666 /dev/null c 1 3; mknod -m 666 /dev/urandom c 1 9
{program} syslogd -n -O {out} & until [ -S /dev/log ]; do sleep 0.1; done; SEND /dev/log
until grep -q {shlex.quote(place.records[-1]['query_name'])} {out}; do sleep 0.1; done; kill $!""")
    # Its own words, that it has started, are left out.
    place.out.write_bytes(b"".join(line for line in place.out.read_bytes().splitlines(True) if b" dns: " in line))


def journal(stream, *options):
    """journald, fed by the socket of syslog or as a service's standard output, read by `journalctl`."""
    def write(place):
        log, out, last = (shlex.quote(str(each)) for each in (place.log, place.out, place.records[-1]["query_name"]))
        feed = f"systemd-cat -t dns cat {log}" if stream else "SEND /run/systemd/journal/dev-log"
        reader = "journalctl --quiet --no-pager -D /run/log/journal"
        inside(place, f"""mount -t tmpfs none /run; mkdir -p /run/systemd/journal /run/log/journal
printf '[Journal]\\nStorage=volatile\\nRateLimitBurst=0\\nReadKMsg=no\\nAudit=no\\n' > /run/journald.conf
mkdir -p /run/systemd/journald.conf.d; cp /run/journald.conf /run/systemd/journald.conf.d/here.conf
{place.find('systemd-journald')} & until [ -S /run/systemd/journal/stdout ]; do sleep 0.1; done
{feed}
for i in 1 2 3 4 5 6 7 8 9 10; do {reader} -o cat --all | grep -q {last} && break; sleep 0.5; done
{reader} {' '.join(options)} SYSLOG_IDENTIFIER=dns > {out}; kill $!""")
    return write


ROWS |= {
    "multilog-plain": piped("multilog"),
    "multilog-time": piped("multilog", "t"),
    "s6-plain": piped("s6-log"),
    "s6-tai": piped("s6-log", "t"),
    "s6-iso": piped("s6-log", "T"),
    "s6-long": piped("s6-log", "-l", "100000"),
    "busybox-socket": busybox,
    "journald-cat": journal(False, "-o", "cat"),
    "journald-short": journal(False, "-o", "short"),
    "journald-iso": journal(False, "-o", "short-iso-precise"),
    "journald-unit": journal(False, "-o", "with-unit"),
    "journald-json": journal(False, "-o", "json"),
    "journald-json-all": journal(False, "-o", "json", "--all"),
    "journald-pretty": journal(False, "-o", "json-pretty"),
    "journald-sse": journal(False, "-o", "json-sse"),
    "journald-export": journal(False, "-o", "export"),
    "journald-stream": journal(True, "-o", "cat"),
    "journald-stream-json": journal(True, "-o", "json"),
}


# ── what a report must be ───────────────────────────────────────────────────────────────────────────────────

# A list of the numbers of its bytes, as journald writes a message that is no text throughout.
NUMBERS = re.compile(rb"\[\d{1,3}(?:,\d{1,3})+\]")


def readable(data):
    """The text of a file, with that of the lists of numbers in it."""
    return NUMBERS.sub(lambda found: bytes(json.loads(found[0])), data).decode("utf-8", "replace")


def arrived(records, data):
    """How many records have left a trace in a file, and how many stand there whole, each in a line."""
    text = readable(data).replace('\\"', '"')
    traces = whole = 0
    for at, each in enumerate(records):
        if each["query_name"] in text:
            traces += 1
            whole += queries.line(each) in text and records.index(each) == at
    return traces, whole


# What is there besides records, each of its lines counted as none.
NOISY = {"journald-export"}


def problem(name, records, plain, got, data):
    """Where a report hides or multiplies what arrived, None if nowhere."""
    traces, whole = arrived(records, data)
    read, said = got.json["records"], got.json["malformed"]
    left_out = sum(each["count"] for each in got.json["loss"]["incomplete"] if each["kind"] == "repetitions-left-out")
    if read < whole:
        return f"{read} records, and {whole} are there whole"
    if read > len(records):
        return f"{read} records of {len(records)}"
    total = read + said + left_out
    if not traces <= total or name not in NOISY and total > len(records):
        return f"{read} records and {said + left_out} said to be missing, of {traces} that left a trace"
    if read < traces and not reports.admits_loss(got):
        return f"{read} records of {traces} that left a trace, and nothing is said to be missing"
    return reports.safe(plain, got)


def traced(folder, records, data):
    """The plain log of the records of which something arrived: nothing shows of the others that they were."""
    text, file = readable(data), folder / "traced.jsonl"
    lines = [queries.line(each) + "\n" for each in records if each["query_name"] in text]
    file.write_text("".join(lines), encoding="utf-8")
    return file


def deliver(name, records, programs, folder):
    place = Place(folder, records, programs)
    ROWS[name](place)
    return place.out


def main():
    if sys.argv[1:2] == ["--send"]:
        lines = pathlib.Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()
        send(argparse.Namespace(lines=lines), pathlib.Path(sys.argv[3]), "socket")
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR")
    options = parser.parse_args()
    records, counts, index = log(), collections.Counter(), []
    binary = options.binary.resolve()
    try:
        programs = packages.debian("carriers", DEBS)
    except packages.Missing as missing:
        print(f"SKIPPED: the packages cannot be had: {missing}")
        print(f"0 passed, 0 failed, {len(ROWS)} skipped")
        return
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        plain_file = scratch / "plain.jsonl"
        plain_file.write_text("".join(queries.line(each) + "\n" for each in records), encoding="utf-8")
        plain = reports.Report(binary, plain_file)
        if options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
            shutil.copy(plain_file, options.keep)
        for name in ROWS:
            if options.only and not any(name.startswith(each) for each in options.only):
                continue
            folder = scratch / name
            folder.mkdir()
            try:
                out = deliver(name, records, programs, folder)
            except packages.Missing as missing:
                counts["skipped"] += 1
                print(f"SKIPPED {name}: {missing}", flush=True)
                continue
            except (RuntimeError, OSError, subprocess.SubprocessError) as error:
                counts["failed"] += 1
                print(f"FAIL {name}: it did not run: {error}", flush=True)
                continue
            data = out.read_bytes() if out.exists() else b""
            got, of_these = reports.Report(binary, out), reports.Report(binary, traced(folder, records, data))
            wrong = problem(name, records, of_these, got, data) if data else "nothing arrived"
            counts["failed" if wrong else "passed"] += 1
            print(f"FAIL {name}: {wrong}; {got.line()}" if wrong else f"PASS {name}", flush=True)
            if options.keep:
                shutil.copy(out, options.keep / f"{name}.log")
                traces, whole = arrived(records, data)
                index.append(f"| {name}.log | {traces}, {whole} whole | {got.line()} | {wrong or 'as it must be'} |")
        if options.keep:
            head = [f"The plain log is plain.jsonl, {len(records)} records: {plain.line()}.", "",
                    "| file | records that left a trace | report | wrong |", "|---|---|---|---|"]
            (options.keep / "INDEX.md").write_text("\n".join([*head, *index]) + "\n", encoding="utf-8")
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    sys.exit(1 if counts["failed"] or not counts else 0)


if __name__ == "__main__":
    main()
