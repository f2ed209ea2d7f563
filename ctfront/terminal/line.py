"""The line to the terminal: it may stall, whoever writes to it never does."""

import os
import threading
import time
from collections.abc import Callable

LAST_WORDS = 2.0
"""Seconds that leaving waits for a stalled line."""


class Line:
    """Writes one piece at a time, in a thread of its own.

    A writer asks first whether the line is free and keeps back what it would send until it is: so what is sent
    after a stall is the newest, not what has heaped up.
    """

    def __init__(self, fileno: int, on_free: Callable[[], object]) -> None:
        self.fileno, self.on_free = fileno, on_free
        self.sent = 0
        """Bytes handed over."""
        self.writes = 0
        self._piece = b""
        self._moved = 0.0
        """When the line last took something, or was given something while it was free."""
        self._asked = self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._write_pieces, name="terminal-output", daemon=True)
        self._thread.start()

    def is_free(self) -> bool:
        """Tell whether a piece can be sent now; when not, `on_free` is called as soon as it can."""
        with self._changed:
            self._asked = bool(self._piece)
            return not self._piece

    def send(self, piece: bytes) -> int:
        """Send a piece, behind the one that is under way; return the bytes handed over before it."""
        with self._changed:
            if not self._piece:
                self._moved = time.monotonic()
            before = self.sent
            self._piece, self.sent = self._piece + piece, before + len(piece)
            self._changed.notify()
            return before

    def stalled_for(self, now: float) -> float:
        """Return the seconds for which the line has taken nothing of what waits, by the monotonic clock."""
        with self._changed:
            return now - self._moved if self._piece else 0.0

    def close(self) -> None:
        """Wait until all is sent, but for a stalled line not long."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(LAST_WORDS)

    def _write_pieces(self) -> None:
        while piece := self._next_piece():
            self._write(piece)
            with self._changed:
                self._piece = self._piece[len(piece) :]
                tell, self._asked = self._asked and not self._piece, self._asked and bool(self._piece)
            if tell:
                self.on_free()

    def _next_piece(self) -> bytes:
        """Wait for a piece; empty when there will be none."""
        with self._changed:
            while not self._piece and not self._closed:
                self._changed.wait()
            return self._piece

    def _write(self, piece: bytes) -> None:
        """Write a piece; a line that has hung up takes everything."""
        self.writes += 1
        while piece:
            try:
                piece = piece[os.write(self.fileno, piece) :]
                self._moved = time.monotonic()
            except OSError:
                return
