"""An independent judge of Route 53 Resolver query logs: log lines in, the JSON contract of `r53tail report` out.

Written from the specification with the standard library alone, for clearness and not for speed: all records are kept
and every rule is applied to the whole list. Reads one record a line, in every shape a record has, but no envelopes.
"""

import ipaddress
import json
import re
import socket
from datetime import datetime, timedelta, timezone

# Within one second the verdict that stands first here counts as newest.
AAAA_ORDER = ["native", "synthesized", "unusable", "empty", "blocked", "nxdomain", "servfail", "refused", "other",
              "unknown"]
A_ORDER = ["answered", "unusable", "empty", "blocked", "nxdomain", "servfail", "refused", "other", "unknown"]
# Why what was read does not say what an answer was.
REASONS = ["absent", "partial", "masked", "unreadable"]
A_WORDS = {"answered", "unusable", "empty", "nxdomain"}  # the verdicts that say something about A
FAILURES = {"NXDOMAIN": "nxdomain", "SERVFAIL": "servfail", "SERVERROR": "servfail", "REFUSED": "refused"}
KEPT_ADDRESSES = 16
KEPT_FORWARDERS = 4

WELL_KNOWN = ipaddress.ip_network("64:ff9b::/96")
LOCAL_USE = ipaddress.ip_network("64:ff9b:1::/48")
# `::/96` holds `::` and `::1` too.
UNUSABLE_6 = [ipaddress.ip_network(text) for text in
              ("::/96", "::ffff:0:0/96", "100::/64", "fe80::/10", "fec0::/10", "ff00::/8")]
# Of the IANA IPv6 Special-Purpose Address Registry (2025-10-09): not globally reachable, with what is inside and is.
SPECIAL_6 = [(ipaddress.ip_network(text), usable) for text, usable in
             (("2001:1::/64", True), ("2001:3::/32", True), ("2001:4:112::/48", True), ("2001:20::/28", True),
              ("2001:30::/28", True), ("2001::/32", True), ("2001::/23", False), ("5f00::/16", False),
              ("100:0:0:1::/64", False))]
