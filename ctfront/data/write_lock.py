"""The queue of writers beside an SQLite file.

SQLite's own waiting sleeps and retries without order; the kernel's blocking flock is a fair queue, and it
is let go when the holder dies.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Lock, Thread

from ctfront.domain.errors import DatabaseUnavailable

PATIENCE = 15.0
"""Seconds that a writer waits in the queue before it says who holds it up."""


class WriteLock:
    """One lock file beside the database, held around each write transaction."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.path = database.with_name(database.name + ".lock")

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Wait in the queue, hold the lock, let it go.

        Raises `OSError` when the file cannot be made, `DatabaseUnavailable` when the wait is too long.
        """
        turn = _Turn(self._open())
        if not turn.comes_within(PATIENCE):
            raise DatabaseUnavailable(f"{self._holder()} holds the database; nothing was saved. Try again.")
        try:
            with contextlib.suppress(OSError):  # on a full disk the queue works without the holder's number
                os.pwrite(turn.descriptor, f"{os.getpid():<12}".encode(), 0)
            yield
        finally:
            os.close(turn.descriptor)

    def _open(self) -> int:
        """Open the lock file; who may write the database may use its lock, too."""
        try:
            return os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with contextlib.suppress(OSError):  # the database is not there yet, or another account made the lock just now
            like = self.database.stat()
            os.fchmod(descriptor, like.st_mode & 0o666)
            if os.geteuid() == 0:
                os.fchown(descriptor, like.st_uid, like.st_gid)
        return descriptor

    def _holder(self) -> str:
        number = self.path.read_bytes()[:12].strip()
        return f"Another program (process {int(number)})" if number.isdigit() else "Another program"


class _Turn:
    """A place in the queue; one that was given up lets the lock go as soon as its turn comes."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._deciding = Lock()
        self._given_up = False
        self._come = Event()

    def comes_within(self, seconds: float) -> bool:
        """Wait for the lock; tell whether it was had in time."""
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            Thread(target=self._wait, name="write-lock", daemon=True).start()
            return self._come.wait(seconds) or self._give_up()
        return True

    def _give_up(self) -> bool:
        """Leave the queue; tell whether the turn came in this very moment."""
        with self._deciding:
            self._given_up = not self._come.is_set()
            return not self._given_up

    def _wait(self) -> None:
        fcntl.flock(self.descriptor, fcntl.LOCK_EX)
        with self._deciding:
            if self._given_up:
                os.close(self.descriptor)
            else:
                self._come.set()
