"""What happened since a clerk last looked, and where each leads."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Leads(StrEnum):
    """To which screen a happening leads."""

    SCHEDULER = "scheduler"
    PATIENT_ACCESS = "patient access"
    REQUESTS = "requests"


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One act of somebody else that the clerk wants to know of."""

    change_id: int
    at: datetime
    by: str
    sentence: str
    leads: Leads
    subject_id: int
    """An appointment, a patient or a request, by where it leads."""
    day: date | None = None
    """Day of the appointment."""
