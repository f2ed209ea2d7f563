"""A reading that is broken off, once or twice, leaves nothing behind that waits for ever."""

import asyncio
import gc

import pytest
from sqlalchemy import text

from ctfront.data.database import Database
from ctfront.domain.errors import DatabaseUnavailable

SLOW = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows) SELECT count(*) FROM n"


async def read(database, rows: int, readings: int) -> None:
    for _ in range(readings):
        async with database.reading() as session:
            await session.execute(text(SLOW), {"rows": rows})


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_a_reading_broken_off_is_cancelled_and_nothing_is_left(sqlite_url, times):
    database, others = Database(sqlite_url), asyncio.all_tasks()
    await read(database, 1, 1)
    for turns in range(60):
        reading = asyncio.create_task(read(database, 20_000, 3))
        for _ in range(turns):
            await asyncio.sleep(0)
        for _ in range(times):
            reading.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await reading
    await read(database, 1, 1)
    await database.close()
    assert asyncio.all_tasks() == others


async def test_a_refused_statement_is_refused_as_ever(sqlite_url):
    database = Database(sqlite_url)
    with pytest.raises(DatabaseUnavailable):
        async with database.reading() as session:
            await session.execute(text("SELECT nothing FROM nowhere"))
    async with database.reading() as session:
        assert (await session.execute(text("SELECT 1"))).scalar() == 1
    await database.close()


async def test_closing_waits_for_the_readings_of_screens_that_are_left(sqlite_url):
    database, others = Database(sqlite_url), asyncio.all_tasks()
    await read(database, 1, 1)
    readings = [asyncio.create_task(read(database, 200_000, 1)) for _ in range(3)]
    await asyncio.sleep(0)
    for reading in readings:
        reading.cancel()
    await database.close()
    assert asyncio.all_tasks() - others <= set(readings)
    assert [type(end) for end in await asyncio.gather(*readings, return_exceptions=True)] == [
        asyncio.CancelledError
    ] * 3
    gc.collect()  # a connection that was left open would warn


async def test_a_closed_database_refuses_to_be_read(sqlite_url):
    database = Database(sqlite_url)
    await database.close()
    with pytest.raises(DatabaseUnavailable, match="closed"):
        await read(database, 1, 1)
