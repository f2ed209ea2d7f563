"""Lines of words that data may be part of."""

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from ctfront.domain.text import Shown


class Words(Static):
    """Shows lines and takes nothing but `Shown`: what did not pass `safe` does not pass the type check either."""

    def __init__(self, *lines: Shown, id: str | None = None, classes: str | None = None) -> None:
        super().__init__("\n".join(lines), markup=False, id=id, classes=classes)
        self.shown: tuple[tuple[Shown, ...], int | None] = (lines, None)

    def show(self, *lines: Shown, cursor: int | None = None) -> None:
        """Show other lines, the one at `cursor` in reverse; unchanged ones cost nothing."""
        if (lines, cursor) == self.shown:
            return
        self.shown = (lines, cursor)
        reverse = Style(reverse=True)
        self.update(
            Content("\n").join(
                Content(line).stylize(reverse) if number == cursor else Content(line)
                for number, line in enumerate(lines)
            )
        )
