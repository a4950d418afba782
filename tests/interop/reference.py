#!/usr/bin/env python3
"""Holds r53tail against an independent judge.

    reference.py report [OPTIONS] FILE          the judge's own answer, with the options of `r53tail report`
    reference.py scenarios DIR                  every scenario file against the judge
    reference.py generate [--seed N]            a random log on standard output
    reference.py compare BINARY [--seed N] [--logs N]
                                                r53tail against the judge on random logs
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import generate
import judge
import scenarios

COMPARED = ("schema", "records", "malformed", "ignored", "first", "last", "loss", "unknown", "partial", "masked_sources")


def report_options(parser):
    parser.add_argument("--format", choices=["json"], default="json")
    parser.add_argument("--nat64-prefix", action="append", default=[])
    for limit in ("--since", "--until"):
        parser.add_argument(limit, type=judge.parse_time)
    for choice in ("--origin", "--name", "--vpc", "--status", "--verdict", "--fail-on"):
        parser.add_argument(choice, type=lambda text: text.split(","), default=[])
    parser.add_argument("file", type=pathlib.Path)


def run_report(options):
    """The report that the options ask for, and the exit code."""
    def keep(pair):
        wanted = [(options.origin, pair["origin"]["id"]), (options.vpc, pair["origin"]["vpc"]),
                  ([judge.canonical_name(name) for name in options.name], pair["name"]),
                  (options.status, pair["status"]), (options.verdict, pair["newest_aaaa"])]
        return all(not choices or value in choices for choices, value in wanted)

    text = options.file.read_text(encoding="utf-8")
    report = judge.report(text, options.nat64_prefix, options.since, options.until, keep)
    report["inputs"] = [{"path": str(options.file), "format": "lines", "records": report["records"], "error": None}]
    found = any(pair["status"] in options.fail_on for pair in report["pairs"])
    bad = report["malformed"] or report["unknown"]["unreadable"]
    return report, 1 if found else 3 if bad else 0


def run_scenarios(folder):
    parser = argparse.ArgumentParser()
    report_options(parser)
    failed = 0
    files = sorted(folder.glob("*.toml"))
    with tempfile.TemporaryDirectory() as scratch:
        log = pathlib.Path(scratch, "scenario.log")
        for file in files:
            scenario = scenarios.Scenario(file)
            log.write_text(scenario.log, encoding="utf-8")
            report, code = run_report(parser.parse_args([*scenario.args, str(log)]))
            problems = scenario.differences(report)
            if code != scenario.exit:
                problems.append(f"exit code {code}, not {scenario.exit}")
            if problems:
                failed += 1
                print(f"── {scenario.name}", *problems, sep="\n  ")
    print(f"{len(files)} scenarios, {failed} failed")
    return 1 if failed or not files else 0


# ── comparing ───────────────────────────────────────────────────────────────────────────────────────────────

def first_difference(expected, got, path="report"):
    """Where two JSON values part, as a path and both sides; None if nowhere. Keys that only `got` has may be there."""
    if isinstance(expected, dict) and isinstance(got, dict):
        keys = list(expected)
        if path.rsplit(".", 1)[-1] in ("aaaa", "a", "statuses", "unknown_aaaa", "unknown_a"):  # maps by verdict or status: nothing may be added
            keys += sorted(got.keys() - expected.keys())
        pairs = [(f"{path}.{key}", expected.get(key, "(absent)"), got.get(key, "(absent)")) for key in keys]
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        pairs = [(f"{path}[{index}]", *both) for index, both in enumerate(zip(expected, got))]
    else:
        same = expected == got and isinstance(expected, bool) == isinstance(got, bool)
        return None if same else (path, expected, got)
    return next(filter(None, (first_difference(one, other, at) for at, one, other in pairs)), None)


def by_key(entries, key):
    return {"  ".join(key(entry)): scenarios.normal(entry) for entry in entries}


def find_difference(expected, got):
    """The first difference between two reports; entries are matched by what they are about, not by position."""
    for field in COMPARED:
        if difference := first_difference(expected[field], got.get(field, "(absent)"), field):
            return difference
    for field, key in (("origins", lambda entry: scenarios.origin_key(entry["origin"])), ("pairs", scenarios.pair_key)):
        one, other = by_key(expected[field], key), by_key(got[field], key)
        for name in sorted(one.keys() | other.keys()):
            difference = first_difference(one.get(name, "(absent)"), other.get(name, "(absent)"), f"{field}: {name}: ")
            if difference:
                return difference
        ids = [entry["origin"]["id"] for entry in got[field]]
        if ids != sorted(ids) or len(ids) != len(one):
            return (f"{field}: order", sorted(ids), ids)
    for before, after in zip(got["pairs"], got["pairs"][1:]):
        if before["origin"] == after["origin"] and before["name"] >= after["name"]:
            return ("pairs: order of names", sorted([before["name"], after["name"]]), [before["name"], after["name"]])
    return None


def compare(binary, seed, logs):
    parser = argparse.ArgumentParser()
    report_options(parser)
    total = 0
    with tempfile.TemporaryDirectory() as scratch:
        log = pathlib.Path(scratch, "random.log")
        for number in range(seed, seed + logs):
            text, args = generate.log(number)
            log.write_text(text, encoding="utf-8")
            expected, code = run_report(parser.parse_args([*args, str(log)]))
            run = subprocess.run([binary, "report", "--format", "json", *args, log],
                                 capture_output=True, text=True, encoding="utf-8", check=False)
            problem = None
            if run.returncode != code:
                problem = ("exit code", code, f"{run.returncode}: {run.stderr.strip()}")
            else:
                try:
                    problem = find_difference(expected, json.loads(run.stdout))
                except (ValueError, KeyError, TypeError) as error:
                    problem = ("output", "the JSON contract", f"{error!r}: {run.stdout[:400]}")
            if problem:
                explain(number, args, text, problem)
                return 1
            total += expected["records"]
    print(f"{logs} logs of {total} records from seed {seed}: no difference")
    return 0


def explain(seed, args, text, problem):
    path, expected, got = problem
    print(f"seed {seed}{''.join(f' {arg}' for arg in args)}\n  at       {path}")
    print(f"  expected {json.dumps(expected)}\n  got      {json.dumps(got)}")
    words = [word.rstrip(":") for word in path.split()]
    names = [word.rstrip(".") for word in words if word.endswith(".")]
    ids = [word for word in words if word.startswith(("i-", "rslvr-", "rni-", "device-")) or judge.any_address(word)]
    lines = [line for line in text.splitlines() if any(word in line.lower() for word in names or ids)]
    print(*(f"  {line}" for line in lines[:40]), sep="\n")
    print(f"the whole log: reference.py generate --seed {seed}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    report_options(commands.add_parser("report"))
    commands.add_parser("scenarios").add_argument("folder", type=pathlib.Path)
    commands.add_parser("generate").add_argument("--seed", type=int, default=1)
    comparing = commands.add_parser("compare")
    comparing.add_argument("binary", type=lambda path: pathlib.Path(path).resolve())
    comparing.add_argument("--seed", type=int, default=1)
    comparing.add_argument("--logs", type=int, default=200)
    options = parser.parse_args()
    if options.command == "scenarios":
        return run_scenarios(options.folder)
    if options.command == "generate":
        text, args = generate.log(options.seed)
        print(text, end="")
        print(f"options: {' '.join(args) or 'none'}", file=sys.stderr)
        return 0
    if options.command == "compare":
        return compare(options.binary, options.seed, options.logs)
    report, code = run_report(options)
    print(json.dumps(report, indent=2))
    return code


if __name__ == "__main__":
    sys.exit(main())
