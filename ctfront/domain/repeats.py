"""Events that repeat: on one weekday, every so many weeks, until a day."""

import re
from datetime import date, timedelta
from enum import StrEnum

from ctfront.domain.errors import InputRefused
from ctfront.domain.times import show_date

MOST_WEEKS_APART = 52
FARTHEST = 731
"""Days from the first to the last of a series: two years, 105 days when it is every week."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Reach(StrEnum):
    """Which days of a series are meant."""

    ONE = "one"
    LATER = "later"
    """This one and those after it."""
    ALL = "all"
    """Every one from today on."""


def read_weeks(text: str) -> int:
    """Read `weekly`, `2` or `2w`: the weeks from one day to the next, 0 for once. Raises `InputRefused`."""
    typed = text.strip().casefold()
    if not typed or "no".startswith(typed) or "once".startswith(typed):
        return 0
    if "weekly".startswith(typed):
        return 1
    match = re.fullmatch(r"(\d{1,4})\s*w?", typed)
    if match is None or not 1 <= int(match[1]) <= MOST_WEEKS_APART:
        raise InputRefused(f"Type weekly, or 2 for every 2 weeks, at most {MOST_WEEKS_APART}.", field="repeat")
    return int(match[1])


def show_repeat(weeks: int, first: date) -> str:
    """Return `every Tuesday`, `every 2 weeks on Tuesday` or `once`."""
    weekday = WEEKDAYS[first.weekday()]
    if not weeks:
        return "once"
    return f"every {weekday}" if weeks == 1 else f"every {weeks} weeks on {weekday}"


def days_of(first: date, weeks: int, until: date) -> tuple[date, ...]:
    """Return the days from the first until the last, `weeks` apart. Raises `InputRefused` beyond the limits."""
    if until < first:
        raise InputRefused(f"The last day must not come before {show_date(first)}.", field="last")
    if (until - first).days > FARTHEST:
        raise InputRefused("An event repeats for two years at most.", field="last")
    return tuple(first + timedelta(days=days) for days in range(0, (until - first).days + 1, 7 * weeks))
