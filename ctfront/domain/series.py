"""The visits of a series: what stands in the way of each date, and how far an act on one of them reaches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from ctfront.domain.appointments import Appointment, Place
from ctfront.domain.errors import InputRefused
from ctfront.domain.patients import PatientName
from ctfront.domain.providers import VisitPurpose
from ctfront.domain.schedule import Column
from ctfront.domain.series_rule import Repeat, say_series
from ctfront.domain.text import safe
from ctfront.domain.times import (
    RepeatedTime,
    Span,
    minute_of,
    show_time,
    show_weekday,
    subtract,
    time_of,
    utc_instant,
)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One date of a series as the clerk wants it."""

    ordinal: int
    """Its number in the plan; it stays when the visit is moved or others are left out."""
    place: Place
    fold: int | None = None
    """0 or 1 for a time that the clocks repeat."""
    left_out: bool = False
    on_holiday: bool = False
    """Whether the clerk takes it although it is a public holiday."""

    def moved(self, *, days: int = 0, minutes: int = 0) -> "Visit":
        """Return it on another day or at another time; one that would leave its day or the calendar stays."""
        minute = minute_of(self.place.start) + minutes
        if not 0 <= minute < 24 * 60:
            return self
        try:
            day = self.place.day + timedelta(days=days)
        except OverflowError:
            return self
        return replace(self, place=replace(self.place, day=day, start=time_of(minute)), on_holiday=False)


@dataclass(frozen=True, kw_only=True)
class SeriesPlan:
    """What a series is of; its dates are `visits`."""

    patient: PatientName
    purpose: VisitPurpose
    minutes: int
    repeat: Repeat
    rule: str
    visits: tuple[Visit, ...]
    note: str = ""

    @property
    def words(self) -> str:
        """The rule read back."""
        return say_series(self.repeat, [visit.place.day for visit in self.visits])


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A date of a series and what was found there."""

    visit: Visit
    provider: str
    obstacle: str = ""
    """What stands in its way, empty for nothing."""
    holiday: str = ""
    """The public holiday that it falls on."""
    nearest: time | None = None
    """The free start nearest to it on that day, where something stands in its way."""
    booked: bool = False

    @property
    def stands(self) -> bool:
        """Whether it can be booked and is wanted."""
        return not self.obstacle and not self.visit.left_out and not self.booked

    @property
    def state(self) -> str:
        """What the list says of it."""
        if self.booked:
            return "booked"
        if self.visit.left_out:
            return "left out"
        if self.obstacle:
            return self.obstacle if self.nearest is None else f"{self.obstacle}; {show_time(self.nearest)} is free"
        return f"free, {self.holiday} all the same" if self.holiday else "free"

    @property
    def told(self) -> str:
        """Date and what stands in its way, for a sentence."""
        return f"{show_weekday(self.visit.place.day)} {show_time(self.visit.place.start)}: {self.state}"


@dataclass(frozen=True, kw_only=True)
class There:
    """What is known of a visit's day."""

    column: Column
    """Without its appointments."""
    visits: Sequence[Span] = ()
    """The live appointments of the provider."""
    of_patient: Sequence[Span] = ()
    """Those of the patient, with whomever."""
    holiday: str = ""


@dataclass(frozen=True, kw_only=True)
class SeriesBooked:
    """What became of the dates: those booked, and of each other one why not."""

    series_id: int
    booked: tuple[Appointment, ...]
    lost: tuple[tuple[int, str], ...] = ()
    """(ordinal, why)"""


def look(visit: Visit, plan: SeriesPlan, there: There, *, zone: str, slot: int, now: datetime) -> Checked:
    """Say what stands in a visit's way; `now` is wall clock."""
    place, provider = visit.place, there.column.provider
    found = Checked(visit=visit, provider=provider.name, holiday=there.holiday)
    if hopeless := _hopeless(visit, plan, there, slot=slot, now=now):
        return replace(found, obstacle=hopeless)
    first = minute_of(place.start)
    free = subtract(there.column.free_beside(there.visits), there.of_patient)
    obstacle = _clock(visit, zone)
    if not obstacle and not any(span.start <= first and first + plan.minutes <= span.end for span in free):
        obstacle = _why_not_free(Span(first, min(first + plan.minutes, 24 * 60)), there)
    if not obstacle:
        return found
    earliest = minute_of(now.time()) if place.day == now.date() else 0
    starts = [time_of(minute) for minute in _starts(free, plan.minutes, slot) if minute >= earliest]
    starts.sort(key=lambda start: abs(minute_of(start) - first))
    there_once = (start for start in starts if not _clock(replace(visit, place=replace(place, start=start)), zone))
    return replace(found, obstacle=obstacle, nearest=next(there_once, None))


