"""A key that settles at once is one write on the line, whatever it changes on the screen."""

import asyncio
import os
import shutil
import threading

import pytest
from textual import events
from textual._context import active_app
from textual.geometry import Size

from ctfront.app import CTFrontApp
from ctfront.terminal import driver as drivers
from ctfront.terminal.driver import DeskDriver
from ctfront.terminal.line import Line
from tests.clinics import small_clinic
from tests.desk import Desk, until
from tests.screens.conftest import cast
from tests.stories import EIGHT
from tests.wire.emulator import Emulator

SIZE = (80, 24)


class PipedDriver(DeskDriver):
    """The driver on a pipe, with nobody at the keyboard."""

    def start_application_mode(self) -> None:
        reads, writes = os.pipe()
        self.emulator = Emulator(*SIZE)
        self._line = Line(writes, lambda: self._loop.call_soon_threadsafe(self._commit))
        self._ends = (reads, writes)
        self._reader = threading.Thread(target=self._read_all, daemon=True)
        self._reader.start()
        self.send_message(events.Resize(Size(*SIZE), Size(*SIZE)))

    def _read_all(self) -> None:
        while data := os.read(self._ends[0], 65536):
            self.emulator.feed(data.decode())

    def stop_application_mode(self) -> None:
        self._line.close()
        self._line = None
        os.close(self._ends[1])
        self._reader.join()
        os.close(self._ends[0])


@pytest.fixture
async def desk(sqlite_template, tmp_path, monkeypatch):
    """The app drawn by our driver."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(drivers, "TOGETHER", 30)  # a loaded machine is as good as another
    path = tmp_path / "clinic.db"
    shutil.copyfile(sqlite_template, path)
    clinic = small_clinic(f"sqlite:///{path}")
    cast(clinic)
    app = CTFrontApp(clinic.database, clinic.clinic, clinic.mgarcia, lambda: EIGHT)
    app.driver_class = PipedDriver
    running = asyncio.create_task(app.run_async(mouse=False))
    await until(lambda: app.gate is not None)
    desk = Desk(app)
    await desk.settle()
    yield desk
    app.exit()
    await running
    await clinic.database.close()


async def written(desk: Desk) -> int:
    """Return the writes so far, once nothing is kept back or under way."""
    driver = desk.app._driver
    await until(lambda: driver._held is None and not driver._due and driver._line.is_free())
    return driver._line.writes


KEYS = ("down", "right", "down", "pgdn", "pgup", "]", "[", "b", "k", "a", "esc", "esc", "i", "f2", "f4", "f2")


async def test_every_key_is_one_write(desk):
    active_app.set(desk.app)
    for key in KEYS:
        before = await written(desk)
        await desk.press(key)
        assert await written(desk) - before == 1, key
        await until(lambda: desk.app._driver.emulator.lines() == desk.cells())


async def test_a_burst_takes_no_more_writes_than_keys(desk):
    active_app.set(desk.app)
    before = await written(desk)
    await desk.burst(" ".join(KEYS))
    assert await written(desk) - before <= len(KEYS)
    await until(lambda: desk.app._driver.emulator.lines() == desk.cells())


async def test_the_hidden_cursor_stands_on_what_has_the_focus(desk):
    active_app.set(desk.app)
    emulator = desk.app._driver.emulator
    for keys, letter in (("down", "▸"), ("b", " "), ("smi", " "), ("left", "i"), ("esc esc f4 4", "▸"), ("f2", "▸")):
        await desk.press(keys)
        await written(desk)
        await until(lambda: emulator.lines() == desk.cells())
        seen, (_, _, attributes) = emulator.rows[emulator.y][emulator.x]
        assert (seen, "reverse" in attributes) == (letter, True), keys
    assert emulator.title == "", "nobody has a mouse whose pointer could have a shape"
