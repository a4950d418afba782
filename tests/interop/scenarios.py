"""The scenario files of `fixtures/scenarios/`, read a second time: records to log lines, expectations to facts.

The notation is described in `fixtures/scenarios/README.md`.
"""

import json
import tomllib

import judge

DAY = "2024-05-14"
SRCIDS = {"i-": "instance", "rslvr-": "resolver_endpoint", "rni-": "resolver_network_interface"}
KINDS = {"i-": "instance", "rslvr-": "resolver_endpoint", "rni-": "interface", "device-": "device"}


class Scenario:
    def __init__(self, path):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        self.name = path.stem
        self.args = content.get("args", [])
        self.exit = content.get("exit", 0)
        self.only_pairs = content.get("only") == "pairs"
        self.log = "".join(record_lines(content["records"]))
        self.pairs = parse_pairs(content["pairs"])
        self.origins = parse_origins(content.get("origins", ""), self.pairs)
        self.totals = self.parse_totals(options(content.get("totals", "").split()))

    def parse_totals(self, said):
        pairs, origins = self.pairs.values(), self.origins.values()
        ignored = int(said.get("ignored", sum(origin["ignored"] for origin in origins)))
        return {
            "records": int(said.get("records", sum(origin["records"] for origin in origins))),
            "malformed": int(said.get("malformed", 0)),
            "ignored": ignored,
            "unknown": {reason: int(said.get(reason, sum(
                pair.get(key, {}).get(reason, 0) for pair in pairs for key in ("unknown_aaaa", "unknown_a"))))
                for reason in judge.REASONS},
            "partial": int(said.get("partial-answers", 0)),
            "masked_sources": int(said.get("masked-sources", 0)),
            "first": moment(said["first"]) if "first" in said else min((p["first"] for p in pairs), default=None),
            "last": moment(said["last"]) if "last" in said else max((p["last"] for p in pairs), default=None),
        }

    def differences(self, report):
        """What a report says otherwise than expected, as readable lines."""
        got = {pair_key(pair): normal(pair) for pair in report["pairs"]}
        found = list(differences("pair", self.pairs, got))
        if not self.only_pairs:
            got = {origin_key(entry["origin"]): normal(entry) for entry in report["origins"]}
            found += differences("origin", self.origins, got)
            found += differences("report", {"totals": self.totals}, {"totals": {
                key: report[key] for key in self.totals}})
        return found


def origin_key(origin):
    return (origin["kind"], origin["id"], origin["vpc"])


def pair_key(pair):
    return (*origin_key(pair["origin"]), pair["name"])


def normal(entry):
    """An entry in a form whose equality does not depend on the order of keys or on zeros."""
    entry = dict(entry)
    # Advice is not judged here: it is made of tables, not of rules.
    entry.pop("profiles", None)
    if "status" in entry:
        entry.setdefault("forwarded_through", [])
    if "statuses" in entry:
        entry["statuses"] = {status: n for status, n in entry["statuses"].items() if n}
    return entry


def differences(kind, expected, got):
    for key in sorted(expected.keys() | got.keys(), key=str):
        heading = f"{kind} {' '.join(key) if isinstance(key, tuple) else key}"
        if key not in got:
            yield f"{heading}: missing"
        elif key not in expected:
            yield f"{heading}: unexpected: {json.dumps(got[key])}"
        else:
            for field in sorted(expected[key].keys() | got[key].keys()):
                one, other = (side[key].get(field, "(absent)") for side in (expected, got))
                if one != other:
                    yield f"{heading}: {field}: expected {json.dumps(one)}, got {json.dumps(other)}"


# ── records ─────────────────────────────────────────────────────────────────────────────────────────────────

