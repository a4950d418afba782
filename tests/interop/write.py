"""Writes forms of a query log, in an environment that has their engine.

    PYTHON tests/interop/write.py FOLDER NAME…      writes these forms of FOLDER/plain.jsonl into FOLDER

For each form a line of JSON says whether it was written.
"""

import contextlib
import json
import pathlib
import sys

import forms


def main():
    folder, table = pathlib.Path(sys.argv[1]), forms.load()
    for name in sys.argv[2:]:
        error = None
        try:
            with contextlib.redirect_stdout(sys.stderr):
                table[name].write(folder / "plain.jsonl", folder / name)
        except Exception as problem:  # whatever an engine raises: the form could not be written
            error = f"{type(problem).__name__}: {problem}"
        print(json.dumps({"name": name, "error": error}), flush=True)


if __name__ == "__main__":
    main()
