"""A list of any length under a cursor: only the rows in view are made into text and drawn."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ctfront.domain.text import Shown
from ctfront.widgets.day_cells import fit
from ctfront.widgets.looks import CURSOR, DIM, NAMED, PLAIN
from ctfront.widgets.window import scrolled

Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True)
class ListColumn(Generic[Item]):
    """One column: its heading, its width in cells (0 takes what is left), and its text of a row."""

    heading: str
    width: int
    text: Callable[[Item], Shown]


class RowList(Widget, Generic[Item], can_focus=True):
    """Rows under a cursor that stays on its row when the list is read again."""

    DEFAULT_CSS = "RowList { height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "focused.walk(-1)", "Up", tooltip="The row above", id="list.up"),
        Binding("down", "focused.walk(1)", "Down", tooltip="The row below", id="list.down"),
        Binding("pageup", "focused.page(-1)", "Page up", tooltip="A window up", id="list.page_up"),
        Binding("pagedown", "focused.page(1)", "Page down", tooltip="A window down", id="list.page_down"),
        Binding("home", "focused.edge(False)", "First", tooltip="First row", id="list.first"),
        Binding("end", "focused.edge(True)", "Last", tooltip="Last row", id="list.last"),
    ]

    @dataclass
    class CursorMoved(Message):
        """The cursor stands on another row, or its row was read again."""

        rows: "RowList[Any]"

    def __init__(
        self,
        *,
        key: Callable[[Item], Hashable],
        quiet: Callable[[Item], bool] = lambda item: False,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.key = key
        self.quiet = quiet
        """Tells which rows are drawn dim; a word in the row says why."""
        self.columns: Sequence[ListColumn[Item]] = ()
        self.items: Sequence[Item] = ()
        self.empty = ""
        self.row = 0
        self.first_row = 0

    @property
    def item(self) -> Item | None:
        """What the cursor stands on; None in an empty list."""
        return self.items[self.row] if self.row < len(self.items) else None

    # -- showing

    def show(self, columns: Sequence[ListColumn[Item]], items: Sequence[Item], *, empty: str = "") -> None:
        """Show rows; the cursor stays on its row, or as near as there is one."""
        standing = self.item
        self.columns, self.items, self.empty = columns, items, empty
        self.row = max(0, min(self.row, len(items) - 1))
        if standing is None or not self._stand_on(self.key(standing)):
            self._scroll_to_cursor()
        self.refresh()
        self._announce()

    def go_to(self, key: Hashable) -> bool:
        """Put the cursor on the row with that key; tell whether there is one."""
        before = self.row
        found = self._stand_on(key)
        if found and before != self.row:
            self.refresh()
            self._announce()
        return found

    def _stand_on(self, key: Hashable) -> bool:
        here = self.item
        if here is None or self.key(here) != key:
            row = next((n for n, item in enumerate(self.items) if self.key(item) == key), None)
            if row is None:
                return False
            self.row = row
        self._scroll_to_cursor()
        return True

    # -- moving

    def move_to(self, row: int) -> None:
        """Put the cursor on a row, or on the nearest there is."""
        before, self.row = self.row, max(0, min(row, len(self.items) - 1))
        if self._scroll_to_cursor():
            self.refresh()
        else:
            self._refresh_row(before)
            self._refresh_row(self.row)
        if before != self.row:
            self._announce()

    def action_walk(self, step: int) -> None:
        """Move the cursor by rows, stopping at the ends."""
        self.move_to(self.row + step)

    def action_page(self, direction: int) -> None:
        """Move by what fits in the window."""
        self.move_to(self.row + direction * max(self.body_height - 1, 1))

    def action_edge(self, last: bool) -> None:
        """Move to the first or last row."""
        self.move_to(len(self.items) - 1 if last else 0)

    def _announce(self) -> None:
        self.post_message(self.CursorMoved(self))

    # -- the window on the rows

    @property
    def body_height(self) -> int:
        """Rows in view below the headings."""
        return max(self.size.height - 1, 1)

    @property
    def cursor_at(self) -> Offset:
        """Where the cursor is drawn; the terminal's own stands there too."""
        return Offset(0, self.row - self.first_row + 1)

    def _scroll_to_cursor(self) -> bool:
        before = self.first_row
        self.first_row = scrolled(self.first_row, self.row, count=len(self.items), room=self.body_height)
        return before != self.first_row

    def on_resize(self) -> None:
        """Keep the cursor in view when the window changes."""
        self._scroll_to_cursor()
        self.refresh()

    # -- drawing

    def _refresh_row(self, row: int) -> None:
        y = row - self.first_row + 1
        if 1 <= y <= self.body_height:
            self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """Draw the headings or one row."""
        row = self.first_row + y - 1
        if y == 0:
            segments = [Segment(self._headings(), NAMED)]
        elif row < len(self.items):
            segments = [self._row(row)]
        elif y == 1:
            segments = [Segment(f" {self.empty}", PLAIN)]
        else:
            segments = []
        base = self.rich_style
        return Strip(segments).apply_style(base).adjust_cell_length(self.size.width, base)

    def _row(self, row: int) -> Segment:
        item = self.items[row]
        text = self._join(column.text(item) for column in self.columns)
        if row == self.row:
            return Segment(f"▸{text}", CURSOR)
        return Segment(f" {text}", DIM if self.quiet(item) else PLAIN)

    def _headings(self) -> str:
        more = len(self.items) - self.first_row - self.body_height
        words = f"{more} more ↓ " if more > 0 else ""
        text = f" {self._join([column.heading for column in self.columns])}"
        return fit(text.rstrip(), self.size.width - len(words)) + words

    def _join(self, texts: Iterable[str]) -> str:
        """Lay texts out in the columns, a space between two."""
        room = self.size.width - 1
        wide = sum(column.width for column in self.columns) + len(self.columns) - 1
        widths = [column.width or max(room - wide, 0) for column in self.columns]
        return fit(" ".join(fit(text, width) for text, width in zip(texts, widths, strict=True)), room)
