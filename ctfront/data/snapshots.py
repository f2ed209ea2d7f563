"""The whole database as one file while it is in use, and such a file's rows into a server."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

from ctfront.data.copying import BUSY_SECONDS, Progress, copy_file
from ctfront.data.database import Database, translated
from ctfront.data.row_copy import Tally, copy_rows, tally_rows
from ctfront.domain.errors import DatabaseUnavailable


@contextmanager
def snapshot_of(database: Database) -> Iterator[Connection]:
    """Give a connection that only reads and sees all as it is in this moment; nobody who writes waits for it.

    Raises `DatabaseUnavailable`.
    """
    with translated():
        if database.path is not None:
            with snapshot_of_file(database.path) as connection:
                yield connection
        else:
            with _server_snapshot(database.url) as connection:
                yield connection


@contextmanager
def snapshot_of_file(file: Path) -> Iterator[Connection]:
    """Give the same of an SQLite file. Raises what the driver raises."""
    address = f"{file.absolute().as_uri()}?mode=ro"
    engine = create_engine(
        "sqlite://",
        poolclass=NullPool,
        creator=lambda: sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None),
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        yield connection


@contextmanager
def _server_snapshot(url: URL) -> Iterator[Connection]:
    snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with _engine(url).connect().execution_options(**snapshot) as connection:
        yield connection


def take_snapshot(database: Database, target: Path, progress: Progress) -> None:
    """Write what the database holds in this moment into a new SQLite file; nobody who writes waits for it.

    Raises `DatabaseUnavailable`.
    """
    with translated():
        if database.path is not None:
            copy_file(database.path, target, progress)
        else:
            _dump(database.url, target, progress)


def load_snapshot(file: Path, url: URL, progress: Progress) -> dict[str, Tally]:
    """Copy the rows of an SQLite file that nobody writes into the empty tables of a server, in one transaction.

    Returns what was copied, by table. Raises `DatabaseUnavailable`, also when the server then holds something else.
    """
    with translated(), snapshot_of_file(file) as there, _engine(url).begin() as here:
        return copy_checked(there, here, progress)


def copy_checked(source: Connection, target: Connection, progress: Progress) -> dict[str, Tally]:
    """Copy the rows, read them back and compare. Raises `DatabaseUnavailable` when a table differs."""
    tallies = copy_rows(source, target, progress)
    found = tally_rows(target, lambda done, total: None)
    for name, tally in tallies.items():
        if found[name] != tally:
            raise DatabaseUnavailable(f"The copy of the table {name} differs from the original; nothing was changed.")
    return tallies


def _dump(url: URL, target: Path, progress: Progress) -> None:
    """Copy a server's rows, as they are in one moment, into a new file with the same tables."""
    from ctfront.data.migrations import upgrade  # alembic costs 120 ms

    upgrade(f"sqlite:///{target}")
    file = _engine(URL.create("sqlite", database=str(target)))
    with _server_snapshot(url) as there:
        with file.begin() as here:
            copy_checked(there, here, progress)
        with file.connect() as here:
            here.exec_driver_sql("PRAGMA journal_mode=DELETE")  # one file that stands alone
    with target.open("rb") as written:
        os.fsync(written.fileno())


def _engine(url: URL) -> Engine:
    """Return an engine whose statements may take as long as they want."""
    return create_engine(url, poolclass=NullPool)
