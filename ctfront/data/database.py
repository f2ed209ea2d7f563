"""The one database object: reads async, writes as one function in one thread, errors translated.

There are two ways in and no third. `reading()` gives an async session in autocommit: a screen left open
never holds a snapshot. `write(act)` runs one synchronous function in the one database thread: a stalled
terminal can then never keep the clinic's write lock.
"""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, IntegrityError, InternalError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from ctfront.data import schema
from ctfront.data.bell import ringing
from ctfront.data.steady import steady_connection
from ctfront.data.write_lock import WriteLock
from ctfront.domain.errors import ChangedElsewhere, DatabaseUnavailable, WrongDatabase

Result = TypeVar("Result")
Reader = AsyncSession | AsyncConnection
"""What plain rows are read through; the bare connection saves a tenth of a millisecond per statement."""

Writer = Session | Connection
"""What an act executes through: its session, or that session's connection, which saves the mapping of rows."""

BUSY_SECONDS = 15.0
"""How long SQLite itself waits for a writer that did not take the lock file."""

READER_CACHE = 8192
"""KiB that one reading connection keeps of an SQLite file: the days a clerk turns between, and the upper indexes."""

LEAVING_SECONDS = 5.0
"""How long closing waits for readings under way."""

RETRIES = 8
"""Times an act is run again when PostgreSQL refused it for another desk's sake."""

_NOT_GRANTED = "42501"
"""SQLSTATE of a privilege that the account lacks."""

_RETRY_STATES = {"40001", "40P01", "23505"}
"""SQLSTATE of serialization failure, deadlock and unique violation."""


