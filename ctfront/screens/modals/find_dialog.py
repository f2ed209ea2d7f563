"""The find box of `/`: whose name, birth date, phone or record number."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from ctfront.domain.grammar.dates import BIRTH_DATE_AS
from ctfront.domain.patients import PatientName
from ctfront.domain.text import safe
from ctfront.services.patients import Patients
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.patient_finder import PatientFinder
from ctfront.widgets.words import Words


class FindDialog(Dialog[PatientName | str | None]):
    """Find a patient; the answer is the patient, a name to add, or None."""

    AUTO_FOCUS: ClassVar[str | None] = "#patient"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", tooltip="Close the box", id="find.leave"),
    ]

    def __init__(self, patients: Patients) -> None:
        super().__init__()
        self.patients = patients

    def compose(self) -> ComposeResult:
        """Lay the box above what it takes."""
        with Vertical(classes="dialog"):
            yield Words(safe("Find a patient"), id="heading")
            yield PatientFinder(self.patients, today=desk_of(self).today)
            born = BIRTH_DATE_AS[desk_of(self).clinic.date_order]
            yield Words(safe(f"smi,jo   joan smith   {born}   4432   #10432   Esc leaves"), classes="hint")

    @on(PatientFinder.Picked)
    def take_patient(self, event: PatientFinder.Picked) -> None:
        """Close with the patient."""
        event.stop()
        self.dismiss(event.patient)

    @on(PatientFinder.NewPatientWanted)
    def add_patient(self, event: PatientFinder.NewPatientWanted) -> None:
        """Close with the name of a patient to add."""
        event.stop()
        self.dismiss(event.text)

    @on(Input.Submitted)
    def stay(self, event: Input.Submitted) -> None:
        """Keep an Enter that found nobody from going further."""
        event.stop()

    def action_leave(self) -> None:
        """Close without a patient."""
        self.dismiss(None)
