"""The New Patient form, with the likely duplicates shown before it saves, and the invitation with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.widget import Widget

from ctfront.domain.drafts import DraftKind, Left
from ctfront.domain.duplicates import LikelyDuplicate
from ctfront.domain.errors import InvitationRefused
from ctfront.domain.patients import Channel, PatientDraft, PatientName
from ctfront.domain.providers import Provider
from ctfront.domain.text import safe
from ctfront.screens.modals.notice import Notice
from ctfront.screens.modals.patient_choice import PatientChoice
from ctfront.screens.modals.patient_form import CONSENT_WORDS, EMAIL_LIMIT, PatientForm, read_phones, show_phones
from ctfront.services.patients import NOTE_LIMIT, Patients
from ctfront.services.scheduling import Scheduling
from ctfront.widgets.check_box import Box, CheckBox
from ctfront.widgets.drafted import Drafted
from ctfront.widgets.form import Field
from ctfront.widgets.front_desk import desk_of


@dataclass(frozen=True, kw_only=True)
class NewPatient:
    """Who was added, or picked from those on record."""

    patient: PatientName
    sentence: str
    """What was done, the invitation included."""


class NewPatientForm(PatientForm[NewPatient], Drafted[NewPatient]):
    """Add a patient; answers with the patient added, or the known one picked instead."""

    DRAFT: ClassVar[DraftKind | None] = DraftKind.NEW_PATIENT
    HEADING = "New patient"

    def __init__(self, patients: Patients, providers: Sequence[Provider], *, typed: str = "") -> None:
        super().__init__(providers)
        self.patients = patients
        self.last, _, self.first = (part.strip() for part in typed.partition(","))

    def fields(self) -> Iterable[Widget]:
        """Make the fields."""
        yield Field("last_name", "Last name", self.last, required=True)
        yield Field("first_name", "First name", self.first, required=True)
        yield Field("birth_date", "Birth date", required=True, read=self.read_birth)
        yield Field("sex", "Sex", read=self.read_sex)
        yield Field("phones", "Phones", read=show_phones)
        yield Field("email", "Email", limit=EMAIL_LIMIT)
        yield Field("provider", "Provider", read=self.read_provider)
        yield Field("note", "Note", limit=NOTE_LIMIT)
        yield CheckBox("consent", CONSENT_WORDS)
        if desk_of(self).clinic.online:
            yield CheckBox("invite", "Send Online Appointments invitation")

    @property
    def invites(self) -> bool:
        """Whether the invitation is wanted."""
        return any(box.ticked is True for box in self.query("#invite").results(Box))

    @on(Box.Ticked, "#invite")
    def want_address(self, event: Box.Ticked) -> None:
        """Want address and consent for an invitation, each with the reason beside it."""
        wanted = bool(event.box.ticked)
        self.answer("email").needs("The invitation needs an address." if wanted else "")
        self.answer("consent").needs("Needed to invite." if wanted else "")

    def draft(self) -> PatientDraft:
        """Return what is typed. Raises `InputRefused`."""
        return PatientDraft(
            last_name=self.text_of("last_name"),
            first_name=self.text_of("first_name"),
            birth_date=self.birth_date(self.text_of("birth_date")),
            sex=self.sex(self.text_of("sex")),
            phones=read_phones(self.text_of("phones")),
            email=self.text_of("email") or None,
            preferred_provider_id=self.provider_id(self.text_of("provider")),
            note=self.text_of("note"),
            consent=frozenset(Channel) if self.text_of("consent") else frozenset(),
        )

    async def save(self) -> NewPatient | None:
        """Add the patient, after asking when the clinic may know them already."""
        if not await self.address_is_meant():
            return None
        desk = desk_of(self)
        draft = self.draft()
        try:
            return await self._add(draft)
        except LikelyDuplicate as likely:
            known = tuple(c for c in likely.candidates if isinstance(c, PatientName))
            answer = await desk.ask(PatientChoice(str(likely), known, today=desk.today))
        if isinstance(answer, PatientName):
            return await self._take(answer)
        return await self._add(draft, another_person=True) if answer else None

    async def _add(self, draft: PatientDraft, *, another_person: bool = False) -> NewPatient:
        act = desk_of(self).act()
        if not self.invites:
            added = await self.patients.add(act, draft, another_person=another_person)
            return NewPatient(patient=added, sentence=f"{added.name} is on record as #{added.record_number}.")
        added = await self.patients.add_invited(act, draft, another_person=another_person)
        queued = f"Invitation queued for {safe(added.email or '')}. u takes that back."
        return NewPatient(patient=added, sentence=f"Added #{added.record_number}. {queued}")

    async def _take(self, known: PatientName) -> NewPatient:
        """Use the patient on record; with the box ticked the desk's rule decides about the invitation."""
        if not self.invites:
            return NewPatient(patient=known, sentence=f"{known.name} is on record as #{known.record_number}.")
        desk = desk_of(self)
        try:
            said = await self.patients.invite_known(desk.act(), known.id)
        except InvitationRefused as refusal:
            said = f"{known.name} is on record; no invitation was sent."
            await desk.ask(Notice([str(refusal)], undoable=False))
        return NewPatient(patient=known, sentence=said)


async def new_patient_form(
    patients: Patients, scheduling: Scheduling, typed: str = "", *, left: Left | None = None
) -> NewPatientForm:
    """Return the form with the name typed so far, or as it was left in the middle.

    Raises `ClinicError` when the providers cannot be read.
    """
    form = NewPatientForm(patients, await scheduling.providers(), typed=typed)
    form.open_from(left)
    return form
