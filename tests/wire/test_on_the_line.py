"""The real program on lines that stall, stop and hang up: it never waits for them, and leaves them as they were."""

import os
import signal
import sqlite3
import termios
import time
from contextlib import closing, suppress

import pyte
import pytest

from tests.stories import EIGHT, ROWS
from tests.wire.terminal_desk import PATIENCE, sent_for, terminal_desk

BOOKED = "Booked BAUER, Tomás for 8:15 with Dr Alvarez. u takes it back."

MOST_BEHIND = 200_000
"""Bytes that a stalled line holds at most: what the kernel keeps, and one frame."""


def on_the_line(clinic):
    return terminal_desk(clinic.database.path, who="mgarcia", size=(80, 24), now=EIGHT)


def fill(line: int) -> None:
    """Write what no terminal shows until the kernel keeps no more of it: the program's next frame must wait."""
    os.set_blocking(line, False)
    with suppress(BlockingIOError):
        while True:
            os.write(line, bytes(4096))


def patients(path) -> list[str]:
    """Return whose appointments the database holds."""
    with closing(sqlite3.connect(path)) as connection:
        return [row[3] for row in connection.execute(ROWS)]


def test_a_line_that_nobody_reads_does_not_stop_the_program(clinic):
    with on_the_line(clinic) as desk:
        desk.settle()
        line = os.open(desk.line, os.O_WRONLY | os.O_NOCTTY)
        fill(line)
        keys = sent_for("] t down b bau enter enter")
        desk.send(b"".join(keys), keys=len(keys))
        deadline = time.monotonic() + PATIENCE
        while "BAUER" not in patients(clinic.database.path):
            fill(line)  # the kernel moves things on, and has a little room again
            assert time.monotonic() < deadline
        os.close(line)
        read = desk.read_bytes
        desk.settle()
        assert desk.cells()[-2].strip() == BOOKED
        assert desk.read_bytes - read < MOST_BEHIND


def test_after_a_stop_everything_is_drawn_again(clinic):
    with on_the_line(clinic) as desk:
        desk.settle()
        before = desk.cells()
        for stops in (signal.SIGSTOP, signal.SIGTSTP):
            os.kill(desk.process.pid, stops)
            os.waitid(os.P_PID, desk.process.pid, os.WSTOPPED)
            desk.spoil()
            os.kill(desk.process.pid, signal.SIGCONT)
            desk.read_until(lambda: desk.cells() == before, "the screen again")
        desk.press("down")
        assert any("▸" in line and line.startswith(" 8:15") for line in desk.cells())


def test_the_clerk_may_have_everything_drawn_again(clinic):
    with on_the_line(clinic) as desk:
        desk.settle()
        before = desk.cells()
        desk.spoil()
        desk.press("ctrl+l")
        assert desk.cells() == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_end_gives_the_terminal_back(clinic, number):
    with on_the_line(clinic) as desk:
        line = os.open(desk.line, os.O_RDWR | os.O_NOCTTY)
        desk.settle()
        os.kill(desk.process.pid, number)
        desk.read_until(lambda: pyte.modes.DECTCEM in desk.screen.mode, "the cursor")
        assert desk.process.wait(PATIENCE) == 128 + number
        assert termios.tcgetattr(line)[3] & (termios.ECHO | termios.ICANON) == termios.ECHO | termios.ICANON
        assert termios.tcgetattr(line)[1] & termios.OPOST
        os.close(line)


def test_ctrl_z_does_nothing(clinic):
    with on_the_line(clinic) as desk:
        desk.settle()
        before = desk.cells()
        desk.press("ctrl+z")
        assert desk.cells() == before
