"""Settings → key → the site, and what serves it."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from ctfront.data import mail_queue
from ctfront.data.database import Database
from ctfront.domain.errors import ClinicError
from ctfront.mail.links import LinkKey, key_for
from ctfront.settings import Settings

if TYPE_CHECKING:  # 200 ms that no other command needs
    import uvicorn

LARGEST_HEAD = 16_384
"""Bytes of a request's headers."""

MOST_AT_ONCE = 200
"""Requests under way; further ones are told to come again."""


STOP_SECONDS = 10.0
"""How long leaving waits for answers under way."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there. Raises `ClinicError`."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=MOST_AT_ONCE)
    except (OSError, OverflowError) as error:
        raise ClinicError(f"The site cannot listen on {host}, port {port}: {error}.") from None


def make_server(
    settings: Settings,
    database: Database,
    clinic_id: int,
    clock: Callable[[], datetime],
    *,
    url: str,
    proxies: Sequence[str] = (),
) -> "uvicorn.Server":
    """Make what serves the site at the address that patients know. Raises `KeyRefused`."""
    import uvicorn

    from ctfront.online.site import OnlineSite, make_app
    from ctfront.services.front import Front

    key = site_key(settings, database, clinic_id)
    site = OnlineSite(Front(database=database, clinic_id=clinic_id, clock=clock, key=key), url)
    site.hashing.prepare()
    config = uvicorn.Config(
        make_app(site),
        access_log=False,  # a path holds the secret of a link
        log_config=None,
        lifespan="off",
        ws="none",
        http="h11",
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        limit_concurrency=MOST_AT_ONCE,
        h11_max_incomplete_event_size=LARGEST_HEAD,
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(config)


@contextmanager
def served_beside(
    settings: Settings, clinic_id: int, clock: Callable[[], datetime], sock: socket.socket
) -> Iterator[None]:
    """Serve the site in a thread of its own, with a database of its own, while something else runs here.

    Where it cannot be served, what knocks there is sent away.
    """
    stop = threading.Event()

    def run() -> None:
        database = Database(settings.database_url)
        try:
            server = make_server(settings, database, clinic_id, clock, url=settings.site.url)
        except ClinicError:
            database.close_writer()
            sock.close()
            return

        async def serve() -> None:
            serving = asyncio.ensure_future(server.serve(sockets=[sock]))
            await asyncio.to_thread(stop.wait)
            server.should_exit = True
            await serving
            await database.close()

        asyncio.run(serve())

    thread = threading.Thread(target=run, name="site", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(STOP_SECONDS)


def site_key(settings: Settings, database: Database, clinic_id: int) -> LinkKey:
    """Return the key that the sender of mails uses too; the first one used becomes the clinic's."""

    def take(session: Session) -> LinkKey:
        state = mail_queue.lock_state(session, clinic_id)
        key = key_for(settings.link_key, state.key_check)
        state.key_check = key.check
        return key

    return database.write_now(take)
