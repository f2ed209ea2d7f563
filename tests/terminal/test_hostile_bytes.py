"""Through a real pseudo-terminal: what lies in the database adds no sequence to what the program writes."""

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
from pathlib import Path

import pytest

from tests.clinics import small_clinic
from tests.hostile import TOGETHER
from tests.screens.conftest import cast
from tests.spoiling import spoil
from tests.wire.terminal_desk import Screen, Stream

ROWS, COLUMNS = 24, 80

HOSTILE = f"\x1b]0;owned\x07\x9b2J\x9d52;c;eA==\x9c\x1bc\u202e\x00{TOGETHER}"

ESC, F2 = b"\x1b", b"\x1bOQ"
STEPS = (b"b", ESC, ESC, b"e", ESC, ESC, b"i", F2, b"k", ESC, b"/e", ESC, b":ar 1", ESC, b"w", b"w")
"""Keys one after the other; the screen comes to rest between them."""

SEQUENCE = re.compile(rb"\x1b\[([?<=>]?)[0-9;:]*([ $]?[@-~])|\x1b(\]22;default)\x07")
"""Control sequences, and the shape of a pointer; no title, no clipboard, no reset."""

DRAWS = {letter.encode() for letter in ("m", *"ABCDHJKSTXbr", "n", "?h", "?l", "]22;default")}
"""The kinds of them that the driver draws with."""


def run(path: Path, tmp_path: Path) -> bytes:
    """Work at the program for a moment and return every byte that it wrote."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "CTFRONT_NOW": "2026-03-02T08:00",
    }
    program = subprocess.Popen(
        [sys.executable, "-m", "ctfront", "--db", str(path)],
        stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True, close_fds=True,
    )  # fmt: skip
    os.close(slave)
    screen = Screen(COLUMNS, ROWS)
    stream = Stream(screen)
    written = bytearray()

    def until_rest(ready) -> None:
        """Read until the screen is as wanted and nothing more comes."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            quiet = not select.select([master], [], [], 0.4)[0]
            if quiet and ready():
                return
            if not quiet:
                piece = os.read(master, 65536)
                written.extend(piece)
                stream.feed(piece)
        raise AssertionError("\n".join(screen.display))

    try:
        until_rest(lambda: any("Keys" in line for line in screen.display))
        for step in STEPS:
            os.write(master, step)
            until_rest(lambda: True)
        os.write(master, b":q\r")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and program.poll() is None:
            if select.select([master], [], [], 0.1)[0]:
                try:
                    written.extend(os.read(master, 65536))
                except OSError:  # the other end is closed
                    break
        assert program.wait(10) == 0
    finally:
        if program.poll() is None:
            program.kill()
            program.wait()
        os.close(master)
    return bytes(written)


def kinds(written: bytes) -> set[bytes]:
    """Return the kinds of sequences, without their numbers."""
    return {b"".join(part or b"" for part in match.groups()) for match in SEQUENCE.finditer(written)}


@pytest.fixture
def clinic_file(sqlite_url, tmp_path):
    clinic = small_clinic(sqlite_url)
    cast(clinic)
    clinic.database.close_writer()
    return tmp_path / "clinic.db"


def test_hostile_data_adds_no_sequence(clinic_file, tmp_path):
    harmless = run(clinic_file, tmp_path)
    spoil(clinic_file, HOSTILE)
    hostile = run(clinic_file, tmp_path)
    assert b"RUIZ, Ana" in harmless
    assert b"owned" in hostile
    assert kinds(harmless) | kinds(hostile) <= DRAWS
    for written in (harmless, hostile):
        rest = SEQUENCE.sub(b"", written).decode("utf-8")
        assert {c for c in rest if c < " " or "\x7f" <= c <= "\x9f" or c in "\u202e\u2066\u200b"} <= {"\r", "\n", "\b"}
