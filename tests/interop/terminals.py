#!/usr/bin/env python3
"""The console in real terminals under Xvfb: what each says of itself, which colors and signs the console takes for it,
whether each sign that it writes is as wide as it is taken to be, and that no answer of the terminal is taken for keys.

    python3 tests/interop/terminals.py BINARY [--only NAME] [--pictures FOLDER] [--modules FOLDER]

Debian: apt-get install xvfb xterm rxvt-unicode mlterm kitty tmux screen gir1.2-vte-2.91 gir1.2-gtk-3.0 python3-gi
x11-apps imagemagick fonts-dejavu-core chromium nodejs npm. A terminal that is not installed is named as missing, and not
counted. xterm.js runs in Chromium: `npm install --prefix FOLDER playwright-core @xterm/xterm`, and `--modules FOLDER`.

In each terminal this file runs itself (`--inside`) between the terminal and the program, as `script` does, so that what
both sent is known. It plays the demo to its end and goes through screens and lists. A frame says only what changed: so
the picture of the terminal must be the same when the program is told to draw all of it anew (SIGCONT,
as after `fg`). Then it sends an answer that nobody asked for, and then one `q`: with a prompt
or a menu open that would not end the program. Then each sign that was written is written again, alone, and the
terminal is asked where its cursor is.
"""
import argparse
import fcntl
import json
import os
import pty
import re
import select
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import tty
import unicodedata

LIGHT, DARK = "light", "dark"
# The program's name, by palette: ink and paper as SGR with 256 colors, with 24 bits, and with 16.
BADGES = {
    "38;5;16;48;5;81": DARK, "38;2;0;0;0;48;2;95;215;255": DARK, "30;106": DARK,
    "38;5;231;48;5;25": "light or neutral", "38;2;255;255;255;48;2;0;95;175": "light or neutral",
    "97;44": "light or neutral",
}
# Where lists move, rows change their places and screens are changed; the last leaves no list selected.
KEYS = ["4", "kkkkkkk", "\x1b[5~", "\x1b[6~\x1b[B", "2jjjj", "3", "5jjj", "6s", "1"]
# What the selected row has on it tells light from neutral, which has it reversed.
SELECTED_LIGHT = ("48;5;254", "48;2;228;228;228")

VTE = """
import sys, gi
gi.require_version("Vte", "2.91"); gi.require_version("Gtk", "3.0")
from gi.repository import Vte, Gtk, Gdk, GLib
window = Gtk.Window(); terminal = Vte.Terminal(); window.add(terminal); terminal.set_size(110, 30)
ink, paper, wide = sys.argv[1], sys.argv[2], int(sys.argv[3])
def color(text):
    rgba = Gdk.RGBA(); rgba.parse(text); return rgba
terminal.set_colors(color(ink), color(paper), None)
terminal.set_cjk_ambiguous_width(wide)
terminal.connect("child-exited", lambda *_: Gtk.main_quit())
terminal.spawn_async(Vte.PtyFlags.DEFAULT, None, sys.argv[4:], None, GLib.SpawnFlags.SEARCH_PATH, None, None, -1, None, None)
window.show_all(); Gtk.main()
"""

UTF8 = {"LANG": "C.UTF-8"}
XTERM = ["xterm", "-geometry", "110x30", "-fa", "DejaVu Sans Mono", "-fs", "8"]
URXVT = ["urxvt", "-geometry", "110x30", "-fn", "xft:DejaVu Sans Mono:size=8"]
MLTERM = ["mlterm", "-g", "110x30"]
KITTY = ["kitty", "-c", "NONE", "-o", "initial_window_width=110c", "-o", "initial_window_height=30c",
         "-o", "remember_window_size=no"]
