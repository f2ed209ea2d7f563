"""What a screen may ask of the app, without knowing the app."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol, TypeVar, cast

from textual.dom import DOMNode
from textual.screen import Screen

from ctfront.domain.appointments import Appointment
from ctfront.domain.clinic import Clinic
from ctfront.domain.keymap import KeyAct
from ctfront.domain.patients import PatientName
from ctfront.domain.staff import Act, Actor
from ctfront.domain.waitlist import Offer
from ctfront.widgets.progress import Progress

Answer = TypeVar("Answer")


class FrontDesk(Protocol):
    """The app as screens and forms see it."""

    clinic: Clinic
    actor: Actor
    news_count: int
    offer: Offer | None
    """The place that was freed last, and whom it fits."""

    @property
    def waiting_count(self) -> int:
        """How many forms wait."""

    @property
    def today(self) -> date:
        """The date on the clinic's clock."""

    @property
    def now(self) -> datetime:
        """The present instant by the program's clock."""

    @property
    def wall_now(self) -> datetime:
        """The clinic's clock, without zone."""

    def act(self, *, batch_id: str | None = None) -> Act:
        """Frame a change: who, when and a new op id."""

    async def ask(self, screen: Screen[Answer]) -> Answer | None:
        """Show a form or question and wait for its answer, without holding the keys."""

    def stoppable(self, act: Progress) -> AbstractContextManager[None]:
        """Let Esc stop an act while it runs."""

    def key_acts(self) -> Sequence[KeyAct]:
        """Return the acts of all screens with their keys."""

    @property
    def letters_walk(self) -> bool:
        """Whether h j k l walk as the arrows do."""

    async def change_keys(self, act: KeyAct, keys: tuple[str, ...]) -> None:
        """Give an act other keys for everybody, at once. Raises `ClinicError`."""

    async def let_letters_walk(self, on: bool) -> None:
        """Let h j k l walk, or no longer. Raises `ClinicError`."""

    def gone_on(self) -> bool:
        """Tell whether the clerk broke off the wait for the act that asks this: then it must not move anything."""

    def say(self, sentence: str) -> None:
        """Put a sentence on the message line of the screen in view."""

    def show_patient(self, patient_id: int) -> object:
        """Open Patient Information on a patient."""

    def show_access(self, patient_id: int) -> object:
        """Open Patient Access on the list that holds the patient."""

    def show_on_scheduler(
        self, day: date, appointment_id: int | None = None, *, ticked: frozenset[int] = frozenset()
    ) -> object:
        """Open the Scheduler on a day, with the cursor on an appointment, and tick some."""

    def book_in_hand(self, patient: PatientName) -> object:
        """Take a patient to the Scheduler: Enter on a free place books."""

    def find_openings_for(self, patient: PatientName) -> object:
        """Take a patient to the Scheduler and list the next free starts."""

    def pick_up_on_scheduler(self, appointment: Appointment) -> object:
        """Show an appointment on the Scheduler and pick it up."""

    def show_by_verb(self, verb: str) -> None:
        """Do what `sc`, `pi`, `pa`, `su`, `wl`, `dup` or `q` asks for."""

    async def undo(self) -> str:
        """Take back the clerk's last act and return the sentence that says which. Raises `ClinicError`."""

    def looked_at(self, patient_id: int) -> None:
        """Remember for the audit trail that a patient's record was shown."""

    async def count_news(self) -> None:
        """Bring the count of what the clerk has not seen up to date."""

    async def mail_banner(self) -> str:
        """Return why mail waits, empty when it does not. Raises `ClinicError`."""

    async def print_list(self, heading: str, whom: Sequence[Appointment], why: Mapping[int, str] | None = None) -> str:
        """Print or save whom to call, and why each by id; return the sentence. Raises `ClinicError`."""

    def adopt(self, saved: object) -> None:
        """Work on with what Set-up has saved: the clinic, or the rights of whoever is at the keyboard."""

    def patients_in_hand(self) -> Sequence[int]:
        """Return the patients last shown, newest first."""


def desk_of(node: DOMNode) -> FrontDesk:
    """Return the app that a node lives in, as the front desk."""
    return cast(FrontDesk, node.app)
