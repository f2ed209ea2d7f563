"""The real program in a pseudo-terminal of its own, read as a terminal reads it."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import count
from pathlib import Path

import pyte

from tests.desk import read_keys

LISTENING = str(Path(__file__).with_name("listening_desk.py"))

PATIENCE = 60.0
"""Seconds of silence that are a failure."""

SENT = {
    "enter": "\r", "escape": "\x1b", "tab": "\t", "shift+tab": "\x1b[Z", "space": " ", "backspace": "\x7f",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "delete": "\x1b[3~", "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR",
    "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~", "f7": "\x1b[18~", "f8": "\x1b[19~", "f9": "\x1b[20~",
}  # fmt: skip
"""What xterm sends for a key that is no character."""


def sent_for(script: str) -> list[bytes]:
    """Return the bytes of each key of a script."""
    return [_bytes_of(key).encode() for key in read_keys(script)]


def _bytes_of(key) -> str:
    if key.key in SENT:
        return SENT[key.key]
    if key.key.startswith("ctrl+"):
        return chr(ord(key.key[-1]) & 0x1F)
    return key.character


class Screen(pyte.Screen):
    """What pyte does not know of xterm: repeated characters, and bands that scroll by several lines."""

    def erase_in_display(self, how: int = 0, *_, **__) -> None:
        """ED, also of cells that were never written to."""
        assert how == 2
        for line in range(self.lines):
            self.buffer[line].update(dict.fromkeys(range(self.columns), self.cursor.attrs))

    def repeat(self, count: int = 1) -> None:
        """REP."""
        self.draw(self.buffer[self.cursor.y][self.cursor.x - 1].data * count)

    def scroll_up(self, count: int = 1) -> None:
        """SU."""
        self._scroll(count, self.delete_lines)

    def scroll_down(self, count: int = 1) -> None:
        """SD."""
        self._scroll(count, self.insert_lines)

    def _scroll(self, count: int, change: Callable[[int], None]) -> None:
        y, x = self.cursor.y, self.cursor.x
        self.cursor.y = self.margins.top if self.margins else 0
        change(count)
        self.cursor.y, self.cursor.x = y, x


class Stream(pyte.ByteStream):
    """The stream that hands them on."""

    csi = {**pyte.ByteStream.csi, "b": "repeat", "S": "scroll_up", "T": "scroll_down"}
    events = pyte.ByteStream.events | {"repeat", "scroll_up", "scroll_down"}


class TerminalDesk:
    """Types into the program and sees its cells; waits for states, never for a time."""

    def __init__(
        self, process: subprocess.Popen, terminal: int, line: str, ear: int, size: tuple[int, int], *, typed: int
    ) -> None:
        self.process, self.line, self.ear = process, line, ear
        self.terminal: int | None = terminal
        """The end that a terminal reads and types at."""
        self.screen = Screen(*size)
        self.screen.write_process_input = self._tell_place
        self._stream = Stream(self.screen)
        self._numbers = count(1)
        self.pieces: list[int] = []
        """Bytes of each piece that the program has sent."""
        self.typed = typed
        """Keys sent."""

    @property
    def read_bytes(self) -> int:
        """Bytes that the program has sent."""
        return sum(self.pieces)

    def send(self, data: bytes, *, keys: int) -> None:
        """Send bytes that are so many keys."""
        self.typed += keys
        while data:
            data = data[os.write(self.terminal, data) :]

    def _tell_place(self, answer: str) -> None:
        """Tell the program where the cursor is when it asks, so that it finds out that characters are repeated."""
        if answer.endswith("R"):
            with suppress(OSError):  # the line was cut meanwhile
                os.write(self.terminal, answer.encode())

    def send_byte_by_byte(self, data: bytes, *, keys: int) -> None:
        """Send bytes that are so many keys one at a time, each once the program has read the one before.

        An ESC goes with the byte behind it: alone it would be the Escape key after 40 ms.
        """
        line = os.open(self.line, os.O_RDWR | os.O_NOCTTY)
        deadline = time.monotonic() + PATIENCE
        for piece in re.findall(rb"\x1b.|.", data, re.DOTALL):
            os.write(self.terminal, piece)
            while _unread(line):
                assert time.monotonic() < deadline, self._words("the program reads nothing")
                if select.select([self.terminal], [], [], 0.001)[0]:
                    self._read()
        os.close(line)
        self.typed += keys

    def press(self, script: str) -> None:
        """Press the keys slowly: each waits for the last one's effect."""
        for data in sent_for(script):
            self.send(data, keys=1)
            self.settle()

    def burst(self, script: str) -> None:
        """Press the keys all at once."""
        keys = sent_for(script)
        self.send(b"".join(keys), keys=len(keys))
        self.settle()

    def settle(self) -> None:
        """Wait until every key sent has arrived and settled, and what it drew has been read."""
        settled = f"settled {(number := next(self._numbers))}"
        os.write(self.ear, b"%d %d\n" % (number, self.typed))
        self.read_until(lambda: self.screen.title == settled, "the program to settle")

    def resize(self, width: int, height: int) -> None:
        """Give the terminal another size, as a window manager does."""
        self.screen.resize(lines=height, columns=width)
        set_size(self.terminal, (width, height))

    def read_until(self, state: Callable[[], bool], what: str) -> None:
        """Read output until a state holds."""
        while not state():
            if not self._read():
                raise AssertionError(self._words(f"the program left; waited for {what}"))

    def wait_for_exit(self) -> int:
        """Read until the program has left; return its exit code."""
        while self._read():
            pass
        return self.process.wait(PATIENCE)

    def _read(self) -> bool:
        """Read what there is; False when the program has closed the terminal."""
        if not select.select([self.terminal], [], [], PATIENCE)[0]:
            raise AssertionError(self._words(f"nothing came for {PATIENCE:.0f} s"))
        try:
            data = os.read(self.terminal, 65536)
        except OSError:  # how Linux tells that nobody has the terminal open
            return False
        self._stream.feed(data)
        self.pieces.append(len(data))
        return bool(data)

    def spoil(self) -> None:
        """Lose what the screen shows, as when somebody else writes to the terminal."""
        self._stream.feed(b"\x1b[2J")

    def _words(self, problem: str) -> str:
        return "\n".join([problem, *self.cells()])

    def cells(self) -> list[str]:
        """Return the lines of the screen, as they are."""
        return [line.rstrip() for line in self.screen.display]

    def looks(self) -> list[list[tuple]]:
        """Return every cell with what is seen of its colours and attributes."""
        return [[_seen(self.screen.buffer[y][x]) for x in range(self.screen.columns)] for y in range(self.screen.lines)]


