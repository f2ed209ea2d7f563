"""The PIN that unlocks a screen: what one may be, and how often it may be tried."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from ctfront.domain.errors import InputRefused, NotAllowed
from ctfront.domain.throttling import wait_after

SHORTEST, LONGEST = 4, 8
"""Digits of a PIN."""

MOST_TRIES = 5
"""Wrong tries after which only a new log-in helps."""

FREE_TRIES = 1
"""Wrong tries that nobody has to wait for."""


@dataclass(frozen=True, kw_only=True)
class Pin:
    """What is kept of a clerk's PIN."""

    staff_id: int
    digest: str | None
    """argon2id; None while there is no PIN."""
    tries: int = 0
    """Wrong ones since it was right last."""
    tried_at: datetime | None = None


def check_pin(text: str) -> str:
    """Return the PIN. Raises `InputRefused` for what is none, or is among the first that anybody would try."""
    if not text.isascii() or not text.isdecimal() or not SHORTEST <= len(text) <= LONGEST:
        raise InputRefused(f"A PIN has {SHORTEST} to {LONGEST} digits.", field="pin")
    steps = {(ord(b) - ord(a)) % 10 for a, b in pairwise(text)}
    if len(steps) == 1 and steps <= {0, 1, 9}:
        raise InputRefused("Anybody would try that one first; take another.", field="pin")
    return text


class TriesUsedUp(NotAllowed):
    """Too many wrong PINs: only a log-in shows who it is."""

    def __init__(self) -> None:
        super().__init__("Too many wrong PINs; log in again.")


def check_turn(pin: Pin, now: datetime) -> None:
    """Refuse a try that comes too soon, or one too many. Raises `NotAllowed` or `TriesUsedUp`."""
    if pin.tries >= MOST_TRIES:
        raise TriesUsedUp
    wait = wait_after(pin.tries, free=FREE_TRIES)
    left = (pin.tried_at + wait - now) if pin.tried_at is not None else timedelta(0)
    if left > timedelta(0):
        raise NotAllowed(f"Wait {-(-left // timedelta(seconds=1))} s, then try again.")
