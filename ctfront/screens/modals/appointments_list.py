"""Appointments that somebody has to be called about: day, time, name and phone."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ctfront.domain.appointments import Appointment
from ctfront.domain.text import safe
from ctfront.domain.times import show_date, show_time
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.row_list import ListColumn, RowList
from ctfront.widgets.words import Words

MOST_ROWS = 12
"""Rows in view; a longer list scrolls."""

COLUMNS: tuple[ListColumn[Appointment], ...] = (
    ListColumn(heading="Day", width=15, text=lambda a: safe(show_date(a.day))),
    ListColumn(heading="Time", width=5, text=lambda a: safe(f"{show_time(a.start):>5}")),
    ListColumn(heading="Patient", width=0, text=lambda a: safe(a.patient.name)),
    ListColumn(heading="Phone", width=16, text=lambda a: safe(a.patient.phone or "no phone")),
    ListColumn(heading="Provider", width=14, text=lambda a: safe(a.provider)),
)


class AppointmentsList(Dialog[None]):
    """Show the appointments; it scrolls, and Enter or Esc closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,escape", "leave", "Close", tooltip="Close the list", id="appointments.leave"),
    ]

    def __init__(self, heading: str, appointments: Sequence[Appointment]) -> None:
        super().__init__()
        self.heading = heading
        self.appointments = tuple(appointments)

    def compose(self) -> ComposeResult:
        """Lay what is said above the list."""
        with Vertical(classes="dialog"):
            yield Words(safe(self.heading), id="heading")
            rows: RowList[Appointment] = RowList(key=lambda a: a.id)
            rows.styles.height = min(len(self.appointments), MOST_ROWS) + 1
            yield rows
            yield Words(safe("Arrows and PgDn scroll  Enter or Esc close"), classes="hint")

    def on_mount(self) -> None:
        """Show the rows."""
        rows = self.query_one(RowList)
        rows.show(COLUMNS, self.appointments)
        rows.focus()

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)
