"""A field whose text and reading back need the whole width."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Horizontal

from ctfront.domain.text import safe
from ctfront.widgets.form import Field, Line, read_anything
from ctfront.widgets.words import Words

MOST_TYPED = 400
"""Characters that fit."""


class LongField(Field):
    """A label and a long line, and below it the reading back or what is wrong."""

    DEFAULT_CSS = """
    LongField { layout: vertical; }
    LongField Horizontal { height: 1; }
    LongField .label { width: 12; }
    LongField Line { width: 1fr; }
    LongField > .note { width: 100%; padding-left: 12; }
    """

    def __init__(
        self,
        name: str,
        label: str,
        value: str = "",
        *,
        hint: str,
        required: bool = False,
        limit: int = MOST_TYPED,
        read: Callable[[str], str] = read_anything,
    ) -> None:
        super().__init__(name, label, value, required=required, limit=limit, read=read)
        self.hint = hint
        """What the note says while nothing is typed."""

    def show_reading(self, *, quiet: bool = True) -> None:
        """Show the reading back, or what may be typed."""
        if quiet and not self.text.strip():
            self.query_one(".note", Words).show(safe(self.hint))
        else:
            super().show_reading(quiet=quiet)

    def compose(self) -> ComposeResult:
        """Lay the note under the line."""
        with Horizontal():
            yield Words(safe(self.label), classes="label")
            yield Line(self.first_value, limit=self.limit, id=self.field)
        yield Words(classes="note")
