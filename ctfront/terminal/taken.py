"""The terminal while the program has it: taken once, and given back as it was."""

from collections.abc import Callable, Mapping
from typing import Any

from ctfront.terminal.answers import REPEATING
from ctfront.terminal.canvas import Canvas
from ctfront.terminal.encoder import Encoder
from ctfront.terminal.line import Line
from ctfront.terminal.pens import Pens
from ctfront.terminal.raw import make_raw, restore
from ctfront.terminal.terminals import terminal_of

ENTER = b"\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?7l"
"""The second screen, no cursor, no mouse, bracketed paste, lines that do not wrap."""

LEAVE = "\x1b[?7h\x1b[?2004l\x1b[?25h\x1b[?1049l"
"""All of that as a shell wants it."""

RULE = "─"
"""What lines are ruled with."""


def leaving(*, has_second_screen: bool) -> bytes:
    """Return what gives the terminal back: the shell's screen, or a cleared one where there is only one."""
    return (("\x1b[m" if has_second_screen else "\x1b[m\x1b[H\x1b[J") + LEAVE).encode()


class TakenTerminal:
    """The line, and what is known of the cells at its end. The driver goes on with what a first paint began."""

    def __init__(self, fileno: int, output: int, environment: Mapping[str, str]) -> None:
        self.fileno, self.output = fileno, output
        self.terminal = terminal_of(environment, output)
        self.encoder = Encoder(self.terminal, Pens(self.terminal))
        self.canvas = Canvas(self.encoder.pens, 0, 0)
        """The cells wanted."""
        self.line: Line | None = None
        """The way out; None while the terminal is not taken."""
        self.sent = self.writes = 0
        """Bytes and writes, as counted when the terminal was given back."""
        self._settings: list[Any] | None = None

    def take(self, on_free: Callable[[], object], *, rule: str = RULE) -> Line:
        """Take the terminal, unless it is taken; `rule` is drawn to see whether it repeats characters."""
        if self.line is not None:
            self.line.on_free = on_free
            return self.line
        self._settings = make_raw(self.fileno)
        self.line = Line(self.output, on_free)
        self.line.send(ENTER)
        self.encoder.forget()
        self.encoder.repeats = False  # until the terminal has shown that it does
        if self.terminal.repeats:
            self.line.send(REPEATING.format(rule).encode())
        return self.line

    def give_back(self) -> None:
        """Give the terminal back, unless that was done."""
        line, self.line = self.line, None
        if line is None:
            return
        line.send(leaving(has_second_screen=self.terminal.has_second_screen))
        line.close()
        self.sent, self.writes = self.sent + line.sent, self.writes + line.writes
        restore(self.fileno, self._settings)
