"""An event loop that tells when it is about to sleep: then nothing is half done."""

import asyncio
import gc
import selectors
from collections.abc import Callable
from typing import Any


class IdleSelector(selectors.DefaultSelector):
    """Call `on_idle` each time the loop has nothing ready to run."""

    on_idle: Callable[[], bool] | None = None
    """Returns True when it gave the loop something to do."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait as asked, or not at all when `on_idle` scheduled something."""
        if self.on_idle is not None and (timeout is None or timeout > 0) and self.on_idle():
            timeout = 0
        return super().select(timeout)


class KeyLoop(asyncio.SelectorEventLoop):
    """The loop that the app runs in."""

    def __init__(self, *_: Any) -> None:
        self.idle = IdleSelector()
        super().__init__(self.idle)


def keep_loaded() -> None:
    """Tell the garbage collector that what is loaded by now stays.

    Walking over it all, as it would after every few dozen days read, holds up a key for 30 ms.
    """
    gc.freeze()
