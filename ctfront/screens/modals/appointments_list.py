"""Appointments that somebody has to be called about: time, name, phone, and where they stand or why they stay."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ctfront.domain.appointments import Appointment
from ctfront.domain.errors import ClinicError
from ctfront.domain.text import safe
from ctfront.domain.times import show_date, show_time
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.row_list import ListColumn, RowList
from ctfront.widgets.words import Words

MOST_ROWS = 12
"""Rows in view; a longer list scrolls."""

DAY: ListColumn[Appointment] = ListColumn(heading="Day", width=15, text=lambda a: safe(show_date(a.day)))
TIME: ListColumn[Appointment] = ListColumn(heading="Time", width=5, text=lambda a: safe(f"{show_time(a.start):>5}"))
PATIENT: ListColumn[Appointment] = ListColumn(heading="Patient", width=0, text=lambda a: safe(a.patient.name))
PHONE: ListColumn[Appointment] = ListColumn(
    heading="Phone", width=16, text=lambda a: safe(a.patient.phone or "no phone")
)
PROVIDER: ListColumn[Appointment] = ListColumn(heading="Provider", width=14, text=lambda a: safe(a.provider))


class AppointmentsList(Dialog[bool]):
    """Show the appointments; it scrolls. True means that Enter closed it, False that Esc did."""

    HINT: ClassVar[str] = "Arrows and PgDn scroll   d prints the list   Enter or Esc close"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "leave(True)",
            "Close",
            tooltip="Close the list, or do what its last line says",
            id="appointments.enter",
        ),
        Binding("d,D", "print_list", "Dial list", tooltip="Print names and phones", id="appointments.dial_list"),
        Binding("escape", "leave(False)", "Close", tooltip="Close the list", id="appointments.leave"),
    ]

    def __init__(
        self, heading: str, appointments: Sequence[Appointment], *, why: Mapping[int, str] | None = None
    ) -> None:
        super().__init__()
        self.heading = heading
        self.appointments = tuple(appointments)
        self.why = why
        """Why each is in the list, by its id; None where the heading says it."""

    def compose(self) -> ComposeResult:
        """Lay what is said above the list."""
        with Vertical(classes="dialog"):
            yield Words(safe(self.heading), id="heading")
            rows: RowList[Appointment] = RowList(key=lambda a: a.id)
            rows.styles.height = min(len(self.appointments), MOST_ROWS) + 1
            yield rows
            if self.why is not None:
                yield Words(id="why")
            yield Words(id="said")
            yield Words(safe(self.HINT), classes="hint")

    def on_mount(self) -> None:
        """Show the rows."""
        rows = self.query_one(RowList)
        rows.show(self.columns(), self.appointments)
        rows.focus()

    def columns(self) -> Sequence[ListColumn[Appointment]]:
        """Return what a row says."""
        if self.why is None:
            return DAY, TIME, PATIENT, PHONE, PROVIDER
        places = {a.id: place for place, a in enumerate(self.appointments, 1)}
        return (
            ListColumn(heading="", width=3, text=lambda a: safe(f"{places[a.id]:>2}.")),
            TIME,
            ListColumn(heading="Patient", width=22, text=lambda a: safe(a.patient.name)),
            ListColumn(heading="Why", width=0, text=lambda a: safe(self._brief_why(a))),
        )

    def _brief_why(self, appointment: Appointment) -> str:
        """Return why, without the name that the row has already."""
        return (self.why or {})[appointment.id].removeprefix(f"{appointment.patient.name} ")

    @on(RowList.CursorMoved)
    def say_why(self) -> None:
        """Say in full what the row under the cursor may have no room for."""
        here = self.query_one(RowList).item
        if self.why is not None and here is not None:
            self.query_one("#why", Words).show(safe(self.why[here.id]))

    @work(group="print")
    async def action_print_list(self) -> None:
        """Print the list, or save it, and say where it is."""
        try:
            said = await desk_of(self).print_list(self.heading.rstrip(":"), self.appointments, self.why)
        except ClinicError as refusal:
            said = str(refusal)
        self.query_one("#said", Words).show(safe(said))

    def action_leave(self, entered: bool) -> None:
        """Close."""
        self.dismiss(entered)
