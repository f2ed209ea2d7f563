"""A box to tick as a field of a form."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from ctfront.domain.text import safe
from ctfront.widgets.answer import Answer
from ctfront.widgets.words import Words

MARKS = {True: "[x]", False: "[ ]", None: "[-]"}


class Box(Words, can_focus=True):
    """The box and its words: Space ticks and unticks, `y` and `n` say which."""

    DEFAULT_CSS = """
    Box { width: auto; height: 1; }
    Box:focus { text-style: bold reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "turn", "Tick", tooltip="Tick the box or untick it", id="box.turn"),
        Binding("y,Y", "tick(True)", "Yes", tooltip="Tick the box", id="box.yes"),
        Binding("n,N", "tick(False)", "No", tooltip="Untick the box", id="box.no"),
        Binding("enter", "go_on", "Next", id="box.enter"),
    ]

    @dataclass
    class Ticked(Message):
        """The clerk ticked or unticked the box."""

        box: "Box"

        @property
        def control(self) -> "Box":
            """The box, for handlers of one box only."""
            return self.box

    class GoOn(Message):
        """The clerk goes on from the box."""

    def __init__(self, name: str, words: str, ticked: bool | None) -> None:
        super().__init__(id=name)
        self.words = words
        self.ticked = ticked
        """None while neither holds for all that the box stands for."""

    def on_mount(self) -> None:
        """Show the mark."""
        self.paint()

    def paint(self) -> None:
        """Show the mark and the words."""
        self.show(safe(f"{MARKS[self.ticked]} {self.words}"))

    def action_turn(self) -> None:
        """Tick the box, or untick it."""
        self.action_tick(not self.ticked)

    def action_tick(self, ticked: bool) -> None:
        """Set the mark."""
        self.ticked = ticked
        self.paint()
        self.post_message(self.Ticked(self))

    def action_go_on(self) -> None:
        """Ask the form to go on."""
        self.post_message(self.GoOn())


class CheckBox(Answer):
    """A box with its words, and beside it what is wrong; unticked it counts as not answered."""

    def __init__(self, name: str, words: str, *, ticked: bool | None = False, label: str = "") -> None:
        super().__init__(name, label, first_value=_text(ticked))
        self.words = words
        self.offered = ticked

    def compose(self) -> ComposeResult:
        """Lay out label, box and note."""
        yield Words(safe(self.label), classes="label")
        yield Box(self.field, self.words, self.offered)
        yield Words(classes="note")

    @property
    def box(self) -> Box:
        """Where it is ticked."""
        return self.query_one(Box)

    @property
    def stop(self) -> Widget:
        """What takes the keys."""
        return self.box

    @property
    def ticked(self) -> bool | None:
        """Whether it is ticked; None for partly, as it was offered."""
        return self.box.ticked

    @property
    def text(self) -> str:
        """`yes` when ticked."""
        return _text(self.box.ticked)

    @on(Box.Ticked)
    def show_again(self, event: Box.Ticked) -> None:
        """Show what is wrong now; the form hears of it too, for what follows from it."""
        self.show_reading()


def _text(ticked: bool | None) -> str:
    return {True: "yes", False: "", None: "partly"}[ticked]
