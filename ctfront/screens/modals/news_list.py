"""The list behind `v`: what others did since the clerk last looked, what is still open; Enter goes there."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ctfront.domain.happenings import Happening
from ctfront.domain.text import safe
from ctfront.domain.times import show_moment
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.row_list import ListColumn, RowList
from ctfront.widgets.words import Words

MOST_ROWS = 14
"""Rows in view; a longer list scrolls."""


class NewsList(Dialog[Happening | None]):
    """Show what happened, newest first; answers with the one to go to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go", "Go there", tooltip="Show it where it is", id="news.go"),
        Binding("escape", "leave", "Close", tooltip="Close the list", id="news.leave"),
    ]

    def __init__(self, heading: str, happenings: Sequence[Happening], zone: tzinfo) -> None:
        super().__init__()
        self.heading = heading
        self.happenings = tuple(happenings)
        self.zone = zone

    def compose(self) -> ComposeResult:
        """Lay the list under its heading."""
        with Vertical(classes="dialog"):
            yield Words(safe(self.heading), id="heading")
            rows: RowList[Happening] = RowList(key=lambda it: it.change_id)
            rows.styles.height = min(len(self.happenings), MOST_ROWS) + 1
            yield rows
            yield Words(safe("Enter goes there   Esc close"), classes="hint")

    def on_mount(self) -> None:
        """Show the rows."""
        rows = self.query_one(RowList)
        columns: tuple[ListColumn[Happening], ...] = (
            ListColumn(heading="When", width=17, text=lambda it: safe(show_moment(it.at, self.zone))),
            ListColumn(heading="What", width=0, text=lambda it: safe(it.sentence)),
            ListColumn(heading="Who", width=12, text=lambda it: safe(it.by)),
        )
        rows.show(columns, self.happenings)
        rows.focus()

    def action_go(self) -> None:
        """Close with the one under the cursor."""
        self.dismiss(self.query_one(RowList).item)

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)
