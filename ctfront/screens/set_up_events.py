"""Set-up's events: made on any coming day, shown with whom they hit, and taken away."""

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.binding import BindingType

from ctfront.domain.appointments import Appointment
from ctfront.domain.errors import ClinicError
from ctfront.domain.providers import Event
from ctfront.domain.repeats import Reach
from ctfront.domain.set_up import SetUp
from ctfront.domain.staff import Right
from ctfront.domain.times import show_date
from ctfront.screens.modals.coming_event_form import ComingEventForm
from ctfront.screens.modals.hit_list import HitList, in_it
from ctfront.screens.modals.mark_menu import MarkMenu
from ctfront.screens.modals.question import Question
from ctfront.screens.set_up_view import SetUpView, key
from ctfront.widgets.set_up_rows import SetUpRow


class SetUpEvents(SetUpView):
    """An event is the one thing of Set-up that is taken away."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("c,C", "cancel", "Cancel", "Take the event under the cursor away", "cancel"),
    ]

    async def open_event(self, set_up: SetUp, row: SetUpRow) -> None:
        """List whom the event hits; on the row that adds one, open the form."""
        if isinstance(row.item, Event):
            await self._show_hit(row.item)
            return
        providers = [provider for provider in set_up.providers if provider.active]
        if not providers:
            self.say("There is no provider yet; list 1 adds one.")
            return
        answer = await self.desk.ask(ComingEventForm(self.scheduling, providers, self.desk.today))
        if answer is None:
            return
        event, hit = answer
        await self.load(go_to=event.id)
        days = len(self._series_of(event))
        more = f" and {days - 1} more day{'s' if days > 2 else ''}" if days > 1 else ""
        self.say(f"{self._words(event)}{more}{f'; {in_it(hit)}' if hit else ': blocked'}. u takes it back.")
        if hit:
            await self._list_hit(event, hit)

    def _series_of(self, event: Event) -> list[Event]:
        """Return the days of the event from today on, itself included."""
        known = self.set_up.events if self.set_up is not None else ()
        return [it for it in known if it.series == event.series] if event.series else [event]

    async def _show_hit(self, event: Event) -> None:
        """List the appointments that an event hits."""
        try:
            hit = await self.scheduling.appointments_in(event)
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        if hit:
            await self._list_hit(event, hit)
        else:
            self.say(f"No appointment is in it. c takes {event.text} away.")

    async def _list_hit(self, event: Event, hit: Sequence[Appointment]) -> None:
        """List them; Enter ticks those of the first day on the Scheduler."""
        if await self.desk.ask(HitList(event, hit)):
            day = hit[0].day
            self.desk.show_on_scheduler(day, hit[0].id, ticked=frozenset(a.id for a in hit if a.day == day))

    def _words(self, event: Event) -> str:
        return f"{event.text} {event.times} {show_date(event.day)}"

    @work(group="cancel")
    async def action_cancel(self) -> None:
        """Take the event under the cursor away."""
        event = self.row.item if self.row is not None else None
        if not isinstance(event, Event):
            self.say("Only an event is taken away; what else is set up is made inactive in its form.")
            return
        try:
            self.desk.actor.require(Right.BOOK)
            reach = await self._ask_reach(event)
            if reach is None:
                return
            await self.scheduling.remove_event(self.desk.act(), event.id, reach)
        except ClinicError as refusal:
            await self.load()
            self.say(str(refusal))
            return
        await self.load()
        self.say(f"{event.text} is taken away; the time is bookable. u takes it back.")

    async def _ask_reach(self, event: Event) -> Reach | None:
        """Ask whether the event goes, and on which of its days; None for not now."""
        question = f"Take {self._words(event)} away?"
        days = self._series_of(event)
        if len(days) == 1:
            return Reach.ONE if await self.desk.ask(Question(question, yes="take it away")) else None
        later = sum(it.day >= event.day for it in days)
        choices = (
            ("o", "Only this one"),
            ("l", f"This and later ones, {later} in all"),
            ("a", f"All from today on, {len(days)} in all"),
        )
        letter = await self.desk.ask(MarkMenu(question, choices, does="takes away"))
        return {"o": Reach.ONE, "l": Reach.LATER, "a": Reach.ALL}.get(letter or "")
