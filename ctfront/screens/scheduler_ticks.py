"""Ticks on the Scheduler's day: what is ticked is cancelled and marked together."""

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.binding import BindingType
from textual.worker import Worker

from ctfront.domain.appointments import Appointment, Status
from ctfront.domain.errors import ClinicError
from ctfront.screens.appointment_acts import LETTERS
from ctfront.screens.modals.cancel_ticked_form import CancelTickedForm
from ctfront.screens.modals.mark_menu import MarkMenu
from ctfront.screens.scheduler_acts import SchedulerActs
from ctfront.screens.scheduler_view import key

FOR_TICKED = frozenset({"cancel", "mark", "pick_up"})
"""Actions that take the ticked ones, wherever the cursor stands."""


class SchedulerTicks(SchedulerActs):
    """Space ticks, `*` ticks the column; the acts take the ticked ones, else the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("space", "tick", "Tick", "Tick the appointment, or take the tick away", "tick"),
        key("asterisk", "tick_all", "Tick all", "Tick all of the column that may still change, or none", "tick_all"),
        key("d,D", "print_list", "Dial list", "Print names and phones: the ticked, else the column's", "dial_list"),
    ]

    @property
    def ticked(self) -> list[Appointment]:
        """The ticked appointments of the day, as last read."""
        return self.grid.all_ticked

    def works_now(self, action: str) -> bool:
        """Tell whether the ticks, or what the cursor stands on, let the action do something."""
        if action == "print_list":
            return self.grid.provider_column is not None
        if action in {"tick", "tick_all"}:
            return self.week_of is None and (action == "tick_all" or self.grid.appointment is not None)
        return (action in FOR_TICKED and bool(self.ticked)) or super().works_now(action)

    def standing_message(self) -> str:
        """Say how many are ticked."""
        count = len(self.ticked)
        return (
            f"{count} ticked: m moves, c cancels, k a o mark them together; Esc unticks."
            if count
            else super().standing_message()
        )

    def title_left(self) -> str:
        """Return the day in view and how many are ticked on it."""
        count = len(self.ticked)
        return f"{super().title_left()} · {count} ticked" if count else super().title_left()

    def action_tick(self) -> None:
        """Tick the appointment that the pane shows, or take its tick away."""
        if self.week_of is not None:
            self.say("Ticks belong to a day; w goes back to it.")
            return
        if (appointment := self.appointment_here("tick")) is None:
            return
        if appointment.id not in self.grid.ticked and not _tickable(appointment):
            self.say(f"{appointment.patient.name} {appointment.status.told}; nothing to do, so no tick.")
            return
        self.show_ticks(self.grid.ticked ^ {appointment.id})

    def action_tick_all(self) -> None:
        """Tick all of the column whose visit has not begun, or none of it when all are ticked."""
        column = self.grid.provider_column
        if self.week_of is not None or column is None:
            self.say("Ticks belong to a day; w goes back to it.")
            return
        able = {a.id for a in column.appointments if a.before_visit}
        if not able:
            self.say("Nothing in this column may still change, so no tick.")
            return
        ticked = self.grid.ticked
        self.show_ticks(ticked - able if able <= ticked else ticked | able)

    def show_ticks(self, ticked: frozenset[int]) -> None:
        """Show what is ticked, in the grid, the title and the message line."""
        self.grid.tick(ticked)
        self.refresh_title()
        self.say(self.standing_message() or "None ticked.")

    def action_cancel(self) -> Worker[None]:
        """Cancel the ticked ones, else what is under the cursor."""
        return self.cancel_ticked() if self.ticked else super().action_cancel()

    @work(group="cancel")
    async def cancel_ticked(self) -> None:
        """Ask once why, and cancel all that are ticked."""
        ticked = self.ticked
        done = await self.desk.ask(CancelTickedForm(self.scheduling, ticked))
        if done is not None:
            await self.show_done(done, left=ticked)

    def action_mark(self, letter: str) -> Worker[None]:
        """Mark the ticked ones with one key, else the one under the cursor."""
        return self.mark_ticked(letter) if self.ticked else super().action_mark(letter)

    def action_mark_menu(self) -> Worker[None]:
        """Offer the marks for the ticked ones, else for what is under the cursor."""
        return self.mark_ticked() if self.ticked else super().action_mark_menu()

    @work(group="mark")
    async def mark_ticked(self, letter: str | None = None) -> None:
        """Give all that are ticked one status; without a letter ask which."""
        ticked = self.ticked
        if letter is None:
            choices = [(letter, status.word) for letter, status in LETTERS.items()]
            letter = await self.desk.ask(MarkMenu(f"Mark {len(ticked)} ticked", choices))
        if letter is None:
            return
        versions = {it.id: it.version for it in ticked}
        try:
            done = await self.scheduling.mark_ticked(self.desk.act(), versions, LETTERS[letter])
        except ClinicError as refusal:
            await self.load()
            self.say(str(refusal))
            return
        await self.show_done(done)

    @work(group="print")
    async def action_print_list(self) -> None:
        """Print whom to call, or save it: the ticked, else those of the column whose visit has not begun."""
        ticked, column = self.ticked, self.grid.provider_column
        if column is None:
            self.say("Enter shows the day first: a list belongs to a column of it.")
            return
        whom = ticked or [a for a in column.appointments if a.before_visit]
        if not whom:
            self.say("Nobody in this column is still to come, so there is no list.")
            return
        try:
            self.say(await self.desk.print_list(f"{len(whom)} to call", whom))
        except ClinicError as refusal:
            self.say(str(refusal))

    async def show_done(self, sentence: str, *, left: Sequence[Appointment] = ()) -> None:
        """Take the ticks away, read the day again and say what was done; `left` are those whose places are free."""
        self.grid.tick(frozenset())
        await self.load()
        await self.say_freed(sentence, left)


def _tickable(appointment: Appointment) -> bool:
    return appointment.live and appointment.status is not Status.CHECKED_OUT
