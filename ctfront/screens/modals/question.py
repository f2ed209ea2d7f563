"""A question that only `y` answers with yes."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ctfront.domain.text import safe
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.words import Words


class Question(Dialog[bool]):
    """Ask; `y` is yes, Enter and Esc are both *not now*, other keys do nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,Y", "answer(True)", "Yes", id="question.yes"),
        Binding("enter,escape", "answer(False)", "Not now", id="question.no"),
    ]

    def __init__(self, *lines: str, yes: str = "yes") -> None:
        super().__init__()
        self.lines = lines
        self.yes = yes

    def compose(self) -> ComposeResult:
        """Lay the lines above the two answers."""
        with Vertical(classes="dialog"):
            for line in self.lines:
                yield Words(safe(line))
            yield Words(safe(f"y {self.yes}   Enter or Esc not now"), classes="hint")

    def action_answer(self, yes: bool) -> None:
        """Close with the answer."""
        self.dismiss(yes)
