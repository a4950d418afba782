"""The forms in which engines and clients write a query log: one table, a row a form.

A name is that of the file; what stands before its first `-` is the engine. What writes it runs in an environment that
has the engine, by `write.py`; so engines are imported where they are used. `load` fills the table.
"""

import collections
import importlib
import json
import subprocess

# What the report on a form must be.
EXPECTATIONS = {
    "whole": "that on the plain log",
    "pairs": "its pairs; records of other types than A and AAAA may be unreadable, if that is said",
    "outer": "the same, but of two queries that are wholly alike one may be left, and an empty answer may be unknown: "
             "nothing tells an empty list from none",
    "answered": "that on the records that have answers, as the others have no row; of two alike one may be left",
    "some": "that on the first twenty records, and a word on there being more",
    "first": "that on the first twenty records; that there is more does not show",
    "more": "that on the plain log, and a word on there being more",
    "safe": "the form cannot hold it all: nothing is called empty that was not, no record goes in silence",
    "loud": "as safe, and if nothing was read the exit code says so",
}
Form = collections.namedtuple("Form", "name expect write says")
FORMS = {}


def load():
    for module in ("tables", "databases", "clients"):
        importlib.import_module(module)
    return FORMS


def form(name, expect, write, says=""):
    """`write` gets the plain log and the file to be written; `says` has to be in what the program says."""
    assert expect in EXPECTATIONS and name not in FORMS, name
    FORMS[name] = Form(name, expect, write, says)


def records(log):
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def text(make):
    """A form that is a text made of the log."""
    return lambda log, out: out.write_text(make(log), encoding="utf-8")


def output_of(*command):
    """What a program prints; `LOG` in its arguments is the log."""
    def write(log, out):
        words = [str(log) if word == "LOG" else word for word in command]
        with open(out, "wb") as file:
            run = subprocess.run(words, stdout=file, stderr=subprocess.PIPE)
        if run.returncode:
            raise RuntimeError(run.stderr.decode(errors="replace"))
    return write


def to_csv(table, out, **how):
    """A data frame of pandas as CSV, without its index unless asked for."""
    table.to_csv(out, **({"index": False} | how))


def to_lines(table, out):
    table.to_json(out, orient="records", lines=True)


def to_records(table, out):
    table.to_json(out, orient="records")
