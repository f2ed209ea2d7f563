"""How far a command has come that takes longer than a second, told on one line of standard error."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 1.0
"""Seconds before anything is told to somebody who watches."""

BETWEEN = 0.5
"""Seconds between two drawings of the line on a terminal."""

RARELY = 30.0
"""Seconds between two lines where nobody watches, as in a journal."""

CELLS = 20


class Steps:
    """Tells how far the step under way has come; on a terminal the line is wiped when it is over."""

    def __init__(self, *, watched: bool, say: Callable[[str], object], now: Callable[[], float]) -> None:
        """Prepare; `watched` tells whether a line may be drawn over."""
        self._watched, self._say, self._now = watched, say, now
        self._what = ""
        self._next = now() + (PATIENCE if watched else RARELY)
        self._drawn = 0

    def step(self, what: str) -> Callable[[int, int], None]:
        """Begin a step; return what hears how much of it is done."""
        self._what = what
        return self.show

    def show(self, done: int, total: int) -> None:
        """Tell that so much of so much is done."""
        now = self._now()
        if now < self._next:
            return
        self._next = now + (BETWEEN if self._watched else RARELY)
        share = min(done / total, 1.0) if total else 1.0
        full = int(CELLS * share)
        self._write(f"{self._what} [{'#' * full}{'.' * (CELLS - full)}] {share:4.0%}")

    def end(self) -> None:
        """Wipe the line."""
        if self._watched and self._drawn:
            self._say(f"\r{' ' * self._drawn}\r")
            self._drawn = 0

    def _write(self, line: str) -> None:
        if not self._watched:
            self._say(f"{line}\n")
            return
        self._say(f"\r{line:<{self._drawn}}")
        self._drawn = len(line)


@contextmanager
def telling() -> Iterator[Callable[[str], Callable[[int, int], None]]]:
    """Give what begins a step, and leave no line behind."""

    def say(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()

    steps = Steps(watched=sys.stderr.isatty(), say=say, now=time.monotonic)
    try:
        yield steps.step
    finally:
        steps.end()
