"""An appointment, its statuses and which act follows which."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property

from ctfront.domain.errors import StatusRefused
from ctfront.domain.patients import PatientName
from ctfront.domain.times import Span, minute_of


class Status(StrEnum):
    """Where an appointment is in its life."""

    REQUESTED = "requested"
    SCHEDULED = "scheduled"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    CHECKED_IN = "checked_in"
    DONE = "done"
    CHECKED_OUT = "checked_out"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"
    DELETED = "deleted"

    @property
    def letter(self) -> str:
        """The mark in the grid."""
        return _LETTERS[self]

    @property
    def word(self) -> str:
        """As the pane shows it."""
        return self.value.replace("_", " ").capitalize()

    @property
    def told(self) -> str:
        """As a sentence says it of one: `is arrived`, `is a no-show`."""
        return "is a no-show" if self is Status.NO_SHOW else f"is {self.word.lower()}"

    @property
    def told_of_many(self) -> str:
        """As a sentence says it of several: `are arrived`, `are no-shows`."""
        return "are no-shows" if self is Status.NO_SHOW else f"are {self.word.lower()}"


_LETTERS = {
    Status.REQUESTED: "?",
    Status.SCHEDULED: "S",
    Status.CONFIRMED: "F",
    Status.ARRIVED: "A",
    Status.CHECKED_IN: "C",
    Status.DONE: "D",
    Status.CHECKED_OUT: "O",
    Status.NO_SHOW: "N",
    Status.CANCELLED: "X",
    Status.RESCHEDULED: "R",
    Status.DELETED: "",
}

LIVE = frozenset(
    {
        Status.REQUESTED,
        Status.SCHEDULED,
        Status.CONFIRMED,
        Status.ARRIVED,
        Status.CHECKED_IN,
        Status.DONE,
        Status.CHECKED_OUT,
    }
)
"""Statuses that hold seats."""

BEFORE_VISIT = frozenset({Status.REQUESTED, Status.SCHEDULED, Status.CONFIRMED, Status.ARRIVED})
"""Statuses in which place and patient may still change."""

MARKABLE = (
    Status.SCHEDULED,
    Status.CONFIRMED,
    Status.ARRIVED,
    Status.CHECKED_IN,
    Status.DONE,
    Status.CHECKED_OUT,
    Status.NO_SHOW,
)
"""What `k` offers, in the order of a visit."""


class Origin(StrEnum):
    """How an appointment came to be."""

    DESK = "desk"
    ONLINE = "online"
    WALK_IN = "walk-in"
    IMPORT = "import"


class Asker(StrEnum):
    """Who wanted a cancellation or another day."""

    PATIENT = "patient"
    CLINIC = "clinic"


ENTERED_IN_ERROR = "entered in error"
"""The reason of what should never have stood there: it sends nothing and counts in no statistic."""

PROVIDER_AWAY = "provider away"
"""The reason of what a provider's absence moves."""

CANCEL_REASONS = ("patient asked", "patient ill", "weather", PROVIDER_AWAY, ENTERED_IN_ERROR, "other")
"""Offered in the forms; any text is taken."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in the schedule: whose column, which day, what time."""

    provider_id: int
    day: date
    start: time


