"""Who belongs to a patient: one relative at a time, entered or taken away."""

from collections.abc import Iterable, Sequence

from textual import on
from textual.containers import Horizontal
from textual.widget import Widget

from ctfront.domain.errors import InputRefused
from ctfront.domain.families import Relation, Relative, likely_relation
from ctfront.domain.patients import Patient, PatientName
from ctfront.domain.text import safe
from ctfront.domain.times import show_day
from ctfront.services.patients import Patients
from ctfront.widgets.form import Choice, Field, Form
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.patient_finder import PatientFinder
from ctfront.widgets.words import Words

NONE = "none"
"""Takes a relative away."""

RELATIONS = tuple(Relation)
WORDS = Choice([*(relation.word for relation in RELATIONS), NONE], what="kind of family")


class FamilyForm(Form[str]):
    """Pick a relative and say what they are to the patient; `none` takes one away."""

    def __init__(self, patients: Patients, patient: Patient, family: Sequence[Relative]) -> None:
        super().__init__()
        self.patients = patients
        self.patient = patient
        self.family = {relative.patient.id: relative.relation for relative in family}
        self.offered = tuple(relative.patient for relative in family)
        self.other: PatientName | None = None

    def heading(self) -> str:
        """Say whose family it is."""
        return f"Family of {self.patient.name} · b {show_day(self.patient.birth_date)}"

    def fields(self) -> Iterable[Widget]:
        """Make the fields."""
        with Horizontal(id="who"):
            yield Words(safe("Relative"), classes="label")
            heading = "On record; Down goes to them:"
            yield PatientFinder(self.patients, today=desk_of(self).today, offered=self.offered, offered_heading=heading)
        yield Field("relation", "Is the", required=True, read=self.read_relation)

    @property
    def finder(self) -> PatientFinder:
        """Where the relative is typed."""
        return self.query_one(PatientFinder)

    @property
    def relation(self) -> Field:
        """What they are to the patient."""
        return self.query_one("#field-relation", Field)

    def stops(self) -> Sequence[Widget]:
        """Return what Tab visits: the relative too."""
        return [self.finder.line, *super().stops()]

    def wanting(self) -> Widget | None:
        """Return the first stop that wants an answer: who before what."""
        if self.other is None or self.finder.value != self.finder.picked:
            return self.finder.line
        return super().wanting()

    def typed(self) -> bool:
        """Tell whether leaving would lose something."""
        return bool(self.finder.value) or super().typed()

    @on(PatientFinder.Picked)
    def take_relative(self, event: PatientFinder.Picked) -> None:
        """Offer what is on record, else what the birth dates make likely, and go on."""
        event.stop()
        self.other = event.patient
        known = self.family.get(event.patient.id)
        if not self.relation.changed:
            likely = known or likely_relation(self.patient.birth_date, event.patient.birth_date)
            self.relation.offer(likely.word)
        if known is None:
            self.next_wanting()
        else:
            self.visit(self.relation.line)

    @on(PatientFinder.NewPatientWanted)
    def say_add_first(self, event: PatientFinder.NewPatientWanted) -> None:
        """Say how somebody comes on record."""
        event.stop()
        self.say_problem("! Only a patient on record: Esc, then n adds one.")

    def read_relation(self, text: str) -> str:
        """Read back what they are to the patient. Raises `InputRefused`."""
        at = WORDS.index(text)
        if at == len(RELATIONS):
            return "not family any more"
        return f"{RELATIONS[at].word} of {self.patient.name}"

    async def save(self) -> str | None:
        """Save the pair."""
        if self.other is None:
            raise InputRefused("Which patient?", field="patient")
        at = WORDS.index(self.relation.text)
        relation = None if at == len(RELATIONS) else RELATIONS[at]
        known = self.family.get(self.other.id)
        return await self.patients.relate(desk_of(self).act(), self.patient.id, self.other.id, relation, known=known)
