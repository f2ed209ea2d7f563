"""The bottom line: the keys that work here."""

from rich.text import Text
from textual.widget import Widget

from ctfront.widgets.lines import Keys, fitting_keys


class KeyLine(Widget):
    """Keys and words, as many as fit; Footer rebuilds itself at each focus change and leaks."""

    DEFAULT_CSS = "KeyLine { height: 1; }"

    def __init__(self, keys: Keys, *, id: str = "keys") -> None:
        super().__init__(id=id)
        self.keys = keys

    def show(self, keys: Keys) -> None:
        """Show other keys; unchanged ones cost nothing."""
        if keys != self.keys:
            self.keys = keys
            self.refresh()

    def render(self) -> Text:
        """Draw key and word pairs."""
        text = Text(" ", no_wrap=True, overflow="crop", end="")
        for key, words in fitting_keys(self.keys, self.size.width):
            text.append(key, style="bold")
            text.append(f" {words}  ")
        return text
