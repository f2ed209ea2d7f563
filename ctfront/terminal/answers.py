"""How evenly the line delivers, told by the answers to two small questions at the start."""

import re
import time
from collections.abc import Callable

QUERY, ANSWER = "\x1b[5n", "\x1b[0n"
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

QUESTIONS = 2

UNEVEN = 0.030
"""Seconds by which the answers of an even line may differ."""


class Answers:
    """Asks, and asks again when the answer has come."""

    def __init__(self, ask: Callable[[], None], now: Callable[[], float] = time.monotonic) -> None:
        self.ask, self.now = ask, now
        self._took: list[float] = []
        self._asked = now()
        ask()

    def vary(self, now: float) -> bool:
        """Take an answer; tell whether the answers so far show an uneven line."""
        self._took.append(now - self._asked)
        if len(self._took) < QUESTIONS:
            self._asked = self.now()
            self.ask()
        return max(self._took) - min(self._took) > UNEVEN
