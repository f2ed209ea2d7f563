"""The minutes of a day as the bits of one number: sets of them are joined, cut and counted at once."""

from collections.abc import Iterable, Iterator
from functools import cache

from ctfront.domain.times import DAY, Span

WHOLE_DAY = (1 << DAY) - 1


def bits(start: int, minutes: int) -> int:
    """Return the minutes from `start` on, as far as the day goes."""
    return ((1 << minutes) - 1) << start & WHOLE_DAY


def bits_of(spans: Iterable[Span]) -> int:
    """Return the minutes of the spans."""
    found = 0
    for span in spans:
        found |= ((1 << (span.end - span.start)) - 1) << span.start
    return found


def spans_of(minutes: int) -> tuple[Span, ...]:
    """Return the minutes as spans, in order."""
    spans, start = [], 0
    while minutes:
        gap = (minutes & -minutes).bit_length() - 1
        minutes >>= gap
        length = (~minutes & minutes + 1).bit_length() - 1
        spans.append(Span(start + gap, start + gap + length))
        minutes >>= length
        start += gap + length
    return tuple(spans)


def each(minutes: int) -> Iterator[int]:
    """Yield the minutes in order."""
    while minutes:
        lowest = minutes & -minutes
        yield lowest.bit_length() - 1
        minutes ^= lowest


def full(visits: Iterable[tuple[int, int]], governor: int) -> int:
    """Return the minutes in which so many visits are in progress; each visit is its first minute and its length."""
    levels = [0] * governor
    for start, length in visits:
        carried = ((1 << length) - 1) << start
        for number, level in enumerate(levels):
            levels[number], carried = level | carried, level & carried
            if not carried:
                break
    return levels[-1] & WHOLE_DAY


def starts_of(free: int, length: int, step: int) -> int:
    """Return the minutes on the grid from which so many minutes are free."""
    have = 1
    while have < length:
        more = min(have, length - have)
        free &= free >> more
        have += more
    return free & _grid(step)


@cache
def _grid(step: int) -> int:
    return sum(1 << minute for minute in range(0, DAY, step))
