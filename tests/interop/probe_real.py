#!/usr/bin/env python3
"""`r53tail probe` on the DNS64 servers and the translator that people run.

    python3 tests/interop/probe_real.py target/debug/r53tail [-v] [--packages FOLDER]

Unbound, BIND, PowerDNS Recursor, Knot Resolver and TAYGA of Debian are downloaded (`apt-get install --download-only`),
unpacked into a folder and laid over /usr in a mount namespace of their own: nothing is installed. In a network namespace
without a way out each of them makes AAAA records of what one server here has, and the program has to say of each what is
so; then connections go through TAYGA to a host that has IPv4 alone.

Needs Linux, root, and a Debian whose package archive can be reached; says so where it cannot. `-v` shows all that the
program says; `--packages` keeps the packages.
"""

import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

PACKAGES = ["unbound", "bind9", "pdns-recursor", "knot-resolver", "tayga"]
A, NS, CNAME, SOA, AAAA = 1, 2, 5, 6, 28
SERVFAIL, NXDOMAIN = 2, 3
UPSTREAM = "127.0.0.1"
UPSTREAM_PORT = 5300
# What the translator reaches: a host that answers, one that no route leads to, one that is down.
HOST, PRIVATE, DOWN = "192.88.99.2", "10.9.0.2", "192.88.99.99"
PORT = 8080

# By the first label: A, AAAA; a number is the RCODE of that question.
NAMES = {
    "v4": ("198.51.100.7", None),
    "both": ("198.51.100.7", "2001:db8:9::9"),
    "zero": ("0.0.0.0", None),
    "loop": ("127.0.0.1", None),
    "meta": ("169.254.169.254", None),
    "group": ("224.0.0.251", None),
    "afail": (SERVFAIL, None),
    "neither": (None, None),
    "host": (HOST, None),
    "private": (PRIVATE, None),
    "down": (DOWN, None),
}
ZONE = "d64.example.net"


class Failed(Exception):
    pass


def labels(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def record(kind, rdata, ttl=60):
    return b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, ttl, len(rdata)) + rdata


def reply(message):
    """The answer to a query: an address, an empty answer with the zone's SOA record, or an RCODE."""
    ident, flags = struct.unpack("!HH", message[:4])
    at, found = 12, []
    while message[at]:
        found.append(message[at + 1:at + 1 + message[at]].decode())
        at += 1 + message[at]
    kind, = struct.unpack("!H", message[at + 1:at + 3])
    question, name = message[12:at + 5], ".".join(found).lower()
    answers, rcode = [], 0
    known = NAMES.get(found[0].lower()) if name.endswith(ZONE) and found else None
    if name == "ipv4only.arpa":
        known = ("192.0.0.170", None)
    if known is None:
        rcode = 0 if name in ZONE or name in ("", "arpa") else NXDOMAIN
    elif kind in (A, AAAA):
        value = known[0] if kind == A else known[1]
        if isinstance(value, int):
            rcode = value
        elif value:
            family = socket.AF_INET if kind == A else socket.AF_INET6
            answers.append(record(kind, socket.inet_pton(family, value), 300))
    authority = b""
    if not answers and rcode != SERVFAIL:
        apex = "arpa" if name.endswith("arpa") else ZONE
        rdata = labels(f"ns.{apex}") + labels(f"root.{apex}") + struct.pack("!5I", 1, 3600, 600, 86400, 60)
        authority = labels(apex) + struct.pack("!HHIH", SOA, 1, 60, len(rdata)) + rdata
    head = struct.pack("!6H", ident, 0x8180 | flags & 0x0100 | rcode, 1, len(answers), 1 if authority else 0, 0)
    return head + question + b"".join(answers) + authority