def _hopeless(visit: Visit, plan: SeriesPlan, there: There, *, slot: int, now: datetime) -> str:
    """Return what no other time of that day would put right, empty for nothing."""
    place, provider = visit.place, there.column.provider
    if not provider.active:
        return f"{safe(provider.name)} is not active any more"
    if plan.purpose.id not in provider.purpose_ids:
        return f"{safe(provider.name)} does not offer it"
    if place.day < now.date() or datetime.combine(place.day, place.start) + timedelta(minutes=slot) <= now:
        return "past"
    if there.holiday and not visit.on_holiday:
        return f"holiday: {safe(there.holiday)}"
    return "" if there.column.hours else f"closed: {safe(provider.name)} has no hours"


def _clock(visit: Visit, zone: str) -> str:
    """Return why the clocks don't show that time once, empty when they do."""
    try:
        utc_instant(visit.place.day, visit.place.start, zone, fold=visit.fold)
    except RepeatedTime:
        return "the clocks show it twice"
    except InputRefused:
        return "the clocks skip it"
    return ""


def _why_not_free(visit: Span, there: There) -> str:
    column = there.column
    for event in column.events:
        if event.span.overlaps(visit):
            return f"event: {safe(event.text)}"
    for pause in column.breaks:
        if pause.span.overlaps(visit):
            return f"closed: {safe(pause.label)}"
    if not any(span.contains(visit) for span in column.bookable()):
        return "closed"
    if any(span.overlaps(visit) for span in there.of_patient):
        return "patient has another visit"
    return "taken"


def _starts(free: Iterable[Span], minutes: int, slot: int) -> list[int]:
    """Return the starts on the grid at which so many minutes are free."""
    return [m for span in free for m in range(-(-span.start // slot) * slot, span.end - minutes + 1, slot)]


class Reach(StrEnum):
    """How many visits of a series an act takes."""

    ONE = "this one"
    LATER = "this and later"
    ALL = "all still to come"


def reached(this: Appointment, to_come: Sequence[Appointment], reach: Reach) -> tuple[Appointment, ...]:
    """Return the visits that an act on one takes, first to last."""
    if reach is Reach.ONE:
        return (this,)
    return tuple(it for it in to_come if reach is Reach.ALL or it.starts_at >= this.starts_at)


@dataclass(frozen=True, kw_only=True)
class Shift:
    """Where visits of a series go: so many days on; time and provider stay where they are None."""

    days: int = 0
    start: time | None = None
    provider_id: int | None = None

    def place_of(self, appointment: Appointment) -> Place:
        """Return where the appointment goes."""
        was = appointment.place
        return Place(
            provider_id=was.provider_id if self.provider_id is None else self.provider_id,
            day=was.day + timedelta(days=self.days),
            start=was.start if self.start is None else self.start,
        )


def shift_between(was: Place, to: Place) -> Shift:
    """Return the shift that brings one place to the other."""
    return Shift(
        days=(to.day - was.day).days,
        start=None if to.start == was.start else to.start,
        provider_id=None if to.provider_id == was.provider_id else to.provider_id,
    )


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What was changed of purpose, length and note; None stays as it is."""

    purpose_id: int | None = None
    minutes: int | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class SeriesChanged:
    """What became of the visits that an act took."""

    sentence: str
    changed: tuple[Appointment, ...]
    """First to last."""
    stayed: tuple[tuple[Appointment, str], ...] = ()
    """Those left as they were, and why."""

    @property
    def lines(self) -> list[str]:
        """What was done and what stayed, a line each."""
        stayed = [f"{show_weekday(it.day)} {show_time(it.start)} stays: {why}" for it, why in self.stayed]
        return [self.sentence, *stayed]
