"""The one way for typed text to reach a line: nothing in it can drive the terminal."""

from dataclasses import dataclass

from textual.message import Message
from textual.widgets import Input

from ctfront.domain.text import safe


def full_words(limit: int) -> str:
    """Return the sentence for more than fits."""
    return f"! {limit:,} characters fit; no more was taken."


class SafeInput(Input):
    """An input whose text, typed, pasted or filled in, cannot drive the terminal, and that says when it is full."""

    @dataclass
    class Full(Message):
        """What was typed or pasted does not fit; the text stays as it was."""

        limit: int

    def validate_value(self, value: str) -> str:
        """Keep out of the line what may not be shown; a paste is the usual way in."""
        return safe(value)

    def restricted(self) -> None:
        """Say that no more fits."""
        self.post_message(self.Full(self.max_length or 0))

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace a part of the text; a text that came too long can still be made shorter."""
        limit = self.max_length
        if limit is not None and len(text) <= abs(end - start):
            self.max_length = None
        super().replace(text, start, end)
        self.max_length = limit
