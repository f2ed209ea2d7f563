"""The line that holds the result of an act until the next key."""

from rich.cells import cell_len
from rich.text import Text
from textual.widget import Widget

from ctfront.domain.text import Shown, safe

UNDOING = " u takes it back."
"""Left off where a sentence would not fit with it: what was done is read first."""


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
        sentence = str(self.text)
        if cell_len(sentence) >= self.size.width:
            sentence = sentence.removesuffix(UNDOING)
        return Text(f" {sentence}" if sentence else "", no_wrap=True, overflow="ellipsis", end="")
