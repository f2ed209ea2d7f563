"""The line may stall: whoever sends is never held up, and learns when it is free."""

import os
import threading
import time

import pytest

from ctfront.terminal.line import Line

PATIENCE = 20


@pytest.fixture
def pipe():
    reads, writes = os.pipe()
    yield reads, writes
    os.close(reads)
    os.close(writes)


def read_exactly(reads: int, count: int) -> bytes:
    data = b""
    while len(data) < count:
        data += os.read(reads, count - len(data))
    return data


def test_what_is_sent_arrives_in_order_and_is_counted(pipe):
    reads, writes = pipe
    line = Line(writes, lambda: None)
    line.send(b"first ")
    line.send(b"second")
    assert read_exactly(reads, 12) == b"first second"
    line.close()
    assert line.sent == 12
    assert line.writes in (1, 2)


def test_a_full_line_is_not_free_until_it_has_been_read(pipe):
    reads, writes = pipe
    free = threading.Event()
    line = Line(writes, free.set)
    assert line.is_free()
    much = b"x" * 1_000_000
    line.send(much)
    assert not line.is_free()
    assert not free.is_set()
    assert read_exactly(reads, len(much)) == much
    assert free.wait(PATIENCE)
    assert line.is_free()
    line.close()


def test_how_long_a_line_has_taken_nothing_is_known(pipe):
    reads, writes = pipe
    line = Line(writes, lambda: None)
    assert line.stalled_for(time.monotonic() + 200) == 0
    line.send(b"x" * 1_000_000)
    assert 199 < line.stalled_for(time.monotonic() + 200) <= 201
    read_exactly(reads, 1_000_000)
    line.close()
    assert line.stalled_for(time.monotonic() + 200) == 0


def test_leaving_does_not_wait_long_for_a_line_that_stalls(pipe, monkeypatch):
    monkeypatch.setattr("ctfront.terminal.line.LAST_WORDS", 0.1)
    reads, writes = pipe
    line = Line(writes, lambda: None)
    line.send(b"x" * 1_000_000)
    line.close()
    assert line._thread.is_alive()
    read_exactly(reads, 1_000_000)
    line._thread.join(PATIENCE)
    assert not line._thread.is_alive()


def test_a_line_that_has_hung_up_takes_everything():
    reads, writes = os.pipe()
    os.close(reads)
    free = threading.Event()
    line = Line(writes, free.set)
    line.send(b"lost")
    line.close()
    assert line.is_free()
    os.close(writes)
