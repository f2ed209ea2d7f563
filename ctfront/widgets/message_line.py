"""The line that holds the result of an act until the next key."""

from rich.text import Text
from textual.widget import Widget

from ctfront.domain.text import Shown, safe


class MessageLine(Widget):
    """One sentence, never markup."""

    DEFAULT_CSS = "MessageLine { height: 1; }"

    def __init__(self, *, id: str = "message") -> None:
        super().__init__(id=id)
        self.text = safe("")

    def show(self, sentence: Shown) -> None:
        """Show the sentence; an unchanged one costs nothing."""
        if sentence != self.text:
            self.text = sentence
            self.refresh()

    def render(self) -> Text:
        """Draw the sentence."""
        return Text(f" {self.text}" if self.text else "", no_wrap=True, overflow="ellipsis", end="")
