"""Typed bytes as whole keys: an Escape followed by a key is two keys, an arrow that came in pieces is one.

Pure: the time is handed in. `ESC [` begins a sequence whose rest may take its time, since nobody types it by
hand. `ESC` and anything else is the Escape key and that key, so there are no alt keys. A lone `ESC` becomes the
Escape key after `LONE` seconds, on a line that has shown itself jittery only after `TAIL`; if the tail of a sequence
still comes within `TAIL`, it is swallowed, for it must never become letters.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto

ESC = "\x1b"

LONE = 0.040
"""Seconds after which a lone ESC is the Escape key."""

TAIL = 0.400
"""Seconds in which a late tail still belongs to an ESC that was acted on."""

JITTERY_FOR = 600.0
"""Seconds for which a line that was jittery once is taken to be."""

SPLIT = 0.010
"""Seconds between two pieces of a sequence that show a jittery line; a terminal sends it in one."""

REST = 2.0
"""Seconds that the rest of `ESC [` may take, and that a paste may be silent."""

PASTE_BEGINS = f"{ESC}[200~"
PASTE_ENDS = f"{ESC}[201~"

_SS3_FINALS = "ABCDEFHMPQRSIjklmnopqrstuvwxyX"
_WHOLE = re.compile(rf"\[\[[A-E]|\[[0-?]*[ -/]*[@-Z\\-~]|O[{_SS3_FINALS}]")
_PART = re.compile(r"\[\[?|\[[0-?]*[ -/]*|O")


class Escape(str):
    """The Escape key."""

    __slots__ = ()


class PasteBroken(str):
    """The end of a paste that its terminal never sent."""

    __slots__ = ()


class _In(Enum):
    TEXT = auto()
    ESC = auto()
    TAIL = auto()
    PASTE = auto()


class Sequences:
    """Splits input into characters, whole sequences and Escape."""

    def __init__(self) -> None:
        self._state = _In.TEXT
        self._held = ""
        self._begun = 0.0
        self._jittery_until = 0.0
        self.deadline: float | None = None
        """When `expire` has something to say; None while nothing waits."""

    def jittered(self, now: float) -> None:
        """Wait longer for the rest of an ESC from now on: the line delivers unevenly."""
        self._jittery_until = now + JITTERY_FOR

    def feed(self, data: str, now: float) -> Iterator[str]:
        """Yield what the data completes; a caller passes on each token as it comes."""
        yield from self.expire(now)
        for char in data:
            yield from self._take(char, now)

    def expire(self, now: float) -> Iterator[str]:
        """Yield what the time decides."""
        while self.deadline is not None and now >= self.deadline:
            if self._state is _In.ESC and not self._held:
                self._go(_In.TAIL, deadline=self.deadline + TAIL)
                yield Escape(ESC)
                continue
            state, held = self._state, self._held
            self._go(_In.TEXT)
            if state is _In.PASTE:
                yield PasteBroken(PASTE_ENDS)
            elif state is _In.ESC and held == "O":
                yield Escape(ESC)
                yield held
            elif state is _In.TAIL:
                yield from held

    def _take(self, char: str, now: float) -> Iterator[str]:
        if self._state is _In.PASTE:
            yield from self._take_pasted(char, now)
        elif self._state is _In.TEXT:
            if char == ESC:
                self._begun = now
                self._go(_In.ESC, deadline=now + (TAIL if now < self._jittery_until else LONE))
            else:
                yield char
        else:
            yield from self._take_after_escape(char, now)

    def _take_pasted(self, char: str, now: float) -> Iterator[str]:
        self._held = (self._held + char)[-len(PASTE_ENDS) :]
        self.deadline = now + REST
        if self._held == PASTE_ENDS:
            self._go(_In.TEXT)
        yield char

    def _take_after_escape(self, char: str, now: float) -> Iterator[str]:
        text = self._held + char
        if _PART.fullmatch(text):
            self._held = text
            self.deadline = now + (REST if text[0] == "[" and self._state is _In.ESC else TAIL)
        elif _WHOLE.fullmatch(text):
            late = self._state is _In.TAIL
            if now - self._begun > SPLIT:
                self.jittered(now)
            self._go(_In.PASTE if text == "[200~" else _In.TEXT, deadline=now + REST if text == "[200~" else None)
            if not late or text == "[200~":
                yield ESC + text
        else:
            state, held = self._state, self._held
            self._go(_In.TEXT)
            if state is _In.ESC:
                yield Escape(ESC)
            yield from held
            yield from self._take(char, now)

    def _go(self, state: _In, *, deadline: float | None = None) -> None:
        self._state, self._held, self.deadline = state, "", deadline
