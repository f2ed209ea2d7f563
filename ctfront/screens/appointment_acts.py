"""What is done to an appointment, on whatever screen it stands under the cursor."""

from collections.abc import Sequence

from textual import work

from ctfront.domain.appointments import MARKABLE, Appointment, Status
from ctfront.domain.errors import ClinicError
from ctfront.domain.times import show_date, show_time
from ctfront.screens.desk_screen import DeskScreen
from ctfront.screens.leave import Leave, with_leave
from ctfront.screens.modals.cancel_form import CancelForm
from ctfront.screens.modals.mark_menu import MarkMenu
from ctfront.screens.modals.question import Question
from ctfront.services.scheduling import Scheduling
from ctfront.services.waitlist import Waitlist

LETTERS = dict(zip("sfacdon", MARKABLE, strict=True))
"""Letters of the mark menu."""


class AppointmentActs(DeskScreen):
    """Cancelling and marking; the screen says which appointment, and shows it again afterwards."""

    scheduling: Scheduling
    waitlist: Waitlist

    def appointment_here(self, verb: str) -> Appointment | None:
        """Return the appointment under the cursor, or say that there is none."""
        raise NotImplementedError

    async def show_again(self, appointment: Appointment | None = None) -> None:
        """Read what is shown again, the cursor on the appointment."""
        raise NotImplementedError

    def told(self, appointment: Appointment) -> str:
        """Return how a sentence names the appointment."""
        return where(appointment)

    # -- cancelling and marking

    @work(group="cancel")
    async def action_cancel(self) -> None:
        """Cancel the appointment under the cursor."""
        if (appointment := self.appointment_here("cancel")) is not None:
            await self.cancel(appointment)

    async def cancel(self, appointment: Appointment) -> None:
        """Ask why and cancel."""
        cancelled = await self.desk.ask(CancelForm(self.scheduling, appointment))
        if cancelled is not None:
            await self.show_again(cancelled)
            await self.say_freed(f"Cancelled {self.told(cancelled)}.", [cancelled])

    async def say_freed(self, sentence: str, left: Sequence[Appointment]) -> None:
        """Say what was done and who on the waitlist fits a place that it freed; `:wl` shows them first."""
        try:
            sentence, self.desk.offer = await self.waitlist.told(
                sentence, left, now=self.desk.wall_now, room=self.size.width - 1
            )
        except ClinicError as refusal:
            sentence = f"{sentence} {refusal}"
        self.say(sentence)

    @work(group="mark")
    async def action_mark(self, letter: str) -> None:
        """Mark the appointment with one key."""
        if (appointment := self.appointment_here("mark")) is not None:
            await self.mark(appointment, LETTERS[letter])

    async def mark(self, appointment: Appointment, to: Status) -> None:
        """Give the appointment its next status."""
        desk = self.desk

        async def attempt(leave: Leave) -> Appointment:
            how = {"overbook": leave.overbook, "double_book_patient": leave.double_book_patient}
            return await self.scheduling.mark(desk.act(), appointment.id, to, version=appointment.version, **how)

        try:
            marked = await with_leave(desk, attempt)
        except ClinicError as refusal:
            await self.show_again()
            self.say(str(refusal))
            return
        if marked is None:
            return
        await self.show_again(marked)
        self.say(f"{marked.patient.name} is {to.word.lower()}. u takes it back.")

    @work(group="mark")
    async def action_mark_menu(self) -> None:
        """Offer the marks, or the approval of a request."""
        if (appointment := self.appointment_here("mark")) is None:
            return
        if appointment.status is Status.REQUESTED:
            await self.approve(appointment)
            return
        choices = [(letter, status.word) for letter, status in LETTERS.items()]
        letter = await self.desk.ask(MarkMenu(f"Mark {self.told(appointment)}", choices))
        if letter is not None:
            await self.mark(appointment, LETTERS[letter])

    async def approve(self, appointment: Appointment) -> None:
        """Ask whether a requested appointment is taken."""
        if await self.desk.ask(Question(f"Approve {self.told(appointment)}?", yes="approve")):
            await self.mark(appointment, Status.SCHEDULED)


def where(appointment: Appointment) -> str:
    """Return `RUIZ, Ana for 8:00 with Dr Alvarez`."""
    return f"{appointment.patient.name} for {show_time(appointment.start)} with {appointment.provider}"


def where_and_day(appointment: Appointment) -> str:
    """Return the same with the date."""
    return f"{where(appointment)} on {show_date(appointment.day)}"
