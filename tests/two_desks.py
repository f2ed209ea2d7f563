"""Two clerks at two desks: each in a thread with a loop and a connection of its own, on one database."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue

from ctfront.app import CTFrontApp
from ctfront.data.database import Database
from ctfront.domain.clinic import Clinic
from ctfront.domain.staff import Actor
from ctfront.services.day_sheets import Paper
from ctfront.terminal.key_loop import KeyLoop
from tests.desk import Desk, open_desk

Line = tuple[str, bool]
"""What is typed, and whether in one burst."""


class Clerk:
    """Somebody at a desk of their own; what they are told to type is typed when it is their turn."""

    def __init__(self, url: str, clinic: Clinic, who: Actor, clock: Callable[[], datetime], paper: Path) -> None:
        self.url, self.clinic, self.who, self.clock, self.paper = url, clinic, who, clock, paper
        self.lines: SimpleQueue[tuple[Line, Future[list[str]]] | None] = SimpleQueue()
        self.sits_down: Future[None] = Future()
        self.thread = threading.Thread(target=self._work, name=who.name)

    def type(self, script: str, *, burst: bool) -> list[str]:
        """Have it typed, and return the screen's lines when all has settled."""
        shown: Future[list[str]] = Future()
        self.lines.put(((script, burst), shown))
        return shown.result(timeout=300)

    def _work(self) -> None:
        try:
            with asyncio.Runner(loop_factory=KeyLoop) as runner:
                runner.run(self._day())
        except BaseException as broken:
            if not self.sits_down.done():
                self.sits_down.set_exception(broken)
            raise

    async def _day(self) -> None:
        database = Database(self.url)
        app = CTFrontApp(database, self.clinic, self.who, self.clock, paper=Paper(folder=self.paper))
        async with open_desk(app) as desk:
            self.sits_down.set_result(None)
            while (told := await asyncio.to_thread(self.lines.get)) is not None:
                (script, burst), shown = told
                try:
                    shown.set_result(await self._type(desk, script, burst=burst))
                except BaseException as broken:
                    shown.set_exception(broken)
                    raise
        await database.close()

    async def _type(self, desk: Desk, script: str, *, burst: bool) -> list[str]:
        """Look at what the colleague did since, and type."""
        if (watch := getattr(desk.app.screen, "watch_others", None)) is not None:
            await watch().wait()
        await desk.settle()
        await (desk.burst if burst else desk.press)(script)
        return desk.cells()


@contextmanager
def clerks_at_work(
    url: str, clinic: Clinic, actors: Mapping[str, Actor], clock: Callable[[], datetime], paper: Path
) -> Iterator[dict[str, Clerk]]:
    """Open a desk for each, and close them in the end."""
    clerks = {name: Clerk(url, clinic, actor, clock, paper / name) for name, actor in actors.items()}
    for clerk in clerks.values():
        clerk.thread.start()
        clerk.sits_down.result(timeout=120)
    try:
        yield clerks
    finally:
        for clerk in clerks.values():
            clerk.lines.put(None)
        for clerk in clerks.values():
            clerk.thread.join(timeout=60)
