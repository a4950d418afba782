"""Random logs from a seed, made to collide: few names, origins, addresses and seconds, many verdicts and spellings."""

import ipaddress
import json
import random

import judge

VPCS = ["vpc-0a", "vpc-0b"]
NAMES = ["api.example.", "db.corp.example.", "s3.eu-west-1.amazonaws.com.", "x.test.", "deep.er.name.example."]
# An address appears bare, with one instance, with several, and behind endpoints, in both VPCs.
SOURCES = ["10.0.0.1", "10.0.0.2", "10.0.0.10", "9.0.0.1", "fd00:1::9", "********"]
INSTANCES = [("i-01", "vpc-0a"), ("i-02", "vpc-0a"), ("i-10", "vpc-0a"), ("i-03", "vpc-0b"), ("i-04", "vpc-0b")]
ENDPOINTS = [("rslvr-in-1", "vpc-0a"), ("rslvr-out-2", "vpc-0b")]
INTERFACES = [("rni-1", "vpc-0a"), ("rni-2", "vpc-0b")]
ACCOUNTS = ["111122223333", "444455556666", "<deleted>", ""]
REGIONS = ["eu-west-1", "us-east-1", ""]
EMBEDDED = ["192.0.2.33", "10.1.2.3", "9.9.9.9", "127.0.0.1", "198.51.100.7", "0.0.0.0"]
PREFIXES = ["64:ff9b:1:fffe::/96", "2001:db8::/32", "2001:db8:100::/40", "2001:db8:122::/48",
            "2001:db8:122:300::/56", "2001:db8:122:344::/64", "2001:db8:122:344::/96"]
NATIVE = ["2600:1f18::1", "2001:db8::1", "2001:db8:c000:221::", "2001:db8:1c0:2:21::", "2001:db8:122:c000:2:2100::",
          "2001:db8:122:3c0:0:221::", "2001:db8:122:344:c0:2:2100::", "2001:db8:122:344::c000:221", "fd12::1",
          "2002:c000:221::1", "2001:0:1:2:3:4:5:6", "3fff::1", "64:ff9b::1:0:0", "64:ff9b:2::1", "::1:0:0", "fe7f::1",
          "2001:20::1", "2001:1::2", "2001:200::1", "5f01::1"]