def meaningful(text):
    return [line.rstrip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def record_lines(text):
    for line in meaningful(text):
        if line.startswith("| "):
            yield line[2:] + "\n"
        else:
            record, times = record_of(line)
            yield (json.dumps(record, separators=(",", ":")) + "\n") * times


def record_of(line):
    question, _, answers = line.partition(" ->")
    words = [word for word in question.split() if "=" not in word]
    said = options(word for word in question.split() if "=" in word)
    time, origin, qtype, name, rcode = words if len(words) == 5 else [*words, "NOERROR"]
    ids, addresses, vpc = place(origin)
    record = {
        "version": "1.100000",
        "account_id": said.get("account", "111122223333"),
        "region": said.get("region", "eu-west-1"),
        "vpc_id": vpc,
        "query_timestamp": moment(time),
        "query_name": name,
        "query_type": qtype,
        "query_class": "IN",
        "rcode": rcode,
        "answers": {"null": None, "text": answers.strip()}.get(
            said.get("answers"), [answer_of(text, qtype) for text in answers.split()]),
        "srcaddr": addresses[0],
        "srcport": "40123",
        "transport": "UDP",
        "srcids": {by_prefix(SRCIDS, text): text for text in ids},
    }
    if said.get("answers") == "absent":
        del record["answers"]
    if "fw" in said:
        record["firewall_rule_action"] = said["fw"]
    return record, int(said.get("times", 1))


def answer_of(text, qtype):
    rtype, _, rdata = text.rpartition("=")
    return {"Rdata": rdata, "Type": (rtype or qtype).upper(), "Class": "IN"}


# ── expectations ────────────────────────────────────────────────────────────────────────────────────────────

def parse_pairs(text):
    pairs = {}
    pair = None
    for line in meaningful(text):
        words = line.split()
        if line[0] != " ":
            pair = {"origin": origin_of(words[0], options(words[3:])), "name": words[1], "status": words[2],
                    "aaaa": {}, "a": {}, "newest_aaaa": None, "ipv4": [], "ipv6": [], "more_addresses": False,
                    "cname_only": 0, "change": None, "flapping": False, "partial": False, "forwarded_through": []}
            pairs[pair_key(pair)] = pair
        else:
            add_fact(pair, *words)
    for pair in pairs.values():
        if pair["newest_aaaa"] is None:
            pair["newest_aaaa"], = pair["aaaa"] or [None]
        seen = [*pair["aaaa"].values(), *pair["a"].values()]
        pair["first"] = min((span["first"] for span in seen), key=judge.parse_time)
        pair["last"] = max((span["last"] for span in seen), key=judge.parse_time)
    return pairs


def add_fact(pair, fact, *words):
    match fact, words:
        case "AAAA" | "A", (verdict, number, seen):
            first, _, last = seen.partition("..")
            span = {"count": int(number.removeprefix("x")), "first": moment(first), "last": moment(last or first)}
            pair[fact.lower()][verdict] = span
        case "newest", (verdict,):
            pair["newest_aaaa"] = verdict
        case "ipv4" | "ipv6", _:
            pair[fact] += words
        case "forwarded", endpoints:
            pair["forwarded_through"] = list(endpoints)
        case "partial", ():
            pair["partial"] = True
        case "unknown", ("AAAA" | "A" as qtype, *said):
            pair[f"unknown_{qtype.lower()}"] = {reason: int(number) for reason, number in options(said).items()}
        case "more", ():
            pair["more_addresses"] = True
        case "flapping", ():
            pair["flapping"] = True
        case "cname-only", (number,):
            pair["cname_only"] = int(number)
        case "change", (at, "from", before, "to", after):
            pair["change"] = {"at": moment(at), "from": before, "to": after}
        case _:
            raise ValueError(f"no fact: {fact} {words}")


def parse_origins(text, pairs):
    told = {}
    for line in meaningful(text):
        origin, *said = line.split()
        origin = origin_of(origin, options(said))
        told[origin_key(origin)] = (origin, options(said))
    for pair in pairs.values():
        told.setdefault(origin_key(pair["origin"]), (pair["origin"], {}))
    return {key: summary(origin, said, [pair for pair in pairs.values() if pair["origin"] == origin])
            for key, (origin, said) in told.items()}


def summary(origin, said, pairs):
    judged = sum(span["count"] for pair in pairs for spans in (pair["aaaa"], pair["a"]) for span in spans.values())
    ignored = int(said.get("ignored", 0))
    dns64 = judge.dns64(pairs)
    if "dns64" in said:
        state, _, since = said["dns64"].partition("@")
        dns64 = {"state": state, "since": moment(since) if since else None}
    return {"origin": origin, "dns64": dns64, "records": int(said.get("records", judged + ignored)),
            "ignored": ignored, "pairs": len(pairs), "statuses": judge.count(pair["status"] for pair in pairs)}


def origin_of(text, said):
    ids, addresses, vpc = place(text)
    kind, name = (by_prefix(KINDS, ids[0]), ids[0]) if ids else ("address", addresses[0])
    return {"kind": kind, "id": name, "vpc": vpc, "account": said.get("account", "111122223333"),
            "region": said.get("region", "eu-west-1"),
            # A masked address is the id of an origin, and no address.
            "addresses": [text for text in addresses if not judge.is_masked(text)]}


# ── common to both ──────────────────────────────────────────────────────────────────────────────────────────

def place(text):
    """The ids, the addresses and the VPC of `ADDRESS[@VPC]` or `ID[+ID…][/ADDRESS[,ADDRESS…]][@VPC]`."""
    who, _, vpc = text.partition("@")
    if judge.any_address(who) or set(who) == {"*"}:
        return [], [who], vpc or "vpc-main"
    ids, _, addresses = who.partition("/")
    return ids.split("+"), (addresses or "10.0.0.10").split(","), vpc or "vpc-main"


def by_prefix(table, text):
    return next(value for prefix, value in table.items() if text.startswith(prefix))


def moment(text):
    return f"{DAY}T{text}Z" if text[2] == ":" else text


def options(words):
    return dict(word.split("=", 1) for word in words)
