"""The bottom line: the keys that work here."""

from rich.cells import cell_len
from rich.text import Text
from textual.widget import Widget


class KeyLine(Widget):
    """Keys and words, as many as fit; Footer rebuilds itself at each focus change and leaks."""

    DEFAULT_CSS = "KeyLine { height: 1; }"

    def __init__(self, keys: tuple[tuple[str, str], ...], *, id: str = "keys") -> None:
        super().__init__(id=id)
        self.keys = keys

    def show(self, keys: tuple[tuple[str, str], ...]) -> None:
        """Show other keys; unchanged ones cost nothing."""
        if keys != self.keys:
            self.keys = keys
            self.refresh()

    def render(self) -> Text:
        """Draw key and word pairs; the last one always stays in view."""
        room = self.size.width - 1
        text = Text(" ", no_wrap=True, overflow="crop", end="")
        if not self.keys:
            return text
        *pairs, last = self.keys
        room -= _width(last)
        for pair in pairs:
            if _width(pair) > room:
                break
            room -= _width(pair)
            _add(text, pair)
        _add(text, last)
        return text


def _width(pair: tuple[str, str]) -> int:
    return cell_len(pair[0]) + cell_len(pair[1]) + 3


def _add(text: Text, pair: tuple[str, str]) -> None:
    text.append(pair[0], style="bold")
    text.append(f" {pair[1]}  ")