def upstream():
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((UPSTREAM, UPSTREAM_PORT))
    tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    tcp.bind((UPSTREAM, UPSTREAM_PORT))
    tcp.listen()

    def datagrams():
        while True:
            message, client = udp.recvfrom(4096)
            udp.sendto(reply(message), client)

    def one(connection):
        with connection:
            while head := connection.recv(2, socket.MSG_WAITALL):
                message = connection.recv(struct.unpack("!H", head)[0], socket.MSG_WAITALL)
                answer = reply(message)
                connection.sendall(struct.pack("!H", len(answer)) + answer)

    def connections():
        while True:
            threading.Thread(target=one, args=(tcp.accept()[0],), daemon=True).start()
    for work in (datagrams, connections):
        threading.Thread(target=work, daemon=True).start()


def unbound(folder, address, prefix):
    pinned = 'local-zone: "ipv4only.arpa." static\n  local-data: "ipv4only.arpa. 60 IN A 192.0.0.170"' if prefix == "pinned" else ""
    prefix = "64:ff9b::/96" if prefix == "pinned" else prefix
    (folder / "unbound.conf").write_text(f"""server:
  interface: {address}
  do-daemonize: no
  use-syslog: no
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: "{folder}/unbound.pid"
  module-config: "dns64 iterator"
  dns64-prefix: {prefix}
  do-not-query-localhost: no
  private-domain: "{ZONE}"
  qname-minimisation: no
  access-control: 127.0.0.0/8 allow
  {pinned}
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: {UPSTREAM}@{UPSTREAM_PORT}
""")
    return ["unbound", "-d", "-c", str(folder / "unbound.conf")]


def bind(folder, address, *prefixes):
    dns64 = "\n".join(f"  dns64 {prefix} {{ }};" for prefix in prefixes)
    (folder / "named.conf").write_text(f"""options {{
  directory "{folder}";
  pid-file "{folder}/named.pid";
  session-keyfile "{folder}/session.key";
  listen-on {{ {address}; }};
  listen-on-v6 {{ none; }};
  recursion yes;
  allow-query {{ any; }};
  dnssec-validation no;
  forwarders port {UPSTREAM_PORT} {{ {UPSTREAM}; }};
  forward only;
{dns64}
}};
controls {{ }};
""")
    return ["named", "-g", "-n", "1", "-c", str(folder / "named.conf")]


def powerdns(folder, address, prefix):
    return ["pdns_recursor", f"--config-dir={folder}", f"--socket-dir={folder}", "--daemon=no", "--disable-syslog=yes",
            f"--local-address={address}", "--allow-from=127.0.0.0/8", f"--dns64-prefix={prefix}", "--dnssec=off",
            f"--forward-zones-recurse=.={UPSTREAM}:{UPSTREAM_PORT}", "--dont-query=", "--setuid=root", "--setgid=root",
            "--security-poll-suffix=", "--hint-file=no"]


def knot(folder, address, prefix):
    (folder / "kresd.conf").write_text(f"""net.listen('{address}', 53)
modules = {{ 'policy', dns64 = '{prefix.removesuffix("/96")}' }}
trust_anchors.remove('.')
cache.size = 10 * MB
policy.add(policy.all(policy.FORWARD('{UPSTREAM}@{UPSTREAM_PORT}')))
""")
    return ["kresd", "-n", "-c", str(folder / "kresd.conf"), str(folder)]