def _seen(cell) -> tuple:
    """Return a cell; of a space only its background is seen, unless it is underlined or reversed."""
    if cell.data == " " and not (cell.underscore or cell.reverse or cell.strikethrough or cell.blink):
        return " ", cell.bg
    return tuple(cell)


def _unread(line: int) -> int:
    """Return how many bytes wait in the terminal for the program."""
    return struct.unpack("i", fcntl.ioctl(line, termios.FIONREAD, b"\0" * 4))[0]


def set_size(terminal: int, size: tuple[int, int]) -> None:
    """Tell the terminal how many columns and rows it has."""
    width, height = size
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))


@contextmanager
def terminal_desk(
    database: Path, *, who: str, size: tuple[int, int], now: datetime, typed: str = "", program: str = LISTENING
) -> Iterator[TerminalDesk]:
    """Start the program on a database file; what is `typed` waits in the terminal before it does."""
    terminal, program_end = pty.openpty()
    set_size(terminal, size)
    hears, ear = os.pipe()
    os.write(terminal, b"".join(sent_for(typed)))
    process = subprocess.Popen(
        [sys.executable, program, str(hears), "--db", str(database), "--user", who],
        stdin=program_end,
        stdout=program_end,
        stderr=program_end,
        pass_fds=[hears],
        start_new_session=True,
        env=environment(database.parent, now),
    )
    line = os.ttyname(program_end)
    os.close(program_end)
    os.close(hears)
    desk = TerminalDesk(process, terminal, line, ear, size, typed=len(sent_for(typed)))
    try:
        yield desk
    finally:
        process.kill()
        process.wait(PATIENCE)
        if desk.terminal is not None:  # else its line was cut
            os.close(desk.terminal)
        os.close(ear)


def environment(home: Path, now: datetime) -> dict[str, str]:
    """What the program finds around it: nothing of the account that tests."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "CTFRONT_NOW": now.isoformat(),
    }
