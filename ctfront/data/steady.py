"""SQLite readings that are never broken off in the middle of a statement.

A worker is cancelled when its screen is left or the app is. SQLAlchemy gives up the connection whose statement was
broken off, and a second cancelling then leaves its closing waiting for ever on aiosqlite's ended thread. A statement
takes milliseconds, so it is waited for, and the cancelling is passed on right behind it.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

from aiosqlite import Connection

ITER_CHUNK = 64
"""Rows that aiosqlite fetches at once when it is iterated over, its own default."""


class SteadyConnection(Connection):
    """A connection that ends what it has begun. Relies on `_connect`, `_execute` and their queue in aiosqlite 0.22."""

    async def _connect(self) -> "SteadyConnection":
        if self._connection is None:
            try:
                self._connection = await self._steadily(self._connector)
            finally:
                if self._connection is None:
                    self.stop()  # the thread has nothing to do
        return self

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if not self._running or not self._connection:
            raise ValueError("Connection closed")
        return await self._steadily(partial(fn, *args, **kwargs))

    async def _steadily(self, work: Callable[[], Any]) -> Any:
        """Have the thread do the work and wait for its end; who is cancelled meanwhile is cancelled behind it."""
        done = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((done, work))
        waiting, broken_off = asyncio.current_task(), 0
        try:
            while True:
                try:
                    return await asyncio.shield(done)
                except asyncio.CancelledError:
                    if waiting is None or done.cancelled():
                        raise
                    broken_off += 1
                    waiting.uncancel()
        finally:
            for _ in range(broken_off):
                waiting.cancel()  # type: ignore[union-attr]


def steady_connection(database: str, **options: Any) -> SteadyConnection:
    """Return a connection that SQLAlchemy opens; its thread never keeps the program from ending."""
    connection = SteadyConnection(partial(sqlite3.connect, database, **options), ITER_CHUNK)
    connection._thread.daemon = True
    return connection
