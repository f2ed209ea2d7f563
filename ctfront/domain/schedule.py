"""A day of the clinic as it is read: one column per provider, what is open, taken and closed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from ctfront.domain.appointments import Appointment
from ctfront.domain.minutes import bits_of, full, spans_of
from ctfront.domain.providers import Break, Event, Provider
from ctfront.domain.times import Span, subtract


@dataclass(frozen=True, kw_only=True)
class Column:
    """One provider's day."""

    provider: Provider
    day: date
    hours: tuple[Span, ...]
    breaks: tuple[Break, ...] = ()
    events: tuple[Event, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    """Sorted by start, live ones first, deleted ones absent."""

    def state_at(self, minute: int) -> "Opening":
        """Tell whether the minute is bookable, and why not."""
        if any(event.span.holds(minute) for event in self.events):
            return Opening.EVENT
        if any(pause.span.holds(minute) for pause in self.breaks):
            return Opening.BREAK
        return Opening.OPEN if any(span.holds(minute) for span in self.hours) else Opening.CLOSED

    def load_at(self, minute: int) -> int:
        """Return how many live appointments are in progress at the minute."""
        return sum(a.live and a.span.holds(minute) for a in self.appointments)

    def bookable(self) -> tuple[Span, ...]:
        """Return office hours without breaks and events."""
        return subtract(self.hours, [*(b.span for b in self.breaks), *(e.span for e in self.events)])

    @cached_property
    def free(self) -> tuple[Span, ...]:
        """Bookable time in which the governor is not reached; worked out once, since every cursor move asks."""
        visits = [(a.span.start, a.span.minutes) for a in self.appointments if a.live]
        return spans_of(free_time(self.bookable(), visits, self.provider.governor))


def free_time(bookable: Iterable[Span], visits: Iterable[tuple[int, int]], governor: int) -> int:
    """Return the bookable minutes in which fewer visits are in progress than the governor allows.

    The one place where free time is worked out, for the desk and for the site; see `minutes`.
    """
    return bits_of(bookable) & ~full(visits, governor)


class Opening(StrEnum):
    """What the hours say of a minute."""

    OPEN = "open"
    CLOSED = "closed"
    BREAK = "break"
    EVENT = "event"


@dataclass(frozen=True, kw_only=True)
class DaySchedule:
    """Everything the Scheduler shows of one day (or of one provider's week: a column per day)."""

    day: date
    columns: tuple[Column, ...]
    slot_minutes: int = 15
    change_seen: int = field(default=0, compare=False)
    """Newest change_log id that this reading includes."""

    @property
    def is_week(self) -> bool:
        """Whether the columns are days."""
        return len({column.day for column in self.columns}) > 1

    def is_older_than(self, other: "DaySchedule") -> bool:
        """Tell whether this is an earlier reading of the same columns."""
        same = [(c.provider.id, c.day) for c in self.columns] == [(c.provider.id, c.day) for c in other.columns]
        return same and self.day == other.day and self.change_seen < other.change_seen

    def appointment(self, appointment_id: int) -> Appointment | None:
        """Return the appointment with that id, if it is on this day."""
        for column in self.columns:
            for appointment in column.appointments:
                if appointment.id == appointment_id:
                    return appointment
        return None

    def rows(self) -> Sequence[int]:
        """Return the first minute of each grid row: from the first office hour to the last, widened by appointments."""
        spans = [span for column in self.columns for span in column.hours]
        spans += [appointment.span for column in self.columns for appointment in column.appointments]
        spans += [event.span for column in self.columns for event in column.events if event.span.minutes < 24 * 60]
        if not spans:
            spans = [Span(8 * 60, 18 * 60)]
        first = min(span.start for span in spans) // self.slot_minutes * self.slot_minutes
        last = max(span.end for span in spans)
        return range(first, last, self.slot_minutes)


@dataclass(frozen=True, kw_only=True)
class Start:
    """A free start found by `f`: a provider's column, a time and how long is free from there."""

    provider_id: int
    provider: str
    day: date
    minute: int
    minutes_free: int
