"""What is done to an appointment, on whatever screen it stands under the cursor."""

from collections.abc import Sequence

from textual import work

from ctfront.domain.appointments import MARKABLE, Appointment, Status
from ctfront.domain.errors import ClinicError
from ctfront.domain.series import SeriesChanged
from ctfront.domain.times import show_date, show_time
from ctfront.screens.desk_screen import DeskScreen
from ctfront.screens.leave import Leave, with_leave
from ctfront.screens.modals.cancel_form import CancelForm
from ctfront.screens.modals.cancel_ticked_form import CancelTickedForm
from ctfront.screens.modals.mark_menu import MarkMenu
from ctfront.screens.modals.notice import Notice
from ctfront.screens.modals.question import Question
from ctfront.screens.series_reach import PUT_BACK, put_back_choice, reach_of
from ctfront.services.scheduling import Scheduling
from ctfront.services.waitlist import Waitlist

LETTERS = dict(zip("sfacdon", MARKABLE, strict=True))
"""Letters of the mark menu."""

MOST_NAMED = 10
"""Visits that a notice names."""


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
        """Ask why and cancel; of a series ask first how much of it."""
        try:
            visits = await reach_of(self.desk, self.scheduling, appointment, "Cancel")
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        if len(visits) > 1:
            done = await self.desk.ask(CancelTickedForm(self.scheduling, visits, of_series=True))
            if done is not None:
                await self.show_again(appointment)
                self.say(f"{done} u takes them back.")
            return
        if not visits:
            return
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
        self.say(f"{marked.patient.name} {to.told}. u takes it back.")

    @work(group="mark")
    async def action_mark_menu(self) -> None:
        """Offer the marks, or the approval of a request."""
        if (appointment := self.appointment_here("mark")) is None:
            return
        if appointment.status is Status.REQUESTED:
            await self.approve(appointment)
            return
        choices = [*((letter, status.word) for letter, status in LETTERS.items()), *put_back_choice(appointment)]
        letter = await self.desk.ask(MarkMenu(f"Mark {self.told(appointment)}", choices))
        if letter is not None:
            await self.mark_or_put_back(appointment, letter)

    async def mark_or_put_back(self, appointment: Appointment, letter: str) -> None:
        """Do what a letter of the mark menu says."""
        if letter != PUT_BACK:
            await self.mark(appointment, LETTERS[letter])
            return
        try:
            back = await self.scheduling.put_back(self.desk.act(), appointment.id, version=appointment.version)
        except ClinicError as refusal:
            await self.show_again()
            self.say(str(refusal))
            return
        await self.show_again(back)
        self.say(f"Put back {where_and_day(back)}. u takes it back.")

    async def say_changed(self, done: SeriesChanged) -> None:
        """Say what became of several visits of a series; those that stayed are named in a notice."""
        if not done.stayed:
            self.say(f"{done.sentence} u takes them back.")
            return
        lines = done.lines[: MOST_NAMED + 1]
        more = len(done.lines) - len(lines)
        if await self.desk.ask(Notice([*lines, *([f"and {more} more"] if more else [])], undoable=True)):
            await self.take_back()

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
