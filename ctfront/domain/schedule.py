"""A day of the clinic as it is read: one column per provider, what is open, taken and closed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from ctfront.domain.appointments import Appointment
from ctfront.domain.minutes import WHOLE_DAY, bits_of, full, spans_of
from ctfront.domain.providers import Break, Event, Provider
from ctfront.domain.times import Span, show_time, subtract


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A place kept for a booking whose form waits."""

    id: str
    provider_id: int
    day: date
    span: Span
    by: str
    """Short name of whoever holds it."""
    until: datetime
    """When it ends by itself, on the clinic's clock."""

    @property
    def words(self) -> str:
        """Return `held by mgarcia until 8:05`."""
        return f"held by {self.by} until {show_time(self.until.time())}"


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
    holds: tuple[Hold, ...] = ()
    """Places held for bookings under way; they count as taken."""

    def state_at(self, minute: int) -> "Opening":
        """Tell whether the minute is bookable, and why not."""
        if any(event.span.holds(minute) for event in self.events):
            return Opening.EVENT
        if any(pause.span.holds(minute) for pause in self.breaks):
            return Opening.BREAK
        return Opening.OPEN if any(span.holds(minute) for span in self.hours) else Opening.CLOSED

    def event_over(self, appointment: Appointment) -> Event | None:
        """Return the event that hits an appointment of the column whose visit has not begun."""
        if not appointment.before_visit:
            return None
        return next((e for e in self.events if e.span.overlaps(appointment.span)), None)

    def load_at(self, minute: int) -> int:
        """Return how many live appointments are in progress at the minute, held places counted."""
        held = sum(hold.span.holds(minute) for hold in self.holds)
        return held + sum(a.live and a.span.holds(minute) for a in self.appointments)

    def hold_at(self, minute: int) -> Hold | None:
        """Return who holds the place, if anybody does."""
        return next((hold for hold in self.holds if hold.span.holds(minute)), None)

    def at(self, now: datetime) -> "Column":
        """Return the column without the holds that have ended by now (wall clock)."""
        live = tuple(hold for hold in self.holds if hold.until > now)
        return self if len(live) == len(self.holds) else replace(self, holds=live)

    def without(self, hold_id: str) -> "Column":
        """Return the column without one hold: to whoever has it the place is free."""
        others = tuple(hold for hold in self.holds if hold.id != hold_id)
        return self if len(others) == len(self.holds) else replace(self, holds=others)

    def is_full_at(self, minute: int) -> bool:
        """Tell whether the governor is reached at the minute."""
        return self.load_at(minute) >= self.provider.governors(self.day, [minute])[0]

    def bookable(self) -> tuple[Span, ...]:
        """Return office hours without breaks and events."""
        return subtract(self.hours, self._closed)

    @property
    def _closed(self) -> tuple[Span, ...]:
        return (*(pause.span for pause in self.breaks), *(event.span for event in self.events))

    @cached_property
    def free(self) -> tuple[Span, ...]:
        """Bookable time in which the governor is not reached; worked out once, since every cursor move asks."""
        live = [appointment.span for appointment in self.appointments if appointment.live]
        return self.free_beside((*live, *(hold.span for hold in self.holds)))

    def free_beside(self, taken: Iterable[Span]) -> tuple[Span, ...]:
        """Return the bookable time in which the governor is not reached by the visits and held places given."""
        visits = [(span.start, span.minutes) for span in taken]
        return spans_of(free_minutes(self.provider, self.day, self.hours, self._closed, visits))


def free_minutes(
    provider: Provider,
    day: date,
    hours: Iterable[Span],
    closed: Iterable[Span],
    visits: Sequence[tuple[int, int]],
) -> int:
    """Return the minutes of a day, as bits, in which one more may be in progress: the one place for desk and site.

    `closed` is what is taken out of the hours; each visit, or held place, is its first minute and its length.
    """
    taken, rest = bits_of(closed), WHOLE_DAY
    for part in provider.hours_on(day).governed:
        where = bits_of((part.span,)) & rest
        taken |= full(visits, part.governor) & where
        rest &= ~where
    taken |= full(visits, provider.governor) & rest
    return bits_of(hours) & ~taken


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

    def has_ended_hold(self, now: datetime) -> bool:
        """Tell whether a hold has ended since the reading; `now` is wall clock."""
        return any(hold.until <= now for column in self.columns for hold in column.holds)

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
