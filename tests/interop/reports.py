"""What r53tail reports of a file, and how two reports part."""

import collections
import json
import os
import subprocess


class Report:
    """What the program makes of a file."""

    def __init__(self, binary, file):
        base = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "TZ": "UTC"}
        run = subprocess.run([binary, "report", "--format", "json", file], capture_output=True, env=base, timeout=120)
        self.code, self.error = run.returncode, run.stderr.decode()
        self.json = json.loads(run.stdout) if run.stdout.strip() else {"records": 0, "malformed": 0, "ignored": 0, "pairs": []}
        text = subprocess.run([binary, "report", file], capture_output=True, env=base, timeout=120)
        table = subprocess.run([binary, "report", "--format", "csv", file], capture_output=True, env=base, timeout=120)
        self.csv = table.stdout.decode()
        self.text = text.stdout.decode() + text.stderr.decode()
        self.pairs = {(each["origin"]["id"], each["origin"]["vpc"], each["name"]): each for each in self.json["pairs"]}

    def line(self):
        """The numbers that matter, for people."""
        statuses = collections.Counter(each["status"] for each in self.json["pairs"])
        unknown = sum(verdict_counts(each)["unknown"] for each in self.json["pairs"])
        return (f"exit {self.code}, {self.json['records']} records, {self.json['malformed']} malformed, "
                f"{len(self.pairs)} pairs ({', '.join(f'{count} {status}' for status, count in sorted(statuses.items()))})"
                + (f", {unknown} answers unknown" if unknown else ""))


def verdict_counts(pair):
    """How often a pair has each verdict, `aaaa-` and `a-` in front; `unknown` counts those of both."""
    counts = collections.Counter()
    for side in ("aaaa", "a"):
        for verdict, seen in pair[side].items():
            counts["unknown" if verdict == "unknown" else f"{side}-{verdict}"] += seen["count"]
    return counts


def same(expected, got, may_be_unknown=False):
    """Where a report parts from the one that is expected, None if nowhere."""
    for key in ("records", "malformed", "ignored", "first", "last"):
        if expected.json[key] != got.json[key]:
            return f"{key}: {got.json[key]}, not {expected.json[key]}"
    if got.code != expected.code:
        return f"exit code {got.code}, not {expected.code}"
    return same_pairs(expected, got, may_be_unknown)


def same_pairs(expected, got, may_be_unknown=False):
    """The same of the pairs alone."""
    if expected.pairs.keys() != got.pairs.keys():
        return f"pairs: {sorted(got.pairs.keys() - expected.pairs.keys())[:2]} more, {sorted(expected.pairs.keys() - got.pairs.keys())[:2]} less"
    for key, pair in expected.pairs.items():
        other = got.pairs[key]
        counts, others = verdict_counts(pair), verdict_counts(other)
        if may_be_unknown and others["unknown"]:
            empty = sum(count for verdict, count in counts.items() if verdict.endswith("-empty"))
            left = sum(count for verdict, count in others.items() if verdict.endswith("-empty"))
            if others["unknown"] + left != empty:
                return f"{key}: {dict(others)}, not {dict(counts)}"
            continue
        for what, mine, theirs in (("verdicts", dict(counts), dict(others)), ("status", pair["status"], other["status"]),
                                   ("origin", pair["origin"], other["origin"]), ("IPv4", pair["ipv4"], other["ipv4"]),
                                   ("IPv6", pair["ipv6"], other["ipv6"]), ("newest", pair["newest_aaaa"], other["newest_aaaa"]),
                                   ("CNAME only", pair["cname_only"], other["cname_only"])):
            if mine != theirs:
                return f"{key}: {what} {theirs}, not {mine}"
    if not may_be_unknown and expected.csv != got.csv:
        return "the same pairs as JSON, others as CSV"
    return None


def admits_loss(report):
    """Whether a report says that not all was seen."""
    return report.code != 0 or "Nothing is known to be missing" not in report.text


def safe(expected, got):
    """Where a report says more than was seen, or less than it admits; None if nowhere."""
    known, said, statuses = collections.Counter(), collections.Counter(), collections.defaultdict(set)
    for pair in expected.json["pairs"]:
        known.update({(pair["name"], verdict): count for verdict, count in verdict_counts(pair).items()})
        statuses[pair["name"]].add(pair["status"])
        if pair["aaaa"].keys() & {"empty", "unusable"}:
            statuses[pair["name"]].add("empty")  # where A is not known
    for pair in got.json["pairs"]:
        said.update({(pair["name"], verdict): count for verdict, count in verdict_counts(pair).items()})
        if pair["status"] not in statuses[pair["name"]] | {"unknown"}:
            return f"{pair['name']} {pair['status']}, not {' or '.join(sorted(statuses[pair['name']])) or 'there'}"
    for (name, verdict), count in said.items():
        if verdict != "unknown" and count > known[name, verdict]:
            return f"{name} {verdict} {count} times, not {known[name, verdict]}"
    if not got.pairs.keys() <= expected.pairs.keys():
        return f"origins that are none: {sorted(got.pairs.keys() - expected.pairs.keys())[:2]}"
    if got.json["records"] != expected.json["records"] and not admits_loss(got):
        return f"{got.json['records']} records of {expected.json['records']}, and nothing is said to be missing"
    if said != known and not admits_loss(got):
        return "answers are unknown, and nothing is said to be missing"
    return None
