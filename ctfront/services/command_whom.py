"""Whom a line of the command grammar means: a patient, or appointments of the day at hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ctfront.data.folding import fold
from ctfront.domain.appointments import Appointment, Status
from ctfront.domain.errors import Ambiguous, InputRefused, NotFound
from ctfront.domain.grammar.commands import AtTime, ByName, DayNumbers, Whom
from ctfront.domain.patients import PatientName
from ctfront.domain.text import brief, safe
from ctfront.domain.times import minute_of, show_date, show_day, show_time
from ctfront.services.patients import Patients
from ctfront.services.scheduling import Scheduling

GONE = frozenset({Status.CANCELLED, Status.RESCHEDULED})
"""What is meant only when nothing else fits."""


@dataclass(frozen=True, kw_only=True)
class AtHand:
    """The day that a line counts from, and the clinic's wall clock."""

    day: date
    now: datetime
    in_access: bool = False
    """Whether Patient Access is the screen."""

    @property
    def today(self) -> date:
        """The date on the clinic's clock."""
        return self.now.date()


class Whoms:
    """Finds whom a line means."""

    def __init__(self, scheduling: Scheduling, patients: Patients) -> None:
        self._scheduling = scheduling
        self._patients = patients

    async def patient(self, whom: Whom | None, at_hand: AtHand) -> PatientName:
        """Return the patient whom a name or record number means. Raises `NotFound`, `Ambiguous` or `InputRefused`."""
        if not isinstance(whom, ByName):
            raise InputRefused("Whom? Type the beginning of a name, as smi,jo.", field="line")
        found = await self._patients.find(whom.text, today=at_hand.today)
        if found.near_miss or not found.rows:
            raise NotFound(f"Nobody's name begins with “{brief(whom.text)}”.")
        active = [row for row in found.rows if row.active] or list(found.rows)
        if len(active) > 1:
            more = " …" if len(active) > 4 else ""
            raise Ambiguous(f"“{brief(whom.text)}” fits several: {_apart(active[:4])}{more}", active)
        return active[0]

    async def appointments(self, whom: Whom | None, at_hand: AtHand) -> list[Appointment]:
        """Return the appointments of the day at hand that are meant; one, except for a range."""
        schedule = await self._scheduling.day(at_hand.day)
        of_day = [a for column in schedule.columns for a in column.appointments]
        fitting = [a for a in of_day if whom is not None and _fits(a, whom)]
        standing = [a for a in fitting if a.live] or [a for a in fitting if a.status not in GONE] or fitting
        if not standing:
            raise NotFound(f"Nobody on {show_date(at_hand.day)} is meant by that.")
        is_range = isinstance(whom, DayNumbers) and whom.first != whom.last
        if len(standing) > 1 and not is_range:
            words = "; ".join(f"{a.number} {told_of(a)}" for a in standing[:4])
            raise Ambiguous(f"That fits several: {words}", standing)
        return sorted(standing, key=lambda a: a.number)

    async def one(self, whom: Whom | None, at_hand: AtHand) -> PatientName:
        """Return the one patient who is meant, by name, by record number, or by an appointment of the day at hand."""
        if isinstance(whom, ByName):
            return await self.patient(whom, at_hand)
        [appointment, *more] = await self.appointments(whom, at_hand)
        if more:
            raise InputRefused("One patient at a time; Patient Access (F4) sends to many, list 4.", field="line")
        return appointment.patient


def _apart(patients: Sequence[PatientName]) -> str:
    """Return what tells patients apart; a name that two in a row share is said once, so that the line has room."""
    told, last = [], ""
    for one in patients:
        name = "" if one.name == last else f"{one.name} "
        told.append(f"{name}b {show_day(one.birth_date)} #{safe(one.record_number)}")
        last = one.name
    return "; ".join(told)


def _fits(a: Appointment, whom: Whom) -> bool:
    match whom:
        case DayNumbers(first, last):
            return first <= a.number <= last
        case AtTime(start, provider):
            return minute_of(a.start) == minute_of(start) and provider in {None, a.provider}
        case ByName(text):
            surname, _, given = text.partition(",")
            names = a.patient
            begins = fold(names.last_name).startswith(fold(surname)) and fold(names.first_name).startswith(fold(given))
            return bool(fold(surname)) and begins
    return False


def told_of(a: Appointment) -> str:
    """Return who, when and with whom."""
    return f"{a.patient.name} {show_time(a.start)} {safe(a.provider)}"
