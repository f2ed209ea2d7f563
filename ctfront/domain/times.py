"""Wall-clock time, instants and spans of a day.

A place in the schedule is promised in wall-clock time; seats, order and mails use the UTC instant. Instants
are compared in UTC only: Python holds the two 1:30s of an autumn night for equal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from ctfront.domain.errors import InputRefused

STEP = 5
"""Minutes: future starts and lengths are multiples of it, and one seat lasts that long."""

DAY = 24 * 60
"""Minutes of a wall-clock day."""


class RepeatedTime(InputRefused):
    """The clocks show that time twice on that day; `fold` 0 is the first, 1 the second."""


def minute_of(at: time) -> int:
    """Return the minutes from midnight."""
    return at.hour * 60 + at.minute


def time_of(minute: int) -> time:
    """Return the wall-clock time `minute` minutes after midnight, 0 to 1439."""
    return time(minute // 60, minute % 60)


def utc_instant(day: date, start: time, zone: str, *, fold: int | None = None) -> datetime:
    """Return the UTC instant of a wall-clock time.

    Raises `InputRefused` when the clocks skip it and `RepeatedTime` when they show it twice and `fold` is None.
    """
    tz = ZoneInfo(zone)
    wall = datetime.combine(day, start)
    first = wall.replace(tzinfo=tz, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=tz, fold=1).astimezone(UTC)
    if first.astimezone(tz).replace(tzinfo=None) != wall:
        raise InputRefused(
            f"{show_time(start)} does not exist on {show_date(day)}: the clocks go forward.", field="time"
        )
    if first != second and fold is None:
        raise RepeatedTime(
            f"{show_time(start)} comes twice on {show_date(day)}: add “first” or “second”.", field="time"
        )
    return second if fold else first


def wall_clock(instant: datetime, zone: str) -> datetime:
    """Return the instant as the clinic's clock shows it, without zone."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def show_date(day: date) -> str:
    """Return `Mon 2 Mar 2026`."""
    return f"{show_weekday(day)} {day.year}"


def show_weekday(day: date) -> str:
    """Return `Mon 2 Mar`, where the year is in view."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def show_day(day: date) -> str:
    """Return `2 Mar 2026`, for birth dates and stamps."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def show_time(at: time) -> str:
    """Return `8:05` or `14:00`."""
    return f"{at.hour}:{at.minute:02}"


def show_moment(instant: datetime, zone: tzinfo) -> str:
    """Return `28 Feb 2026 22:14`, an instant as the clinic's clock showed it."""
    wall = instant.astimezone(zone)
    return f"{show_day(wall.date())} {show_time(wall.time())}"


def show_minute(minute: int) -> str:
    """Return the clock time of a minute of the day; 1440 is shown as `24:00`."""
    return f"{minute // 60}:{minute % 60:02}"


_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, order=True)
class Span:
    """Minutes of a wall-clock day, `start` included, `end` not; touching spans do not overlap."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= DAY:
            raise InputRefused("The end must come after the start.", field="hours")

    @property
    def minutes(self) -> int:
        """Length in minutes."""
        return self.end - self.start

    def holds(self, minute: int) -> bool:
        """Tell whether the minute is in it."""
        return self.start <= minute < self.end

    def overlaps(self, other: "Span") -> bool:
        """Tell whether both have a minute in common."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Span") -> bool:
        """Tell whether the other lies wholly inside."""
        return self.start <= other.start and other.end <= self.end


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans sorted, with touching and overlapping ones joined."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def subtract(spans: Iterable[Span], taken: Iterable[Span]) -> tuple[Span, ...]:
    """Return what is left of `spans` outside `taken`."""
    left = list(merge(spans))
    for hole in merge(taken):
        left = [
            Span(start, end)
            for span in left
            for start, end in ((span.start, min(span.end, hole.start)), (max(span.start, hole.end), span.end))
            if start < end
        ]
    return tuple(left)


def age_on(born: date, today: date) -> int:
    """Return the age in whole years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def next_slot(minute: int) -> int:
    """Return the minute rounded up to a multiple of 5."""
    return -(-minute // STEP) * STEP


def end_of(day: date, start: time, minutes: int) -> datetime:
    """Return the wall-clock end."""
    return datetime.combine(day, start) + timedelta(minutes=minutes)
