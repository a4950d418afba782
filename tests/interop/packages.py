"""Other people's programs, put under `target/` the first time they are asked for.

Nothing is installed on the machine.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

TARGET = pathlib.Path(__file__).resolve().parents[2] / "target"


class Missing(Exception):
    """Something cannot be had here."""


def run(command, folder=None):
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    except OSError as error:
        raise Missing(f"{command[0]}: {error.strerror}") from error
    if done.returncode:
        raise Missing(f"{' '.join(map(str, command))}: {done.stderr.strip().splitlines()[-1:] or done.returncode}")
    return done.stdout


def once(folder, wanted, make):
    """`folder`, made by `make` unless it was made for just this."""
    mark = folder / "ready"
    wanted = "\n".join(wanted)
    with contextlib.suppress(OSError):
        if mark.read_text() == wanted:
            return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    make()
    mark.write_text(wanted)
    return folder


def python(name, requirements):
    """A virtual environment with these packages."""
    folder = TARGET / "interop" / name

    def make():
        run([sys.executable, "-m", "venv", folder])
        run([folder / "bin" / "python", "-m", "pip", "install", "-q", *requirements])

    return once(folder, requirements, make) / "bin"


def debian(name, packages):
    """Debian packages, unpacked into one folder: as they are, with what they need named beside them."""
    folder = TARGET / "interop" / name

    def make():
        run(["apt-get", "download", "-q", *packages], folder)
        for file in sorted(folder.glob("*.deb")):
            run(["dpkg-deb", "-x", file, folder])
            file.unlink()

    return once(folder, packages, make)


def npm(name, package):
    """An npm package, unpacked."""
    folder = TARGET / "interop" / name

    def make():
        archive = run(["npm", "pack", "--silent", package], folder).strip().splitlines()[-1]
        with tarfile.open(folder / archive) as packed:
            packed.extractall(folder, filter="data")
        (folder / archive).unlink()

    return once(folder, [package], make) / "package"


def libraries(folder):
    """The environment in which programs of an unpacked Debian folder find its libraries."""
    found = sorted({str(file.parent) for file in folder.rglob("*.so*")})
    return os.environ | {"LD_LIBRARY_PATH": ":".join(found), "LC_ALL": "C.UTF-8"}
