"""Mails of the Online Appointments site besides invitations: on appointments, and links that prove an address."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ctfront.domain.appointments import ENTERED_IN_ERROR, LIVE, Appointment, Place, Status
from ctfront.domain.mails import MailText


class MailKind(StrEnum):
    """What a mail says; the value is the word in the outbox."""

    BOOKED = "booked"
    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    NOT_BOOKED = "not_booked"
    """Somebody else was quicker."""
    MOVED = "moved"
    CANCELLED = "cancelled"
    REGISTER = "register"
    RESET = "reset"


LINK_KINDS = frozenset({MailKind.REGISTER, MailKind.RESET})
"""They go to the address just typed, carry no patient data and ask for no consent."""

IN_CALENDAR = frozenset({MailKind.BOOKED, MailKind.APPROVED, MailKind.MOVED, MailKind.CANCELLED})
"""They bring the appointment for the calendar, or take it away there."""


@dataclass(frozen=True, kw_only=True)
class CalendarEntry:
    """An appointment as calendars take it."""

    uid: str
    sequence: int
    """Counts up with every change, in seconds since it was made."""
    starts_at: datetime
    ends_at: datetime
    place: str
    is_cancelled: bool
    stamp: datetime


@dataclass(frozen=True, kw_only=True)
class AppointmentMail:
    """A mail about an appointment, in the clinic's words for dates and times."""

    address: str
    message_id: str
    kind: MailKind
    clinic: str
    phone: str
    place: str
    """The clinic's address."""
    first_name: str
    day: str
    clock: str
    zone: str
    purpose: str
    provider: str
    date: datetime
    site: str
    """Where to book."""
    next_times: tuple[str, ...] = ()
    """What is free instead of a place that was lost."""
    entry: CalendarEntry | None = None
    words: MailText | None = None
    """The clinic's own; None for the built-in ones."""
    opt_out_link: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class LinkMail:
    """A mail whose link proves that its address is the reader's."""

    address: str
    message_id: str
    kind: MailKind
    clinic: str
    phone: str
    date: datetime
    works_hours: int
    link: str = field(repr=False)
    words: MailText | None = None
    """The clinic's own; None for the built-in ones."""


WORKS = {MailKind.RESET: timedelta(hours=1), MailKind.REGISTER: timedelta(hours=24)}
"""How long such a link works."""


def mail_after(
    after: Appointment, *, was: Status, was_place: Place, was_minutes: int, is_over: bool
) -> MailKind | None:
    """Return what a patient who booked online is told when the desk has changed the appointment; None for nothing."""
    if is_over or was not in LIVE:
        return None
    if after.status in {Status.CANCELLED, Status.DELETED}:
        if after.cancel_reason == ENTERED_IN_ERROR:
            return None
        return MailKind.DECLINED if was is Status.REQUESTED else MailKind.CANCELLED
    if after.status not in LIVE:
        return None
    if was is Status.REQUESTED and after.status is not Status.REQUESTED:
        return MailKind.APPROVED
    if after.status is Status.REQUESTED:
        return None
    return MailKind.MOVED if (after.place, after.minutes) != (was_place, was_minutes) else None
