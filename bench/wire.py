"""Bytes on the line: the real program at a pseudo-terminal, key by key, beside the best known and ncurses."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
import tomllib
from codecs import getincrementaldecoder
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from bench.ncurses_peer import Ncurses
from bench.timing import Figure, Report
from bench.yardstick import Yardstick
from ctfront.terminal.terminals import Terminal
from tests.wire.emulator import PLAIN
from tests.wire.kinds import KINDS, emulator_of
from tests.wire.terminal_desk import sent_for

BUDGETS = Path(__file__).with_name("budgets.toml")

IDLE, IDLE_SECONDS = "idle", 10

SCRIPT = (
    ("cursor down", "down down down down down"),
    ("cursor right", "right right left"),
    ("page down", "pgdn"),
    ("page up", "pgup"),
    ("next day", "] ]"),
    ("today", "t"),
    ("open the booking form", "b"),
    ("type ten letters", "smith' 'joan"),
    ("ten seconds idle in a field", IDLE),
    ("Esc on what was typed", "esc"),
    ("close the form", "esc"),
    ("Patient Information", "i"),
    ("back to the Scheduler", "f2"),
    ("Patient Access", "f4"),
    ("list down", "down down down down"),
    ("narrow the list, six keys", "/bauer"),
    ("leave the list", "f2"),
    ("open New Patient", "n"),
    ("type six letters", "parker"),
    ("leave the form", "esc esc"),
    ("ten seconds idle on the Scheduler", IDLE),
)
"""Steps of a clerk over the demo; every key waits for the last one's output."""

QUIET, FIRST_QUIET, KEYS_FIRST = 0.45, 2.0, 1.5
"""Seconds of silence that end a key's output, the first screen's, and a key that has none."""

PATIENCE = 60.0

ASKS_PLACE = "\x1b[6n"

MOST_OF_BEST, MOST_OF_BEST_PER_STEP, SMALL_STEP = 1.05, 1.25, 60
"""Of the best known: the whole script, and each step that takes so many bytes or more."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A terminal to measure at."""

    width: int
    height: int
    term: str
    colours: str
    """As the report calls it."""
    terminal: Terminal
    """What it can do."""

    def __str__(self) -> str:
        return f"{self.width}×{self.height} {self.colours}"


SETTINGS = tuple(
    Setting(width=width, height=height, term=term, colours=colours, terminal=terminal)
    for width, height in ((120, 40), (80, 24))
    for term, colours, terminal in (
        ("xterm-256color", "256 colours", replace(KINDS["xterm"], colours=256)),
        ("xterm", "8 colours", replace(KINDS["xterm"], colours=8)),
        ("vt220", "vt220", KINDS["vt220"]),
    )
)


@dataclass(frozen=True, kw_only=True)
class Step:
    """What a step cost."""

    name: str
    keys: int
    sent: int
    best: int
    ncurses: int
    pieces: int
    """Reads at the other end, at most one a write."""
    seconds: tuple[float, ...] = ()
    """From each key to its last byte."""


class Output(NamedTuple):
    """What a key brought about."""

    sent: int
    pieces: int
    first: float
    """Seconds to the first byte."""
    last: float
    """Seconds to the last byte."""


class Session:
    """The program at one terminal."""

    def __init__(self, database: Path, setting: Setting, *arguments: str) -> None:
        self.emulator = emulator_of(setting.terminal, setting.width, setting.height)
        self._decode = getincrementaldecoder("utf-8")().decode
        self.terminal, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", setting.height, setting.width, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ctfront", *(arguments or ("--db", str(database), "--user", "mgarcia"))],
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, env=_environment(database, setting),
        )  # fmt: skip
        os.close(theirs)

    def output(self, quiet: float, first: float) -> Output:
        """Read until it is quiet."""
        begun, times, sent = time.monotonic(), [0.0], 0
        while select.select([self.terminal], [], [], quiet if sent else first)[0]:
            piece = os.read(self.terminal, 65536)
            times.append(time.monotonic() - begun)
            sent += len(piece)
            self._show(self._decode(piece))
        return Output(sent, len(times) - 1, times[min(1, len(times) - 1)], times[-1])

    def _show(self, data: str) -> None:
        """Show what came, and answer where the cursor is each time it is asked."""
        *asking, rest = data.split(ASKS_PLACE)
        for part in asking:
            self.emulator.feed(part)
            os.write(self.terminal, f"\x1b[{self.emulator.y + 1};{self.emulator.x + 1}R".encode())
        self.emulator.feed(rest)

    def press(self, key: bytes, quiet: float = QUIET) -> Output:
        """Send a key and read what it brings about."""
        os.write(self.terminal, key)
        return self.output(quiet, KEYS_FIRST)

    def close(self) -> None:
        """End the program."""
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)


def _environment(database: Path, setting: Setting) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(database.parent),
        "LANG": "C.UTF-8",
        "TERM": setting.term,
        "CTFRONT_NOW": "2026-03-02T08:00",
    }