class Server:
    """A DNS64 server, until it is ended."""

    def __init__(self, title, make, address, *prefixes):
        self.title, self.address = title, address
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.folder.chmod(0o755)
        self.log = open(self.folder / "log", "w+b")
        # BIND listens on addresses of interfaces alone.
        ip("addr", "add", f"{address}/32", "dev", "lo")
        command = make(self.folder, address, *prefixes)
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)

    def __enter__(self):
        query = struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0) + labels(f"v4.{ZONE}") + struct.pack("!HH", A, 1)
        until = time.monotonic() + 20
        while time.monotonic() < until and self.process.poll() is None:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
                asker.settimeout(0.5)
                try:
                    asker.sendto(query, (self.address, 53))
                    if asker.recvfrom(4096)[0][3] & 15 == 0:
                        return self
                except OSError:
                    time.sleep(0.1)
        self.log.seek(0)
        said = self.log.read().decode(errors="replace")[-1500:]
        self.__exit__()
        raise Failed(f"{self.title} does not answer: {said}")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Program:
    def __init__(self, path, loud):
        self.path, self.loud = path, loud

    def probe(self, server, *arguments):
        command = [self.path, "probe", "--resolver", server.address, *arguments]
        variables = {"HOME": str(server.folder), "PATH": os.environ["PATH"], "NO_COLOR": "1", "COLUMNS": "100000"}
        text = subprocess.run(command, env=variables, capture_output=True, text=True)
        done = subprocess.run([*command, "-f", "json"], env=variables, capture_output=True, text=True)
        if self.loud:
            print(f"---- {server.title}: {' '.join(command[1:])}\n{text.stdout}{text.stderr}\n{done.stdout}")
        if text.returncode or done.returncode:
            raise Failed(f"{server.title}: exit {text.returncode}, {done.returncode}: {text.stdout}{text.stderr}")
        return json.loads(done.stdout), " ".join(text.stdout.split())


def check(title, is_so, shown):
    if not is_so:
        raise Failed(f"{title}\n{shown}")
    print(f"ok     {title}", flush=True)


def named(found, label):
    return next(it for it in found["names"] if it["name"].startswith(f"{label}."))


def names(*list_of):
    return [f"{label}.{ZONE}" for label in list_of]


def of_server(program, server):
    """What has to be said of each server that makes AAAA records with 64:ff9b::/96."""
    found, text = program.probe(server, *names("v4", "both", "neither"))
    title = server.title
    check(f"{title}: DNS64 is found, with its prefix", "DNS64 is at work here, with 64:ff9b::/96" in text, text)
    check(f"{title}: an address that was made is told from one that was not",
          named(found, "v4")["aaaa"]["verdict"] == "synthesized" and named(found, "both")["aaaa"]["verdict"] == "native"
          and named(found, "neither")["aaaa"]["verdict"] == "empty", found)
    check(f"{title}: the answer for ipv4only.arpa is judged with the prefix that it reveals",
          found["dns64"]["answer"]["verdict"] == "synthesized", found["dns64"])
    found, text = program.probe(server, *names("zero", "loop", "group"))
    verdicts = {label: named(found, label)["aaaa"]["verdict"] for label in ("zero", "loop", "group")}
    check(f"{title}: what is made of 0.0.0.0, 127.0.0.1 and multicast is unusable",
          set(verdicts.values()) == {"unusable"} and "via NAT64" not in text, (verdicts, text))
    found, text = program.probe(server, *names("zero", "loop"), "--connect", str(PORT), "--timeout", "1")
    tried = [way for it in found["names"] for way in it["connections"]]
    check(f"{title}: nothing is connected to on this machine itself", not tried, tried)
    found, text = program.probe(server, *names("meta"))
    check(f"{title}: the instance metadata service is known by its address", "fd00:ec2::254" in text, text)


def servers(program):
    prefix = "64:ff9b::/96"
    makers = [("Unbound", unbound), ("BIND", bind), ("PowerDNS Recursor", powerdns), ("Knot Resolver", knot)]
    for at, (title, make) in enumerate(makers):
        with Server(title, make, f"127.0.0.{10 + at}", prefix) as server:
            of_server(program, server)
            if make == unbound:
                _, text = program.probe(server, *names("afail"))
                check("Unbound: an empty answer beside an A that fails is not taken for the whole truth",
                      "It has no AAAA here" not in text and "SERVFAIL" in text, text)
    with Server("Unbound", unbound, "127.0.0.20", "pinned") as server:
        found, text = program.probe(server, *names("v4"))
        check("Unbound with ipv4only.arpa of its own: what it makes shows that there is DNS64",
              "There is no DNS64" not in text and "though ipv4only.arpa does not show it" in text
              and found["dns64"]["state"] == "on", text)
    for at, other in enumerate(["2001:db8:64::/64", "2001:db8:100::/40", "64:ff9b:1::/96"]):
        with Server("BIND", bind, f"127.0.0.{30 + at}", other) as server:
            found, text = program.probe(server, *names("v4"))
            check(f"BIND: the prefix {other} is revealed, and known in answers",
                  other in text and named(found, "v4")["aaaa"]["verdict"] == "synthesized", text)


