"""The answer to an act that wants to be seen: Enter or Esc is OK, `u` takes it back."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ctfront.domain.text import safe
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.words import Words


class Notice(Dialog[bool]):
    """Say what came of an act; True means that the clerk takes it back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,escape", "close", "OK", id="notice.ok"),
        Binding("u,U", "take_back", "Undo", id="notice.undo"),
    ]

    def __init__(self, lines: Sequence[str], *, undoable: bool) -> None:
        super().__init__()
        self.lines = tuple(lines)
        self.undoable = undoable

    def compose(self) -> ComposeResult:
        """Lay the lines above the keys."""
        with Vertical(classes="dialog"):
            for line in self.lines:
                yield Words(safe(line))
            keys = "Enter or Esc OK   u take it back" if self.undoable else "Enter or Esc OK"
            yield Words(safe(keys), classes="hint")

    def action_close(self) -> None:
        """Close; what was done stays."""
        self.dismiss(False)

    def action_take_back(self) -> None:
        """Close and ask for the act to be taken back, where there is one."""
        if self.undoable:
            self.dismiss(True)
