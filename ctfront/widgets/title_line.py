"""The top line: what is shown, where, who is at the keyboard and what waits."""

from rich.text import Text
from textual.widget import Widget

from ctfront.domain.text import safe
from ctfront.widgets.lines import title_text


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
        """Draw them."""
        return Text(title_text(*self.parts, self.size.width), no_wrap=True, overflow="crop", end="")
