"""The queue of writers beside an SQLite file.

SQLite's own waiting sleeps and retries without order; the kernel's blocking flock is a fair queue, and it
is let go when the holder dies.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class WriteLock:
    """One lock file beside the database, held around each write transaction."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(database.name + ".lock")

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Wait in the queue, hold the lock, let it go. Raises `OSError` when the file cannot be made."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            os.pwrite(descriptor, f"{os.getpid():<12}".encode(), 0)
            yield
        finally:
            os.close(descriptor)
