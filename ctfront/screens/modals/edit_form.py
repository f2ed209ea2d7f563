"""An appointment's form: purpose, length and note, and whose it is when the wrong patient was booked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from textual import on, work
from textual.containers import Horizontal
from textual.widget import Widget

from ctfront.domain.appointments import Appointment, AppointmentDraft, Origin
from ctfront.domain.drafts import DraftKind
from ctfront.domain.errors import ClinicError
from ctfront.domain.patients import PatientName
from ctfront.domain.providers import VisitPurpose
from ctfront.domain.series import Edit, SeriesChanged
from ctfront.domain.text import safe
from ctfront.domain.times import show_date, show_time
from ctfront.screens.leave import Leave, knows_alerts, with_leave
from ctfront.screens.modals.booking_form import read_minutes
from ctfront.screens.modals.new_patient_form import new_patient_form
from ctfront.screens.series_reach import reach_of
from ctfront.services.booking import NOTE_LIMIT
from ctfront.services.patients import Patients
from ctfront.services.scheduling import Scheduling
from ctfront.widgets.drafted import Drafted
from ctfront.widgets.form import Choice, Field
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.patient_finder import PatientFinder
from ctfront.widgets.words import Words


class EditForm(Drafted[Appointment | SeriesChanged]):
    """Change an appointment where it stands."""

    DRAFT: ClassVar[DraftKind | None] = DraftKind.EDIT
    KEEPS_OFFERED: ClassVar[bool] = False

    def __init__(
        self,
        scheduling: Scheduling,
        patients: Patients,
        appointment: Appointment,
        purposes: tuple[VisitPurpose, ...],
    ) -> None:
        super().__init__()
        self.scheduling = scheduling
        self.patients = patients
        self.patient: PatientName = appointment.patient
        """Whose it is to be."""
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
        with Horizontal(id="who"):
            yield Words(safe("Patient"), classes="label")
            yield PatientFinder(self.patients, today=desk_of(self).today)
        yield Field("purpose", "Purpose", it.purpose, required=True, read=self.read_purpose)
        yield Field("minutes", "Minutes", str(it.minutes), required=True, read=read_minutes)
        yield Field("note", "Note", it.note, limit=NOTE_LIMIT)

    def start(self) -> None:
        """Start in the first field: nothing wants an answer, and the clerk came to change something."""
        self.finder.fill(self.appointment.patient)
        super().start()
        if self.left is None:
            self.query_one("#field-purpose", Field).line.focus()

    # -- left in the middle

    def about(self) -> Mapping[str, str | int]:
        """Return which appointment."""
        return {"appointment_id": self.appointment.id, "day": self.appointment.day.isoformat()}

    def patient_meant(self) -> int | None:
        """Return whose it is to be."""
        return self.patient.id if self.finder.value == self.finder.picked else None

    def put_patient(self, patient: PatientName) -> None:
        """Take back whose it is to be."""
        super().put_patient(patient)
        self.patient = patient

    # -- whose it is

    @property
    def finder(self) -> PatientFinder:
        """Where another patient is typed."""
        return self.query_one(PatientFinder)

    def stops(self) -> Sequence[Widget]:
        """Return what Tab visits: the patient too."""
        return [self.finder.line, *super().stops()]

    def wanting(self) -> Widget | None:
        """Return the first stop that wants an answer: a patient typed but not picked before all."""
        return super().wanting() if self.finder.value == self.finder.picked else self.finder.line

    def typed(self) -> bool:
        """Tell whether leaving would lose something."""
        return self.finder.value != safe(self.appointment.patient.name) or super().typed()

    @on(PatientFinder.Picked)
    def take_patient(self, event: PatientFinder.Picked) -> None:
        """Keep whose it is to be and go on."""
        event.stop()
        self.patient = event.patient
        self.next_wanting()

    @on(PatientFinder.NewPatientWanted)
    @work(group="new_patient")
    async def add_patient(self, event: PatientFinder.NewPatientWanted) -> None:
        """Add whom nobody matches and come back with the patient picked."""
        event.stop()
        desk = desk_of(self)
        try:
            added = await desk.ask(await new_patient_form(self.patients, self.scheduling, event.text))
        except ClinicError as refusal:
            self.say_problem(f"! {refusal}")
            return
        if added is not None:
            self.finder.take(added.patient)
            desk.say(added.sentence)

    # -- reading and saving

    def read_purpose(self, text: str) -> str:
        """Read the purpose back; the one it has stands, offered or not."""
        return self.appointment.purpose if self._unchanged(text) else self.purposes[self.choice.index(text)].name

    def _unchanged(self, text: str) -> bool:
        return text.strip() == safe(self.appointment.purpose)

    async def save(self) -> Appointment | SeriesChanged | None:
        """Save the change; each warning is asked on its own, and of a series how much of it is meant."""
        desk = desk_of(self)
        purpose, minutes, note = (self.query_one(f"#field-{n}", Field).text for n in ("purpose", "minutes", "note"))
        kept = self._unchanged(purpose)
        purpose_id = self.appointment.purpose_id if kept else self.purposes[self.choice.index(purpose)].id

        if self.patient.id != self.appointment.patient.id:
            it = self.appointment
            draft = AppointmentDraft(
                patient_id=self.patient.id,
                place=it.place,
                minutes=int(minutes),
                purpose_id=purpose_id,
                note=note,
                origin=Origin.WALK_IN if it.origin is Origin.WALK_IN else Origin.DESK,
            )
            return await self._change_patient(draft)

        it = self.appointment
        what = Edit(
            purpose_id=None if kept else purpose_id,
            minutes=None if int(minutes) == it.minutes else int(minutes),
            note=note if self.query_one("#field-note", Field).changed else None,
        )
        if what != Edit():
            visits = await reach_of(desk, self.scheduling, it, "Change")
            if len(visits) > 1:
                return await self.scheduling.edit_series(desk.act(), {one.id: one.version for one in visits}, what)
            if not visits:
                return None

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

    async def _change_patient(self, draft: AppointmentDraft) -> Appointment | None:
        desk, it = desk_of(self), self.appointment
        notes = await self.patients.booking_notes(draft.patient_id, today=desk.today)
        if not await knows_alerts(desk, self.patient.name, notes):
            return None

        async def attempt(leave: Leave) -> Appointment:
            return await self.scheduling.change_patient(desk.act(), it.id, leave.given_to(draft), version=it.version)

        return await with_leave(desk, attempt)
