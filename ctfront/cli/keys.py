"""`ctfront keys`: what each key arrives as."""

import os
import select
import sys
import time
from codecs import getincrementaldecoder
from collections.abc import Iterator

import click

from ctfront.domain.errors import ClinicError
from ctfront.domain.text import safe
from ctfront.terminal.raw import make_raw, restore
from ctfront.terminal.sequences import Escape, Sequences

NAMES = {"\r": "enter", "\n": "enter", "\t": "tab", " ": "space", "\x7f": "backspace", "\x08": "ctrl+h"}


@click.command("keys")
def command() -> None:
    """Show what each key arrives as, until q."""
    keyboard = sys.stdin.fileno()
    settings = make_raw(keyboard)
    if settings is None:
        raise ClinicError("ctfront keys wants a terminal to read keys from.")
    try:
        click.echo("Press keys; q leaves.\r")
        for token in typed(keyboard):
            click.echo(f"{key_name(token):<14} {shown(token)}\r")
            if token == "q":
                break
    finally:
        restore(keyboard, settings)


def typed(keyboard: int) -> Iterator[str]:
    """Yield keys as the app would get them until the line hangs up."""
    sequences, decode = Sequences(), getincrementaldecoder("utf-8")(errors="replace").decode
    while True:
        wait = None if sequences.deadline is None else max(0.0, sequences.deadline - time.monotonic())
        if not select.select([keyboard], [], [], wait)[0]:
            yield from sequences.expire(time.monotonic())
        elif data := os.read(keyboard, 4096):
            yield from sequences.feed(decode(data), time.monotonic())
        else:
            return


def key_name(token: str) -> str:
    """Return the name of a key as settings and help write it."""
    from textual._xterm_parser import XTermParser

    if isinstance(token, Escape):
        return "escape"
    if len(token) > 1:
        return next((event.key for event in XTermParser().feed(token) if hasattr(event, "key")), "(not understood)")
    if token in NAMES:
        return NAMES[token]
    return f"ctrl+{chr(ord(token) + 0x60)}" if token < " " else safe(token)


def shown(token: str) -> str:
    """Return the characters of a key so that none can drive the terminal."""
    return " ".join(
        "ESC" if c == "\x1b" else f"^{chr(ord(c) ^ 0x40)}" if c < " " or c == "\x7f" else safe(c) for c in token
    )
