"""The bell of a PostgreSQL server: it rings at every desk when any act has left news, and says no more than that."""

from collections.abc import AsyncIterator

from sqlalchemy import URL

BELL = "ctfront_news"
"""The channel; nothing about anybody goes over it."""


async def ringing(url: URL) -> AsyncIterator[None]:
    """Yield once it can be heard, and whenever it rings, over a connection of its own. Raises what the driver says."""
    import psycopg  # only where there is a server

    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await psycopg.AsyncConnection.connect(address, autocommit=True)
    try:
        await connection.execute(f"LISTEN {BELL}")
        yield  # for what happened before anybody listened
        async for _ in connection.notifies():
            yield
    finally:
        await connection.close()
