"""An appointment's form: purpose, length and note."""

from collections.abc import Iterable

from textual.widget import Widget

from ctfront.domain.appointments import Appointment
from ctfront.domain.providers import VisitPurpose
from ctfront.domain.text import safe
from ctfront.domain.times import show_date, show_time
from ctfront.screens.leave import Leave, with_leave
from ctfront.screens.modals.booking_form import read_minutes
from ctfront.services.booking import NOTE_LIMIT
from ctfront.services.scheduling import Scheduling
from ctfront.widgets.form import Choice, Field, Form
from ctfront.widgets.front_desk import desk_of


class EditForm(Form[Appointment]):
    """Change an appointment where it stands."""

    def __init__(self, scheduling: Scheduling, appointment: Appointment, purposes: tuple[VisitPurpose, ...]) -> None:
        super().__init__()
        self.scheduling = scheduling
        self.appointment = appointment
        self.purposes = purposes
        self.choice = Choice([p.name for p in purposes], what="purpose")

    def heading(self) -> str:
        """Say which appointment."""
        it = self.appointment
        return f"{it.patient.name} · {show_time(it.start)} {show_date(it.day)} with {it.provider} · no. {it.number}"

    def fields(self) -> Iterable[Widget]:
        """Make the fields."""
        it = self.appointment
        yield Field("purpose", "Purpose", it.purpose, required=True, read=self.read_purpose)
        yield Field("minutes", "Minutes", str(it.minutes), required=True, read=read_minutes)
        yield Field("note", "Note", it.note, limit=NOTE_LIMIT)

    def start(self) -> None:
        """Start in the first field: nothing wants an answer, and the clerk came to change something."""
        self.query_one("#field-purpose", Field).line.focus()

    def read_purpose(self, text: str) -> str:
        """Read the purpose back; the one it has stands, offered or not."""
        return self.appointment.purpose if self._unchanged(text) else self.purposes[self.choice.index(text)].name

    def _unchanged(self, text: str) -> bool:
        return text.strip() == safe(self.appointment.purpose)

    async def save(self) -> Appointment | None:
        """Save the change; each warning is asked on its own."""
        desk = desk_of(self)
        purpose, minutes, note = (self.query_one(f"#field-{n}", Field).text for n in ("purpose", "minutes", "note"))
        kept = self._unchanged(purpose)
        purpose_id = self.appointment.purpose_id if kept else self.purposes[self.choice.index(purpose)].id

        async def attempt(leave: Leave) -> Appointment:
            return await self.scheduling.edit(
                desk.act(),
                self.appointment.id,
                version=self.appointment.version,
                purpose_id=purpose_id,
                minutes=int(minutes),
                note=note,
                **leave.words(),
            )

        return await with_leave(desk, attempt)
