"""Who treats, when, and for what."""

from dataclasses import dataclass
from datetime import date

from ctfront.domain.times import Span, show_minute


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
    active: bool = True
    version: int = 1


@dataclass(frozen=True, kw_only=True)
class Break:
    """A pause inside office hours; booking in it is an override."""

    span: Span
    label: str = "break"


@dataclass(frozen=True, kw_only=True)
class DayHours:
    """Office hours of one weekday."""

    weekday: int
    """0 is Monday."""
    spans: tuple[Span, ...]
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A clinician with a schedule."""

    id: int
    name: str
    governor: int = 1
    """Appointments that may be in progress at any moment, 1 to 20."""
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
            if hours.weekday == day.weekday():
                return hours
        return DayHours(weekday=day.weekday(), spans=())


@dataclass(frozen=True, kw_only=True)
class Event:
    """Time in which a provider is not bookable."""

    id: int
    provider_id: int
    day: date
    span: Span
    text: str

    @property
    def times(self) -> str:
        """Return `8:00–9:00`."""
        return f"{show_minute(self.span.start)}–{show_minute(self.span.end)}"
