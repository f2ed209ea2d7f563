"""The New Patient form, with the likely duplicates shown before it saves."""

from collections.abc import Iterable, Sequence
from datetime import date

from textual.widget import Widget

from ctfront.domain.duplicates import LikelyDuplicate
from ctfront.domain.grammar.dates import read_birth_date
from ctfront.domain.patients import PatientDraft, PatientName, Phone, Sex
from ctfront.domain.providers import Provider
from ctfront.domain.times import age_on, show_date
from ctfront.screens.modals.patient_choice import PatientChoice
from ctfront.services.patients import NOTE_LIMIT, Patients
from ctfront.widgets.form import Choice, Field, Form
from ctfront.widgets.front_desk import desk_of

SEXES = (Sex.FEMALE, Sex.MALE, Sex.OTHER, Sex.UNKNOWN)


class NewPatientForm(Form[PatientName]):
    """Add a patient; answers with the patient added, or the known one picked instead."""

    HEADING = "New patient"

    def __init__(self, patients: Patients, providers: Sequence[Provider], *, typed: str = "") -> None:
        super().__init__()
        self.patients = patients
        self.providers = tuple(providers)
        self.last, _, self.first = (part.strip() for part in typed.partition(","))
        self.sexes = Choice([sex.value or "not stated" for sex in SEXES], what="answer")
        self.choice = Choice([provider.name for provider in providers], what="provider")

    def fields(self) -> Iterable[Widget]:
        """Make the fields."""
        yield Field("last_name", "Last name", self.last, required=True)
        yield Field("first_name", "First name", self.first, required=True)
        yield Field("birth_date", "Birth date", required=True, read=self.read_birth)
        yield Field("sex", "Sex", read=self.read_sex)
        yield Field("phones", "Phone")
        yield Field("email", "Email")
        yield Field("provider", "Provider", read=self.read_provider)
        yield Field("note", "Note", limit=NOTE_LIMIT)

    def _birth_date(self, text: str) -> date:
        desk = desk_of(self)
        return read_birth_date(text, today=desk.today, order=desk.clinic.date_order)

    def read_birth(self, text: str) -> str:
        """Read the birth date back with weekday and age."""
        if not text.strip():
            return ""
        born = self._birth_date(text)
        return f"{show_date(born)} ({age_on(born, desk_of(self).today)})"

    def read_sex(self, text: str) -> str:
        """Read back what was begun."""
        return (SEXES[self.sexes.index(text)].value or "not stated") if text.strip() else ""

    def read_provider(self, text: str) -> str:
        """Read the preferred provider back."""
        return self.providers[self.choice.index(text)].name if text.strip() else ""

    def text_of(self, name: str) -> str:
        """Return what a field holds."""
        return self.query_one(f"#field-{name}", Field).text

    def draft(self) -> PatientDraft:
        """Return what is typed. Raises `InputRefused`."""
        sex, provider, phone = self.text_of("sex"), self.text_of("provider"), self.text_of("phones")
        return PatientDraft(
            last_name=self.text_of("last_name"),
            first_name=self.text_of("first_name"),
            birth_date=self._birth_date(self.text_of("birth_date")),
            sex=SEXES[self.sexes.index(sex)] if sex.strip() else Sex.UNKNOWN,
            phones=(Phone(kind="mobile", number=phone),) if phone.strip() else (),
            email=self.text_of("email") or None,
            preferred_provider_id=self.providers[self.choice.index(provider)].id if provider.strip() else None,
            note=self.text_of("note"),
        )

    async def save(self) -> PatientName | None:
        """Add the patient, after asking when the clinic may know them already."""
        desk = desk_of(self)
        draft = self.draft()
        try:
            return await self.patients.add(desk.act(), draft)
        except LikelyDuplicate as likely:
            known = tuple(c for c in likely.candidates if isinstance(c, PatientName))
            answer = await desk.ask(PatientChoice(str(likely), known, today=desk.today))
        if answer is None or isinstance(answer, PatientName):
            return answer
        return await self.patients.add(desk.act(), draft, another_person=True)
