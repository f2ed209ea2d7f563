"""What a form asks for, whatever it looks like: a stop for the keys, and beside it what is read or what is wrong."""

from textual.containers import Horizontal
from textual.widget import Widget

from ctfront.domain.errors import InputRefused
from ctfront.domain.text import safe
from ctfront.widgets.words import Words

NEEDED = "An answer is needed here."


class Answer(Horizontal):
    """One question of a form; its note shows the reading back or what is wrong."""

    DEFAULT_CSS = """
    Answer { height: auto; }
    Answer > .label { width: 11; }
    Answer > .note { width: 1fr; height: auto; min-height: 1; max-height: 4; padding-left: 1; }
    """

    def __init__(self, name: str, label: str, *, first_value: str, required: bool = False) -> None:
        super().__init__(id=f"field-{name}")
        self.field = name
        self.label = label
        self.first_value = first_value
        self.need = NEEDED if required else ""
        """Why an answer is needed, while it is."""
        self.refused: tuple[str, str] | None = None
        """The text that a save refused, and why; over when the text changes."""

    @property
    def stop(self) -> Widget:
        """What takes the keys."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """What is answered, empty for nothing."""
        raise NotImplementedError

    def reading(self, text: str) -> str:
        """Return what the text is read as. Raises `InputRefused`."""
        return ""

    @property
    def problem(self) -> str:
        """What is wrong with the text, else empty."""
        text = self.text
        if self.refused is not None and self.refused[0] == text:
            return self.refused[1]
        if not text.strip():
            return self.need
        try:
            self.reading(text)
        except InputRefused as refusal:
            return str(refusal)
        return ""

    @property
    def wants_answer(self) -> bool:
        """Whether Enter stops here."""
        return bool(self.problem)

    @property
    def changed(self) -> bool:
        """Whether something else was answered than what the form offered."""
        return self.text != self.first_value

    def needs(self, why: str) -> None:
        """Want an answer from now on, with the reason; none any more without one."""
        self.need = why
        self.show_reading(quiet=not why)

    def refuse(self, why: str) -> None:
        """Show why the save refused the text."""
        self.refused = (self.text, why)
        self.show_reading()

    def show_reading(self, *, quiet: bool = True) -> None:
        """Show the reading back; a missing answer is only named when asked for."""
        problem = self.problem
        said = self.refused is not None or not quiet or self.need not in ("", NEEDED)
        if problem and (said or self.text.strip()):
            words = safe(f"! {problem}")
        else:
            words = safe("" if problem else self.reading(self.text))
        self.query_one(".note", Words).show(words)

    def on_mount(self) -> None:
        """Show what the offered text is read as."""
        self.show_reading()