UNUSABLE_4 = [ipaddress.ip_network(text) for text in ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3")]

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?", re.ASCII)


class Malformed(Exception):
    """A line that is no record."""


# ── records ─────────────────────────────────────────────────────────────────────────────────────────────────

def parse_time(value):
    """Milliseconds since 1970 of an ISO 8601 text (UTC where no zone is given) or of epoch milliseconds."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise Malformed(f"no timestamp: {value!r}")
    *date, fraction, zone = match.groups()
    try:
        moment = datetime(*map(int, date), tzinfo=timezone.utc)
    except ValueError as error:
        raise Malformed(str(error)) from error
    if zone and zone != "Z":
        shift = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
        moment += shift if zone[0] == "-" else -shift
    return (moment - EPOCH) // timedelta(milliseconds=1) + int((fraction or "").ljust(3, "0")[:3])


def print_time(ms):
    """RFC 3339 in UTC, with milliseconds only where there are some."""
    if ms is None:
        return None
    text = (EPOCH + timedelta(milliseconds=ms)).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{ms % 1000:03}Z" if ms % 1000 else f"{text}Z"


def parse_line(line):
    """One line as a plain record with one set of keys, whatever its shape."""
    try:
        value = json.loads(line)
    except ValueError as error:
        raise Malformed(str(error)) from error
    if not isinstance(value, dict):
        raise Malformed("no object")
    record = ocsf(value) if value.get("class_uid") == 4003 else plain(value)
    for key in ("name", "qtype", "rcode", "srcaddr"):
        if not isinstance(record[key], str) or not record[key]:
            raise Malformed(f"no {key}")
    return record


def plain(value):
    """The resolver's own shapes: today's, and those from before."""
    srcids = value.get("srcids") or {key[7:]: text for key, text in value.items() if key.startswith("srcids.")}
    if isinstance(srcids, list):
        prefixes = {"i-": "instance", "rslvr-": "resolver_endpoint", "rni-": "resolver_network_interface"}
        srcids = {key: text for text in srcids for prefix, key in prefixes.items() if text.startswith(prefix)}
    return {
        "time": parse_time(value.get("query_timestamp")),
        "account": value.get("account_id") or "",
        "region": value.get("region") or "",
        "vpc": value.get("vpc_id") or "",
        "name": value.get("query_name"),
        "qtype": value.get("query_type"),
        "rcode": value.get("rcode"),
        **(flattened(value) or answers(value.get("answers"))),
        "srcaddr": value.get("srcaddr"),
        "instance": srcids.get("instance"),
        "endpoint": srcids.get("resolver_endpoint") or srcids.get("resolver-endpoint"),
        "interface": srcids.get("resolver_network_interface"),
        "blocked": str(value.get("firewall_rule_action") or "").upper() == "BLOCK",
    }


def ocsf(value):
    """The DNS activity class as Security Lake and Global Resolver write it."""
    def at(*path):
        found = value
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        return found

    enrichments = {entry.get("name"): entry.get("data") for entry in at("enrichments") or []}
    extra = enrichments.get("global-resolver") or {}
    return {
        "time": parse_time(at("time") if at("time") is not None else at("time_dt")),
        "account": at("cloud", "account", "uid") or at("cloud", "account_uid") or "",
        "region": at("cloud", "region") or "",
        "vpc": at("src_endpoint", "vpc_uid") or extra.get("dns_view_id") or "",
        "name": at("query", "hostname"),
        "qtype": at("query", "type"),
        "rcode": at("rcode") or RCODES.get(at("rcode_id")),
        # Security Lake writes null where there are none.
        **answers([] if "answers" in value and value["answers"] is None else at("answers")),
        "srcaddr": at("src_endpoint", "ip"),
        "instance": at("src_endpoint", "instance_uid"),
        "endpoint": at("dst_endpoint", "instance_uid"),
        "interface": at("dst_endpoint", "interface_uid"),
        "device": extra.get("token_name") or extra.get("token_id"),
        "blocked": str(at("disposition") or "").lower() in ("block", "blocked") or at("action_id") == 2
                   or at("action_name") == "Denied",
    }


def flattened(value):
    """Answers under keys such as `answers.0.Rdata`; with those of the first alone nobody knows whether there are more."""
    found = {}
    for key, text in value.items():
        if match := re.fullmatch(r"answers\.(\d+)\.(\w+)", key):
            found.setdefault(int(match[1]), {})[match[2]] = text
    read = answers([found[at] for at in sorted(found)]) if found else None
    return read and read | {"hidden": "partial" if list(found) == [0] else None}


def answers(value):
    """Answers as (type, rdata), from a list or a single object; and why they do not say all, if they do not."""
    if value is None:
        return {"answers": [], "hidden": "absent"}
    if not isinstance(value, (list, dict)):
        return {"answers": [], "hidden": "unreadable"}
    # An object by itself is one of the answers; whether it is all of them nobody says.
    alone = "partial" if isinstance(value, dict) else None
    pairs = []
    for answer in value if isinstance(value, list) else [value]:
        keys = {key.lower(): text for key, text in answer.items()} if isinstance(answer, dict) else {}
        pairs.append((str(keys.get("type") or "").strip().upper(), str(keys.get("rdata") or keys.get("address") or "")))
    return {"answers": pairs, "hidden": alone}


def canonical_name(name):
    name = name.lower()
    return name if name.endswith(".") else name + "."


# ── addresses and verdicts ──────────────────────────────────────────────────────────────────────────────────

def parse_address(text, family):
    """An address of one family, or None if the text is none; `inet_pton` takes no zones and no shorthand."""
    try:
        packed = socket.inet_pton(family, text)
    except (OSError, ValueError):
        return None
    return ipaddress.ip_address(packed)


def any_address(text):
    return parse_address(text, socket.AF_INET) or parse_address(text, socket.AF_INET6)


def is_masked(text):
    """Whether a data protection policy put asterisks in the place of characters."""
    return "**" in text or text == "*"


# RCODEs by number (IANA, "DNS RCODEs").
RCODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}

# Mnemonics and numbers of types (IANA, "Resource Record (RR) TYPEs").
NUMBERS = {"1": "A", "28": "AAAA"}
OTHER_TYPES = set("NS SOA PTR MX TXT SRV NAPTR DS RRSIG NSEC NSEC3 NSEC3PARAM DNSKEY CAA HTTPS SVCB SPF TLSA SSHFP LOC "
                  "HINFO OPT CDS CDNSKEY URI ANY".split())


def sort_answers(record):
    """The Rdata that answers the question, whether names were followed, and why the rest is hidden (or None)."""
    qtype = record["qtype"]
    family = {"AAAA": socket.AF_INET6, "A": socket.AF_INET}[qtype]
    own, followed, hidden = [], False, record["hidden"]
    for rtype, rdata in record["answers"]:
        fits = parse_address(rdata, family) is not None
        # A number is easily another.
        chain = rtype in ("CNAME", "DNAME") or rtype in ("5", "39") and not fits
        rtype = NUMBERS.get(rtype, rtype)
        if rtype in (qtype, "") and fits:
            own.append(rdata)
        elif chain:
            followed = True
        elif rtype in (qtype, "") and is_masked(rdata):
            hidden = max(hidden, "masked", key=REASONS.index) if hidden else "masked"
        elif not rtype and re.fullmatch(r"(?=.*[A-Za-z])[^:]+\.", rdata):
            followed = True
        elif rtype in ("", qtype) or fits or not is_type(rtype) or lacks_address(rtype, rdata):
            hidden = "unreadable"
    return own, followed, hidden


def lacks_address(rtype, rdata):
    """Whether this is an address record without an address of its type."""
    family = {"AAAA": socket.AF_INET6, "A": socket.AF_INET}.get(rtype)
    return family is not None and parse_address(rdata, family) is None and not is_masked(rdata)


def is_type(text):
    return text in {"A", "AAAA"} | OTHER_TYPES or re.fullmatch(r"TYPE\d{1,5}|\d{2,5}", text) is not None


def embedded_ipv4(address, prefix):
    """The IPv4 address inside (RFC 6052 2.3): the 32 bits after the prefix, without bits 64 to 71."""
    octets = address.packed
    if prefix.prefixlen < 96:
        octets = octets[:8] + octets[9:]
    start = prefix.prefixlen // 8
    return ipaddress.IPv4Address(octets[start:start + 4])


class Judge:
    """Says what one record means, given the NAT64 prefixes in use."""

    def __init__(self, prefixes=()):
        given = [WELL_KNOWN, *(ipaddress.ip_network(text) for text in prefixes)]
        self.prefixes = sorted(set(given), key=lambda prefix: -prefix.prefixlen)

    def judge(self, record):
        """Adds the verdict, and what the answers hold that goes with it."""
        record.update(name=canonical_name(record["name"]), qtype=record["qtype"].upper(),
                      ipv4=set(), ipv6=set(), cname_only=False, why=None, partial=False)
        rcode = record["rcode"].upper()
        if record["blocked"]:
            record["verdict"] = "blocked"
        elif rcode != "NOERROR":
            record["verdict"] = FAILURES.get(rcode, "other")
        elif record["qtype"] == "AAAA":
            record["verdict"] = self.judge_aaaa(record)
        elif record["qtype"] == "A":
            record["verdict"] = self.judge_a(record)
        return record

    def judge_aaaa(self, record):
        own, followed, hidden = sort_answers(record)
        verdicts = set()
        for address in (parse_address(text, socket.AF_INET6) for text in own):
            if address is None or any(address in network for network in UNUSABLE_6):
                verdicts.add("unusable")
                continue
            prefix = next((prefix for prefix in self.prefixes if address in prefix), None)
            inside = embedded_ipv4(address, prefix) if prefix else None
            if inside is not None and any(inside in network for network in UNUSABLE_4):
                # DNS64 makes it of whatever is there; nothing reaches it all the same.
                verdicts.add("unusable")
            elif inside is not None:
                verdicts.add("synthesized")
                record["ipv4"].add(inside)
            elif not next((usable for network, usable in SPECIAL_6 if address in network), True):
                verdicts.add("unusable")
            elif address in LOCAL_USE:
                verdicts.add("synthesized")
            else:
                verdicts.add("native")
                record["ipv6"].add(address)
        verdict = min(verdicts, key=AAAA_ORDER.index, default="empty")
        if hidden and verdict in ("native", "synthesized"):
            record["partial"] = True
        elif hidden:
            record["why"], verdict = hidden, "unknown"
        record["cname_only"] = verdict == "empty" and followed
        return verdict

    def judge_a(self, record):
        own, _, hidden = sort_answers(record)
        found = [parse_address(text, socket.AF_INET) for text in own]
        if any(address is not None and not any(address in network for network in UNUSABLE_4) for address in found):
            return "answered"
        if hidden:
            record["why"] = hidden
            return "unknown"
        return "unusable" if own else "empty"


# ── the whole log ───────────────────────────────────────────────────────────────────────────────────────────

def origin_key(record):
    if record["instance"]:
        return ("instance", record["instance"], "")
    if record["endpoint"]:
        return ("resolver_endpoint", record["endpoint"], "")
    if record["interface"]:
        return ("interface", record["interface"], "")
    if record.get("device"):
        return ("device", record["device"], record["vpc"])
    return ("address", *place(record)[::-1])


def place(record):
    """The VPC and the address asked from, spelled in one way."""
    return (record["vpc"], str(any_address(record["srcaddr"]) or record["srcaddr"]))


def attribute(records):
    """Gives each record its origin: a bare address belongs to the instance seen with it, if exactly one was."""
    claims = {}
    for record in records:
        if record["instance"] and any_address(record["srcaddr"]):
            claims.setdefault(place(record), set()).add(record["instance"])
    for record in records:
        record["origin"] = origin_key(record)
        claimants = claims.get(place(record), ())
        if record["origin"][0] == "address" and len(claimants) == 1:
            record["origin"] = ("instance", *claimants, "")


def describe_origin(key, records):
    def smallest(field):
        return min((record[field] for record in records if record[field]), default="")

    def numeric(text):
        address = any_address(text)
        return (address.version, int(address), text) if address else (9, 0, text)

    kind, name, _ = key
    return {"kind": kind, "id": name, "vpc": smallest("vpc"), "account": smallest("account"),
            "region": smallest("region"), "addresses": sorted(
                {place(record)[1] for record in records if any_address(record["srcaddr"])}, key=numeric)}


def spans(records):
    """Count, first and last for each verdict."""
    found = {}
    for record in records:
        span = found.setdefault(record["verdict"], {"count": 0, "first": record["time"], "last": record["time"]})
        span["count"] += 1
        span["first"] = min(span["first"], record["time"])
        span["last"] = max(span["last"], record["time"])
    return found


def reasons(records):
    """How many answers are unknown for which reason."""
    return count(record["why"] for record in records if record["why"])


def known(found):
    return {verdict: span for verdict, span in found.items() if verdict != "unknown"}


def newest(found, order):
    """The newest of the verdicts that are known; `unknown` if none is."""
    return min(known(found) or found, key=lambda verdict: (-found[verdict]["last"], order.index(verdict)), default=None)


def a_word(records):
    """The newest verdict on A that says something about A."""
    return newest(spans(record for record in records if record["verdict"] in A_WORDS), A_ORDER)


def status(newest_aaaa, word):
    if newest_aaaa is None:
        return "a-only"
    if newest_aaaa == "unknown":
        return "unknown"
    if newest_aaaa in ("unusable", "empty"):
        return {None: "empty", "answered": "ipv4-only"}.get(word, "no-address")
    return {"native": "native", "synthesized": "nat64", "blocked": "blocked", "nxdomain": "nxdomain"}.get(
        newest_aaaa, "failing")


def overlap(a, b):
    return a["first"] <= b["last"] and b["first"] <= a["last"]


def change(found):
    """The latest transition between two spans of known verdicts that do not overlap."""
    found = known(found)
    latest = None
    for to in sorted(found, key=lambda verdict: (-found[verdict]["first"], AAAA_ORDER.index(verdict))):
        before = {verdict: span for verdict, span in found.items() if span["last"] < found[to]["first"]}
        if before and latest is None:
            latest = {"at": print_time(found[to]["first"]), "from": newest(before, AAAA_ORDER), "to": to}
    return latest


def printed(found):
    return {verdict: {"count": span["count"], "first": print_time(span["first"]), "last": print_time(span["last"])}
            for verdict, span in found.items()}


def forwarders(records):
    """The outbound endpoints that instances' queries for a name were forwarded through."""
    through = {record["endpoint"] for record in records
               if record["instance"] and record["endpoint"] and not record["endpoint"].startswith("rslvr-in-")}
    return {"forwarded_through": sorted(through)[:KEPT_FORWARDERS]} if through else {}


def describe_pair(origin, name, records, word_of_any, forwarded):
    aaaa = [record for record in records if record["qtype"] == "AAAA"]
    a = [record for record in records if record["qtype"] == "A"]
    found = spans(aaaa)
    ipv4 = sorted(set().union(*(record["ipv4"] for record in aaaa)))
    ipv6 = sorted(set().union(*(record["ipv6"] for record in aaaa)))
    verdicts = list(known(found))
    unknown = {f"unknown_{qtype}": reasons(asked) for qtype, asked in (("aaaa", aaaa), ("a", a)) if reasons(asked)}
    return {
        "origin": origin,
        "name": name,
        "status": status(newest(found, AAAA_ORDER), a_word(a) or word_of_any),
        "aaaa": printed(found),
        "a": printed(spans(a)),
        "newest_aaaa": newest(found, AAAA_ORDER),
        "first": print_time(min(record["time"] for record in records)),
        "last": print_time(max(record["time"] for record in records)),
        "ipv4": [str(address) for address in ipv4[:KEPT_ADDRESSES]],
        "ipv6": [str(address) for address in ipv6[:KEPT_ADDRESSES]],
        "more_addresses": max(len(ipv4), len(ipv6)) > KEPT_ADDRESSES,
        "cname_only": sum(record["cname_only"] for record in aaaa),
        "change": change(found),
        "flapping": any(overlap(found[x], found[y]) for i, x in enumerate(verdicts) for y in verdicts[:i]),
        "partial": any(record["partial"] for record in aaaa),
        **unknown,
        **forwarded,
    }


def dns64(pairs):
    since = [pair["aaaa"]["synthesized"]["first"] for pair in pairs if "synthesized" in pair["aaaa"]]
    if since:
        return {"state": "on", "since": print_time(min(map(parse_time, since)))}
    off = any(pair["status"] == "ipv4-only" for pair in pairs)
    return {"state": "off" if off else "unknown", "since": None}


def count(values):
    values = list(values)
    return {value: values.count(value) for value in sorted(set(values))}


def group(records, key):
    groups = {}
    for record in records:
        groups.setdefault(key(record), []).append(record)
    return groups


def report(text, prefixes=(), since=None, until=None, keep=lambda pair: True):
    """The JSON contract for a log."""
    judge = Judge(prefixes)
    records, malformed = [], 0
    for line in filter(str.strip, text.split("\n")):
        try:
            records.append(judge.judge(parse_line(line)))
        except Malformed:
            malformed += 1
    records = [record for record in records
               if (since is None or record["time"] >= since) and (until is None or record["time"] <= until)]
    attribute(records)
    judged = [record for record in records if record["qtype"] in ("AAAA", "A")]
    words = {name: a_word(record for record in of_name if record["qtype"] == "A")
             for name, of_name in group(judged, lambda record: record["name"]).items()}
    forwarded = {name: forwarders(of_name) for name, of_name in group(records, lambda record: record["name"]).items()}
    pairs, origins = [], []
    for key, of_origin in group(records, lambda record: record["origin"]).items():
        origin = describe_origin(key, of_origin)
        own = [record for record in of_origin if record["qtype"] in ("AAAA", "A")]
        mine = [describe_pair(origin, name, of_pair, words[name], forwarded[name])
                for name, of_pair in group(own, lambda record: record["name"]).items()]
        pairs += mine
        origins.append({"origin": origin, "dns64": dns64(mine), "records": len(of_origin),
                        "ignored": len(of_origin) - len(own), "pairs": len(mine),
                        "statuses": count(pair["status"] for pair in mine)})
    return {
        "schema": 2,
        "records": len(records),
        "malformed": malformed,
        "ignored": len(records) - len(judged),
        "first": print_time(min((record["time"] for record in records), default=None)),
        "last": print_time(max((record["time"] for record in records), default=None)),
        "unknown": dict.fromkeys(REASONS, 0) | reasons(judged),
        "partial": sum(record["partial"] for record in judged),
        "masked_sources": sum(is_masked(record["srcaddr"]) for record in records),
        "loss": {"sampled_seconds": 0, "gaps": [], "dropped": 0, "incomplete": []},
        "pairs": sorted(filter(keep, pairs), key=pair_order),
        "origins": sorted(origins, key=lambda entry: origin_order(entry["origin"])),
        "findings": [],
    }


def origin_order(origin):
    return (origin["id"], origin["vpc"], origin["kind"])


def pair_order(pair):
    return (*origin_order(pair["origin"]), pair["name"])
