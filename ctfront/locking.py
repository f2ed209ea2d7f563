"""A screen that nobody sits at is blanked until a PIN shows who is back."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from secrets import token_hex
from typing import TypeVar

from textual import work
from textual.screen import Screen

from ctfront.domain.errors import ClinicError
from ctfront.domain.pins import TriesUsedUp
from ctfront.domain.staff import Staff
from ctfront.domain.times import show_time
from ctfront.left_forms import LeftForms
from ctfront.screens.lock_screen import LockScreen
from ctfront.screens.modals.pin_form import PinForm
from ctfront.services.pins import Pins

Answer = TypeVar("Answer")


class Locking(LeftForms):
    """Locks after so much idleness, and at once with `:lk`."""

    pins: Pins
    lock_after: timedelta | None = None
    """None for never."""
    is_locked = False
    parting = ""
    """What is said at the shell when the session ended by itself."""
    _idle: asyncio.TimerHandle | None = None
    _unlocked: asyncio.Event

    def on_ready(self) -> None:
        """Begin to wait for idleness."""
        self._unlocked = asyncio.Event()
        self._unlocked.set()
        self._wait_for_idleness()
        self.run_worker(self._count_tries_anew(), group="draft")

    async def _count_tries_anew(self) -> None:
        with suppress(ClinicError):  # the PIN waits for the next log-in
            await self.pins.logged_in(self.actor)

    def on_unmount(self) -> None:
        """End what compares PINs."""
        self.pins.close()

    def hold_output(self) -> None:
        """Begin anew: a key was let in."""
        super().hold_output()
        self._wait_for_idleness()

    def _wait_for_idleness(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        if self.lock_after is not None:
            self._idle = asyncio.get_running_loop().call_later(self.lock_after.total_seconds(), self._lock_idle)

    def _lock_idle(self) -> None:
        if self.is_running and not self.is_locked and not self.is_leaving:
            self.run_worker(self._lock_or_leave(), group="lock")

    async def _lock_or_leave(self) -> None:
        """Lock; who has no PIN is logged off, with what was typed kept."""
        try:
            has_pin = await self.pins.has_one(self.actor)
        except ClinicError:
            has_pin = False
        if has_pin:
            await self.lock()
            return
        minutes = round(self.lock_after.total_seconds() / 60) if self.lock_after is not None else 0
        await self.log_off(f"Logged off after {minutes} idle minutes; a PIN (Ctrl+K) locks instead.")

    async def log_off(self, why: str) -> None:
        """End the session, with what was typed kept for the next one."""
        self.parting = f"{why} F5 gives back what was typed."
        await self.keep_all()
        self.exit()

    @work(group="lock")
    async def lock_now(self) -> None:
        """Lock at once; who has no PIN chooses one first."""
        try:
            has_pin = await self.pins.has_one(self.actor)
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        if not has_pin and await super().ask(PinForm(self.pins)) is None:
            self.say("Not locked: a screen is unlocked by a PIN.")
            return
        await self.lock()

    @work(group="pin")
    async def action_pin(self) -> None:
        """Choose another PIN."""
        said = await self.ask(PinForm(self.pins))
        if said is not None:
            self.say(said)

    async def lock(self) -> None:
        """Blank the screen until a PIN unlocks it, whatever is under way behind it."""
        if self.is_locked:
            return
        self.is_locked = True
        self._unlocked.clear()
        self.clear_scrollback()
        try:
            await self.keep_forms()
            them = await super().ask(LockScreen(self.pins, self.actor.name, show_time(self.wall_now.time())))
        finally:
            self.is_locked = False
            self._unlocked.set()
        if them is None:
            await self.log_off(str(TriesUsedUp()))
        elif them.id != self.actor.id:
            await self.switch_clerk(them)

    async def ask(self, screen: Screen[Answer]) -> Answer | None:
        """Ask; while the screen is locked nothing comes up over it."""
        while self.is_locked and self.gate is not None:
            with self.gate.waiting_for_clerk():  # the keys are the lock's
                await self._unlocked.wait()
        return await super().ask(screen)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let no key of the app work while it is locked, but the one that ends it."""
        if self.is_locked and action not in {"quit", "help_quit"}:
            return False
        return super().check_action(action, parameters)

    async def switch_clerk(self, them: Staff) -> None:
        """Work on as a colleague; what the other had open waits for their next log-in."""
        await self.keep_all()
        for form in self._drafted():
            form.kept = None  # kept for the other: answered by nobody here
        self.waiting.clear()
        while len(self.screen_stack) > 1:
            self.screen.dismiss(None)
        self.actor = replace(self.actor, id=them.id, name=them.short_name, rights=them.rights, session=token_hex(8))
        self.shown_patients, self.last_news, self.left = [], (), ()
        self.show_by_verb("sc")
        await self.count_news()
        if (screen := self.desk_screen) is not None:
            await screen.read_again()
            screen.refresh_title()
        self.say(f"{them.short_name} is at the keyboard now.")
