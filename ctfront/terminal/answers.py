"""How evenly the line delivers, told by the answers to two small questions at the start."""

import re
import time
from collections.abc import Callable

QUERY, ANSWER = b"\x1b[5n", "\x1b[0n"
"""Is the terminal there? It is. Every terminal knows the question; one that does not says nothing."""

REPEATING = "\x1b[2;1H{}\x1b[3b\x1b[6n"
"""Draws a character, repeats it three times and asks where the cursor is.

A TERM may promise REP for a terminal that lacks it, or has it for ASCII only: tmux under xterm's name, mosh. The second
row, since an answer about the first looks like a function key.
"""

PLACE = re.compile(r"\x1b\[2;(\d+)R")
"""The answer to that; the column tells."""

REPEATED = 5
"""The column where it repeats."""

QUESTIONS, MOST_QUESTIONS = 2, 6
"""Answers that count, and questions after which nothing more is asked."""

UNEVEN = 0.030
"""Seconds by which the answers of an even line may differ."""

LITTLE = 200
"""Bytes in front of a question that a line of 64 kbit/s passes on in less than that; behind more, its answer tells
of them."""


class Answers:
    """Asks, and asks again when the answer has come.

    `ask` sends the question and returns the bytes that were ever sent before it. What was sent before a question has
    arrived when its answer comes.
    """

    def __init__(self, ask: Callable[[], int], now: Callable[[], float] = time.monotonic) -> None:
        self.ask, self.now = ask, now
        self._took: list[float] = []
        self._sent = self._asked = 0
        self._ask()

    def _ask(self) -> None:
        self._since, self._asked = self.now(), self._asked + 1
        sent = self.ask()
        self._in_front, self._sent = sent - self._sent, sent

    def vary(self, now: float) -> bool:
        """Take an answer; tell whether the answers so far show an uneven line."""
        if self._in_front <= LITTLE:
            self._took.append(now - self._since)
        if len(self._took) < QUESTIONS and self._asked < MOST_QUESTIONS:
            self._ask()
        return len(self._took) > 1 and max(self._took) - min(self._took) > UNEVEN
