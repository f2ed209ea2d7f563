"""What every screen of the desk shares: title, message line, key line."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker, WorkerError

from ctfront.domain.errors import ClinicError
from ctfront.domain.grammar.commands import Command
from ctfront.domain.text import safe
from ctfront.screens.modals.notice import Notice
from ctfront.services.command_whom import AtHand
from ctfront.services.desk_command import DeskCommand
from ctfront.widgets.front_desk import FrontDesk, desk_of
from ctfront.widgets.key_line import KeyLine
from ctfront.widgets.message_line import MessageLine
from ctfront.widgets.title_line import TitleLine
from ctfront.widgets.words import Words

ONLINE_ONLY = frozenset({"access", "send", "review"})
"""Actions that are gone when the clinic does not take part in Online Appointments."""

TOO_SMALL = "ctfront needs 80 columns and 24 rows. Keys wait until the window is larger."


WATCH_SECONDS = 0.5
"""Between two looks for what others, and the sender of mails, have done."""


def action_name(action: str) -> str:
    """Return the bare name of a binding's action: `mark` of `screen.mark('a')`."""
    return action.partition("(")[0].rpartition(".")[2]


class DeskScreen(Screen[None]):
    """A screen with a title above, and the message line and the keys below."""

    AUTO_FOCUS: ClassVar[str | None] = None
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = ()
    NAME: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Back to the Scheduler", id="screen.back"),
    ]

    def compose(self) -> ComposeResult:
        """Lay out the lines that every screen has around its body."""
        yield TitleLine()
        yield from self.compose_body()
        yield MessageLine()
        yield KeyLine(self.KEYS)
        yield Words(safe(TOO_SMALL), id="small")

    def compose_body(self) -> ComposeResult:
        """Lay out what lies between title and message line."""
        yield from ()

    def is_gone(self, action: str) -> bool:
        """Tell whether an action, by its bare name, is none of this clinic's; help leaves it out."""
        return action in ONLINE_ONLY and not self.desk.clinic.online

    def works_now(self, action: str) -> bool:
        """Tell whether an action, by its bare name, would do something now; help dims the others."""
        return True

    @property
    def desk(self) -> FrontDesk:
        """The app, as the front desk."""
        return desk_of(self)

    @property
    def message(self) -> MessageLine:
        """The message line."""
        return self.query_one(MessageLine)

    def action_back(self) -> None:
        """Go back to the bottom screen."""
        self.desk.show_by_verb("sc")

    watching: Worker[None] | None = None
    """The last look for what others did."""

    def look_out(self) -> None:
        """Look for what others did, unless the last look is still under way."""

    async def look_now(self) -> None:
        """Look without waiting for the next time; a look that is under way may have begun too early to see it."""
        await self._looked()
        self.look_out()
        await self._looked()

    async def _looked(self) -> None:
        if self.watching is not None:
            with suppress(WorkerError):  # broken off with its screen
                await self.watching.wait()

    async def read_again(self) -> None:
        """Read what is shown again, after an act was taken back."""

    def set_aside(self) -> Callable[[], Awaitable[None]]:
        """Be free for something else while a form waits; return what shows again what the form is about."""
        return self.read_again

    @work(group="undo")
    async def action_undo(self) -> None:
        """Take back my last act."""
        await self.take_back()

    async def take_back(self) -> None:
        """Take back the clerk's last act and say which it was, or why not."""
        try:
            said = await self.desk.undo()
        except ClinicError as refusal:
            said = str(refusal)
        await self.read_again()
        self.refresh_title()
        self.say(said)

    def say(self, sentence: str) -> None:
        """Put a sentence on the message line until the next key."""
        self.message.show(safe(sentence))

    def on_key(self, event: events.Key) -> None:
        """Clear the message line: a key has come."""
        self.message.show(safe(self.standing_message()))

    def standing_message(self) -> str:
        """Return what the message line says when no act has just spoken."""
        return ""

    async def do_invitation(self, commands: DeskCommand, command: Command, at_hand: AtHand) -> None:
        """Do a line about an invitation; what has more words than the message line has room for is a notice."""
        try:
            said = await commands.do(self.desk.act, command, at_hand)
        except ClinicError as refusal:
            await self.desk.ask(Notice([str(refusal)], undoable=False))
            return
        if said.patient_id is not None:
            await self.show_changes(said.patient_id)
        if len(said.sentence) < self.size.width - 1:
            self.say(said.sentence)
        elif await self.desk.ask(Notice([said.sentence], undoable=True)):
            await self.take_back()

    async def show_changes(self, patient_id: int) -> None:
        """Read again what is shown of a patient, after an act that was done from the command line."""

    def title_left(self) -> str:
        """Return the left part of the title."""
        return ""

    def title_news(self) -> str:
        """Return what stands behind the clerk's name: how many forms wait, and how much is new."""
        open_forms = f"{self.desk.waiting_count} open" if self.desk.waiting_count else ""
        return f"{open_forms}  {self.desk.news_count} new".lstrip() if self.desk.news_count else open_forms

    def refresh_title(self) -> None:
        """Bring the title up to date."""
        right = f"{self.desk.actor.name}  {self.title_news()}".rstrip()
        middle = f"{self.NAME} · {self.desk.clinic.name}"
        for line in self.query(TitleLine):  # gone when the app was left meanwhile
            line.show(self.title_left(), middle, right)
