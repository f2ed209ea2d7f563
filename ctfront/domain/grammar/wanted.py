"""When somebody can come: `mornings`, `9-11:30`, `14-`; `mon, wed`; nothing typed is any."""

from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.choices import read_several
from ctfront.domain.grammar.hours import WEEKDAYS, show_days
from ctfront.domain.grammar.times import read_time
from ctfront.domain.openings import PartOfDay
from ctfront.domain.times import DAY, Span, minute_of, show_minute
from ctfront.domain.waitlist import ALL_DAY, EVERY_DAY

ANY = "any"
LEAST_LETTERS = 3
"""Of a part of the day."""


def read_times(text: str) -> Span:
    """Read between which times a visit may start. Raises `InputRefused`."""
    typed = text.strip().casefold()
    if not typed or typed == ANY:
        return ALL_DAY
    if len(typed) >= LEAST_LETTERS:
        for part in PartOfDay:
            if part.value.startswith(typed):
                return part.span
    first, dash, last = typed.replace("–", "-").partition("-")
    if not dash or not (first.strip() or last.strip()):
        raise InputRefused("Type mornings, afternoons, evenings, or times as 9-11:30.", field="times")
    start = minute_of(read_time(first)) if first.strip() else 0
    end = minute_of(read_time(last)) if last.strip() else DAY
    if end <= start:
        raise InputRefused(f"{show_minute(end)} is not after {show_minute(start)}.", field="times")
    return Span(start, end)


def show_times(times: Span) -> str:
    """Return `mornings`, `9:00–11:30`, `from 14:00` or `any time`; `type_times` says it as it is typed."""
    typed = type_times(times)
    if typed == ANY:
        return "any time"
    if typed.endswith("-"):
        return f"from {show_minute(times.start)}"
    return typed.replace("-", "–")


def type_times(times: Span) -> str:
    """Return the times as they are typed; `read_times` reads them back the same."""
    if times == ALL_DAY:
        return ANY
    for part in PartOfDay:
        if part.span == times:
            return part.value
    return f"{show_minute(times.start)}-{'' if times.end == DAY else show_minute(times.end)}"


def read_weekdays(text: str) -> frozenset[int]:
    """Read weekdays, 0 Monday. Raises `InputRefused`."""
    if not text.strip() or text.strip().casefold() == ANY:
        return EVERY_DAY
    return frozenset(read_several(text, [(day,) for day in WEEKDAYS], what="weekday"))


def show_weekdays(days: frozenset[int]) -> str:
    """Return `Mon–Wed, Fri` or `any day`."""
    return "any day" if days == EVERY_DAY else show_days(sorted(days))


def type_weekdays(days: frozenset[int]) -> str:
    """Return weekdays as they are typed: `mon, wed`, or `any`."""
    return ANY if days == EVERY_DAY else ", ".join(WEEKDAYS[day][:3].lower() for day in sorted(days))
