"""Who treats, when, and for what."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from ctfront.domain.times import Span, show_minute, subtract

COLORS = (
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
    "grey", "bright red", "bright green", "bright yellow", "bright blue", "bright magenta", "bright cyan",
    "bright white",
)  # fmt: skip
"""The sixteen colours that every colour terminal has, in its order."""


@dataclass(frozen=True, kw_only=True)
class VisitPurpose:
    """A kind of visit."""

    id: int
    name: str
    minutes: int
    """Usual length, a multiple of 5."""
    letter: str
    """Short mark in the grid, up to three letters."""
    color: str = ""
    """One of `COLORS`, in which the letters are painted; empty for none."""
    active: bool = True
    version: int = 1


@dataclass(frozen=True, kw_only=True)
class Break:
    """A pause inside office hours; booking in it is an override."""

    span: Span
    label: str = "break"


@dataclass(frozen=True, kw_only=True)
class Governed:
    """Part of the office hours with a governor of its own."""

    span: Span
    governor: int


@dataclass(frozen=True, kw_only=True)
class DayHours:
    """Office hours of one weekday, from a day on and until a day."""

    weekday: int
    """0 is Monday."""
    spans: tuple[Span, ...]
    breaks: tuple[Break, ...] = ()
    governed: tuple[Governed, ...] = ()
    since: date | None = None
    """First day on which they hold; None: always did."""
    until: date | None = None
    """Last day on which they hold; None: open-ended."""
    site_id: int | None = None
    """Where; None while the clinic has one site only."""

    def hold_within(self, first: date, last: date) -> bool:
        """Tell whether they hold on a day from `first` to `last`, whatever its weekday."""
        return (self.since is None or self.since <= last) and (self.until is None or first <= self.until)

    def bookable(self) -> tuple[Span, ...]:
        """Return the hours without the breaks."""
        return subtract(self.spans, [pause.span for pause in self.breaks])


@dataclass(frozen=True, kw_only=True)
class WeeklyHours:
    """The office hours of all weekdays that hold from one day until another."""

    since: date | None
    until: date | None
    days: tuple[DayHours, ...]


def weeks_of(hours: Iterable[DayHours]) -> tuple[WeeklyHours, ...]:
    """Return the hours by the time in which they hold, the earliest first."""
    weeks: dict[tuple[date, date | None], list[DayHours]] = {}
    for day in hours:
        weeks.setdefault((day.since or date.min, day.until), []).append(day)
    return tuple(
        WeeklyHours(since=days[0].since, until=until, days=tuple(sorted(days, key=lambda day: day.weekday)))
        for (_, until), days in sorted(weeks.items(), key=lambda week: (week[0][0], week[0][1] or date.max))
    )


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A clinician with a schedule."""

    id: int
    name: str
    governor: int = 1
    """Appointments that may be in progress at any moment, 1 to 20, where the hours of the day name no other."""
    position: int = 0
    """Set-up order."""
    active: bool = True
    hours: tuple[DayHours, ...] = ()
    purpose_ids: tuple[int, ...] = ()
    """Visit purposes the provider offers, in the clinic's order."""
    version: int = 1

    def hours_on(self, day: date) -> DayHours:
        """Return the office hours of the day, empty when closed."""
        for hours in self.hours:
            if hours.weekday == day.weekday() and hours.hold_within(day, day):
                return hours
        return DayHours(weekday=day.weekday(), spans=())

    def governors(self, day: date, minutes: Iterable[int]) -> list[int]:
        """Return the governor at each of the minutes of a day."""
        governed = self.hours_on(day).governed
        return [next((g.governor for g in governed if g.span.holds(minute)), self.governor) for minute in minutes]

    @property
    def highest_governor(self) -> int:
        """The governor of the hours in which most may be in progress."""
        return max([self.governor, *(part.governor for day in self.hours for part in day.governed)])

    def capped(self, most: int) -> "Provider":
        """Return the provider with no governor above `most`, at any hour."""
        hours = tuple(
            replace(day, governed=tuple(replace(part, governor=min(part.governor, most)) for part in day.governed))
            for day in self.hours
        )
        return replace(self, governor=min(self.governor, most), hours=hours)


@dataclass(frozen=True, kw_only=True)
class Event:
    """Time in which a provider is not bookable."""

    id: int
    provider_id: int
    day: date
    span: Span
    text: str
    series: int | None = None
    """The id of the first one of an event that repeats; None for one alone."""

    @property
    def times(self) -> str:
        """Return `8:00–9:00`."""
        return f"{show_minute(self.span.start)}–{show_minute(self.span.end)}"
