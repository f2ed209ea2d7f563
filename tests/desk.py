"""A clerk at the keyboard of the real app, key by key or in one burst."""

import asyncio
import shlex
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

from textual import events
from textual._context import visible_screen_stack
from textual.keys import _character_to_key

from tests.wire.settling import settled

NAMED = {
    "enter", "escape", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pageup", "pagedown",
    "space", "backspace", "delete", *(f"f{n}" for n in range(1, 10)),
}  # fmt: skip
ALIASES = {"esc": "escape", "pgdn": "pagedown", "pgup": "pageup"}


def read_keys(script: str) -> Iterator[events.Key | events.Paste]:
    """Turn `b rui enter` into key events: known names are keys, other words are typed letter by letter.

    `paste=text` is pasted in one.
    """
    for word in shlex.split(script, posix=True):
        if word.startswith("paste="):
            yield events.Paste(word.removeprefix("paste="))
            continue
        name = ALIASES.get(word, word)
        if name in NAMED or (name.startswith("ctrl+") and len(name) == 6):
            yield events.Key(name, {"space": " ", "enter": "\r", "tab": "\t"}.get(name))
        else:
            for letter in word:
                yield events.Key(_character_to_key(letter), letter)


async def until(state: Callable[[], object]) -> None:
    """Wait for a state of the app."""
    async with asyncio.timeout(60):
        while not state():
            await asyncio.sleep(0.005)


PATIENCE = 120
"""Seconds after which an app is taken for dead: one that broke down draws nothing more."""


class Desk:
    """Drives an app under test; every call returns when its effect has settled."""

    def __init__(self, app) -> None:
        self.app = app

    async def settle(self) -> None:
        """Wait until nothing is under way and the last frame is laid out."""
        async with asyncio.timeout(PATIENCE):
            await settled(self.app)

    async def press(self, script: str) -> None:
        """Press the keys slowly: each waits for the last one's effect."""
        for key in read_keys(script):
            self.app.post_message(key)
            await self.settle()

    def type(self, script: str) -> None:
        """Press the keys and wait for nothing."""
        for key in list(read_keys(script)):
            self.app.post_message(key)

    async def burst(self, script: str) -> None:
        """Press the keys all at once."""
        self.type(script)
        await self.settle()

    def cells(self) -> list[str]:
        """Return the lines of the screen, as they are."""
        return ["".join(letter for letter, _ in line).rstrip() for line in self.looks()]

    def looks(self) -> list[list[tuple]]:
        """Return every cell as its letter and style."""
        width, height = self.app.size
        visible_screen_stack.set(self.app._background_screens)  # what lies behind a form, as the app itself draws it
        strips = self.app.screen._compositor.render_strips()[:height]
        lines = [[(letter, segment.style) for segment in strip for letter in segment.text] for strip in strips]
        return [line[:width] for line in lines]

    def text(self) -> str:
        return "\n".join(self.cells())


@asynccontextmanager
async def open_desk(app, size=(80, 24)) -> AsyncIterator[Desk]:
    """Run the app at a size and give its desk; the loop is the test's own `KeyLoop`."""
    async with app.run_test(size=size) as pilot:
        while app.gate is None:
            if app._exception is not None:
                raise app._exception
            await pilot._wait_for_screen()
        desk = Desk(app)
        await desk.settle()
        yield desk
