"""Finding a patient: one box, numbered rows under it, everywhere the same."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Protocol

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from ctfront.domain.errors import ClinicError
from ctfront.domain.patients import PatientName
from ctfront.domain.text import Shown, safe
from ctfront.domain.times import age_on, show_day
from ctfront.widgets.day_cells import fit
from ctfront.widgets.safe_input import SafeInput, full_words
from ctfront.widgets.words import Words

MOST_ROWS = 9
"""Rows that a digit can pick."""

NAME_WIDTH = 21


class Found(Protocol):
    """What a search answers."""

    @property
    def rows(self) -> tuple[PatientName, ...]: ...  # noqa: D102
    @property
    def near_miss(self) -> bool: ...  # noqa: D102


class FindsPatients(Protocol):
    """Who can look patients up."""

    async def find(self, text: str, *, today: date, limit: int = ...) -> Found: ...  # noqa: D102


class FinderLine(SafeInput):
    """The box: a digit picks a row where the text begins with a letter."""

    DEFAULT_CSS = "FinderLine { width: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "new_patient", "New patient", tooltip="Add whom nobody matches", id="find.new_patient"),
    ]

    def __init__(self, value: str) -> None:
        super().__init__(value, compact=True, max_length=100, id="patient")
        self.cursor_blink = False

    @property
    def finder(self) -> "PatientFinder":
        """The box with its rows."""
        assert isinstance(self.parent, PatientFinder)
        return self.parent

    def types_ahead(self, event: events.Key) -> bool:
        """Tell whether the key may go in while a search runs: letters that are only text."""
        return event.key == "backspace" or (event.is_printable and not (event.character or "").isdecimal())

    async def _on_key(self, event: events.Key) -> None:
        finder = self.finder
        if event.key in {"up", "down"} and finder.rows:
            event.stop()
            event.prevent_default()
            finder.walk(1 if event.key == "down" else -1)
        elif (digit := event.character or "").isdecimal() and event.is_printable and finder.takes_digit():
            event.stop()
            event.prevent_default()
            finder.pick_number(int(digit))
        else:
            await super()._on_key(event)

    def action_new_patient(self) -> None:
        """Ask for a new patient with the name typed."""
        self.finder.post_message(PatientFinder.NewPatientWanted(self.value))


class PatientFinder(Vertical):
    """The box with the rows that its text finds."""

    DEFAULT_CSS = """
    PatientFinder { height: auto; }
    PatientFinder > #rows { height: auto; }
    """

    @dataclass
    class Picked(Message):
        """The clerk means this patient."""

        patient: PatientName

    @dataclass
    class NewPatientWanted(Message):
        """The clerk wants to add whom nobody matches."""

        text: str

    def __init__(
        self,
        patients: FindsPatients,
        *,
        today: date,
        value: str = "",
        offered: Sequence[PatientName] = (),
        offered_heading: str = "",
    ) -> None:
        super().__init__()
        self.patients = patients
        self.today = today
        self.first_value = value
        self.offered = tuple(offered)
        """Whom the empty box shows below: Down walks there, and no digit picks them."""
        self.offered_heading = offered_heading
        self.rows: tuple[PatientName, ...] = ()
        """Whom the text finds; empty again once one is picked."""
        self.cursor = 0
        self.wants_digit = False
        """Enter met namesakes: only their digit picks now."""
        self.picked: str | None = None
        """The text that a pick filled in."""

    def compose(self) -> ComposeResult:
        """Lay out the box and its rows."""
        yield FinderLine(self.first_value)
        yield Words(id="rows")

    def on_mount(self) -> None:
        """Show who is offered."""
        if not self.first_value:
            self._offer()

    @property
    def line(self) -> FinderLine:
        """The box."""
        return self.query_one(FinderLine)

    @property
    def value(self) -> str:
        """What is typed."""
        return self.line.value

    def fill(self, patient: PatientName) -> None:
        """Show a patient as picked."""
        self.picked = str(patient.name)
        self.rows, self.wants_digit = (), False
        self.line.value = self.picked
        self.line.cursor_position = len(self.picked)
        self._show("")

    @on(Input.Changed)
    def search(self, event: Input.Changed) -> None:
        """Look up what is typed."""
        event.stop()
        if event.value == self.picked:
            return
        self.picked, self.wants_digit = None, False
        if not event.value.strip():
            self._offer()
            return
        # A search for less text runs to its end: breaking a reading off costs its connection.
        self.run_worker(self._find(event.value), group="find")

    @property
    def is_offering(self) -> bool:
        """Whether the rows are those of the empty box."""
        return not self.value.strip()

    def _offer(self) -> None:
        """Show who is offered, the cursor on none of them until Down goes there."""
        self.rows, self.cursor = self.offered, -1
        self._show("")

    async def _find(self, text: str) -> None:
        try:
            found = await self.patients.find(text, today=self.today)
        except ClinicError as refusal:
            self.rows = ()
            self._show(safe(str(refusal)))
            return
        if text != self.value:
            return
        self.rows, self.cursor = found.rows, 0
        heading = "Nobody matches exactly; perhaps:" if found.near_miss else ""
        self._show(heading if found.rows else "Nobody found. Ctrl+N adds a new patient.")

    @on(SafeInput.Full)
    def say_full(self, event: SafeInput.Full) -> None:
        """Say why what was typed or pasted is not there."""
        event.stop()
        self._show(full_words(event.limit))

    @on(Input.Submitted)
    def answer_enter(self, event: Input.Submitted) -> None:
        """Take the row under the cursor; namesakes want their digit, an answered box goes on."""
        if not self.rows or self.cursor < 0:
            if self.picked is None:
                event.stop()
            return
        event.stop()
        if not self.is_offering and self.is_namesake(self.rows[self.cursor]):
            self.wants_digit = True
            self._show("More than one has that name: type the digit.")
            return
        self.take(self.rows[self.cursor])

    def takes_digit(self) -> bool:
        """Tell whether a digit picks a row instead of being text."""
        return bool(self.rows) and (self.wants_digit or self.value.lstrip()[:1].isalpha())

    def pick_number(self, digit: int) -> None:
        """Take the row with that digit, if there is one."""
        if 1 <= digit <= min(len(self.rows), MOST_ROWS):
            self.take(self.rows[digit - 1])

    def walk(self, step: int) -> None:
        """Move the row cursor."""
        self.cursor = max(-1 if self.is_offering else 0, min(self.cursor + step, min(len(self.rows), MOST_ROWS) - 1))
        self._show("")

    def is_namesake(self, patient: PatientName) -> bool:
        """Tell whether another of the rows has the same name."""
        return _names(self.rows)[patient.name.casefold()] > 1

    def take(self, patient: PatientName) -> None:
        """Fill the patient in and announce the pick."""
        self.fill(patient)
        self.post_message(self.Picked(patient))

    def _show(self, heading: str) -> None:
        offering = bool(self.rows) and self.is_offering
        heading = self.offered_heading if offering else heading
        lines = [safe(heading)] if heading else []
        cursor = len(lines) + self.cursor if self.rows and self.cursor >= 0 else None
        names = _names(self.rows)
        for number, patient in enumerate(self.rows[:MOST_ROWS], 1):
            row = patient_row(
                patient, None if offering else number, today=self.today, namesake=names[patient.name.casefold()] > 1
            )
            lines.append(safe(f"{'▸' if number - 1 == self.cursor else ' '}{row}"))
        if max(names.values(), default=0) > 1 and not self.wants_digit and not offering:
            lines.append(safe("  = same name: the digit picks"))
        if (more := len(self.rows) - MOST_ROWS) > 0:
            lines.append(safe(f"  and {more} more: type on"))
        self.query_one("#rows", Words).show(*lines, cursor=cursor)


def _names(rows: Sequence[PatientName]) -> Counter[str]:
    return Counter(patient.name.casefold() for patient in rows)


def patient_row(patient: PatientName, number: int | None, *, today: date, namesake: bool) -> Shown:
    """Return a row with the number that picks it, if one does: name, birth date with age, phone tail, record number."""
    born = f"b {show_day(patient.birth_date)} ({age_on(patient.birth_date, today)})"
    tail = f"…{patient.phone_tail}" if patient.phone_tail else ""
    marks = f"{' =' if namesake else ''}{'' if patient.active else ' inactive'}"
    return safe(f"{number or ' '} {fit(patient.name, NAME_WIDTH)} {born:<18} {tail:<5} #{patient.record_number}{marks}")
