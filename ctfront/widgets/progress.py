"""How far an act over many things has come, told on the message line, and the clerk's wish to stop it."""

import time
from collections.abc import Callable

PATIENCE = 1.0
"""Seconds after which a clerk wants to see how far it is; until then nothing is drawn."""

BETWEEN = 0.5
"""Seconds between two drawings: a slow line has other things to carry."""

CELLS = 20


class Progress:
    """A bar in words; `stop` ends the act at the next portion."""

    def __init__(self, say: Callable[[str], None], what: str) -> None:
        self._say = say
        self._what = what
        self._next = time.monotonic() + PATIENCE
        self._stopped = False
        self.is_shown = False
        """Whether the clerk has seen that it takes long: only then does Esc stop it."""

    def show(self, done: int, total: int) -> None:
        """Tell that so many of so many are done."""
        if time.monotonic() < self._next or done >= total:
            return
        self._next = time.monotonic() + BETWEEN
        self.is_shown = True
        full = CELLS * done // total
        bar = f"[{'#' * full}{'.' * (CELLS - full)}]"
        self._say(f"{self._what} {bar} {done:,} of {total:,}. Esc stops.")

    def stop(self) -> None:
        """End it at the next portion."""
        self._stopped = True

    def is_stopped(self) -> bool:
        """Tell whether the clerk wants it ended."""
        return self._stopped