class Database:
    """The clinic's database, SQLite file or PostgreSQL."""

    def __init__(self, url: str) -> None:
        """Prepare both engines; nothing is opened yet."""
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database")
        self._write_engine = self._make_write_engine()
        self._read_engine: AsyncEngine | None = None
        self._under_way: set[asyncio.Future[None]] = set()
        """One per reading, done when its connection is given back: of one broken off, behind its caller's back."""
        self._closed = False
        self._lock = WriteLock(self.path) if self.path else None

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database."""
        return Path(self.url.database) if self.sqlite and self.url.database else None

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Give a session that can only read and holds nothing between statements.

        Raises `DatabaseUnavailable`, also once the database is closed.
        """
        if self._closed:
            raise DatabaseUnavailable("The database is closed; start the program again.")
        if self._read_engine is None:
            self._read_engine = self._make_read_engine()
        given_back = asyncio.get_running_loop().create_future()
        self._under_way.add(given_back)
        given_back.add_done_callback(self._under_way.discard)
        with translated():
            session = AsyncSession(self._read_engine, expire_on_commit=False)
            try:
                yield session
            finally:
                closing = asyncio.ensure_future(session.close())
                closing.add_done_callback(lambda _: given_back.set_result(None))
                await asyncio.shield(closing)

    async def news(self) -> AsyncIterator[None]:
        """Yield at first, and whenever an act of any desk has left news; on a file, which cannot tell, never.

        Raises `DatabaseUnavailable` when the server goes away; what rings meanwhile is not heard.
        """
        if self.sqlite:
            return
        import psycopg

        try:
            async for ring in ringing(self.url):
                yield ring
        except psycopg.OperationalError as error:
            raise _unavailable(error) from error

    async def write(self, act: Callable[[Session], Result]) -> Result:
        """Run the act in the database thread as one transaction: it happens whole or not at all.

        On PostgreSQL the act may be run again when another desk came in between, so it must do nothing
        outside the session. Raises what the act raises, `ChangedElsewhere` or `DatabaseUnavailable`.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._write, act)

    def write_now(self, act: Callable[[Session], Result]) -> Result:
        """Do the same for callers without an event loop."""
        return self._thread.submit(self._write, act).result()

    def ready(self) -> None:
        """Check that the file is sound and the schema is this program's; bring an older one up to date.

        Raises `WrongDatabase` or `DatabaseUnavailable`.
        """
        with translated():
            if self.path:
                schema.check_file(self.path)
            found = schema.revision(self._write_engine)
        if found == schema.HEAD:
            return
        if found == schema.MOVED:
            raise WrongDatabase(schema.HAS_MOVED)
        if found is not None and found not in schema.OLDER:
            raise WrongDatabase("This database was made by a newer ctfront; update the program and start again.")
        from ctfront.data.migrations import upgrade  # alembic costs 120 ms; most starts don't need it

        with translated(), self._locked():
            upgrade(self.url.render_as_string(hide_password=False))

    async def close(self) -> None:
        """Close every connection and end the database thread; readings under way get a moment to end."""
        self._closed = True
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=LEAVING_SECONDS)
        if self._read_engine is not None:
            await self._read_engine.dispose()
        self.close_writer()

    def close_writer(self) -> None:
        """Close the write side; enough for callers that never read."""
        self._thread.submit(self._write_engine.dispose).result()
        self._thread.shutdown()

    def _write(self, act: Callable[[Session], Result]) -> Result:
        with translated(), self._locked():
            for attempt in range(RETRIES):
                try:
                    with Session(self._write_engine, expire_on_commit=False) as session, session.begin():
                        if self.sqlite:
                            session.connection().exec_driver_sql("BEGIN IMMEDIATE")
                        return act(session)
                except (IntegrityError, OperationalError) as error:
                    if attempt == RETRIES - 1 or getattr(error.orig, "sqlstate", None) not in _RETRY_STATES:
                        raise
        raise AssertionError("unreachable")

    def _locked(self) -> contextlib.AbstractContextManager[None]:
        return self._lock.held() if self._lock else contextlib.nullcontext()

    def _make_write_engine(self) -> Engine:
        if not self.sqlite:
            return create_engine(
                self.url,
                pool_size=1,
                pool_pre_ping=True,
                connect_args={
                    "options": "-c idle_in_transaction_session_timeout=5s -c lock_timeout=10s -c statement_timeout=15s"
                },
            )
        engine = create_engine(self.url, pool_size=1, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_writer)
        return engine

    def _make_read_engine(self) -> AsyncEngine:
        if not self.sqlite:
            return create_async_engine(
                self.url,
                isolation_level="AUTOCOMMIT",
                skip_autocommit_rollback=True,
                pool_size=2,
                pool_pre_ping=True,
                connect_args={"options": "-c default_transaction_read_only=on -c statement_timeout=15s"},
            )
        engine = create_async_engine(
            self.url.set(drivername="sqlite+aiosqlite"),
            isolation_level="AUTOCOMMIT",
            skip_autocommit_rollback=True,
            pool_size=2,
            connect_args={"timeout": BUSY_SECONDS, "async_creator_fn": steady_connection},
        )
        event.listen(engine.sync_engine, "connect", _prepare_reader)
        return engine


def _prepare_writer(connection: Any, record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "mmap_size=0",
        "journal_size_limit=67108864",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _prepare_reader(connection: Any, record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("query_only=ON", "mmap_size=0", "trusted_schema=OFF", f"cache_size=-{READER_CACHE}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn what the driver says into what a clerk can act on."""
    try:
        yield
    except StaleDataError as error:
        raise ChangedElsewhere("A colleague saved this in between; open it again.") from error
    except (OperationalError, InternalError) as error:
        raise _unavailable(error.orig) from error
    except DatabaseError as error:
        if str(error.orig) == schema.MOVED:
            raise WrongDatabase(schema.HAS_MOVED) from error
        if getattr(error.orig, "sqlstate", None) == _NOT_GRANTED:
            raise WrongDatabase("The database does not let this account do that; ask the administrator.") from error
        if type(error) is not DatabaseError:  # a defect of ours or a constraint, not the database's state
            raise
        raise _unavailable(error.orig) from error
    except OSError as error:
        raise DatabaseUnavailable(f"The database cannot be used: {os.strerror(error.errno or 0).lower()}.") from error


def _unavailable(cause: BaseException | None) -> DatabaseUnavailable:
    if isinstance(cause, sqlite3.DatabaseError):
        words = f"{cause} {getattr(cause, 'sqlite_errorname', '')}".lower()
        for sign, sentence in _SQLITE_SENTENCES:
            if sign in words:
                return sentence
        return DatabaseUnavailable("The database does not answer; nothing was saved. Try again.")
    return DatabaseUnavailable("The database server does not answer or is restarting; nothing was saved. Try again.")


_FULL = DatabaseUnavailable("The disk is full; nothing was saved. Free some space and try again.")

_SQLITE_SENTENCES: tuple[tuple[str, DatabaseUnavailable], ...] = (
    ("not a database", WrongDatabase("That file is not a ctfront database.")),
    ("malformed", WrongDatabase("The database file is damaged; restore the newest backup.")),
    ("readonly", WrongDatabase("The database file is read-only for this account; ask the administrator.")),
    (
        "unable to open",
        WrongDatabase("The database file cannot be opened; look at its folder and permissions."),
    ),
    ("full", _FULL),
    ("shmsize", _FULL),  # the file that readers and writers share could not be made on a full disk
    ("disk i/o", DatabaseUnavailable("The disk reports an error; nothing was saved. Try again, and look at the disk.")),
    ("locked", DatabaseUnavailable("Another program holds the database; nothing was saved. Try again.")),
)
