"""The screen while it is locked: nothing of anybody, a name and a PIN."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input

from ctfront.domain.errors import ClinicError
from ctfront.domain.pins import LONGEST, TriesUsedUp
from ctfront.domain.staff import Staff
from ctfront.domain.text import safe
from ctfront.services.pins import Pins
from ctfront.widgets.form import Line
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.words import Words

MOST_NAME = 40


class LockScreen(Screen[Staff | None]):
    """Answers with who has unlocked it, None when its owner has used up all tries; no key leads anywhere else."""

    AUTO_FOCUS: ClassVar[str | None] = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab,down,shift+tab,up", "other", "Name or PIN", tooltip="A colleague types their name", id="lock.other"
        ),
    ]
    DEFAULT_CSS = """
    LockScreen { align: center middle; }
    LockScreen > Vertical { width: 60; height: auto; }
    LockScreen Horizontal { height: 1; }
    LockScreen .label { width: 8; }
    """

    def __init__(self, pins: Pins, name: str, since: str) -> None:
        super().__init__()
        self.pins, self.name_offered, self.since = pins, name, since

    def compose(self) -> ComposeResult:
        """Lay out who locked it, and the two lines."""
        with Vertical():
            yield Words(safe(f"Locked since {self.since}"))
            yield Words()
            with Horizontal():
                yield Words(safe("Name"), classes="label")
                yield Line(self.name_offered, limit=MOST_NAME, id="name")
            with Horizontal():
                yield Words(safe("PIN"), classes="label")
                line = Line(limit=LONGEST, id="pin")
                line.password = True
                yield line
            yield Words()
            yield Words(id="problem")
            yield Words(safe("Enter unlocks   Tab another clerk's name"), classes="hint")

    def on_mount(self) -> None:
        """Wait for the PIN."""
        self.query_one("#pin", Line).focus()

    def action_other(self) -> None:
        """Go to the other line."""
        here = self.focused.id if self.focused is not None else "pin"
        self.query_one("#name" if here == "pin" else "#pin", Line).focus()

    @on(Input.Submitted, "#name")
    def go_on(self, event: Input.Submitted) -> None:
        """Go on to the PIN."""
        event.stop()
        self.query_one("#pin", Line).focus()

    @on(Input.Submitted, "#pin")
    def try_it(self, event: Input.Submitted) -> None:
        """Try what is typed."""
        event.stop()
        if event.value:
            self.unlock(self.query_one("#name", Line).value, event.value)

    @work(group="unlock")
    async def unlock(self, name: str, pin: str) -> None:
        """Unlock, or say why not."""
        self.query_one("#pin", Line).value = ""
        try:
            them = await self.pins.unlock(desk_of(self).act(), name, pin)
        except ClinicError as refusal:
            if isinstance(refusal, TriesUsedUp) and name.strip().casefold() == self.name_offered.casefold():
                self.dismiss(None)
            self.query_one("#problem", Words).show(safe(f"! {refusal}"))
            return
        self.dismiss(them)
