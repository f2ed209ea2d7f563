"""A copy of an SQLite database that is in use, page by page, as it was in one moment."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

Progress = Callable[[int, int], None]
"""Hears how much of how much is done."""

PAGES = 2048
"""Pages between two reports."""

BUSY_SECONDS = 15.0


def copy_file(source: Path, target: Path, progress: Progress) -> None:
    """Copy the database into a file that is empty or not there; nobody who writes meanwhile is held up.

    Raises what the driver raises.
    """
    address = f"{source.absolute().as_uri()}?mode=ro"  # one that only reads never moves the log into the file
    with (
        closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)) as there,
        closing(sqlite3.connect(target, isolation_level=None)) as here,
    ):
        here.execute("PRAGMA synchronous=OFF")  # the whole file is brought to the disk once, below
        there.execute("BEGIN")
        there.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it stays as it is, for us
        there.backup(here, pages=PAGES, progress=lambda status, left, total: progress(total - left, total))
        there.execute("ROLLBACK")
        here.execute("PRAGMA journal_mode=DELETE")  # one file that stands alone
    with target.open("rb") as file:
        os.fsync(file.fileno())
