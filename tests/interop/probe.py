#!/usr/bin/env python3
"""`r53tail probe` on something like an instance.

    python3 tests/interop/probe.py target/debug/r53tail [-v]

In network namespaces of its own, an "instance" is connected to a "VPC": a router behind which there are the resolver, a
host with both kinds of addresses, and the far side of NAT64. Routes are then taken away on either side, and the
program has to tell apart what comes of it: connected, refused, timed out, no route. A VPC drops what its route tables do
not have, so that a missing route for 64:ff9b::/96 is a route that swallows everything; other routers answer that there is
no way, and that is tried, too.

Needs Linux and a kernel that lets this user make network namespaces; says so where it cannot. `-v` shows all that the
program says.
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

PREFIX = "64:ff9b::"
HOST4, HOST6 = "198.51.100.10", "2001:db8:ffff::10"
RESOLVER4, RESOLVER6 = "169.254.169.253", "fd00:ec2::253"
PORT, CLOSED = 443, 444
# How long a connection is waited for, in seconds. What a router answers to the first packet, while the system is still
# connecting, counts only when it answers the second, a second later.
TIMEOUT, TWO_PACKETS = "0.6", "2.5"

A, AAAA = 1, 28


class Failed(Exception):
    pass


def synthesized(ipv4):
    return PREFIX + ipv4


# What the resolver has: A, AAAA, and whether DNS64 leaves the name alone.
ZONE = {
    "native.test": (HOST4, HOST6),
    "synth.test": (HOST4, None),
    "empty.test": (HOST4, None),
    "ipv4only.arpa": ("192.0.0.170", None),
}
LEFT_ALONE = {"empty.test"}


def answer(message):
    """The answer to a query, with DNS64 as AWS has it."""
    ident, flags = struct.unpack("!HH", message[:4])
    at, labels = 12, []
    while message[at]:
        labels.append(message[at + 1:at + 1 + message[at]].decode())
        at += 1 + message[at]
    kind, = struct.unpack("!H", message[at + 1:at + 3])
    question = message[12:at + 5]
    name = ".".join(labels).lower()
    ipv4, ipv6 = ZONE.get(name, (None, None))
    rdata = None
    if kind == A and ipv4:
        rdata = socket.inet_pton(socket.AF_INET, ipv4)
    elif kind == AAAA:
        address = ipv6 or (synthesized(ipv4) if ipv4 and name not in LEFT_ALONE else None)
        rdata = socket.inet_pton(socket.AF_INET6, address) if address else None
    rcode = 0 if name in ZONE else 3
    head = struct.pack("!HHHHHH", ident, 0x8180 | (flags & 0x0100) | rcode, 1, 1 if rdata else 0, 0, 0)
    record = b"" if rdata is None else struct.pack("!HHHIH", 0xC00C, kind, 1, 60, len(rdata)) + rdata
    return head + question + record


def ip(*words):
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"ip {' '.join(words)}: {done.stderr.strip()}")


def serve(family, address):
    resolver = socket.socket(family, socket.SOCK_DGRAM)
    resolver.bind((address, 53))

    def run():
        while True:
            message, client = resolver.recvfrom(4096)
            resolver.sendto(answer(message), client)
    threading.Thread(target=run, daemon=True).start()


def listen(family, address):
    """Takes connections; nothing reads what comes."""
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.bind((address, PORT))
    listener.listen()
    return listener


def router():
    """The VPC: does what standard input says, a command of `ip` a line, and answers each."""
    print("ready", flush=True)
    sys.stdin.readline()
    ip("link", "set", "lo", "up")
    ip("link", "set", "vpc0", "addrgenmode", "none", "up")
    ip("addr", "add", "10.0.0.1/24", "dev", "vpc0")
    ip("-6", "addr", "add", "2001:db8:1::1/64", "dev", "vpc0", "nodad")
    for address in (RESOLVER4, HOST4):
        ip("addr", "add", f"{address}/32", "dev", "lo")
    for address in (RESOLVER6, HOST6, synthesized(HOST4)):
        ip("-6", "addr", "add", f"{address}/128", "dev", "lo", "nodad")
    pathlib.Path("/proc/sys/net/ipv6/conf/all/forwarding").write_text("1")
    pathlib.Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    serve(socket.AF_INET, RESOLVER4)
    serve(socket.AF_INET6, RESOLVER6)
    kept = [listen(socket.AF_INET, HOST4), listen(socket.AF_INET6, HOST6), listen(socket.AF_INET6, synthesized(HOST4))]
    print("up", flush=True)
    for line in sys.stdin:
        try:
            ip(*line.split())
            print("done", flush=True)
        except Failed as error:
            print(error, flush=True)
    del kept


class Vpc:
    """The router's namespace, from the instance's."""

    def __init__(self):
        self.process = subprocess.Popen(["unshare", "--net", sys.executable, __file__, "--router"], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.expect("ready")
        ip("link", "add", "eth0", "type", "veth", "peer", "name", "vpc0")
        ip("link", "set", "vpc0", "netns", str(self.process.pid))
        ip("link", "set", "lo", "up")
        ip("link", "set", "eth0", "addrgenmode", "none", "up")
        ip("addr", "add", "10.0.0.5/24", "dev", "eth0")
        ip("-6", "addr", "add", "2001:db8:1::5/64", "dev", "eth0", "nodad")
        ip("route", "add", "default", "via", "10.0.0.1")
        ip("-6", "route", "add", "default", "via", "2001:db8:1::1")
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.expect("up")

    def expect(self, wanted):
        said = self.process.stdout.readline().strip()
        if said != wanted:
            raise Failed(f"the router said {said!r}, not {wanted!r}")

    def ip(self, *words):
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        self.expect("done")

    def end(self):
        self.process.stdin.close()
        self.process.wait(10)


class Instance:
    def __init__(self, program, loud):
        self.program, self.loud = program, loud

    def run(self, title, timeout, *arguments):
        home = os.environ["HOME"]
        variables = {"HOME": home, "PATH": os.environ.get("PATH", ""), "NO_COLOR": "1"}
        command = [self.program, "probe", *arguments, "--timeout", timeout]
        text = subprocess.run(command, env=variables, capture_output=True, text=True)
        done = subprocess.run([*command, "-f", "json"], env=variables, capture_output=True, text=True)
        if self.loud:
            print(f"---- {title}: probe {' '.join(arguments)}\n{text.stdout}{text.stderr}")
        if done.returncode or text.returncode:
            raise Failed(f"{title}: exit {done.returncode}: {done.stderr}{text.stderr}")
        return json.loads(done.stdout), text.stdout

    def expect(self, title, wanted, *arguments, said=(), unsaid=(), timeout=TIMEOUT):
        """What came of each way of each name: `{name: {path: outcome}}`; and words that the text has, or has not."""
        found, text = self.run(title, timeout, *arguments)
        ways = {}
        for name in found["names"]:
            outcomes = {each["path"]: each["outcome"] + {True: " here", False: " beyond", None: ""}[each.get("here")]
                        for each in name["connections"]}
            ways[name["name"].removesuffix(".test.")] = outcomes
        if ways != wanted:
            raise Failed(f"{title}: {ways}\n  instead of {wanted}\n{text}")
        flat = " ".join(text.split())
        for words in said:
            if words not in flat:
                raise Failed(f"{title}: does not say {words!r}\n{text}")
        for words in unsaid:
            if words in flat:
                raise Failed(f"{title}: says {words!r}\n{text}")
        print(f"ok     {title}")


def cases(instance, vpc):
    names = ["native.test", "synth.test", "empty.test"]
    connect = ["--connect", str(PORT)]

    # /etc/resolv.conf names the IPv6 resolver.
    instance.expect(
        "all routes are there",
        {"native": {"ipv6": "connected", "ipv4": "connected"}, "synth": {"nat64": "connected", "ipv4": "connected"},
         "empty": {"ipv4": "connected"}}, *names, *connect,
        said=[f"Asking {RESOLVER6}:", "DNS64 is at work here, with 64:ff9b::/96", "IPv6 works", "NAT64 works"])
    instance.expect(
        "a port on which nothing listens",
        {"native": {"ipv6": "refused", "ipv4": "refused"}, "synth": {"nat64": "refused", "ipv4": "refused"}},
        *names[:2], "--connect", str(CLOSED), "--resolver", RESOLVER4,
        said=[f"Asking {RESOLVER4}:", "NAT64 works, since something refused TCP port 444"])

    vpc.ip("-6", "addr", "del", f"{synthesized(HOST4)}/128", "dev", "lo")
    vpc.ip("-6", "route", "add", "blackhole", "64:ff9b::/96")
    instance.expect(
        "no route for 64:ff9b::/96, as a VPC has none",
        {"synth": {"nat64": "timed-out", "ipv4": "connected"}, "native": {"ipv6": "connected", "ipv4": "connected"}},
        "synth.test", "native.test", *connect,
        said=["Nothing answered through NAT64, though the endpoint answers over IPv4", "describe-route-tables"], unsaid=["NAT64 works", "it may be the endpoint"])

    vpc.ip("addr", "del", f"{HOST4}/32", "dev", "lo")
    vpc.ip("route", "add", "blackhole", f"{HOST4}/32")
    instance.expect(
        "neither NAT64 nor IPv4 leads out",
        {"synth": {"nat64": "timed-out", "ipv4": "timed-out"}}, "synth.test", *connect,
        said=["it may be the endpoint"])
    vpc.ip("route", "del", "blackhole", f"{HOST4}/32")
    vpc.ip("addr", "add", f"{HOST4}/32", "dev", "lo")

    vpc.ip("-6", "route", "del", "blackhole", "64:ff9b::/96")
    vpc.ip("-6", "route", "add", "unreachable", "64:ff9b::/96")
    instance.expect(
        "a router that answers that there is no way",
        {"synth": {"nat64": "no-route beyond", "ipv4": "connected"}}, "synth.test", *connect,
        said=["A router on the way"], unsaid=["This machine has no way"], timeout=TWO_PACKETS)
    vpc.ip("-6", "route", "del", "unreachable", "64:ff9b::/96")
    vpc.ip("-6", "route", "add", "prohibit", "64:ff9b::/96")
    instance.expect(
        "a router that answers that it is forbidden",
        {"synth": {"nat64": "forbidden", "ipv4": "connected"}}, "synth.test", *connect,
        said=["NAT64: a firewall, on this machine or on the way, forbids TCP port 443"], timeout=TWO_PACKETS)
    vpc.ip("-6", "route", "del", "prohibit", "64:ff9b::/96")
    vpc.ip("-6", "addr", "add", f"{synthesized(HOST4)}/128", "dev", "lo", "nodad")

    ip("addr", "del", "10.0.0.5/24", "dev", "eth0")
    instance.expect(
        "an IPv6-only instance",
        {"native": {"ipv6": "connected", "ipv4": "no-route here"}, "synth": {"nat64": "connected", "ipv4": "no-route here"},
         "empty": {"ipv4": "no-route here"}}, *names, *connect,
        said=["There is no way over IPv4", "NAT64 works"])
    ip("addr", "add", "10.0.0.5/24", "dev", "eth0")
    ip("route", "add", "default", "via", "10.0.0.1")

    ip("-6", "route", "del", "default")
    instance.expect(
        "no default route for IPv6",
        {"native": {"ipv6": "no-route here", "ipv4": "connected"},
         "synth": {"nat64": "no-route here", "ipv4": "connected"}}, *names[:2], *connect, "--resolver", RESOLVER4,
        said=["This machine has no way into IPv6", "This machine has no way to 64:ff9b::/96"])
    ip("-6", "route", "add", "default", "via", "2001:db8:1::1")

    ip("-6", "addr", "del", "2001:db8:1::5/64", "dev", "eth0")
    instance.expect(
        "no IPv6 address",
        {"native": {"ipv6": "no-route here", "ipv4": "connected"},
         "synth": {"nat64": "no-route here", "ipv4": "connected"}}, *names[:2], *connect, "--resolver", RESOLVER4,
        said=["it has no IPv6 address, or no default route"])
    ip("-6", "addr", "add", "fe80::5/64", "dev", "eth0", "nodad")
    instance.expect(
        "a subnet with IPv6, and no address in it",
        {"native": {"ipv6": "no-route here", "ipv4": "connected"},
         "synth": {"nat64": "no-route here", "ipv4": "connected"}}, *names[:2], *connect, "--resolver", RESOLVER4,
        said=["there is only fe80::5 to send from"])


def inside(program, loud):
    """In the instance's namespace, with mounts of its own."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home
        configuration = pathlib.Path(home) / "resolv.conf"
        configuration.write_text(f"nameserver {RESOLVER6}\n")
        subprocess.run(["mount", "--bind", str(configuration), "/etc/resolv.conf"], check=True)
        vpc = Vpc()
        try:
            cases(Instance(program, loud), vpc)
        finally:
            vpc.end()


