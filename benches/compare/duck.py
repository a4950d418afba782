"""Runs one SQL statement in DuckDB: `duck.py THREADS STATEMENT-FILE SECONDS-FILE`. The time leaves out the start."""

import sys
import time
from pathlib import Path

import duckdb

threads, statement, seconds = sys.argv[1:]
connection = duckdb.connect()
connection.execute(f"SET threads = {int(threads)}")
connection.execute("SET preserve_insertion_order = false")
connection.execute("SET enable_progress_bar = false")
text = Path(statement).read_text(encoding="utf-8")
began = time.perf_counter()
connection.execute(text)
Path(seconds).write_text(f"{time.perf_counter() - began}", encoding="utf-8")