LOCAL_USE = ["64:ff9b:1::c000:221", "64:ff9b:1:fffe::a01:203", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"]
UNUSABLE = ["::", "::1", "::ffff:192.0.2.1", "::192.0.2.1", "100::5", "fe80::1", "febf::1", "fec0::1", "feff::1",
            "ff02::fb", "<deleted>", "100:0:0:1::1", "5f00::1", "2001:2::9", "2001:10::1", "64:ff9b::", "64:ff9b::7f00:1",
            "64:ff9b::e000:1", "64:ff9b::ffff:ffff",
            "192.0.2.1", "2001:db8::1::2", "12345::", "1:2:3:4:5:6:7:8:9"]
USABLE_A = ["192.0.2.1", "169.254.169.254", "10.0.0.1", "223.255.255.255", "1.0.0.0"]
UNUSABLE_A = ["0.0.0.0", "127.0.0.53", "127.255.255.254", "224.0.0.1", "255.255.255.255", "<deleted>",
              "2001:db8::1", "1.2.3", "256.1.1.1"]
RCODES = ["NXDOMAIN", "SERVFAIL", "REFUSED", "FORMERR", "NOTIMP"]
OTHER_TYPES = ["PTR", "SRV", "HTTPS", "TXT", "ANY"]
START = 1_715_677_195  # some seconds before a full hour


def log(seed):
    """A log and the options to read it with."""
    rng = random.Random(seed)
    args = []
    for prefix in rng.sample(PREFIXES, rng.choice([0, 0, 1, 2, 7])):
        args += ["--nat64-prefix", prefix]
    maker = Maker(rng)
    for limit, part in (("--since", 0.2), ("--until", 0.8)):
        if rng.random() < 0.15:
            args += [limit, maker.boundary(part)]
    lines = [maker.line() for _ in range(rng.choice([1, 3, 10, 40, 150]))]
    lines += rng.choices(lines, k=rng.choice([0, 0, 2, 5]))
    rng.shuffle(lines)
    if rng.random() < 0.25:
        for _ in range(rng.randint(1, 3)):
            lines.insert(rng.randint(1, len(lines)), malformed(rng, maker.line()))
    return "\n".join(lines) + rng.choice(["\n", "\n", ""]), args


class Maker:
    """Makes the lines of one log; each log leans to its own few names, seconds and outcomes."""

    def __init__(self, rng):
        self.rng = rng
        self.seconds = rng.choice([2, 8, 60, 4000])
        self.names = rng.sample(NAMES, rng.randint(1, len(NAMES)))
        self.outcomes = rng.sample(
            ["native", "synthesized", "local", "unusable", "mixed", "empty", "cname", "rcode", "block"],
            rng.choice([2, 3, 9]))
        self.fractions = rng.random() < 0.3
        # Some logs leave most queries without an id, as in the first minutes of an instance.
        self.bare = rng.choice([0.2, 0.6])
        # Some lack answers, or have them masked or garbled.
        self.hidden = rng.choice([0, 0, 0.2, 0.7])

    def line(self):
        rng = self.rng
        record = {"time": self.time(), "name": self.spell_name(rng.choice(self.names)),
                  "qtype": rng.choices(["AAAA", "A", rng.choice(OTHER_TYPES)], [6, 4, 1])[0],
                  "rcode": "NOERROR", "answers": [], "action": rng.choice([None] * 9 + ["ALERT"])}
        record.update(self.origin())
        self.answer(record)
        record["hide"] = rng.choice(["absent", "null", "text", "mask", "mask-one", "garble"]) \
            if rng.random() < self.hidden else None
        return rng.choices([self.canonical, self.shuffled, self.before_launch, self.ocsf], [6, 2, 1, 1])[0](record)

    def time(self):
        """Milliseconds; a second has its fraction or none, so that what shares a second shares an instant."""
        second = self.rng.randrange(self.seconds)
        return (START + second) * 1000 + (second * 37 % 1000 if self.fractions and second % 3 == 0 else 0)

    def boundary(self, part):
        """A limit in the middle of a second that no fraction falls into: no record lies on it."""
        second = int(self.seconds * part) // 3 * 3 + 1
        return judge.print_time((START + second) * 1000 + 500)

    def spell_name(self, name):
        name = self.rng.choice([name, name, name.upper(), name.title()])
        return self.rng.choice([name, name, name.rstrip(".")])

    def spell_address(self, text):
        try:
            address = ipaddress.IPv6Address(text)
        except ValueError:
            return text
        dotted = ":".join(address.exploded.split(":")[:6]) + f":{ipaddress.IPv4Address(int(address) & 0xffffffff)}"
        return self.rng.choice([text, text, text.upper(), address.exploded, address.compressed, dotted])

    def origin(self):
        rng = self.rng
        found = {"account": rng.choice(ACCOUNTS[:1] * 5 + ACCOUNTS), "region": rng.choice(REGIONS[:1] * 3 + REGIONS),
                 "srcaddr": self.spell_address(rng.choice(SOURCES)), "vpc": rng.choice(VPCS),
                 "instance": None, "endpoint": None, "interface": None}
        if rng.random() > self.bare:
            kind, pool = rng.choices([("instance", INSTANCES), ("endpoint", ENDPOINTS), ("interface", INTERFACES)],
                                     [3, 1, 1])[0]
            found[kind], found["vpc"] = rng.choice(pool)
            if kind != "interface" and rng.random() < 0.3:
                found["interface"] = rng.choice(INTERFACES)[0]
            if kind == "instance" and rng.random() < 0.2:
                found["endpoint"] = rng.choice(ENDPOINTS)[0]
        return found

    def answer(self, record):
        rng, qtype = self.rng, record["qtype"]
        outcome = rng.choice(self.outcomes)
        if rng.random() < 0.3 and outcome != "empty":
            record["answers"] += [("CNAME", "edge.example."), ("CNAME", "edge2.example.")][:rng.randint(1, 2)]
        if outcome == "block":
            record["action"] = "BLOCK"
            outcome = rng.choice(["empty", "native", "synthesized", "rcode"])
        if outcome == "rcode":
            record["rcode"] = rng.choice(RCODES)
        elif outcome == "cname":
            record["answers"] = [("CNAME", "edge.example.")]
        elif outcome != "empty" and qtype == "A":
            pool = {"unusable": UNUSABLE_A, "mixed": USABLE_A + UNUSABLE_A}.get(outcome, USABLE_A)
            record["answers"] += [("A", text) for text in rng.choices(pool, k=rng.randint(1, 3))]
        elif outcome != "empty" and qtype == "AAAA":
            record["answers"] += [("AAAA", self.spell_address(self.address(outcome))) for _ in range(self.how_many())]
        if record["rcode"] == "NOERROR":
            record["rcode"] = rng.choice(["NOERROR"] * 5 + ["NoError"])

    def how_many(self):
        return self.rng.choice([1, 1, 2, 3, 20])

    def address(self, outcome):
        rng = self.rng
        if outcome == "mixed":
            outcome = rng.choice(["native", "synthesized", "local", "unusable"])
        if outcome == "synthesized":
            ipv4 = rng.choice([rng.choice(EMBEDDED), f"10.{rng.randrange(3)}.0.{rng.randrange(256)}"])
            return f"64:ff9b::{ipaddress.IPv4Address(ipv4)}"
        if outcome == "native" and rng.random() < 0.3:
            return f"2600::{rng.randrange(0x10000):x}"
        return rng.choice({"native": NATIVE, "local": LOCAL_USE, "unusable": UNUSABLE}[outcome])

    # ── shapes ──

    def canonical(self, record):
        return compact(self.hide(record, self.plain(record)))

    def shuffled(self, record):
        """Any key order, an unknown key, spaces between the tokens."""
        keys = list((self.hide(record, self.plain(record)) | {"novelty": {"answers": [None, {"rcode": "SERVFAIL"}]}}).items())
        self.rng.shuffle(keys)
        return json.dumps(dict(keys))

    def plain(self, record):
        zoned = self.rng.random() < 0.9
        srcids = {"instance": record["instance"], "resolver_endpoint": record["endpoint"],
                  "resolver_network_interface": record["interface"]}
        if self.rng.random() < 0.1:
            srcids["resolver-endpoint"] = srcids.pop("resolver_endpoint")
        line = {
            "version": "1.100000", "account_id": record["account"], "region": record["region"],
            "vpc_id": record["vpc"], "query_timestamp": timestamp(record["time"], zoned),
            "query_name": record["name"], "query_type": record["qtype"], "query_class": "IN",
            "rcode": record["rcode"],
            "answers": [{"Rdata": rdata, "Type": rtype, "Class": "IN"} for rtype, rdata in record["answers"]],
            "srcaddr": record["srcaddr"], "srcport": str(self.rng.randint(1024, 65535)), "transport": "UDP",
            "srcids": {key: text for key, text in srcids.items() if text},
        }
        if record["action"]:
            line |= {"firewall_rule_action": record["action"], "firewall_rule_group_id": "rslvr-frg-1",
                     "firewall_domain_list_id": "rslvr-fdl-1"}
        return line

    def before_launch(self, record):
        line = self.plain(record)
        line["version"] = "1.000000"
        line["srcids"] = list(line["srcids"].values())
        line["answers"] = [{"Address": answer.pop("Rdata"), **answer} for answer in line["answers"]]
        del line["transport"]
        return compact(self.hide(record, line))

    def ocsf(self, record):
        rcodes = {"NOERROR": "NoError", "NXDOMAIN": "NXDomain", "SERVFAIL": "ServFail", "REFUSED": "Refused"}
        answers = [{"class": "IN", "rdata": rdata, "type": rtype} for rtype, rdata in record["answers"]]
        blocked = record["action"] == "BLOCK"
        return compact(self.hide(record, {
            "action": "Denied" if blocked else "Allowed", "action_id": 2 if blocked else 1,
            "answers": answers or self.rng.choice([None, []]), "class_uid": 4003,
            "cloud": {"account": {"uid": record["account"]}, "provider": "AWS", "region": record["region"]},
            "disposition": {"ALERT": "Alert", "BLOCK": "Blocked"}.get(record["action"]),
            "dst_endpoint": {"instance_uid": record["endpoint"], "interface_uid": record["interface"]},
            "query": {"class": "IN", "hostname": record["name"], "type": record["qtype"]},
            "rcode": rcodes.get(record["rcode"], record["rcode"]),
            "src_endpoint": {"instance_uid": record["instance"], "ip": record["srcaddr"],
                             "port": self.rng.randint(1024, 65535), "vpc_uid": record["vpc"]},
            "time": record["time"], "time_dt": self.rng.choice([record["time"], timestamp(record["time"], True)]),
        }))

    def hide(self, record, line):
        """The line without its answers, or with what a policy, an export or a fault leaves of them."""
        rng, how, answers = self.rng, record["hide"], line["answers"] or []
        masked = [answer for answer in answers if answer["Type" if "Type" in answer else "type"] != "CNAME"]
        if how == "absent":
            del line["answers"]
        elif how == "null":
            line["answers"] = None
        elif how == "text":
            line["answers"] = ["<deleted>"]
        elif how in ("mask", "mask-one"):
            for answer in masked if how == "mask" else masked[-1:]:
                key = next(key for key in answer if key.lower() in ("rdata", "address"))
                answer[key] = "*" * rng.choice([1, 2, 13])
        elif how == "garble" and answers:
            answer = rng.choice(answers)
            key = rng.choice([key for key in answer if key.lower() != "class"])
            if rng.random() < 0.5:
                del answer[key]
            else:
                answer[key] = rng.choice(["", "AABA", "28", "TXT", "TYPE28", "edge.example.", "2600::5", "192.0.2.9"])
        return line


def timestamp(ms, zoned):
    text = judge.print_time(ms)
    return text if zoned else text.rstrip("Z").replace("T", " ")


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def malformed(rng, line):
    """A line cut short, or a record without what makes it one."""
    if rng.random() < 0.5:
        return line[:rng.randint(len(line) // 4, len(line) * 3 // 4)]
    record = json.loads(line)
    for key in ("query_timestamp", "time", "time_dt"):
        record.pop(key, None)
    return compact(record)
