"""What happened since a clerk last looked, and where each leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ctfront.domain.appointments import Appointment, Status
from ctfront.domain.schedule import DaySchedule
from ctfront.domain.times import minute_of, show_time

UNFINISHED = frozenset({Status.SCHEDULED, Status.CONFIRMED, Status.ARRIVED, Status.CHECKED_IN})
"""Statuses in which no appointment should be left at the end of its day."""


class Leads(StrEnum):
    """To which screen a happening leads."""

    SCHEDULER = "scheduler"
    PATIENT_ACCESS = "patient access"
    REQUESTS = "requests"
    STILL_OPEN = "still open"


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One act of somebody else that the clerk wants to know of, or an appointment left open at the end of its day."""

    change_id: int
    """Unique in a list; not above 0 where nobody changed anything."""
    at: datetime
    by: str
    sentence: str
    leads: Leads
    subject_id: int
    """An appointment, a patient or a request, by where it leads."""
    day: date | None = None
    """Day of the appointment."""


def still_open(today: DaySchedule, now: datetime) -> list[Appointment]:
    """Return what has begun and is not finished once every provider's hours are over; `now` is wall clock.

    Empty while the clinic is open; on a day without office hours it counts as closed.
    """
    if any(minute_of(now.time()) < span.end for column in today.columns for span in column.hours):
        return []
    there = (a for column in today.columns for a in column.appointments)
    return sorted((a for a in there if a.status in UNFINISHED and a.start <= now.time()), key=lambda a: a.start)


def listed(
    news: Sequence[Happening], left: Sequence[Appointment], *, now: datetime, is_new: bool
) -> tuple[str, list[Happening]]:
    """Return heading and rows of what `v` lists: unseen news first, else what is left open of today."""
    still = _still_open_rows(left, now)
    if is_new:
        return "Since you last looked", [*news, *still]
    if still:
        return "Still open after hours: Enter on the first line ticks all of them", [*still, *news]
    return "Nothing new since you last looked; what you saw then", [*news]


def _still_open_rows(appointments: Sequence[Appointment], at: datetime) -> list[Happening]:
    """Return a line for all of them together and one for each."""
    if not appointments:
        return []
    count, day = len(appointments), appointments[0].day
    told = f"{count} appointments of today still open" if count > 1 else "1 appointment of today still open"
    return [
        Happening(
            change_id=0,
            at=at,
            by="",
            sentence=f"{told}.",
            leads=Leads.STILL_OPEN,
            subject_id=0,
            day=day,
        ),
        *(
            Happening(
                change_id=-it.id,
                at=it.starts_at,
                sentence=f"{it.patient.name} for {show_time(it.start)} {it.status.told}.",
                leads=Leads.SCHEDULER,
                subject_id=it.id,
                by=it.provider,
                day=day,
            )
            for it in appointments
        ),
    ]