def ip(*words):
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"ip {' '.join(words)}: {done.stderr.strip()}")


def translator(program):
    """Through TAYGA, in a namespace of its own, to a host that has IPv4 alone."""
    folder = pathlib.Path(tempfile.mkdtemp())
    inner = subprocess.Popen(["unshare", "--net", sys.executable, __file__, "--translator", str(folder)], text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        if inner.stdout.readline().strip() != "ready":
            raise Failed("the translator's namespace does not start")
        ip("link", "add", "c0", "type", "veth", "peer", "name", "t0")
        ip("link", "set", "t0", "netns", str(inner.pid))
        ip("link", "set", "c0", "up")
        ip("-6", "addr", "add", "2001:db8:c::2/64", "dev", "c0", "nodad")
        ip("-6", "route", "add", "default", "via", "2001:db8:c::1")
        inner.stdin.write("\n")
        inner.stdin.flush()
        said = inner.stdout.readline().strip()
        if said != "up":
            raise Failed(f"TAYGA: {said}")
        through(program)
    finally:
        inner.stdin.close()
        inner.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def through(program):
    with Server("BIND and TAYGA", bind, "127.0.0.40", "64:ff9b::/96") as server:
        found, text = program.probe(server, *names("host"), "--connect", str(PORT))
        check("TAYGA: a host with IPv4 alone is reached, and NAT64 works", "NAT64 works" in text, text)
        found, text = program.probe(server, *names("host", "private"), "--connect", str(PORT))
        check("TAYGA: what refuses a private address is no missing route",
              "NAT64 works" in text and "has no way to 64:ff9b::/96" not in text and "private" in text, text)
        found, text = program.probe(server, *names("host", "down"), "--connect", str(PORT))
        check("TAYGA: a host that is down is no missing route", "describe-route-tables" not in text, text)
        outcome = [way["outcome"] for way in named(found, "down")["connections"] if way["path"] == "nat64"]
        check("TAYGA: the time-out is long enough for what Linux reports of a neighbor that is down",
              outcome == ["no-route"], (outcome, text))
    with Server("BIND with two prefixes, and TAYGA", bind, "127.0.0.41", "64:ff9b::/96", "2001:db8:64::/96") as server:
        for _ in range(2):
            _, text = program.probe(server, *names("host"), "--connect", str(PORT))
            works = [it for it in text.split(". ") if "NAT64 works" in it]
            is_so = works and "2001:db8:64::" not in works[0] and "64:ff9b::/96" in text
            check("TAYGA: with two prefixes the one is named that connects", is_so, text)


def taken(listener):
    """Takes each connection, and ends it."""
    while True:
        listener.accept()[0].close()


def tayga(folder):
    """The translator and the host behind it: does what it has to until standard input ends."""
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        folder = pathlib.Path(folder)
        ip("link", "set", "lo", "up")
        ip("link", "set", "t0", "up")
        ip("-6", "addr", "add", "2001:db8:c::1/64", "dev", "t0", "nodad")
        for place in ("ipv6/conf/all/forwarding", "ipv4/ip_forward"):
            pathlib.Path(f"/proc/sys/net/{place}").write_text("1")
        ip("addr", "add", f"{HOST}/32", "dev", "lo")
        # A segment on which nobody is but this machine.
        ip("link", "add", "s0", "type", "veth", "peer", "name", "s1")
        ip("link", "set", "s0", "up")
        ip("link", "set", "s1", "up")
        ip("addr", "add", "192.88.99.1/24", "dev", "s0")
        (folder / "tayga.conf").write_text(f"tun-device nat64\nipv4-addr 192.168.255.1\nipv6-addr 2001:db8:f::1\n"
                                           f"prefix 64:ff9b::/96\ndynamic-pool 192.168.255.0/24\ndata-dir {folder}\n")
        command = ["tayga", "-c", str(folder / "tayga.conf")]
        made = subprocess.run([*command, "--mktun"], capture_output=True, text=True)
        if made.returncode:
            raise Failed(made.stdout + made.stderr)
        ip("link", "set", "nat64", "up")
        ip("addr", "add", "192.0.2.1/32", "dev", "nat64")
        ip("route", "add", "192.168.255.0/24", "dev", "nat64")
        ip("-6", "route", "add", "64:ff9b::/96", "dev", "nat64")
        ip("-6", "route", "add", "2001:db8:f::1/128", "dev", "nat64")
        # The other prefix goes nowhere, without a word.
        ip("-6", "route", "add", "blackhole", "2001:db8:64::/96")
        server = subprocess.Popen([*command, "-d"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.bind((HOST, PORT))
        listener.listen()
        threading.Thread(target=taken, args=(listener,), daemon=True).start()
        print("up", flush=True)
        sys.stdin.read()
        server.kill()
    except Failed as error:
        print(" ".join(str(error).split()), flush=True)


def inside(program, loud, root):
    """In namespaces of its own, with the packages over /usr."""
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o", f"lowerdir={root}/usr:/usr", "/usr"], check=True)
    for place in ("var", "etc"):
        if (pathlib.Path(root) / place).is_dir():
            subprocess.run(["mount", "-t", "overlay", "overlay", "-o", f"lowerdir={root}/{place}:/{place}", f"/{place}"])
    ip("link", "set", "lo", "up")
    upstream()
    program = Program(program, loud)
    servers(program)
    translator(program)


def unpacked(folder):
    """The packages with what they need and is not there, unpacked; or why that cannot be."""
    if sys.platform != "linux" or not all(shutil.which(tool) for tool in ("apt-get", "dpkg-deb", "unshare", "ip", "mount")):
        return None, "needs Debian's package tools, `unshare`, `ip` and `mount`"
    if os.geteuid() != 0:
        return None, "needs root, to lay packages over /usr in a namespace of its own"
    cache = pathlib.Path(folder)
    (cache / "partial").mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "--download-only",
                           "-o", f"Dir::Cache::archives={cache}/", *PACKAGES], capture_output=True, text=True)
    packages = sorted(cache.glob("*.deb"))
    if done.returncode or not packages:
        return None, (done.stderr.strip().splitlines() or ["no package came"])[-1]
    root = cache / "root"
    for package in packages:
        subprocess.run(["dpkg-deb", "-x", str(package), str(root)], check=True)
    return str(root), None


def main():
    arguments = sys.argv[1:]
    if arguments[:1] == ["--translator"]:
        return tayga(arguments[1])
    loud = "-v" in arguments
    program = str(pathlib.Path(arguments[0]).resolve())
    if "--inside" in arguments:
        try:
            return inside(program, loud, arguments[arguments.index("--inside") + 1])
        except Failed as error:
            print(f"FAILED {error}")
            sys.exit(1)
    with tempfile.TemporaryDirectory() as temporary:
        kept = arguments[arguments.index("--packages") + 1] if "--packages" in arguments else temporary
        root, why = unpacked(kept)
        if root is None:
            print(f"== SKIPPED: {why}")
            return None
        command = ["unshare", "--net", "--mount", sys.executable, __file__, program, "--inside", root]
        done = subprocess.run([*command, *(["-v"] if loud else [])])
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