# Name, command up to the program to run, environment, the palettes that are right, whether signs are of ASCII.
CASES = [
    ("xterm, white", XTERM + ["-e"], UTF8, [LIGHT], False),
    ("xterm, black", XTERM + ["-bg", "black", "-fg", "white", "-e"], UTF8, [DARK], False),
    ("xterm, wide", XTERM + ["-cjk_width", "-e"], UTF8, [LIGHT], True),
    ("xterm, LANG=C", XTERM + ["-e"], {"LANG": "C", "LC_ALL": "C"}, [LIGHT], True),
    ("urxvt, white", URXVT + ["-bg", "white", "-fg", "black", "-e"], UTF8, [LIGHT, "neutral"], False),
    ("urxvt, black", URXVT + ["-bg", "black", "-fg", "white", "-e"], UTF8, [DARK, "neutral"], False),
    ("urxvt, cream", URXVT + ["-bg", "#fdf6e3", "-fg", "#586e75", "-e"], UTF8, ["neutral"], False),
    ("urxvt, LANG=C", URXVT + ["-bg", "black", "-fg", "white", "-e"], {"LANG": "C", "LC_ALL": "C"}, [DARK, "neutral"], True),
    ("mlterm", MLTERM + ["-e"], UTF8, [LIGHT], False),
    ("mlterm, wide", MLTERM + ["--ac=2", "-e"], UTF8, [LIGHT], True),
    ("kitty, black", KITTY + ["-o", "background=#000000"], UTF8, [DARK], False),
    ("kitty, white", KITTY + ["-o", "background=#ffffff", "-o", "foreground=#000000"], UTF8, [LIGHT], False),
    ("VTE, black", ["@vte", "white", "black", "1"], UTF8, [DARK], False),
    ("VTE, white", ["@vte", "black", "white", "1"], UTF8, [LIGHT], False),
    ("VTE, wide", ["@vte", "white", "black", "2"], UTF8, [DARK], True),
    ("xterm.js, black", ["@xtermjs", "#ffffff", "#000000"], UTF8, [DARK], False),
    ("xterm.js, white", ["@xtermjs", "#000000", "#ffffff"], UTF8, [LIGHT], False),
    ("tmux in xterm, white", XTERM + ["-e", "tmux", "-L", "@socket", "-f", "/dev/null", "new-session"], UTF8, [LIGHT, "neutral"], False),
    ("tmux in xterm, LANG=C", XTERM + ["-e", "env", "LC_ALL=C", "tmux", "-L", "@socket", "-f", "/dev/null", "new-session"], UTF8, [LIGHT, "neutral"], True),
    ("screen in xterm, white", XTERM + ["-e", "screen", "-U", "-c", "/dev/null", "-m"], UTF8, [LIGHT, "neutral"], False),
    ("screen in xterm, black", XTERM + ["-bg", "black", "-fg", "white", "-e", "screen", "-U", "-c", "/dev/null", "-m"], UTF8, [DARK, "neutral"], False),
]


def size_of(fd):
    return struct.unpack("HHHH", fcntl.ioctl(fd, termios.TIOCGWINSZ, b"\0" * 8))


class Relay:
    """The program in a terminal of its own, between it and the one that this runs in."""

    def __init__(self, command):
        self.child, self.master = pty.fork()
        if self.child == 0:
            os.execvp(command[0], command)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", *size_of(0)))
        self.written, self.answered = b"", b""

    def run(self, until, seconds):
        """Relays until the program wrote something, or time is up. Whether it did not end meanwhile."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (until and until in self.written):
            ready, _, _ = select.select([0, self.master], [], [], 0.1)
            if self.master in ready:
                try:
                    data = os.read(self.master, 65536)
                except OSError:
                    return False
                if not data:
                    return False
                self.written += data
                os.write(1, data)
            if 0 in ready:
                data = os.read(0, 65536)
                self.answered += data
                os.write(self.master, data)
        return True


def shot():
    """A picture of the display, to be compared; none where there is no X."""
    try:
        return subprocess.run(["xwd", "-root", "-silent"], capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None


def differ(one, other):
    """In how many places two pictures differ. Terminals let signs reach a pixel or two over the edge of their cells, and
    draw that anew or not: so only what is two pixels wide and two high counts."""
    if one is None or other is None:
        return 0
    header = struct.unpack(">25I", one[:100])
    start, width, height, across, line = header[0] + 12 * header[19], header[4], header[5], header[11] // 8, header[12]
    count, above = 0, ()
    for y in range(height):
        at = start + y * line
        here = set()
        if one[at:at + line] != other[at:at + line]:
            places = [slice(at + x * across, at + (x + 1) * across) for x in range(width)]
            row = [one[place] != other[place] for place in places]
            here = {x for x in range(width - 1) if row[x] and row[x + 1]}
        count += len(here.intersection(above))
        above = here
    return count


def badges(frames):
    """The palette that the program's name has, each time that it is written."""
    ink = paper = ""
    found = []
    for sequence, text in re.findall(r"\x1b\[([0-9;]*)m|(r53tail)", frames):
        if text:
            found.append(BADGES.get(";".join(filter(None, [ink, paper])), "none"))
            continue
        numbers = (sequence or "0").split(";")
        while numbers:
            number = int(numbers.pop(0) or 0)
            taken = []
            if number in (38, 48):
                taken = [numbers.pop(0) for _ in range(2 if numbers[0] == "5" else 4)]
            color = ";".join([str(number)] + taken)
            if number == 0:
                ink = paper = ""
            elif number in (39, 49):
                ink, paper = ("", paper) if number == 39 else (ink, "")
            elif 30 <= number <= 38 or 90 <= number <= 97:
                ink = color
            elif 40 <= number <= 48 or 100 <= number <= 107:
                paper = color
    return found


