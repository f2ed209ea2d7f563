"""Handing a text to the clinic's own print command, which may fail, be missing or never end."""

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from pathlib import PurePath

from ctfront.domain.errors import ClinicError
from ctfront.domain.text import brief

NAME = 12
"""Characters that a sentence has for the command."""


class NotPrinted(ClinicError):
    """The command did not take the text; the message says why, without a full stop."""


def told(command: Sequence[str]) -> str:
    """Return what a sentence calls the command: its program, cut when it is long."""
    name = brief(PurePath(command[0]).name)
    return name if len(name) <= NAME else f"{name[: NAME - 1]}…"


async def print_out(command: Sequence[str], text: str, *, limit: float) -> None:
    """Run the command, without a shell, with the text as its input. Raises `NotPrinted`.

    After `limit` seconds it is killed with all that it started. What it says is never let through to the terminal.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True
        )
    except FileNotFoundError:
        raise NotPrinted(f"{told(command)} is missing") from None
    except OSError:
        raise NotPrinted(f"{told(command)} cannot be run") from None
    try:
        async with asyncio.timeout(limit):
            await process.communicate(text.encode())
    except TimeoutError:
        raise NotPrinted(f"{told(command)} did not end in {limit:g} s") from None
    finally:
        await _end(process)
    if process.returncode:
        raise NotPrinted(f"{told(command)} failed ({process.returncode})")


async def _end(process: Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):  # it may have ended just now
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
