"""The desk's times: `930`, `9:30`, `2p`, `14`."""

import re
from datetime import time

from ctfront.domain.grammar.errors import CannotRead
from ctfront.domain.text import brief

TURNS = ("first", "second")
"""Which of two is meant where the clocks show a time twice."""

_TIME = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?\s*(?:([ap])m?)?")


def read_time(text: str) -> time:
    """Read a time of day. Raises `CannotRead`."""
    typed = text.strip().casefold()
    match = _TIME.fullmatch(typed)
    if match is None:
        raise CannotRead(f"“{brief(text)}” is no time; type 930, 9:30 or 2p.", field="time")
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif half:
        raise CannotRead(f"There is no {typed}; type {hour}:{minute:02} without a or p.", field="time")
    if hour > 23 or minute > 59:
        raise CannotRead(f"A day has no {hour}:{minute:02}.", field="time")
    return time(hour, minute)


def read_start(text: str) -> tuple[time, int | None]:
    """Read a time, and 0 or 1 for the `first` or `second` behind it. Raises `CannotRead`."""
    clock, turn = split_turn(text)
    return read_time(clock), turn


def split_turn(text: str) -> tuple[str, int | None]:
    """Return the text without a `first` or `second` at its end, and which of them it was."""
    head, _, last = text.strip().rpartition(" ")
    return (head, TURNS.index(last.casefold())) if head and last.casefold() in TURNS else (text, None)
