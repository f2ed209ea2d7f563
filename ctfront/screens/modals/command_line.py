"""The line behind `:`; it says whom it means before Enter."""

from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from ctfront.domain.errors import ClinicError
from ctfront.domain.grammar.commands import Command
from ctfront.domain.grammar.errors import CannotRead
from ctfront.domain.text import safe
from ctfront.services.command_whom import AtHand
from ctfront.services.desk_command import DeskCommand
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.form import Line
from ctfront.widgets.safe_input import full_words
from ctfront.widgets.words import Words

INDENT = 2
"""Columns before the first character of the line."""


class CommandInput(Line):
    """All typing is text; the reading follows."""

    def types_ahead(self, event: events.Key) -> bool:
        """Tell whether the key may go in while the line is being read."""
        return event.is_printable or (event.key == "backspace" and bool(self.value))


class CommandLine(Dialog[Command | None]):
    """One line at the bottom; Enter answers with it when it can be read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", tooltip="Close the line", id="command.leave"),
    ]

    def __init__(self, commands: DeskCommand, at_hand: AtHand, *, text: str = "") -> None:
        super().__init__()
        self.commands = commands
        self.at_hand = at_hand
        self.text = text
        self.command: Command | None = None
        """The line as read, None while it cannot be."""

    def compose(self) -> ComposeResult:
        """Lay the reading above the line, and below it where it stops making sense, or the series that it means."""
        with Vertical(id="command"):
            yield Words(id="reading")
            with Horizontal():
                yield Words(safe(" :"), id="colon")
                yield CommandInput(self.text, id="line")
            yield Words(id="where")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(CommandInput).focus()

    def on_key(self, event: events.Key) -> None:
        """Leave with Backspace on an empty line, as in other programs with such a line."""
        if event.key == "backspace" and not self.query_one(CommandInput).value:
            self.dismiss(None)

    @on(Input.Changed)
    def read_back(self, event: Input.Changed) -> None:
        """Read what is typed so far."""
        event.stop()
        self.command = None
        self.read(event.value)

    @work(group="find")
    async def read(self, text: str) -> None:
        """Say whom the line means, or what is wrong with it and where; a reading of less text runs to its end."""
        command, words, where = None, "", ""
        if text.strip():
            try:
                command = await self.commands.read(text, self.at_hand)
                words = await self.commands.meant(command, self.at_hand)
                plan = await self.commands.series(command, self.at_hand)
                where = f" {plan.words}" if plan is not None else ""
            except CannotRead as refusal:
                command, words = None, str(refusal)
                where = "" if refusal.position is None else f"{' ' * (INDENT + refusal.position)}^"
            except ClinicError as refusal:
                command, words = None, str(refusal)
        if text == self.query_one(CommandInput).value:
            self.command = command
            self.query_one("#reading", Words).show(safe(f" {words}"))
            self.query_one("#where", Words).show(safe(where))

    @on(Line.Full)
    def say_full(self, event: Line.Full) -> None:
        """Say why what was typed or pasted is not there."""
        event.stop()
        self.query_one("#reading", Words).show(safe(f" {full_words(event.limit)}"))

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        """Close with a line that can be read; one that can't stays, with what is wrong with it."""
        event.stop()
        if self.command is not None or not event.value.strip():
            self.dismiss(self.command)

    def action_leave(self) -> None:
        """Close without a line."""
        self.dismiss(None)