@contextmanager
def demo_clinic() -> Iterator[Path]:
    """Make the demo's clinic and return its database."""
    with tempfile.TemporaryDirectory(prefix="ctfront-wire-") as folder:
        environment = {**os.environ, "CTFRONT_NOW": "2026-03-02T08:00"}
        command = [sys.executable, "-m", "ctfront", "demo", "--make-only", "--dir", folder]
        subprocess.run(command, check=True, capture_output=True, env=environment)
        yield Path(folder, "clinic.db")


def run_script(database: Path, setting: Setting) -> list[Step]:
    """Play the script and return what every step cost, the first screen before them."""
    session, size = Session(database, setting), (setting.width, setting.height)
    yardstick = Yardstick(*size, setting.terminal, counts=setting.term != "vt220")
    peers = [Ncurses(*size, setting.term, moves_lines=moves) for moves in (False, True)]
    shown = [[(" ", PLAIN)] * setting.width for _ in range(setting.height)]

    def floors() -> tuple[int, int]:
        nonlocal shown
        before, shown = shown, [row[:] for row in session.emulator.rows]
        ncurses = min(peer.paint(shown, (session.emulator.y, session.emulator.x)) for peer in peers)
        return min(yardstick.cost(before, shown), ncurses), ncurses

    try:
        opened = session.output(FIRST_QUIET, PATIENCE)
        best, ncurses = floors()
        steps = [Step(name="first screen", keys=0, sent=opened.sent, best=best, ncurses=ncurses, pieces=opened.pieces)]
        for name, keys in SCRIPT:
            costs = []
            for key in [b""] if keys == IDLE else sent_for(keys):
                cost = session.press(key) if key else session.output(IDLE_SECONDS, IDLE_SECONDS)
                costs.append((cost, *floors()))
            outputs, best, ncurses = zip(*costs, strict=True)
            steps.append(
                Step(
                    name=name, keys=len(costs), sent=sum(it.sent for it in outputs), best=sum(best),
                    ncurses=sum(ncurses), pieces=sum(it.pieces for it in outputs),
                    seconds=tuple(it.last for it in outputs),
                )
            )  # fmt: skip
        return steps
    finally:
        session.close()
        for peer in peers:
            peer.close()


def better_of_two(one: Sequence[Step], other: Sequence[Step]) -> Sequence[Step]:
    """Take the run that sent less: other work on the machine only ever adds writes."""
    return min(one, other, key=lambda steps: sum(step.sent for step in steps))


def play(database: Path, setting: Setting) -> Sequence[Step]:
    """Play the script, and again when something costs too much."""
    steps = run_script(database, setting)
    return better_of_two(steps, run_script(database, setting)) if misses(setting, steps) else steps


def budgets() -> dict[str, dict[str, int]]:
    """Return the most bytes of each step by setting."""
    return tomllib.loads(BUDGETS.read_text(encoding="utf-8")) if BUDGETS.exists() else {}


def misses(setting: Setting, steps: Sequence[Step]) -> list[str]:
    """Say what costs more than it may."""
    said = []
    most = budgets().get(str(setting), {})
    for step in steps:
        if step.sent > most.get(step.name, 0):
            said.append(f"{setting}, {step.name}: {step.sent} bytes, budget {most.get(step.name, 0)}")
        if step.sent >= SMALL_STEP and step.sent > MOST_OF_BEST_PER_STEP * step.best:
            said.append(f"{setting}, {step.name}: {step.sent} bytes, {step.sent / step.best:.2f} of the best known")
    sent, best = sum(step.sent for step in steps), sum(step.best for step in steps)
    if sent > MOST_OF_BEST * best:
        said.append(f"{setting}, the whole script: {sent} bytes, {sent / best:.2f} of the best known")
    return said


def measure_wire(report: Report, database: Path) -> None:
    """Report bytes by step."""
    for setting in SETTINGS:
        steps = play(database, setting)
        most, part = budgets().get(str(setting), {}), f"The line, {setting}"
        whole = Step(
            name="the whole script", keys=0, pieces=0, sent=sum(step.sent for step in steps),
            best=sum(step.best for step in steps), ncurses=sum(step.ncurses for step in steps),
        )  # fmt: skip
        report.add(part, *(_figure(step, most.get(step.name)) for step in steps), _figure(whole, None))
        for line in misses(setting, steps):
            print(line)
    report.note(
        "The line, 120×40 256 colours",
        "Bytes at the pseudo-terminal over the demo, every key after 450 ms of quiet, played again when something "
        "costs too much. Best: the smaller of ncurses and a greedy encoder that sees only the cells before and after, "
        "both with what the terminal can do and nothing else.",
    )


def _figure(step: Step, budget: int | None) -> Figure:
    keys = f", {step.keys} keys" if step.keys > 1 else ""
    return Figure(
        what=f"{step.name}{keys}",
        measured=step.sent,
        unit="bytes",
        budget=budget,
        beside=f"best {step.best}, ratio {step.sent / max(step.best, 1):.2f}; ncurses {step.ncurses}",
    )
