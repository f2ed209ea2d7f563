"""What a terminal can do, as terminfo says; what it does not say, the terminal is taken not to do."""

import curses
from collections.abc import Mapping
from dataclasses import dataclass

BOLD, DIM, ITALIC, UNDERLINE, BLINK, REVERSE, STRIKE = (1 << bit for bit in range(7))

SHOWN_ON_BLANKS = UNDERLINE | BLINK | REVERSE | STRIKE
"""Attributes that are seen on a space."""

TRUE_COLOUR = 1 << 24

_FLAGS = {"bold": BOLD, "dim": DIM, "sitm": ITALIC, "smul": UNDERLINE, "blink": BLINK, "rev": REVERSE, "smxx": STRIKE}


@dataclass(frozen=True, kw_only=True)
class Terminal:
    """The features that the encoder may use; none by default."""

    colours: int = 0
    """0 for a monochrome terminal, else 8, 16, 256 or `TRUE_COLOUR`."""
    flags: int = BOLD | REVERSE
    """The attributes that it shows."""
    erases_in_colour: bool = False
    """Whether what is erased takes the background of the pen (bce)."""
    erases_line: bool = False
    """EL."""
    erases_characters: bool = False
    """ECH."""
    repeats: bool = False
    """REP."""
    scrolls: bool = False
    """A band of lines scrolls by itself (DECSTBM)."""
    scrolls_many: bool = False
    """SU and SD."""
    has_second_screen: bool = False
    """The shell's screen comes back on leaving."""


UNKNOWN = Terminal()


def terminal_of(environment: Mapping[str, str], fileno: int = 1) -> Terminal:
    """Return what the terminal named by TERM can do; a process asks for one terminal only."""
    name = environment.get("TERM", "")
    try:
        curses.setupterm(name, fileno)
    except curses.error:
        return Terminal(colours=256 if name.endswith("256color") and "NO_COLOR" not in environment else 0)

    def can(capability: str) -> bool:
        return curses.tigetstr(capability) is not None

    return Terminal(
        colours=_depth(curses.tigetnum("colors"), environment),
        flags=sum(flag for capability, flag in _FLAGS.items() if can(capability)),
        erases_in_colour=curses.tigetflag("bce") > 0,
        erases_line=can("el"),
        erases_characters=can("ech"),
        repeats=can("rep"),
        scrolls=can("csr") and can("ri"),
        scrolls_many=can("indn") and can("rin"),
        has_second_screen=can("smcup"),
    )


def _depth(colours: int, environment: Mapping[str, str]) -> int:
    """Return the colours to use."""
    if "NO_COLOR" in environment or colours < 8:
        return 0
    if environment.get("COLORTERM") in {"truecolor", "24bit"} or colours > 256:
        return TRUE_COLOUR
    return 8 if colours < 16 else 16 if colours < 256 else 256
