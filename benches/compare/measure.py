"""Runs programs and says what they cost. Run as a program it compares two answers, in a process of its own."""

import os
import statistics
import subprocess
import sys
from pathlib import Path
import time
from dataclasses import asdict, dataclass


@dataclass
class Run:
    """One run of one program, to its end."""

    wall: float
    cpu: float
    peak_mib: float


def run(command, out=os.devnull, inner=None):
    """Runs `command` with its output in the file `out`.

    `inner`, if given, names a file in which the program left its own wall seconds: they replace the outer ones, so that
    the start of an interpreter is not held against what it runs. The peak comes from the kernel, and is never below
    that of this process at the time of the fork, some 15 MiB: keep this process small.
    """
    with open(out, "wb") as file:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdout=file, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        tail = said.decode(errors="replace")[-2000:]
        sys.exit(f"`{' '.join(map(str, command))}` ended with {child.returncode}\n{tail}")
    if inner:
        with open(inner, encoding="utf-8") as file:
            wall = float(file.read())
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def interleaved(contenders, times):
    """Runs each of the named contenders once, then each again, so that a noisy minute hits all alike."""
    runs = {name: [] for name in contenders}
    for turn in range(times):
        for name, act in contenders.items():
            print(f"  {turn + 1}/{times} {name}", file=sys.stderr, flush=True)
            runs[name].append(act())
    return runs


@dataclass
class Figures:
    """What several runs of one program come to."""

    name: str
    least: float
    median: float
    # The least of both kinds together: on a machine that does other work it says more than wall time.
    cpu: float
    peak_mib: float

    @classmethod
    def of(cls, name, runs, scale=1.0):
        return cls(
            name,
            min(run.wall for run in runs) * scale,
            statistics.median(run.wall for run in runs) * scale,
            min(run.cpu for run in runs) * scale,
            max(run.peak_mib for run in runs),
        )


def table(figures, base):
    """A Markdown table; the ratios are of the least times, against the row named `base`."""
    least = next((row for row in figures if row.name == base), None)
    lines = [
        f"| what | least s | median s | least CPU s | peak MiB | time / {base} | CPU / {base} |" if least else
        "| what | least s | median s | least CPU s | peak MiB | | |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for row in figures:
        ratio = f"{row.least / least.least:.2f} | {row.cpu / least.cpu:.2f}" if least else " | "
        lines.append(
            f"| {row.name} | {row.least:.3f} | {row.median:.3f} | {row.cpu:.3f} | {row.peak_mib:.0f} | {ratio} |"
        )
    return "\n".join(lines)


def raw(runs):
    return {name: [asdict(run) for run in each] for name, each in runs.items()}


def difference(left, right, shown=5):
    """What two answers, dicts of rows, do not agree on, as text; empty if they are equal."""
    if left == right:
        return ""
    lines = [f"{len(left)} rows against {len(right)}"]
    different = sorted(key for key in left.keys() | right.keys() if left.get(key) != right.get(key))
    lines.append(f"{len(different)} differ, of which the first:")
    lines += [f"  {key}: {left.get(key)} against {right.get(key)}" for key in different[:shown]]
    return "\n".join(lines)


def equal(left, right):
    """Compares two files of rows in another process, which may grow as this one must not; leaves if they differ."""
    done = subprocess.run([sys.executable, __file__, left, right], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"the answers differ: {left} against {right}\n{done.stdout}")
    return done.stdout.strip()


def main():
    import question

    answers = []
    for path in sys.argv[1:3]:
        if path.endswith(".ndjson"):
            read = question.read_pairs
        else:
            read = question.read_table if Path(path).name.startswith("r53tail") else question.read_rows
        rows = list(read(path))
        answers.append(dict(rows))
        if len(answers[-1]) != len(rows):
            sys.exit(f"{path} has a row twice")
    found = difference(*answers)
    if found or not answers[0]:
        print(found or "both are empty")
        sys.exit(1)
    records = sum(count for count, _, _ in answers[0].values())
    pairs = len({key[:4] for key in answers[0]})
    print(f"{len(answers[0])} rows, {pairs} pairs, {records} records")


if __name__ == "__main__":
    main()
