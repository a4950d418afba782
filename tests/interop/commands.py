#!/usr/bin/env python3
"""Every form of command that r53tail tells people to run, read by the AWS CLI's own parser.

    target/live/bin/python tests/interop/commands.py target/debug/r53tail

Needs botocore and awscli (`.ci/run` puts them there). The commands are those of the findings and plans of every log in
`fixtures/corpus` and `fixtures/scenarios`, and of `src/knowledge/catalog/owners.toml`. The AWS CLI parses each, checks its
arguments against the model of the service, and sends it to a server on loopback that refuses everything: an exit code of
252 says that the command is not one, and one that sends nothing was refused for its arguments.
"""

import contextlib
import http.server
import io
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import threading
import tomllib

import scenarios

ROOT = pathlib.Path(__file__).resolve().parents[2]
QUOTED = re.compile(r"`([^`]*)`")
INNER = re.compile(r'"\$\((aws [^()]*(?:\([^()]*\)[^()]*)*)\)"')
# What is filled in for the parts of a command that the reader has to look up, by what stands there.
PLACES = {"{r}": "eu-west-1", "{id}": "fs-0123456789abcdef0", "{stem}": "abc", "{tail}": "123",
          "SUBNET": "subnet-0123456789abcdef0"}
# What is of this machine alone and asks no service.
LOCAL = ("configure", "set")


def texts(value):
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def commands(binary, folder):
    """The commands that reports and the table of owners hold, with where each is from."""
    owners = tomllib.loads((ROOT / "src/knowledge/catalog/owners.toml").read_text("utf-8"))
    for owner in owners["owner"]:
        for command in owner.get("commands", []):
            yield command, f"owners.toml, {owner['product']}"
    for file in sorted((ROOT / "fixtures").glob("*/*.toml")):
        content = tomllib.loads(file.read_text("utf-8"))
        if "records" not in content:
            continue
        log = folder / "log"
        log.write_text("".join(scenarios.record_lines(content["records"])), "utf-8")
        arguments = [binary, "report", str(log), "-f", "json", "--limit", "0", *content.get("args", [])]
        run = subprocess.run(arguments, capture_output=True, text=True, env={"HOME": str(folder)})
        if run.returncode not in (0, 1, 3):
            raise SystemExit(f"{file.name}: {run.stderr}")
        report = json.loads(run.stdout)
        for text in texts([report["findings"], report["plan"]]):
            for command in QUOTED.findall(text):
                if command.startswith("aws "):
                    yield command, file.name


def form(words):
    """What makes two commands the same form: the operation and the names of the options."""
    return (*words[1:3], *sorted({word.split("=")[0] for word in words[3:] if word.startswith("--")}))


class Refusal(http.server.BaseHTTPRequestHandler):
    """Notes what was asked, and refuses it."""

    asked = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.asked.append((self.command, self.path, self.headers.get("X-Amz-Target") or "", body))
        content = b'{"__type":"AccessDeniedException","message":"no"}'
        self.send_response(403)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_PATCH = do_DELETE = do_POST

    def log_message(self, *_):
        pass


def parsed(words, endpoint):
    """What the AWS CLI says of a command: nothing if it sent it."""
    from awscli.clidriver import create_clidriver
    Refusal.asked.clear()
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = create_clidriver().main([*words[1:], "--endpoint-url", endpoint])
        except SystemExit as ended:
            code = ended.code
    # 252: the command could not be parsed; 254, 255: it was sent, and refused.
    if code in (254, 255) and Refusal.asked or code == 0 and tuple(words[1:3]) == LOCAL:
        return ""
    return f"exit {code}, {len(Refusal.asked)} requests: {(err.getvalue() or out.getvalue()).strip()[-300:]}"


def main():
    binary = os.path.abspath(sys.argv[1])
    forms, where = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for command, source in commands(binary, pathlib.Path(folder)):
            for place, word in PLACES.items():
                command = command.replace(place, word)
            # A command inside another is one of its own, and a value where it stands.
            for inner in INNER.findall(command):
                words = shlex.split(inner)
                forms.setdefault(form(words), words)
                where.setdefault(form(words), source)
            words = shlex.split(INNER.sub("subnet-0123456789abcdef0", command))
            if any(word.startswith("$(") for word in words):
                raise SystemExit(f"{source}: a command in a command that is not read: {command}")
            forms.setdefault(form(words), words)
            where.setdefault(form(words), source)
        os.environ.update({"HOME": folder, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
                           "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1", "AWS_MAX_ATTEMPTS": "1",
                           "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": ""})
        failed = 0
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusal) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            endpoint = f"http://127.0.0.1:{server.server_port}"
            for key, words in sorted(forms.items()):
                problem = parsed(words, endpoint)
                if problem:
                    failed += 1
                    print(f"FAIL {shlex.join(words)}\n     from {where[key]}: {problem}")
            server.shutdown()
    print(f"{len(forms)} forms of command, {failed} that the AWS CLI does not take")
    # A table that could not be read, or reports without commands, would pass everything.
    return 1 if failed or len(forms) < 30 else 0


if __name__ == "__main__":
    sys.exit(main())
