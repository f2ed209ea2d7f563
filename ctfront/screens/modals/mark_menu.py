"""The menu behind `k`: one letter marks."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ctfront.domain.text import safe
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.words import Words


class MarkMenu(Dialog[str | None]):
    """Letters and words; the letter pressed is the answer, Esc is none."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave", id="mark.leave")]

    def __init__(self, heading: str, choices: Sequence[tuple[str, str]], *, does: str = "marks") -> None:
        super().__init__()
        self.heading = heading
        self.choices = tuple(choices)
        self.does = does

    def compose(self) -> ComposeResult:
        """Lay a line out for each letter."""
        with Vertical(classes="dialog"):
            yield Words(safe(self.heading), id="heading")
            for letter, words in self.choices:
                yield Words(safe(f" {letter}  {words}"))
            yield Words(safe(f"A letter {self.does}  Esc leave"), classes="hint")

    def on_key(self, event: events.Key) -> None:
        """Take a letter, in either case."""
        letter = (event.character or "").lower()
        if any(letter == offered for offered, _ in self.choices):
            event.stop()
            self.dismiss(letter)

    def action_leave(self) -> None:
        """Close without a mark."""
        self.dismiss(None)
