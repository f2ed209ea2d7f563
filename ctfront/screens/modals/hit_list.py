"""The appointments that an event hits, to be moved or cancelled."""

from collections.abc import Sequence
from typing import ClassVar

from ctfront.domain.appointments import Appointment
from ctfront.domain.providers import Event
from ctfront.domain.text import safe
from ctfront.domain.times import show_date
from ctfront.screens.modals.appointments_list import DAY, PATIENT, PHONE, TIME, AppointmentsList
from ctfront.widgets.row_list import ListColumn

PURPOSE: ListColumn[Appointment] = ListColumn(heading="Purpose", width=20, text=lambda a: safe(a.purpose))


class HitList(AppointmentsList):
    """Time, name, phone and purpose, or of an event that repeats the day; True: the clerk wants them ticked."""

    HINT: ClassVar[str] = "Enter ticks them, for m and c   d prints the list   Esc closes"

    def __init__(self, event: Event, hit: Sequence[Appointment]) -> None:
        when = f"{event.times} {show_date(event.day)} with {hit[0].provider}"
        super().__init__(f"{event.text} {when}: {in_it(hit)}", hit)

    def columns(self) -> Sequence[ListColumn[Appointment]]:
        """Return what a row says."""
        several_days = len({a.day for a in self.appointments}) > 1
        return (DAY, TIME, PATIENT, PHONE) if several_days else (TIME, PATIENT, PHONE, PURPOSE)


def in_it(hit: Sequence[Appointment]) -> str:
    """Return `5 appointments are in it`."""
    return "1 appointment is in it" if len(hit) == 1 else f"{len(hit)} appointments are in it"
