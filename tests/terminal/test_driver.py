"""The input thread on a pipe: bytes in whatever pieces, until the line hangs up."""

import fcntl
import os
import struct
import termios
import threading
import time
from queue import Queue

import pytest

from ctfront.terminal.driver import DeskDriver
from ctfront.terminal.encoder import Encoder
from ctfront.terminal.pens import Pens
from ctfront.terminal.terminals import UNKNOWN

PATIENCE = 20
"""Seconds after which the thread is taken for dead."""


class Heard(DeskDriver):
    """The driver's input thread, which reads a pipe and keeps what it would post to the app."""

    def __init__(self, fileno: int) -> None:
        self.fileno, self._debug = fileno, False
        self.exit_event, self.heard = threading.Event(), Queue()

    def _ask(self) -> int:
        """Nobody answers."""
        return 0

    def process_message(self, message) -> None:
        self.heard.put(message)


@pytest.fixture
def line():
    """The driver, its thread and the other end of its line."""
    reads, writes = os.pipe()
    driver = Heard(reads)
    thread = threading.Thread(target=driver.run_input_thread)
    thread.start()
    yield driver, thread, writes
    driver.exit_event.set()
    thread.join(PATIENCE)
    os.close(reads)


def wait_until_read(driver: Heard) -> None:
    """Wait until the thread has taken every byte."""
    deadline = time.monotonic() + PATIENCE
    while struct.unpack("i", fcntl.ioctl(driver.fileno, termios.FIONREAD, b"\0" * 4))[0]:
        assert time.monotonic() < deadline, "the thread reads nothing"


def test_a_letter_whose_bytes_come_apart_is_that_letter(line):
    driver, _, writes = line
    for byte in ("ë", "€", "x"):
        for piece in byte.encode():
            os.write(writes, bytes([piece]))
            wait_until_read(driver)
    assert [driver.heard.get(timeout=PATIENCE).character for _ in range(3)] == ["ë", "€", "x"]
    os.close(writes)


def test_the_thread_ends_when_the_line_hangs_up(line):
    _, thread, writes = line
    os.close(writes)
    thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.mark.parametrize(("column", "repeats"), [(5, True), (2, False)])
def test_characters_are_repeated_where_the_terminal_has_shown_that_it_does(line, column, repeats):
    driver, _, writes = line
    driver.encoder = Encoder(UNKNOWN, Pens(UNKNOWN))
    os.write(writes, f"\x1b[2;{column}Rx".encode())
    assert driver.heard.get(timeout=PATIENCE).character == "x"
    assert driver.encoder.repeats is repeats
    os.close(writes)