@dataclass(frozen=True, kw_only=True)
class AppointmentDraft:
    """What the booking form produces."""

    patient_id: int
    place: Place
    minutes: int
    purpose_id: int
    note: str = ""
    fold: int | None = None
    """0 or 1 for a time that the clocks repeat."""
    override: bool = False
    """Outside hours, in a break or an event, on purpose: needs the right."""
    overbook: bool = False
    """Beyond the governor on purpose: needs the right."""
    double_book_patient: bool = False
    hold_id: str = ""
    """The hold of the form that waited with this draft; the booking takes its place over."""
    """The patient has another appointment then, on purpose."""
    origin: Origin = Origin.DESK
    series_id: int | None = None
    ordinal: int | None = None
    """Its number in the series."""

    @property
    def first_status(self) -> Status:
        """A walk-in stands at the desk already."""
        return Status.ARRIVED if self.origin is Origin.WALK_IN else Status.SCHEDULED


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """One appointment as the desk sees it."""

    id: int
    number: int
    """Day number: unique in clinic and day, never reused."""
    provider_id: int
    provider: str
    patient: PatientName
    purpose_id: int
    purpose: str
    purpose_letter: str
    day: date
    start: time
    minutes: int
    zone: str
    starts_at: datetime
    """UTC."""
    status: Status
    status_at: datetime
    """UTC instant of the last status change; an arrival keeps its clock time by it."""
    origin: Origin
    created_by: str
    """A staff member's name, `Online Appointment`, or `Import by …`."""
    created_at: datetime
    note: str = ""
    overbooked: bool = False
    overridden: bool = False
    replaces_id: int | None = None
    """The appointment this one was rescheduled from."""
    replaced_by_day: date | None = None
    """Where a rescheduled one went."""
    cancel_reason: str = ""
    asked_by: str = ""
    purpose_color: str = ""
    site: str = ""
    series_id: int | None = None
    ordinal: int | None = None
    """Its number in the series, counted from the first planned visit on."""
    series_rule: str = ""
    version: int = 1

    @property
    def live(self) -> bool:
        """Whether it holds its seats."""
        return self.status in LIVE

    @property
    def before_visit(self) -> bool:
        """Whether place and patient may still change, as far as its status goes."""
        return self.status in BEFORE_VISIT

    @cached_property
    def span(self) -> Span:
        """The minutes of its day that it covers, cut at midnight."""
        first = minute_of(self.start)
        return Span(first, min(first + self.minutes, 24 * 60))

    @property
    def end(self) -> time:
        """Wall-clock end."""
        return (datetime.combine(self.day, self.start) + timedelta(minutes=self.minutes)).time()

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(provider_id=self.provider_id, day=self.day, start=self.start)

    @property
    def online(self) -> bool:
        """Whether the patient made it."""
        return self.origin is Origin.ONLINE


def check_place_may_change(appointment: Appointment, today: date) -> None:
    """Refuse to move, cancel or re-book what is under way or history."""
    if not appointment.before_visit:
        raise StatusRefused(f"{appointment.patient.name} {appointment.status.told}; its place stays as it was.")
    if appointment.day < today:
        raise StatusRefused(f"{appointment.patient.name}'s day is over; its place stays as it was.")


def check_patient_may_change(appointment: Appointment, today: date) -> None:
    """Refuse to give it to another patient once the visit has begun, or while it is only asked for."""
    check_place_may_change(appointment, today)
    if appointment.status is Status.REQUESTED:
        raise StatusRefused(f"{appointment.patient.name} has asked online: approve or decline it first.")


def check_mark(appointment: Appointment, to: Status, today: date, *, correction_days: int, late_right: bool) -> None:
    """Refuse a status that does not follow from where the appointment is.

    Past days are corrections: for `correction_days` by anyone, later with the right.
    """
    name = appointment.patient.name
    if appointment.status in {Status.CANCELLED, Status.RESCHEDULED, Status.DELETED}:
        raise StatusRefused(f"{name} {appointment.status.told}; u takes back an act, b books anew.")
    if to is appointment.status:
        raise StatusRefused(f"{name} {to.told} already.")
    if appointment.status is Status.REQUESTED and to is not Status.SCHEDULED:
        raise StatusRefused(f"{name} has asked online: approve or decline it first.")
    if appointment.day > today and to not in {Status.SCHEDULED, Status.CONFIRMED}:
        raise StatusRefused(
            f"That appointment is for {appointment.day:%a} {appointment.day.day} {appointment.day:%b}, not today."
        )
    days_late = (today - appointment.day).days
    if days_late > correction_days and not late_right:
        raise StatusRefused(
            f"It is {days_late} days ago; after {correction_days} days the right “correct late” is needed."
        )


@dataclass(frozen=True, kw_only=True)
class StatusChange:
    """One step of an appointment's life."""

    at: datetime
    by: str
    old: Status | None
    new: Status
    reason: str = ""
    undone: bool = False
