"""Asks whether a new patient is one of those on record."""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ctfront.domain.patients import PatientName
from ctfront.domain.text import safe
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.patient_finder import MOST_ROWS, patient_row
from ctfront.widgets.words import Words


class PatientChoice(Dialog["PatientName | bool | None"]):
    """A digit takes a known patient, `y` says another person (True), Enter and Esc go back to the form."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,Y", "another", "Another person", id="duplicate.another"),
        Binding("enter,escape", "leave", "Not now", id="duplicate.leave"),
    ]

    def __init__(self, sentence: str, candidates: Sequence[PatientName], *, today: date) -> None:
        super().__init__()
        self.sentence = sentence
        self.candidates = tuple(candidates[:MOST_ROWS])
        self.today = today

    def compose(self) -> ComposeResult:
        """List the candidates."""
        with Vertical(classes="dialog"):
            yield Words(safe(self.sentence))
            for number, patient in enumerate(self.candidates, 1):
                yield Words(patient_row(patient, number, today=self.today, namesake=False))
            yield Words(safe("1–9 this patient   y another person   Enter or Esc not now"), classes="hint")

    def on_key(self, event: events.Key) -> None:
        """Take the patient with the digit."""
        if (event.character or "").isdecimal() and 1 <= int(event.character or 0) <= len(self.candidates):
            event.stop()
            self.dismiss(self.candidates[int(event.character or 0) - 1])

    def action_another(self) -> None:
        """Say that it is another person."""
        self.dismiss(True)

    def action_leave(self) -> None:
        """Go back to the form."""
        self.dismiss(None)
