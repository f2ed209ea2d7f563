"""A slow line between the program and its terminal: late, uneven, narrow, stalled and cut as a test wants it.

A `Way` is one direction and pure: the time is handed in, by a clock on the wall or by one that a test moves on. A
`Relay` puts two of them around a real program's pseudo-terminal.
"""

import os
import random
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

PACKET, PACKET_CARRIES = 87, 1400
"""Bytes that SSH, TCP and IP add to a packet, and the most that one carries."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """What a line is like."""

    late: float = 0.3
    """Seconds for one way."""
    jitter: float = 0.0
    """Most seconds that chance adds; nothing overtakes."""
    bytes_a_second: float = 64_000 / 8
    holds: int = 16_384
    """Bytes under way from which on the sender has to wait."""


LONGEST_WAIT = 0.05
"""Seconds after which a relay looks whether it is closed."""

THIN = Route()
"""64 kbit/s, and 600 ms there and back."""


class Way:
    """One direction of a line."""

    def __init__(self, route: Route, seed: int = 7) -> None:
        self.route = route
        self.carried = 0
        """Bytes with what packets add."""
        self._dice = random.Random(seed)
        self._busy_until = self._last_arrival = 0.0
        self._under_way: deque[tuple[float, bytes]] = deque()

    def is_full(self, now: float) -> bool:
        """Tell whether the sender has to wait."""
        return (self._busy_until - now) * self.route.bytes_a_second > self.route.holds

    def send(self, data: bytes, now: float) -> None:
        """Take what is sent now."""
        for start in range(0, len(data), PACKET_CARRIES):
            piece = data[start : start + PACKET_CARRIES]
            size = len(piece) + PACKET
            self.carried += size
            self._busy_until = max(self._busy_until, now) + size / self.route.bytes_a_second
            arrival = self._busy_until + self.route.late + self._dice.uniform(0, self.route.jitter)
            self._last_arrival = max(self._last_arrival, arrival)
            self._under_way.append((self._last_arrival, piece))

    def stall(self, until: float) -> None:
        """Carry nothing more until then."""
        self._busy_until = max(self._busy_until, until)

    @property
    def next_arrival(self) -> float | None:
        """When the next piece arrives; None when nothing is under way."""
        return self._under_way[0][0] if self._under_way else None

    def arrived(self, now: float) -> bytes:
        """Return what has arrived by now."""
        data = b""
        while self._under_way and self._under_way[0][0] <= now:
            data += self._under_way.popleft()[1]
        return data


class Relay:
    """Carries a program's output to `terminal`, and keys the other way."""

    def __init__(self, program: int, route: Route, *, cut_after: int | None = None) -> None:
        self.program = program
        ours, theirs = socket.socketpair()
        self._ours, self.terminal = ours, theirs.detach()
        self._out, self._keys = Way(route), Way(route, seed=8)
        self._left = cut_after
        """Bytes of output until the line is cut."""
        self.is_cut = False
        self._closing = False
        self._thread = threading.Thread(target=self._carry, name="relay", daemon=True)
        self._thread.start()

    def _carry(self) -> None:
        while not self._closing and not self.is_cut:
            now = time.monotonic()
            self._deliver(self._out.arrived(now))
            if self.is_cut:
                return
            if keys := self._keys.arrived(now):
                os.write(self.program, keys)
            takes = [self._ours.fileno()] + [self.program] * (not self._out.is_full(now))
            due = [at for at in (self._out.next_arrival, self._keys.next_arrival) if at is not None]
            wait = min([LONGEST_WAIT, *(max(0.0, at - now) for at in due)])
            for ready in select.select(takes, [], [], wait)[0]:
                self._take(ready)

    def _take(self, ready: int) -> None:
        try:
            data = os.read(ready, 4096)
        except OSError:  # how Linux tells that nobody has the terminal open
            data = b""
        if data:
            (self._out if ready == self.program else self._keys).send(data, time.monotonic())
        elif self._out.next_arrival is None:
            self._hang_up()

    def _deliver(self, data: bytes) -> None:
        if self._left is not None:
            data = data[: self._left]
            self._left -= len(data)
        if data:
            self._ours.sendall(data)
        if self._left == 0:
            self._hang_up()

    def _hang_up(self) -> None:
        """Leave both ends, as a line does that is cut."""
        self.is_cut = True
        self._ours.close()
        os.close(self.program)

    def close(self) -> None:
        """Carry no more."""
        self._closing = True
        self._thread.join()
        self._ours.close()
        os.close(self.terminal)


@contextmanager
def relayed(desk, route: Route = THIN, *, cut_after: int | None = None) -> Iterator[Relay]:
    """Put a line between a desk and its program."""
    relay = Relay(desk.terminal, route, cut_after=cut_after)
    desk.terminal = relay.terminal
    try:
        yield relay
    finally:
        relay.close()
        desk.terminal = None if relay.is_cut else relay.program
