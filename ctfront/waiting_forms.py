"""Forms that wait: a clerk is called away, does something else, and F5 goes back to what was begun."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from textual import events, work
from textual.app import App
from textual.screen import Screen

from ctfront.screens.desk_screen import DeskScreen
from ctfront.screens.modals.question import Question
from ctfront.terminal.key_gate import GatedApp
from ctfront.widgets.form import Form

BACK = "F5 goes back to it."

DRAWING_SECONDS = 1.0
"""After which a screen is taken for left."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Waiting:
    """A form with what lies over it; the act that opened it goes on waiting for its answer."""

    mode: str
    forms: tuple[Screen[Any], ...]
    """Bottom to top."""
    come_back: Callable[[], Awaitable[None]]
    """Shows again what the form is about."""


class WaitingForms(GatedApp, App[None]):
    """What is left in the middle, and the ways from it and back."""

    waiting: list[Waiting]
    """The one that F5 goes back to last."""

    @property
    def desk_screen(self) -> DeskScreen | None:
        """The screen in view, under any form."""
        return next((s for s in reversed(self.screen_stack) if isinstance(s, DeskScreen)), None)

    @property
    def waiting_count(self) -> int:
        """How many forms wait."""
        return len(self.waiting)

    def say(self, sentence: str) -> None:
        """Put a sentence on the message line of the screen in view."""
        if (screen := self.desk_screen) is not None:
            screen.say(sentence)

    # -- away from a form

    async def step_aside(self, *, behind: bool = False) -> str | None:
        """Clear the screen in view: what is no form closes as Esc does, a form waits, behind the others if so asked.

        Return what is to be said of the form that waits now, None when the clerk has broken the wait off.
        """
        asked = False
        while len(self.screen_stack) > 1:
            top = self.screen
            if not (isinstance(top, Form) and top.WAITS):
                top.dismiss(None)
                asked = True
            elif top.saving is not None and top.is_saving and asked:
                await top.saving.wait()  # the question was its save's: it ends with nothing saved
            elif top.is_saving:
                top.dismiss(None)  # the save goes on, as after Esc
            else:
                return await self._let_wait(behind=behind)
            if self.gone_on():
                return None
        return ""

    async def _let_wait(self, *, behind: bool) -> str | None:
        desk, *forms = self.screen_stack
        said = [await form.begin_waiting() for form in forms if isinstance(form, Form)]
        if self.gone_on() or self.screen is not forms[-1] or not isinstance(desk, DeskScreen):
            return None
        # Popped, each form would answer whoever waits for it; taken off like this they keep everything.
        del self._screen_stacks[self.current_mode][1:]
        come_back = desk.set_aside()
        waiting = Waiting(mode=self.current_mode, forms=tuple(forms), come_back=come_back)
        self.waiting.insert(0 if behind else len(self.waiting), waiting)
        self._hand_over(forms[-1], desk)
        desk.refresh_title()
        return f"{said[0]} {BACK}"

    async def _painted(self, screen: Screen[Any]) -> None:
        """Wait until the screen is drawn: behind a form nothing of it is drawn again."""
        drawn = asyncio.Event()
        screen.call_after_refresh(drawn.set)
        with suppress(TimeoutError):  # one that was left meanwhile never answers
            await asyncio.wait_for(drawn.wait(), DRAWING_SECONDS)

    def _hand_over(self, old: Screen[Any], new: Screen[Any]) -> None:
        """Tell two screens that the keys are the other's now."""
        old.post_message(events.ScreenSuspend())
        new.post_message(events.ScreenResume())
        self.screen_change_signal.publish(new)

    def say_waiting(self, sentence: str) -> None:
        """Say that a form waits, if one does since just now."""
        if sentence:
            self.say(sentence)

    # -- and back

    @work(group="show")
    async def action_waiting_form(self) -> None:
        """Go back to the form left last; from inside a form to the one before, round and round."""
        await self.go_back_to_form()

    async def go_back_to_form(self) -> None:
        """Show the form that waits again, the one in view waits instead."""
        if not self.waiting:
            self.say(f"No {'other ' if isinstance(self.screen, Form) else ''}form is waiting.")
            return
        wanted = self.waiting[-1]
        if await self.step_aside(behind=True) is None:
            return
        await self.switch_mode(wanted.mode)
        await wanted.come_back()
        if (screen := self.desk_screen) is not None:
            await self._painted(screen)
        if self.gone_on():
            return
        self.waiting.remove(wanted)
        stack = self._screen_stacks[wanted.mode]
        old = stack[-1]
        stack.extend(wanted.forms)
        for form in wanted.forms:
            if form.size != self.size:
                form.post_message(events.Resize(self.size, self.size))
        self._hand_over(old, stack[-1])
        if (screen := self.desk_screen) is not None:
            screen.refresh_title()

    @work(group="quit")
    async def leave_program(self) -> None:
        """End the program; when forms wait, only after `y`."""
        count = len(self.waiting)
        if count:
            what = "1 form is open" if count == 1 else f"{count} forms are open"
            if not await self.ask(Question(f"{what}: quit and lose what was typed?", yes="quit")):
                return
        await self.give_up_forms()
        self.exit()

    async def give_up_forms(self) -> None:
        """Do what is to be done when the clerk leaves, and with it what was typed."""