def column(seconds=2.0):
    """Where the cursor is."""
    os.write(1, b"\x1b[6n")
    answer, end = b"", time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([0], [], [], 0.1)[0]:
            answer += os.read(0, 1024)
            found = re.search(rb"\x1b\[\d+;(\d+)R", answer)
            if found:
                return int(found.group(1))
    return None


def inside(binary, out, picture):
    before = termios.tcgetattr(0)
    tty.setraw(0)
    found = {}
    try:
        relay = Relay([binary, "demo", "--speed", "200", "--no-state"])
        relay.run("14:02:10Z".encode(), 20)
        relay.run(None, 1.5)
        if picture:
            with open(picture, "wb") as file:
                subprocess.run(["xwd", "-root", "-silent"], stdout=file, check=False)
        found["drawn anew"] = []
        # What is news is shown as such for some seconds.
        relay.run(None, 5)
        for keys in KEYS if os.environ.get("DISPLAY") else []:
            os.write(relay.master, keys.encode())
            relay.run(None, 0.4)
            shown = shot()
            os.kill(relay.child, signal.SIGCONT)
            relay.run(None, 0.4)
            if differ(shown, shot()):
                found["drawn anew"].append(keys)
        os.write(relay.master, b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\\x1b]4;1;rgb:cdcd/0/0\x07\x1b[>83;40900;0c\x1bP>|XTerm(379)\x1b\\")
        relay.run(None, 0.5)
        os.write(relay.master, b"q")
        began = time.monotonic()
        ended = not relay.run(None, 5)
        found["seconds to end"] = round(time.monotonic() - began, 2)
        if not ended:
            os.kill(relay.child, signal.SIGKILL)
        _, status = os.waitpid(relay.child, 0)
        found["ended"] = ended and os.waitstatus_to_exitcode(status) == 0
        written = relay.written.decode("utf-8", "replace")
        found["answers"] = relay.answered.decode("latin-1")
        found["synchronized"] = "\x1b[?2026h" in written
        frames = written.split("\x1b[2J", 1)[-1].split("\x1b[?1049l")[0]
        sequences = re.findall(r"\x1b\[([0-9;]*)m", frames)
        # The last: a terminal may say late what its background is.
        badge = ([badge for badge in badges(frames) if badge != "none"] or ["none"])[-1]
        if badge == "light or neutral":
            # With 16 colors, text in black.
            light = any(code in sequence for sequence in sequences for code in SELECTED_LIGHT) or any(
                "30" in sequence.split(";") and ";5;" not in sequence for sequence in sequences)
            reversed_ = any("7" in sequence.split(";")[:2] for sequence in sequences)
            badge = LIGHT if light else "neutral" if reversed_ else badge
        found["palette"] = badge
        text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", frames)
        signs = sorted({sign for sign in text if ord(sign) > 126})
        found["ascii"] = not signs
        wrong = {}
        os.write(1, b"\x1b[2J")
        for sign in signs + list("aZ#~"):
            os.write(1, b"\x1b[1;1H" + sign.encode())
            at = column()
            expected = 2 if unicodedata.east_asian_width(sign) in "WF" else 1
            if at is None or at - 1 != expected:
                wrong[sign] = None if at is None else at - 1
        found["signs"], found["wrong widths"] = len(signs), wrong
    except Exception as error:  # noqa: BLE001: whatever it is, it is said outside
        found["error"] = repr(error)
    finally:
        termios.tcsetattr(0, termios.TCSANOW, before)
    with open(out + ".part", "w", encoding="utf-8") as file:
        json.dump(found, file)
    os.rename(out + ".part", out)


def in_pty(size, command):
    """Runs a command in a pseudo-terminal of so many rows and columns, between standard input and output."""
    child, master = pty.fork()
    if child == 0:
        # Until the size is what it is to be.
        sys.stdin.readline()
        os.execvp(command[0], command)
    rows, columns = (int(part) for part in size.split("x"))
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.write(master, b"\n")
    while True:
        ready, _, _ = select.select([0, master], [], [])
        try:
            if master in ready:
                data = os.read(master, 65536)
                if not data:
                    return
                os.write(1, data)
            if 0 in ready:
                data = os.read(0, 65536)
                if not data:
                    return
                os.write(master, data)
        except OSError:
            return


def one(case, binary, display, folder, pictures, modules):
    name, command, environment, palettes, ascii_ = case
    command = list(command)
    program = command[0]
    if program == "@vte":
        script = os.path.join(folder, "vte.py")
        with open(script, "w", encoding="utf-8") as file:
            file.write(VTE)
        command = ["/usr/bin/python3", script] + command[1:]
        known = subprocess.run(["/usr/bin/python3", "-c", "import gi; gi.require_version('Vte', '2.91')"],
                               capture_output=True, check=False).returncode == 0
    elif program == "@xtermjs":
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "xtermjs.mjs")
        picture = os.path.join(pictures, re.sub(r"\W+", "-", name) + ".png") if pictures else "-"
        command = ["node", script, modules] + command[1:] + [picture]
        known = shutil.which("node") and all(
            os.path.isdir(os.path.join(modules, "node_modules", part)) for part in ("playwright-core", "@xterm/xterm"))
    else:
        wanted = [part for part in command if part in ("tmux", "screen")]
        known = all(shutil.which(program) for program in [program] + wanted)
    if not known:
        return None
    safe = re.sub(r"\W+", "-", name)
    out = os.path.join(folder, safe + ".json")
    # Of a page Chromium makes a picture itself.
    picture = os.path.join(pictures, safe + ".xwd") if pictures and program != "@xtermjs" else ""
    socket = f"{safe}-{os.getpid()}"
    command = [socket if part == "@socket" else part for part in command]
    run = [sys.executable, os.path.abspath(__file__), binary, "--inside", out, "--picture", picture]
    if "tmux" in command:
        run = [shlex.join(run)]
    env = {key: value for key, value in os.environ.items()
           if key not in ("TMUX", "STY", "COLORTERM", "COLORFGBG", "NO_COLOR", "LC_ALL", "LC_CTYPE", "XTERM_VERSION", "TERM")}
    env.update(environment, DISPLAY=display, LIBGL_ALWAYS_SOFTWARE="1", NO_AT_BRIDGE="1", HOME=folder)
    child = subprocess.Popen(command + run, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 90
    while not os.path.exists(out) and time.monotonic() < end and child.poll() is None:
        time.sleep(0.1)
    time.sleep(0.3)
    child.terminate()
    child.wait()
    if "tmux" in command:
        subprocess.run(["tmux", "-L", socket, "kill-server"], capture_output=True, check=False)
    if not os.path.exists(out):
        return {"error": "it said nothing"}, ["it said nothing"]
    with open(out, encoding="utf-8") as file:
        found = json.load(file)
    faults = []
    if "error" in found:
        faults.append(found["error"])
        return found, faults
    if not found["ended"]:
        faults.append("one `q` did not end it")
    if found["palette"] not in palettes:
        faults.append(f"colors are {found['palette']}, not {' or '.join(palettes)}")
    if found["ascii"] != ascii_:
        faults.append(f"signs of ASCII: {found['ascii']}")
    if found["drawn anew"]:
        faults.append(f"not as drawn anew after {found['drawn anew']}")
    if found["wrong widths"]:
        faults.append(f"widths: {found['wrong widths']}")
    return found, faults


def main():
    if sys.argv[1:2] == ["--pty"]:
        # For xtermjs.mjs: the size, and the command.
        in_pty(sys.argv[2], sys.argv[3:])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--only", default="")
    parser.add_argument("--pictures", default="")
    parser.add_argument("--modules", default="")
    parser.add_argument("--inside", default="")
    parser.add_argument("--picture", default="")
    arguments = parser.parse_args()
    if arguments.inside:
        inside(arguments.binary, arguments.inside, arguments.picture)
        return
    binary = os.path.abspath(arguments.binary)
    pictures = os.path.abspath(arguments.pictures) if arguments.pictures else ""
    if pictures:
        os.makedirs(pictures, exist_ok=True)
    display = f":{90 + os.getpid() % 400}"
    server = subprocess.Popen(["Xvfb", display, "-screen", "0", "1100x800x24"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    bad = 0
    try:
        socket = f"/tmp/.X11-unix/X{display[1:]}"
        for _ in range(100):
            if os.path.exists(socket):
                break
            time.sleep(0.1)
        print(f"{'terminal':<26}{'palette':<10}{'signs':<9}{'2026':<7}{'q':<7}")
        for case in CASES:
            if arguments.only and arguments.only not in case[0]:
                continue
            with tempfile.TemporaryDirectory() as folder:
                result = one(case, binary, display, folder, pictures, os.path.abspath(arguments.modules))
            if result is None:
                print(f"{case[0]:<26}not installed")
                continue
            found, faults = result
            bad += bool(faults)
            signs = "ASCII" if found.get("ascii") else str(found.get("signs", "-"))
            print(f"{case[0]:<26}{found.get('palette', '-'):<10}{signs:<9}{str(found.get('synchronized', '-')):<7}"
                  f"{found.get('seconds to end', '-')!s:<7}{'; '.join(faults) or 'ok'}", flush=True)
    finally:
        server.terminate()
        server.wait()
    for file in os.listdir(pictures) if pictures else []:
        if file.endswith(".xwd"):
            path = os.path.join(pictures, file)
            subprocess.run(["convert", path, path[:-4] + ".png"], check=False)
            os.remove(path)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
