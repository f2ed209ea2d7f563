"""The real program, with an ear for the test that types into it.

`python listening_desk.py EAR ARGUMENTS…` is `ctfront ARGUMENTS…`; a line `NUMBER KEYS` on the descriptor EAR asks
it to title the terminal's window `settled NUMBER` once KEYS keys have arrived, their effect has settled and the
last frame is drawn. The title leaves through the queue that all output leaves by, so who reads it has read
everything before it.
"""

import asyncio
import fcntl
import os
import sys
import termios
from pathlib import Path

from textual import events

import ctfront.app
from ctfront.cli import main

sys.path.insert(0, str(Path(__file__).parents[2]))  # it is run by its path
from tests.wire.settling import settled

TITLE = "\x1b]2;settled {}\x07"


class ListeningApp(ctfront.app.CTFrontApp):
    """The app, which tells when it has settled."""

    ear: int

    def on_ready(self) -> None:  # Textual calls those of the base classes too
        self._heard = b""
        self._arrived = asyncio.Event()
        self._answers: set[asyncio.Task[None]] = set()
        asyncio.get_running_loop().add_reader(self.ear, self._hear)

    def post_message(self, message) -> bool:
        posted = super().post_message(message)
        if self.gate is not None and isinstance(message, events.Key | events.Paste):
            self._arrived.set()
        return posted

    def _hear(self) -> None:
        data = os.read(self.ear, 1024)
        if not data:
            asyncio.get_running_loop().remove_reader(self.ear)
            return
        *lines, self._heard = (self._heard + data).split(b"\n")
        for line in lines:
            number, keys = line.split()
            answer = asyncio.create_task(self._answer(int(number), int(keys)))
            self._answers.add(answer)
            answer.add_done_callback(self._answers.discard)

    async def _answer(self, number: int, keys: int) -> None:
        while self.gate.taken < keys:
            self._arrived.clear()
            await self._arrived.wait()
        await settled(self)
        self._driver.write(TITLE.format(number))


if __name__ == "__main__":
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that the terminal's new sizes reach this process
    ListeningApp.ear = int(sys.argv[1])
    ctfront.app.CTFrontApp = ListeningApp
    main(sys.argv[2:])
