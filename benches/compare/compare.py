#!/usr/bin/env python3
"""Asks r53tail, DuckDB and jq the same question of the same logs, side by side, and compares cost and answers.

    compare.py --case plain             all that README.md lists under this name
    compare.py --case all --json FILE   every case, raw figures to FILE
    compare.py --self-check             is DuckDB's answer right? held against plain Python on small logs

Needs Python 3.11, cargo, and network once, for DuckDB from PyPI (into target/compare-venv).
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from functools import cached_property
from pathlib import Path

import measure
import question
import shapes

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", PROJECT / "target"))
DUCKDB = "duckdb==2.0.0"
# One fleet for all sizes: every pair is in the smallest log already, and no instance comes or goes.
SAME_PAIRS = ["--pairs", "100000", "--churn", "0"]
JQ_RECORDS = 50_000


class Bench:
    def __init__(self, options):
        self.options = options
        self.data = Path(options.data)
        self.data.mkdir(parents=True, exist_ok=True)
        self.binary = Path(options.binary)
        self.raw = {}

    # -- what it works with

    def tool(self, name):
        """The path of one of the examples."""
        return self.examples / name

    @cached_property
    def examples(self):
        """Where the examples are, built."""
        command = ["cargo", "build", "--quiet", "--release", "--examples"]
        subprocess.run(command, cwd=PROJECT, check=True, env={**os.environ, "CARGO_TARGET_DIR": str(TARGET)})
        return TARGET / "release" / "examples"

    @cached_property
    def python(self):
        """A Python that has DuckDB, in an environment of its own."""
        home = TARGET / "compare-venv"
        python = home / "bin" / "python"
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", DUCKDB], check=True)
        return python

    def log(self, name, records, *more, objects=200):
        """A generated log, made once: `name` ends in .log or .gz, or is a folder of so many objects."""
        stem = f"{records}-{name}"
        path = self.data / stem
        if not path.exists():
            layout = {".log": "plain", ".gz": "gz"}.get(path.suffix, "gz-files")
            half = self.data / f"half-{stem}"
            shutil.rmtree(half, ignore_errors=True)
            command = [self.tool("generate"), "--records", str(records), "--seed", "1", *more, "--layout", layout, half]
            subprocess.run([*command, str(objects)] if layout == "gz-files" else command, check=True)
            half.rename(path)
        return path

    def warm(self, path):
        """Reads all of it from the disk, so that every contender finds it in memory, as reading leaves it there."""
        for file in [path] if path.is_file() else path.rglob("*"):
            if file.is_file():
                with open(file, "rb") as stream:
                    os.fsync(stream)
                    os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
                    while stream.read(1 << 20):
                        pass

    # -- who takes part

    def r53tail(self, form, threads, path):
        out = self.data / f"r53tail.{form}"
        wide = ["--wide"] if form == "csv" else []
        command = [self.binary, "report", "--threads", str(threads), "--format", form, *wide, path]
        return lambda: measure.run(command, out)

    def before(self, form, threads, path):
        """An earlier build, to see what became of it."""
        command = [self.options.before, "report", "--threads", str(threads), "--format", form, path]
        return lambda: measure.run(command)

    def duckdb(self, threads, path, out=None, shape="plain"):
        """DuckDB on a file, or on all objects below a folder."""
        out = out or self.data / "duckdb.csv"
        statement, seconds = self.data / f"{out.stem}.sql", self.data / f"{out.stem}.seconds"
        statement.write_text(question.duckdb_sql(path if path.is_file() else path / "**" / "*.gz", out, shape))
        command = [self.python, HERE / "duck.py", str(threads), statement, seconds]
        return lambda: measure.run(command, inner=seconds)

    def jq(self, path):
        return lambda: measure.run(["jq", "-n", "-r", question.JQ, path], self.data / "jq.csv")

    def inflate(self, threads, path):
        command = [self.tool("inflate"), "--threads", str(threads), path]
        return lambda: measure.run(command)

    # -- the cases

    def report(self, title, contenders, base, more=()):
        runs = measure.interleaved(contenders, self.options.times)
        figures = [measure.Figures.of(name, each) for name, each in runs.items()]
        print(f"\n## {title}\n\n{measure.table([*figures, *more], base)}\n", flush=True)
        self.raw[title] = measure.raw(runs)

    def contest(self, title, path, threads, others, more=(), forms=("ndjson", "csv", "text")):
        """r53tail in each form against DuckDB and the others; then, are the answers the same?"""
        self.warm(path)
        contenders = {}
        if not self.options.without_r53tail:
            contenders = {f"r53tail {form}": self.r53tail(form, threads, path) for form in forms}
        contenders["DuckDB"] = self.duckdb(threads, path)
        contenders.update(others)
        base = "DuckDB" if self.options.without_r53tail else "r53tail csv"
        self.report(f"{title}: {threads} threads", contenders, base, more)
        if not self.options.without_r53tail:
            for form in (form for form in forms if form != "text"):
                said = measure.equal(str(self.data / f"r53tail.{form}"), str(self.data / "duckdb.csv"))
                print(f"Answers: r53tail's ({form}) and DuckDB's are equal, {said}.\n", flush=True)

    def plain(self, threads=2):
        path = self.log("plain.log", self.options.records)
        more = self.slice_for_jq(path) if threads == 2 else []
        others = {"line count (`wc -l`, one thread)": lambda: measure.run(["wc", "-l", path])}
        if self.options.before:
            others |= {f"r53tail {form}, before": self.before(form, threads, path) for form in ("csv", "text")}
        self.contest("One plain file", path, threads, others, more)

    def slice_for_jq(self, path):
        """jq on the first records only, scaled to all of them; its answer is checked, too."""
        if not shutil.which("jq"):
            print("jq is not installed: left out", file=sys.stderr)
            return []
        part = self.data / "slice.log"
        with open(path, "rb") as whole, open(part, "wb") as file:
            file.writelines(line for line, _ in zip(whole, range(JQ_RECORDS)))
        runs = [self.jq(part)()]
        self.duckdb(1, part, self.data / "slice.csv")()
        measure.equal(str(self.data / "jq.csv"), str(self.data / "slice.csv"))
        scale = self.options.records / min(JQ_RECORDS, self.options.records)
        return [measure.Figures.of(f"jq (on {min(JQ_RECORDS, self.options.records)} records, times {scale:.0f})", runs, scale)]

    def plain_1thread(self):
        self.plain(threads=1)

    def gz_files(self):
        path = self.log("gz-files", self.options.records)
        self.contest("200 gzip files", path, 2, {"inflating alone": self.inflate(2, path)}, forms=("csv", "ndjson"))

    def gz_many(self):
        """The same records in many small objects, as quiet VPCs deliver them."""
        path = self.log("gz-many", self.options.records, objects=10_000)
        others = {"inflating alone": self.inflate(2, path)}
        if self.options.before:
            others["r53tail csv, before"] = self.before("csv", 2, path)
        self.contest("10,000 gzip files", path, 2, others, forms=("csv",))

    def gz_one(self):
        path = self.log("one.gz", self.options.records)
        self.contest("One gzip file", path, 2, {"inflating alone": self.inflate(1, path)}, forms=("csv", "ndjson"))

    def shapes(self):
        """The same records in every spelling, on one thread, each against DuckDB on the same file."""
        plain = self.log("shapes.log", self.options.shape_records, "--pairs", "60000")
        self.warm(plain)
        canonical = {"r53tail csv, canonical": self.r53tail("csv", 1, plain)}
        self.duckdb(2, plain, self.data / "canonical.csv")()
        for shape in self.options.shapes.split(","):
            path = self.spelled(shape, plain)
            self.warm(path)
            contenders = {"r53tail csv": self.r53tail("csv", 1, path), **canonical}
            if self.options.before:
                contenders["r53tail csv, before"] = self.before("csv", 1, path)
            if question.sql_source(path, shape):
                contenders["DuckDB"] = self.duckdb(1, path, self.data / "shape.csv", shape)
            self.report(f"Spelled as {shape}: 1 thread", contenders, "r53tail csv")
            self.r53tail("csv", 1, path)()
            for name in ["r53tail.csv", *(["shape.csv"] if "DuckDB" in contenders else [])]:
                said = measure.equal(str(self.data / name), str(self.data / "canonical.csv"))
                print(f"Answers: {name} is that of the canonical log, {said}.\n", flush=True)

    def spelled(self, shape, plain):
        """The log `plain` in another spelling, made once."""
        path = self.data / f"{plain.stem}-{shape}.log"
        if not path.exists():
            command = [sys.executable, HERE / "shapes.py", shape, plain, self.data / "half-shape"]
            subprocess.run(command, check=True)
            (self.data / "half-shape").rename(path)
        return path

    def parquet(self):
        """The events of Security Lake as Parquet, packed with zstd, on one and two threads."""
        plain = self.log("shapes.log", self.options.shape_records, "--pairs", "60000")
        self.duckdb(2, plain, self.data / "canonical.csv")()
        path = self.data / f"{plain.stem}-lake.parquet"
        if not path.exists():
            events, half = self.spelled("ocsf", plain), self.data / "half.parquet"
            source = f"read_json('{events}', format = 'newline_delimited', sample_size = -1, map_inference_threshold = -1)"
            make = f"COPY (FROM {source}) TO '{half}' (FORMAT parquet, COMPRESSION zstd)"
            subprocess.run([self.python, "-c", f"import duckdb; duckdb.sql({make!r})"], check=True)
            half.rename(path)
        self.warm(path)
        for threads in (1, 2):
            contenders = {"r53tail csv": self.r53tail("csv", threads, path)}
            contenders["DuckDB"] = self.duckdb(threads, path, self.data / "shape.csv", "parquet")
            self.report(f"Security Lake's Parquet: {threads} threads", contenders, "r53tail csv")
            for name in ("r53tail.csv", "shape.csv"):
                said = measure.equal(str(self.data / name), str(self.data / "canonical.csv"))
                print(f"Answers: {name} is that of the canonical log, {said}.\n", flush=True)

    def shapes_growth(self):
        """The same pairs in ever more records, in the spellings that are read slowest."""
        for shape in ("ocsf", "filter"):
            contenders = {}
            for records in (100_000, 300_000, 1_000_000):
                path = self.spelled(shape, self.log("growth.log", records, "--pairs", "30000", "--churn", "0"))
                self.warm(path)
                contenders[str(records)] = self.r53tail("csv", 1, path)
            self.grown(f"Growth of {shape}: the same pairs, 1 thread", contenders)

    def growth(self):
        """The same pairs in ever more records. Above 3 million a folder of links to one file stands for a longer log."""
        contenders = {}
        for records in map(int, self.options.sizes.split(",")):
            parts, part = (records // 3_000_000, 3_000_000) if records > 3_000_000 else (1, records)
            path = self.log("growth.log", part, *SAME_PAIRS)
            if parts > 1:
                folder = self.data / f"growth-{records}"
                folder.mkdir(exist_ok=True)
                for number in range(parts):
                    link = folder / f"{number:03}.log"
                    link.unlink(missing_ok=True)
                    os.link(path, link)
                path = folder
            self.warm(path)
            contenders[f"{parts * part}"] = self.r53tail("ndjson", 2, path)
        self.grown("Growth: the same pairs, 2 threads", contenders)

    def grown(self, title, contenders):
        """A table of contenders that are named by their records."""
        runs = measure.interleaved(contenders, self.options.times)
        self.raw[title] = measure.raw(runs)
        print(f"\n## {title}\n")
        print("| records | least s | least CPU s | CPU ns a record | peak MiB |\n|---:|---:|---:|---:|---:|")
        for name, each in runs.items():
            row = measure.Figures.of(name, each)
            cost = row.cpu / int(name) * 1e9
            print(f"| {name} | {row.least:.3f} | {row.cpu:.3f} | {cost:.0f} | {row.peak_mib:.0f} |", flush=True)

    def memory(self):
        """Peak memory of a report, by input and threads."""
        contenders = {}
        for name in ("plain.log", "gz-files", "one.gz"):
            path = self.log(name, self.options.records)
            self.warm(path)
            for threads in (1, 2):
                contenders[f"{name}, {threads} threads"] = self.r53tail("ndjson", threads, path)
        contenders["DuckDB, plain.log, 2 threads"] = self.duckdb(2, self.log("plain.log", self.options.records))
        self.report("Peak memory", contenders, "plain.log, 2 threads")

    def tiny(self):
        """One record, the whole process."""
        path = self.log("tiny.log", 1, "--vpcs", "1", "--instances", "1", "--names", "10", "--pairs", "1")
        contenders = {
            "r53tail text": self.r53tail("text", 2, path),
            "r53tail ndjson": self.r53tail("ndjson", 2, path),
            "a process that does nothing (`true`)": lambda: measure.run(["true"]),
        }
        times, self.options.times = self.options.times, 20
        self.report("One record", contenders, "r53tail ndjson")
        self.options.times = times

    # -- is the oracle right?

    def self_check(self):
        """Small logs with every verdict and every kind of origin: plain Python, DuckDB, jq and r53tail must agree."""
        edges = self.data / "self-check-edges.log"
        with open(edges, "w", encoding="utf-8") as file:
            file.writelines(question.edge_records())
        self.agree(edges, 5, 1)
        for mix, verdicts in (("all", 9 + 8), ("aaaa", 9)):
            path = self.data / f"self-check-{mix}.log"
            fleet = ["--vpcs", "6", "--instances", "300", "--names", "3000", "--pairs", "6000", "--churn", "20"]
            command = [self.tool("generate"), "--records", "20000", "--mix", mix, *fleet, "--layout", "plain", path]
            subprocess.run(command, check=True)
            self.agree(path, verdicts, 4)

    def agree(self, path, verdicts, kinds):
        """Holds every answer against that of plain Python, in which so many verdicts and kinds of origin must occur."""
        truth = question.plain_rows(path)
        found = ({(key[4], key[5]) for key in truth}, {key[0] for key in truth})
        if [len(each) for each in found] != [verdicts, kinds]:
            sys.exit(f"{path.name} does not show all that it should: {found}")
        self.duckdb(2, path)()
        answers = {"DuckDB": question.read_rows(self.data / "duckdb.csv")}
        if shutil.which("jq"):
            self.jq(path)()
            answers["jq"] = question.read_rows(self.data / "jq.csv")
        if self.binary.exists() and not self.options.without_r53tail:
            self.r53tail("ndjson", 2, path)()
            answers["r53tail"] = question.read_pairs(self.data / "r53tail.ndjson")
        for name, rows in answers.items():
            difference = measure.difference(truth, dict(rows))
            if difference:
                sys.exit(f"{path.name}: plain Python against {name}: {difference}")
        print(f"{path.name}: {len(truth)} rows, {verdicts} verdicts; plain Python = {' = '.join(answers)}", flush=True)


def machine():
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}, {time.strftime('%Y-%m-%d')}, {DUCKDB}"


CASES = {
    "plain": Bench.plain,
    "plain-1thread": Bench.plain_1thread,
    "gz-files": Bench.gz_files,
    "gz-many": Bench.gz_many,
    "gz-one": Bench.gz_one,
    "shapes": Bench.shapes,
    "parquet": Bench.parquet,
    "shapes-growth": Bench.shapes_growth,
    "growth": Bench.growth,
    "memory": Bench.memory,
    "tiny": Bench.tiny,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--case", action="append", choices=[*CASES, "all"], help="may be given several times")
    what.add_argument("--self-check", action="store_true")
    parser.add_argument("--binary", default=TARGET / "release" / "r53tail", help="the r53tail to measure")
    parser.add_argument("--without-r53tail", action="store_true", help="measure the others alone")
    parser.add_argument("--data", default=Path(tempfile.gettempdir()) / "r53tail-compare", help="where logs are kept")
    parser.add_argument("--records", type=int, default=3_000_000)
    parser.add_argument("--sizes", default="300000,3000000,30000000", help="records of the growth case")
    parser.add_argument("--before", help="an earlier build to measure beside it")
    parser.add_argument("--shapes", default=",".join(shapes.SHAPES), help="the spellings of the case `shapes`")
    parser.add_argument("--shape-records", type=int, default=300_000, help="records of the case `shapes`")
    parser.add_argument("--times", type=int, default=5, help="runs of each contender")
    parser.add_argument("--json", help="write every single run to this file")
    options = parser.parse_args()
    bench = Bench(options)
    if options.self_check:
        return bench.self_check()
    if not options.without_r53tail and not bench.binary.exists():
        sys.exit(f"there is no `{bench.binary}`: run `cargo build --release` first, or name one with --binary")
    print(f"{machine()}; {options.records} records, {options.times} runs of each, in turn")
    for name in CASES if "all" in options.case else options.case:
        if options.without_r53tail and name in ("growth", "memory", "shapes-growth", "tiny"):
            print(f"{name} is about r53tail: left out", file=sys.stderr)
        else:
            CASES[name](bench)
    if options.json:
        Path(options.json).write_text(json.dumps({"machine": machine(), "runs": bench.raw}, indent=1))


if __name__ == "__main__":
    main()
