"""The kinds of terminals that the driver draws for, and one of each in memory."""

from ctfront.terminal.canvas import Canvas
from ctfront.terminal.terminals import (
    BLINK,
    BOLD,
    DIM,
    ITALIC,
    REVERSE,
    STRIKE,
    TRUE_COLOUR,
    UNDERLINE,
    UNKNOWN,
    Terminal,
)
from tests.wire.emulator import Emulator

MOST = BOLD | DIM | UNDERLINE | BLINK | REVERSE
ALL = MOST | ITALIC | STRIKE
KINDS = {
    "xterm": Terminal(
        colours=TRUE_COLOUR, flags=ALL, erases_in_colour=True, erases_line=True, erases_characters=True, repeats=True,
        scrolls=True, scrolls_many=True, has_second_screen=True,
    ),
    "putty": Terminal(
        colours=256, flags=MOST, erases_in_colour=True, erases_line=True, erases_characters=True, repeats=True,
        scrolls=True, scrolls_many=True, has_second_screen=True,
    ),
    "linux": Terminal(
        colours=8, flags=MOST, erases_in_colour=True, erases_line=True, erases_characters=True, scrolls=True,
    ),
    "vt220": Terminal(
        colours=0, flags=BOLD | UNDERLINE | BLINK | REVERSE, erases_line=True, erases_characters=True, scrolls=True,
    ),
    "screen": Terminal(
        colours=16, flags=MOST, erases_line=True, scrolls=True, scrolls_many=True,
        has_second_screen=True,
    ),
    "tmux": Terminal(
        colours=256, flags=ALL, erases_line=True, scrolls=True, scrolls_many=True,
        has_second_screen=True,
    ),
    "unknown": UNKNOWN,
}  # fmt: skip
"""What terminfo says of each; tests/terminal/test_terminals.py holds it against the entries."""


def emulator_of(terminal: Terminal, width: int, height: int) -> Emulator:
    """Return a screen that understands what this kind does, and nothing else."""
    features = "X" * terminal.erases_characters + "b" * terminal.repeats + "ST" * terminal.scrolls_many
    return Emulator(width, height, erases_in_colour=terminal.erases_in_colour, features=features)


def looks_of(canvas: Canvas, known: dict) -> list[list[tuple]]:
    """Return the cells wanted as an emulator sees them; a cell's look is asked once."""
    for row in canvas.rows:
        for cell in row:
            if cell not in known:
                one = Emulator(4, 1)
                one.feed(canvas.pens._anew(cell[1]))
                one._write(cell[0])
                known[cell] = one.seen()[0][0] if cell[0] else ("", *one.attributes)
    return [[known[cell] for cell in row] for row in canvas.rows]
