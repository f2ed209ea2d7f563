"""A day's work on a slow line: four hundred keys in bytes and in seconds of the line, beside Textual's own driver."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.machine import busy
from bench.timing import Figure, Report
from tests.wire.listening_desk import TITLE
from tests.wire.relay import PACKET, THIN, Way, relayed
from tests.wire.terminal_desk import LISTENING, TerminalDesk, sent_for, terminal_desk

PART = "A day's work on a line of 64 kbit/s and 600 ms"
PROGRAMS = {
    "Textual's own driver": str(Path(LISTENING).with_name("stock_desk.py")),
    "ctfront's driver": LISTENING,
}
MORNING = datetime(2026, 3, 2, 16, tzinfo=UTC)
"""8:00 on the demo's Monday."""

ACTS = (
    "down a down a down a",  # arrived
    "b bau enter enter u",  # a booking, taken back
    "/ kap enter f2",  # who is that
    "right down b smi enter 2 enter",  # namesakes
    "] ] [ t } { t",  # over the days
    "m } enter enter u",  # a week on
    "c esc k f u",  # marks
    "i f2",  # information
    ": 'ar ruiz' enter u",  # a line of commands
    "f adj esc esc",  # openings
    "pgdn pgup end home tab tab shift+tab",
    "f4 down down / bau enter f2",  # Patient Access
    "w down w w",
    "v esc ? esc",
)
"""The acts of the design's tables, in bytes of a clerk's keys."""

KEYS = 400

IN_REAL_TIME = 40
"""Keys that are also clocked by the wall, over a relay."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """Each key, and the bytes of every piece that the program sent for it."""

    keys: tuple[tuple[bytes, tuple[int, ...]], ...]

    @property
    def sent(self) -> int:
        """Bytes of the program."""
        return sum(sum(pieces) for _, pieces in self.keys)

    def clocked(self, keys: int = KEYS) -> tuple[float, int]:
        """Return the seconds waited for the line, and the bytes that it brought with those that packets add.

        Each of so many keys is typed when the last byte of the one before is there; the program takes no time.
        """
        there, back, now = Way(THIN), Way(THIN), 0.0
        for key, pieces in self.keys[:keys]:
            there.send(key, now)
            arrived = there.next_arrival or now
            there.arrived(arrived)
            for piece in pieces:
                back.send(bytes(piece), arrived)
            while (at := back.next_arrival) is not None:
                now = at
                back.arrived(now)
        return now, back.carried


@contextmanager
def desk_of(database: Path, size: tuple[int, int], program: str) -> Iterator[TerminalDesk]:
    """Open a copy of the database."""
    with tempfile.TemporaryDirectory(prefix="ctfront-day-") as folder:
        copy = Path(folder, "clinic.db")
        shutil.copyfile(database, copy)
        with terminal_desk(copy, who="mgarcia", size=size, now=MORNING, program=program) as desk:
            desk.settle()
            yield desk


def days_keys() -> list[bytes]:
    """Return what the clerk's keys send."""
    return [key for act in ACTS * 9 for key in sent_for(act)][:KEYS]


def live_through(database: Path, size: tuple[int, int], program: str) -> Day:
    """Press every key, each when the one before has settled, and count."""
    lived = []
    with desk_of(database, size, program) as desk:
        for number, key in enumerate(days_keys(), start=2):
            before = len(desk.pieces)
            desk.send(key, keys=1)
            desk.settle()
            *pieces, last = desk.pieces[before:]
            lived.append((key, tuple(filter(None, (*pieces, last - len(TITLE.format(number)))))))
    return Day(keys=tuple(lived))


def clocked_by_the_wall(database: Path, size: tuple[int, int], program: str) -> float:
    """Return the seconds of the first keys over a relay, the program's own time in them."""
    with desk_of(database, size, program) as desk, relayed(desk, THIN):
        begun = time.monotonic()
        for key in days_keys()[:IN_REAL_TIME]:
            desk.send(key, keys=1)
            desk.settle()
        return time.monotonic() - begun


def measure_day_of_work(report: Report, database: Path) -> None:
    """Report a day's work with both drivers."""
    for size in ((80, 24), (120, 40)):
        days = {name: live_through(database, size, program) for name, program in PROGRAMS.items()}
        for name, day in days.items():
            what, (seconds, on_the_line) = "{}×{}, {}".format(*size, name), day.clocked()
            report.add(
                PART,
                Figure(what=f"{what}, sent", measured=day.sent, unit="bytes"),
                Figure(what=f"{what}, on the line", measured=on_the_line, unit="bytes"),
                Figure(what=f"{what}, waited for the line", measured=seconds, unit="s"),
            )
            if size == (80, 24) and PROGRAMS[name] == LISTENING:
                wall, (simulated, _) = clocked_by_the_wall(database, size, PROGRAMS[name]), day.clocked(IN_REAL_TIME)
                words = f"{what}, its first {IN_REAL_TIME} keys by the wall over a relay"
                beside = f"by the simulated clock {simulated:.1f} s; {busy()}"
                report.add(PART, Figure(what=words, measured=wall, unit="s", beside=beside))
    report.note(
        PART,
        f"{KEYS} keys over the demo, written from the table of acts, each typed when the last byte of the one before "
        f"is there. On the line: with {PACKET} bytes for each packet of SSH. Waited: what the program sent for each "
        "key, through the tests' relay with a simulated clock. That leaves the program's own time out; by the wall it "
        "is in. Textual's own driver is not clocked by the wall: in a form it draws anew while the line is behind, and "
        "the line never catches up.",
    )
