"""The top line: what is shown, where, who is at the keyboard and what waits."""

from rich.cells import cell_len
from rich.text import Text
from textual.widget import Widget

from ctfront.domain.text import safe
from ctfront.widgets.day_cells import fit


class TitleLine(Widget):
    """Left, middle and right part of one line."""

    DEFAULT_CSS = "TitleLine { height: 1; text-style: reverse; }"

    def __init__(self, *, id: str = "title") -> None:
        super().__init__(id=id)
        self.parts = ("", "", "")

    def show(self, left: str, middle: str, right: str) -> None:
        """Show the three parts; unchanged ones cost nothing."""
        parts = (safe(left), safe(middle), safe(right))
        if parts != self.parts:
            self.parts = parts
            self.refresh()

    def render(self) -> Text:
        """Draw the middle in the middle, or right behind the left part when it is narrow."""
        left, middle, right = self.parts
        width = self.size.width
        room = max(width - cell_len(left) - cell_len(right) - 5, 0)
        middle = middle if cell_len(middle) <= room else fit(middle, room)
        at = max((width - cell_len(middle)) // 2, cell_len(left) + 3)
        line = f" {left}".ljust(at) + middle
        line = line.ljust(width - cell_len(right) - 1) + right
        return Text(line, no_wrap=True, overflow="crop", end="")
