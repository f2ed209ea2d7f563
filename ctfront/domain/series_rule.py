"""How many visits a series has and how often, in the clerk's words, and as the rule that is kept.

`x12` is how many. How often: `/w` weekly, which is also meant by nothing; `2/w` to `5/w` that many times a week; `/2w`
every two weeks; `/m` monthly, the same weekday of the month (the first Tuesday; a fifth is the last).

Several times a week means the weekday given and those days that lie most evenly around it: the smallest gap as wide as
can be, then the gaps as alike as can be, then the earliest days. They are days the provider works; when those are too
few, days from Monday to Friday too.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import combinations, pairwise

from ctfront.domain.grammar.errors import CannotRead
from ctfront.domain.text import brief
from ctfront.domain.times import show_date

FEWEST_VISITS, MOST_VISITS = 2, 60
MOST_A_WEEK = 5
WORKING_WEEK = frozenset(range(5))

_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TIMES_A_WEEK = ("", "weekly", "twice a week", "three times a week", "four times a week", "five times a week")
_HOW_MANY = re.compile(r"x(\d{1,6})")
_HOW_OFTEN = re.compile(r"(?P<times>\d{1,2})/w|/?(?P<once>[wm])|/(?P<every>\d{1,2})w")


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """How many visits and how often."""

    count: int
    a_week: int = 1
    every: int = 1
    """Weeks from one to the next."""
    monthly: bool = False

    @property
    def rhythm(self) -> str:
        """How often, in words."""
        if self.monthly:
            return "monthly"
        return f"every {self.every} weeks" if self.every > 1 else _TIMES_A_WEEK[self.a_week]


def is_repeat(word: str) -> bool:
    """Tell whether a word of a line says how many or how often."""
    typed = word.casefold()
    return bool(_HOW_MANY.fullmatch(typed) or _HOW_OFTEN.fullmatch(typed))


def read_repeat(text: str) -> Repeat:
    """Read `x12 2/w`, in either order. Raises `CannotRead`."""
    count, often = None, None
    for word in text.casefold().split():
        if (match := _HOW_MANY.fullmatch(word)) and count is None:
            count = int(match[1])
        elif (match := _HOW_OFTEN.fullmatch(word)) and often is None:
            often = match
        else:
            raise CannotRead(f"“{brief(word)}” is no series; type x12 2/w, x6 /w, x6 /2w or x6 /m.", field="repeat")
    if count is None:
        raise CannotRead("How many visits? Type x12 for twelve.", field="repeat")
    if not FEWEST_VISITS <= count <= MOST_VISITS:
        words = f"A series has {FEWEST_VISITS} to {MOST_VISITS} visits; book a longer plan in parts."
        raise CannotRead(words, field="repeat")
    if often is None or often["once"]:
        return Repeat(count=count, monthly=often is not None and often["once"] == "m")
    if often["every"]:
        if not 1 <= int(often["every"]) <= 26:
            raise CannotRead("Every 1 to 26 weeks, as /2w.", field="repeat")
        return Repeat(count=count, every=int(often["every"]))
    if not 1 <= int(often["times"]) <= MOST_A_WEEK:
        raise CannotRead(f"1 to {MOST_A_WEEK} times a week, as 2/w.", field="repeat")
    return Repeat(count=count, a_week=int(often["times"]))


def weekdays_of(first: int, a_week: int, working: Collection[int]) -> tuple[int, ...]:
    """Return the weekdays of a series from its first one on (0 is Monday); `working` are those the provider works."""
    days = set(working) | {first}
    if len(days) < a_week:
        days |= WORKING_WEEK
    offsets = sorted((day - first) % 7 for day in days if day != first)

    def merit(chosen: tuple[int, ...]) -> tuple[int, int, tuple[int, ...]]:
        gaps = [later - earlier for earlier, later in pairwise((0, *chosen, 7))]
        return -min(gaps), sum(gap * gap for gap in gaps), chosen

    best = min(combinations(offsets, a_week - 1), key=merit)
    return (first, *((first + offset) % 7 for offset in best))


def rule_of(repeat: Repeat, day: date, start: time, working: Collection[int]) -> str:
    """Return the series as RFC 5545 has it: its first start in wall-clock time, and its rule."""
    if repeat.monthly:
        nth = (day.day - 1) // 7 + 1
        often = f"FREQ=MONTHLY;COUNT={repeat.count};BYDAY={nth if nth < 5 else -1}{_CODES[day.weekday()]}"
    else:
        codes = ",".join(_CODES[n] for n in sorted(weekdays_of(day.weekday(), repeat.a_week, working)))
        every = f"INTERVAL={repeat.every};" if repeat.every > 1 else ""
        often = f"FREQ=WEEKLY;{every}COUNT={repeat.count};BYDAY={codes}"
    return f"DTSTART:{datetime.combine(day, start):%Y%m%dT%H%M%S}\nRRULE:{often}"


def planned_count(rule: str) -> int:
    """Return how many visits a rule was made for."""
    match = re.search(r"COUNT=(\d+)", rule)
    return int(match[1]) if match else 0


def say_series(repeat: Repeat, days: Sequence[date]) -> str:
    """Return `12 visits, twice a week, Tue and Fri, until Fri 10 Apr 2026`."""
    names = [_SHORT[n] for n in sorted({day.weekday() for day in days})]
    on = " and ".join([*([", ".join(names[:-1])] if names[1:] else []), names[-1]])
    return f"{repeat.count} visits, {repeat.rhythm}, {on}, until {show_date(days[-1])}"
