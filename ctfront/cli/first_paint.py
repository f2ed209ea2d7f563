"""What is on the screen while the program is still being loaded: the day it opens on and the keys that work there.

Keys typed from here on are kept by the terminal's line and are the first input of the screens.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ctfront.cli import KEYBOARD, NOW_VARIABLE, Asked, settings_for
from ctfront.cli.caller import check_terminal, speaks_utf8
from ctfront.domain.text import safe
from ctfront.domain.times import show_date
from ctfront.settings import Settings
from ctfront.terminal.plain import in_ascii
from ctfront.terminal.taken import RULE, TakenTerminal
from ctfront.widgets.lines import LEAST_HEIGHT, LEAST_WIDTH, SCHEDULER_KEYS, fitting_keys, title_text

OUTPUT = 1


@contextlib.contextmanager
def first_paint(asked: Asked) -> Iterator[TakenTerminal]:
    """Take the terminal and paint what is known by now; it is given back at the end. Raises `ClinicError`.

    Where there is no database yet the terminal is not taken: questions come first.
    """
    check_terminal(sys.stdin.isatty() and sys.stdout.isatty(), os.environ)
    settings = settings_for(asked)
    taken = TakenTerminal(KEYBOARD, OUTPUT, os.environ)
    for number in (signal.SIGTERM, signal.SIGHUP):  # until the driver listens for them
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    try:
        if settings.database_path is None or settings.database_path.exists():
            paint(taken, known_date(asked.caller.zone), asked.caller.clinic, plain=draws_ascii(asked, settings))
        yield taken
    finally:
        taken.give_back()


def draws_ascii(asked: Asked, settings: Settings) -> bool:
    """Tell whether to draw in ASCII."""
    return settings.ascii or not speaks_utf8(asked.caller.environment)


def paint(taken: TakenTerminal, today: date | None, clinic: str, *, plain: bool) -> None:
    """Take the terminal and show the lines around a schedule that is still to come.

    Without the rule: until the terminal has shown that it repeats characters, that is 240 bytes.
    """
    line = taken.take(lambda: None, rule=in_ascii(RULE) if plain else RULE)
    width, height = os.get_terminal_size(OUTPUT)
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return
    middle = f"SCHEDULER · {clinic}" if clinic else "SCHEDULER"
    title = safe(title_text(show_date(today) if today else "", middle, "", width))
    keys = "".join(f"\x1b[1m{key}\x1b[m {words}  " for key, words in fitting_keys(SCHEDULER_KEYS, width))
    drawn = f"\x1b[1;1H\x1b[7m{title}\x1b[m\x1b[{height};1H {keys}"
    taken.canvas = taken.canvas.resized(width, height)
    taken.canvas.write(in_ascii(drawn) if plain else drawn)
    line.send(taken.encoder.frame(taken.canvas, (0, 0)).encode())


def known_date(zone: str) -> date | None:
    """Return the date in the clinic's zone, empty for one that is not known yet: most likely this machine's.

    None where the machine does not say in which zone it stands.
    """
    if chosen := os.environ.get(NOW_VARIABLE):
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(chosen).date()
        return None
    if zone:
        return datetime.now(ZoneInfo(zone)).date()
    return None if time.tzname[0] in {"UTC", "GMT"} else date.today()
