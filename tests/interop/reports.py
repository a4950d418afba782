"""What r53tail reports of a file, and how two reports part."""

import collections
import json
import os
import subprocess


class Report:
    """What the program makes of a file, in three formats."""

    def __init__(self, binary, file):
        self.binary, self.file = binary, file
        self.code, out, self.error = self.run("json")
        nothing = {"records": 0, "malformed": 0, "ignored": 0, "first": None, "last": None, "pairs": []}
        self.json = json.loads(out) if out.strip() else nothing
        self.text = "".join(self.run("text")[1:])
        self.csv = self.run("csv", "--wide")[1]
        self.pairs = {key(pair): pair for pair in self.json["pairs"]}

    def run(self, format, *options):
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "TZ": "UTC", "NO_COLOR": "1"}
        run = subprocess.run([self.binary, "report", "--format", format, *options, self.file], capture_output=True,
                             env=environment, timeout=120)
        return run.returncode, run.stdout.decode(), run.stderr.decode()

    def line(self):
        """The numbers that matter, for people."""
        statuses = collections.Counter(pair["status"] for pair in self.json["pairs"])
        unknown = sum(verdict_counts(pair)["unknown"] for pair in self.json["pairs"])
        return (f"exit {self.code}, {self.json['records']} records, {self.json['malformed']} malformed, "
                + (", ".join(f"{count} {status}" for status, count in sorted(statuses.items())) or "no pairs")
                + (f", {unknown} answers unknown" if unknown else ""))


def key(pair):
    return pair["origin"]["id"], pair["origin"]["vpc"], pair["name"]


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
    for what, keys in (("not expected", got.pairs.keys() - expected.pairs.keys()),
                       ("missing", expected.pairs.keys() - got.pairs.keys())):
        if keys:
            return f"{len(keys)} pairs {what}, one is {min(keys)}"
    for key, pair in expected.pairs.items():
        other = got.pairs[key]
        counts, others = verdict_counts(pair), verdict_counts(other)
        if may_be_unknown and others["unknown"]:
            # As many as were empty; and of those that were not, each.
            if seen(counts) != seen(others) or counts.total() != others.total():
                return f"{key}: {dict(others)}, not {dict(counts)}"
            if other["status"] not in {pair["status"], "unknown", "empty" if others["aaaa-empty"] else "unknown"}:
                return f"{key}: status {other['status']}, not {pair['status']} or unknown"
            continue
        if counts != others:
            return f"{key}: {dict(others)}, not {dict(counts)}"
        for what in ("status", "origin", "ipv4", "ipv6", "newest_aaaa", "cname_only"):
            if pair[what] != other[what]:
                return f"{key}: {what} {other[what]}, not {pair[what]}"
    if may_be_unknown and any(verdict_counts(pair)["unknown"] for pair in got.json["pairs"]) and not admits_loss(got):
        return "answers are unknown, and nothing is said to be missing"
    if not may_be_unknown and expected.csv != got.csv:
        return "the same pairs as JSON, others as CSV"
    return None


def seen(counts):
    return {verdict: count for verdict, count in counts.items() if verdict not in ("aaaa-empty", "a-empty", "unknown")}


def admits_loss(report):
    """Whether a report says that not all was seen."""
    return report.code != 0 or "No part of the log is known to be missing" not in report.text


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
