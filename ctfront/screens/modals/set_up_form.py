"""Shared by the forms of Set-up: where they start, and a refusal that lists the appointments in the way."""

from typing import TypeVar

from ctfront.domain.appointments import Appointment
from ctfront.domain.errors import InputRefused
from ctfront.domain.set_up import WouldOrphan
from ctfront.screens.modals.appointments_list import AppointmentsList
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.widgets.form import Choice, Field, Form
from ctfront.widgets.front_desk import desk_of

Saved = TypeVar("Saved")

YES_NO = Choice(["yes", "no"], what="answer")
NOTHING = {"none": ()}
"""What may be typed for none of a list."""

MOST_DIGITS = 5


def read_yes(text: str) -> bool:
    """Read `yes` or `no`. Raises `InputRefused`."""
    return YES_NO.index(text) == 0


def read_number(text: str) -> int:
    """Read a whole number. Raises `InputRefused`."""
    typed = text.strip()
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= MOST_DIGITS):
        raise InputRefused("A whole number.")
    return int(typed)


class SetUpForm(Form[Saved]):
    """A form of Set-up; one for what is there already starts in its first field, or in the field asked for."""

    def __init__(self, set_up: ClinicSetup, *, first: str | None = None) -> None:
        super().__init__()
        self.set_up = set_up
        self.first = first
        """The field to start in; None for the first that wants an answer."""

    def start(self) -> None:
        """Start where something is to be typed."""
        if self.first is None:
            self.go_on()
        else:
            self.field(self.first).line.focus()

    def field(self, name: str) -> Field:
        """Return a field by name."""
        return self.query_one(f"#field-{name}", Field)

    def text_of(self, name: str) -> str:
        """Return what a field holds."""
        return self.field(name).text

    async def save(self) -> Saved | None:
        """Save; appointments in the way are listed, and what was typed stays."""
        try:
            return await self.send()
        except WouldOrphan as refusal:
            there = refusal.appointments
        count = "1 appointment stands" if len(there) == 1 else f"{len(there)} appointments stand"
        sentence = f"{count} in the way: move or cancel them first."
        await desk_of(self).ask(AppointmentsList(sentence, there))
        self.say_problem(f"! {sentence}")
        self.field(self.at_fault(there[0])).line.focus()
        return None

    async def send(self) -> Saved:
        """Save through the service."""
        raise NotImplementedError

    def at_fault(self, appointment: Appointment) -> str:
        """Return the field that an appointment stands in the way of."""
        return "active"
