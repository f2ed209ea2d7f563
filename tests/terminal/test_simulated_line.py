"""The driver and the keyboard on a slow line whose clock a test moves on: hours in a second."""

import heapq
import random
from itertools import count

import pytest

from ctfront.terminal.canvas import Canvas
from ctfront.terminal.driver import DeskDriver
from ctfront.terminal.encoder import Encoder
from ctfront.terminal.pens import Pens
from ctfront.terminal.sequences import ESC, JITTERY_FOR, Escape, Sequences
from tests.terminal.test_encoder import HEIGHT, WIDTH, Painter
from tests.wire.kinds import KINDS, emulator_of, looks_of
from tests.wire.relay import THIN, Route, Way

ONE_SCREEN = 3_000
"""Bytes that a screen of this size takes at most."""


class SimulatedLoop:
    """As much of an event loop as the driver asks for."""

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list = []
        self._numbers = count()

    def call_at(self, at: float, call) -> None:
        heapq.heappush(self._due, (at, next(self._numbers), call))

    def call_soon_threadsafe(self, call) -> None:
        self.call_at(self.now, call)

    def run_until(self, until: float) -> None:
        """Let what is due happen."""
        while self._due and self._due[0][0] <= until:
            self.now, _, call = heapq.heappop(self._due)
            call()
        self.now = until


class SimulatedLine:
    """A line whose writer thread is blocked while its way is full."""

    def __init__(self, loop: SimulatedLoop, way: Way, on_free) -> None:
        self.loop, self.way, self.on_free = loop, way, on_free
        self.sent = 0
        self._asked = self._blocked = False

    def is_free(self) -> bool:
        self._asked = self._blocked
        return not self._blocked

    def send(self, piece: bytes) -> int:
        self.sent += len(piece)
        self.way.send(piece, self.loop.now)
        self._look()
        return self.sent - len(piece)

    def _look(self) -> None:
        self._blocked = self.way.is_full(self.loop.now)
        if self._blocked:
            self.loop.call_at(self.loop.now + 0.01, self._look)
        elif self._asked:
            self._asked = False
            self.on_free()


class SimulatedDriver(DeskDriver):
    """The driver's way out, on a simulated line."""

    def __init__(self, kind: str, route: Route) -> None:
        self._loop = SimulatedLoop()
        self.terminal = KINDS[kind]
        self.encoder = Encoder(self.terminal, Pens(self.terminal))
        self.canvas = Canvas(self.encoder.pens, WIDTH, HEIGHT)
        self.way = Way(route)
        self._line = SimulatedLine(self._loop, self.way, self._commit)
        self._aside, self._due, self._held = "", False, None
        self.cursor_place = lambda: (0, 0)

    def write(self, data: str) -> None:
        self.canvas.write(data)
        self.flush()


@pytest.mark.parametrize("kind", KINDS)
def test_after_stalls_the_terminal_shows_the_newest_cells_and_nothing_has_heaped_up(kind):
    driver, painter, dice, looks = SimulatedDriver(kind, THIN), Painter(7), random.Random(7), {}
    emulator = emulator_of(KINDS[kind], WIDTH, HEIGHT)
    now = 0.0
    for _ in range(3):
        for _ in range(60):
            now += dice.choice((0.02, 0.1, 1.5))
            driver._loop.run_until(now)
            driver.write(painter.change())
        driver.way.stall(now + 60)
        for _ in range(200):
            now += 0.3
            driver._loop.run_until(now)
            driver.write(painter.change())
        sent = driver._line.sent
        now += 30
        driver._loop.run_until(now)
        emulator.feed(driver.way.arrived(now).decode())
        assert looks_of(driver.canvas, looks) == emulator.seen()
        assert driver._line.sent - sent <= ONE_SCREEN


def test_a_screen_drawn_during_a_stall_is_seen_as_soon_as_the_line_can_bring_it():
    driver, painter = SimulatedDriver("xterm", Route(holds=1_000)), Painter(1)
    for second in range(60):
        driver._loop.run_until(second)
        driver.way.stall(61.0)
        driver.write(painter.change())
    driver.write("\x1b[1;1Hthe newest")
    driver._loop.run_until(63.0)
    assert b"the newest" in driver.way.arrived(63.0)


ARROWS = [ESC + tail for tail in ("[A", "[B", "OC", "[5~")]
TYPED = [*"bau1 \r", *ARROWS, ESC]


def typed_over(route: Route, keys: list[str], seed: int) -> list[str]:
    """Type keys half a second apart on a line that cuts every second sequence in two; return what the app gets."""
    dice, way, sequences, now = random.Random(seed), Way(route, seed), Sequences(), 0.0
    got: list[str] = []
    for key in keys:
        now += 0.5
        at = dice.randrange(1, len(key)) if len(key) > 1 and dice.random() < 0.5 else len(key)
        for piece in filter(None, (key[:at], key[at:])):
            way.send(piece.encode(), now)
    while (at := way.next_arrival) is not None:
        while sequences.deadline is not None and sequences.deadline <= at:
            got += sequences.expire(sequences.deadline)
        got += sequences.feed(way.arrived(at).decode(), at)
    while sequences.deadline is not None:
        got += sequences.expire(sequences.deadline)
    return ["esc" if isinstance(token, Escape) else token for token in got]


@pytest.mark.parametrize("seed", range(30))
def test_on_an_uneven_line_only_the_first_key_cut_in_two_can_be_taken_for_escape(seed):
    keys = random.Random(seed).choices(TYPED, k=200)
    assert len(keys) * 0.5 < JITTERY_FOR
    wanted = ["esc" if key == ESC else key for key in keys]
    got = typed_over(Route(late=0.3, jitter=0.2), keys, seed)
    wrong = [number for number, (one, other) in enumerate(zip(wanted, got, strict=True)) if one != other]
    assert [got[number] for number in wrong] == ["esc"] * len(wrong)
    assert len(wrong) <= 1
