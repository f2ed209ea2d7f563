"""A day's work on a slow line: four hundred keys in bytes and in seconds of the line, beside Textual's own driver."""

import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.timing import Figure, Report
from tests.wire.listening_desk import TITLE
from tests.wire.terminal_desk import LISTENING, sent_for, terminal_desk

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
LINE_BYTES_A_SECOND = 64_000 / 8
ROUND_TRIP = 0.6
PACKET, PACKET_CARRIES = 87, 1400
"""Bytes that SSH, TCP and IP add to a packet, and the most that one carries."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """What the day took."""

    sent: int
    """Bytes of the program."""
    on_the_line: int
    """The same with what SSH, TCP and IP add."""

    @property
    def seconds(self) -> float:
        """Waited for the line alone: each key's way there and back, and the bytes."""
        return KEYS * ROUND_TRIP + self.on_the_line / LINE_BYTES_A_SECOND


def live_through(database: Path, size: tuple[int, int], program: str) -> Day:
    """Press every key on a copy of the database, each when the one before has settled, and count."""
    with tempfile.TemporaryDirectory(prefix="ctfront-day-") as folder:
        copy = Path(folder, "clinic.db")
        shutil.copyfile(database, copy)
        keys = [key for act in ACTS * 9 for key in sent_for(act)][:KEYS]
        with terminal_desk(copy, who="mgarcia", size=size, now=MORNING, program=program) as desk:
            desk.settle()
            sent = packets = 0
            for number, key in enumerate(keys, start=2):
                before, pieces = desk.read_bytes, desk.pieces
                desk.send(key, keys=1)
                desk.settle()
                count = desk.read_bytes - before - len(TITLE.format(number))
                sent, packets = sent + count, packets + max(desk.pieces - pieces - 1, -(-count // PACKET_CARRIES))
        return Day(sent=sent, on_the_line=sent + PACKET * packets)


def measure_day_of_work(report: Report, database: Path) -> None:
    """Report a day's work with both drivers."""
    for size in ((80, 24), (120, 40)):
        days = {name: live_through(database, size, program) for name, program in PROGRAMS.items()}
        for name, day in days.items():
            what = "{}×{}, {}".format(*size, name)
            report.add(
                PART,
                Figure(what=f"{what}, sent", measured=day.sent, unit="bytes"),
                Figure(what=f"{what}, on the line", measured=day.on_the_line, unit="bytes"),
                Figure(what=f"{what}, waited for the line", measured=day.seconds, unit="s"),
            )
    report.note(
        PART,
        f"{KEYS} keys over the demo, written from the table of acts, each when the one before has settled. On the "
        f"line: with {PACKET} bytes for each packet of SSH. Waited: {KEYS} × {ROUND_TRIP} s there and back, and the "
        "bytes at 64 kbit/s; computed, not clocked.",
    )