def why_not():
    """Why no namespaces can be made, and how they can: the beginning of a command."""
    missing = [tool for tool in ("unshare", "ip", "mount") if not shutil.which(tool)]
    if sys.platform != "linux" or missing:
        return f"needs Linux with {', '.join(missing or ['network namespaces'])}", None
    why = ""
    for command in (["unshare", "--net", "--mount"], ["unshare", "--user", "--map-root-user", "--net", "--mount"]):
        # A pair of interfaces and a namespace within, as they are made below.
        tried = subprocess.run([*command, "sh", "-c", "ip link add try0 type veth peer name try1 && unshare --net true && "
                                "test -e /proc/sys/net/ipv6"], capture_output=True, text=True)
        if tried.returncode == 0:
            return None, command
        why = tried.stderr.strip().splitlines()[-1:] or ["no IPv6"]
    return why[0], None


def main():
    arguments = sys.argv[1:]
    if arguments == ["--router"]:
        return router()
    loud = "-v" in arguments
    program = str(pathlib.Path(arguments[0]).resolve())
    try:
        if "--inside" in arguments:
            return inside(program, loud)
    except Failed as error:
        print(f"FAILED {error}")
        sys.exit(1)
    why, command = why_not()
    if command is None:
        print(f"== SKIPPED: no network namespaces here: {why}")
        return None
    done = subprocess.run([*command, sys.executable, __file__, program, "--inside", *(["-v"] if loud else [])])
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
