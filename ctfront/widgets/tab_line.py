"""The lists of a screen in one line: `1 Providers  2 Purposes`, the one in view in brackets."""

from collections.abc import Sequence

from rich.text import Text
from textual.widget import Widget

from ctfront.domain.text import Shown


class TabLine(Widget):
    """Names behind the digits that open them."""

    DEFAULT_CSS = "TabLine { height: 1; }"

    def __init__(self, names: Sequence[Shown], *, id: str = "tabs") -> None:
        super().__init__(id=id)
        self.names = tuple(names)
        self.chosen = 0

    def show(self, chosen: int, names: Sequence[Shown] | None = None) -> None:
        """Show which one is in view, and other names when given; unchanged ones cost nothing."""
        new = (chosen, self.names if names is None else tuple(names))
        if new != (self.chosen, self.names):
            self.chosen, self.names = new
            self.refresh()

    def render(self) -> Text:
        """Draw the names; the one in view is bracketed and bold."""
        roomy = sum(len(f" {number} {name}  ") for number, name in enumerate(self.names)) < self.size.width
        text = Text(" " if roomy else "", no_wrap=True, overflow="crop", end="")
        for number, name in enumerate(self.names):
            words = f"{number + 1} {name}"
            if number == self.chosen:
                text.append(f"[{words}]", "bold")
            else:
                text.append(f" {words} " if roomy else f" {words}")
            text.append(" " if roomy else "")
        return text
