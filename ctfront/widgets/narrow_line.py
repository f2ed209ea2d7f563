"""Where a list is narrowed."""

from textual.events import Key

from ctfront.widgets.form import Line


class NarrowLine(Line):
    """What is typed narrows the list; letters go in while the list is still being read."""

    def types_ahead(self, event: Key) -> bool:
        """Tell whether the key may go in while a reading runs."""
        return event.key == "backspace" or event.is_printable
