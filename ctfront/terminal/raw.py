"""The terminal line as the screens need it: every byte as it is, in both directions, and no echo."""

import contextlib
import termios
from collections.abc import Iterator
from typing import Any

_IFLAG, _OFLAG, _LFLAG, _CC = 0, 1, 3, 6


def make_raw(fileno: int) -> list[Any] | None:
    """Hand on keys at once and unchanged; return the settings before, None when it is no terminal.

    What was typed before stays to be read. Line feeds go out as they are: they are the cheapest way down.
    """
    try:
        before = termios.tcgetattr(fileno)
        raw = termios.tcgetattr(fileno)
        raw[_IFLAG] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
        raw[_OFLAG] &= ~termios.OPOST
        raw[_LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
        raw[_CC][termios.VMIN], raw[_CC][termios.VTIME] = 1, 0
        termios.tcsetattr(fileno, termios.TCSANOW, raw)
    except termios.error:
        return None
    return before


def restore(fileno: int, settings: list[Any] | None) -> None:
    """Put the settings back; a line that has hung up needs none."""
    if settings is not None:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(fileno, termios.TCSANOW, settings)


@contextlib.contextmanager
def no_echo(fileno: int) -> Iterator[None]:
    """Keep what is typed while the program loads off the screen, without taking it."""
    with _with_flags(fileno, off=termios.ECHO | termios.ICANON):
        yield


@contextlib.contextmanager
def echo(fileno: int) -> Iterator[None]:
    """Show what is typed, line by line, while something is asked at the shell's screen."""
    with _with_flags(fileno, on=termios.ECHO | termios.ICANON):
        yield


@contextlib.contextmanager
def _with_flags(fileno: int, *, on: int = 0, off: int = 0) -> Iterator[None]:
    try:
        before = termios.tcgetattr(fileno)
        changed = termios.tcgetattr(fileno)
        changed[_LFLAG] = (changed[_LFLAG] | on) & ~off
        termios.tcsetattr(fileno, termios.TCSANOW, changed)
    except termios.error:
        before = None
    try:
        yield
    finally:
        restore(fileno, before)
