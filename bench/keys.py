"""How long a key takes to its last byte, without a network: over 1,000 keys, forms opened and left."""

from itertools import cycle, islice
from pathlib import Path

from bench.machine import busy
from bench.timing import Figure, Report, Sample
from bench.wire import FIRST_QUIET, PATIENCE, SETTINGS, Session
from tests.wire.terminal_desk import sent_for

PART = "Keys, 120×40 256 colours"

WALK = "down down down down right down down left up up up right up up up left"
KEYS = 1_000
FORMS = 50

QUIET = 0.15
"""Seconds of silence that end a key's output."""


def measure_keys(report: Report, database: Path) -> None:
    """Report the cursor with its pane, a form opened and Esc that leaves it."""
    session = Session(database, SETTINGS[0])
    try:
        session.output(FIRST_QUIET, PATIENCE)
        outputs = [session.press(key, QUIET) for key in islice(cycle(sent_for(WALK)), KEYS)]
        forms = [(session.press(b"b"), session.press(b"\x1b")) for _ in range(FORMS)]
    finally:
        session.close()
    last = _sample(it.last for it in outputs)
    opened, left = _sample(it.last for it, _ in forms), _sample(it.first for _, it in forms)
    writes, load = sum(it.pieces for it in outputs), busy()
    report.add(
        PART,
        Figure(what=f"key to last byte, {KEYS:,} keys, p50", measured=last.p50, budget=12, beside=load),
        Figure(what=f"key to last byte, {KEYS:,} keys, p99", measured=last.p99, budget=40),
        Figure(what="writes for them", measured=writes, unit="writes"),
        Figure(what=f"a form opened {FORMS} times, to the last byte, p50", measured=opened.p50, budget=60),
        Figure(what=f"Esc that leaves it, {FORMS} times, to the first byte, p50", measured=left.p50, budget=40),
    )
    report.note(
        PART,
        "At the pseudo-terminal: the cursor walked over the demo's day with the pane beside it, each key after "
        f"{1000 * QUIET:.0f} ms of silence. Nothing is gated on milliseconds: other work on the machine adds to them.",
    )


def _sample(seconds) -> Sample:
    return Sample(values=tuple(sorted(1000 * second for second in seconds)))
