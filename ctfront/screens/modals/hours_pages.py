"""A provider's office hours as they are typed: a page for each time in which other hours hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import zip_longest

from ctfront.domain.clinic import DateOrder, Site
from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.hours import WEEKDAYS, read_hours, type_hours
from ctfront.domain.grammar.periods import Period, read_period, type_period
from ctfront.domain.providers import DayHours, WeeklyHours, weeks_of

SAME = "="
"""Typed for a weekday with the hours of the day above."""


@dataclass(frozen=True, kw_only=True)
class HoursPage:
    """What is typed of the hours that hold from one day until another."""

    period: str
    days: tuple[str, ...]
    """Monday to Sunday."""


CLOSED = HoursPage(period="", days=("",) * len(WEEKDAYS))


def pages_of(hours: Iterable[DayHours], sites: Sequence[Site]) -> list[HoursPage]:
    """Return the pages of the hours, one at least; a last day that the next page makes is not typed."""
    weeks = weeks_of(hours)
    return [_page_of(week, after, sites) for week, after in zip_longest(weeks, weeks[1:])] or [CLOSED]


def _page_of(week: WeeklyHours, after: WeeklyHours | None, sites: Sequence[Site]) -> HoursPage:
    typed = {day.weekday: type_hours(day, sites) for day in week.days}
    days = tuple(typed.get(weekday, "") for weekday in range(len(WEEKDAYS)))
    follows = after is not None and week.until is not None and after.since == week.until + timedelta(days=1)
    return HoursPage(period=type_period(week.since, None if follows else week.until), days=days)


def read_day(days: Sequence[str], weekday: int, sites: Sequence[Site]) -> DayHours:
    """Read a weekday of a page; `=` takes the hours of the day above. Raises `InputRefused`."""
    if days[weekday].strip() != SAME:
        return read_hours(days[weekday], weekday, sites)
    if weekday == 0:
        raise InputRefused("There is no day above.")
    return replace(read_day(days, weekday - 1, sites), weekday=weekday)


def read_week(page: HoursPage, period: Period, sites: Sequence[Site]) -> WeeklyHours:
    """Read a page. Raises `InputRefused` naming the field."""
    days = []
    for weekday in range(len(WEEKDAYS)):
        try:
            days.append(read_day(page.days, weekday, sites))
        except InputRefused as refusal:
            raise InputRefused(str(refusal), field=f"hours-{weekday}") from None
    return WeeklyHours(since=period[0], until=period[1], days=tuple(days))


def page_on(pages: Sequence[HoursPage], day: date, *, today: date, order: DateOrder) -> int:
    """Return the number of the page whose hours hold on the day; the first when none begins before."""
    begun = [(read_period(page.period, today=today, order=order)[0] or date.min, n) for n, page in enumerate(pages)]
    return max(((since, n) for since, n in begun if since <= day), default=(day, 0))[1]
