"""What data may look like on a screen, in a list and in a search column.

`safe` is the one way for data to reach a terminal, a log, a printed list or a file name: it returns
`Shown`, and the widgets take nothing else.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NewType

from ctfront.domain.errors import InputRefused

Shown = NewType("Shown", str)
"""Text that cannot drive a terminal: no control, no bidi override, no pile of combining marks."""

MARKS_IN_A_ROW = 4
"""Combining marks kept behind one letter; more only smear over the neighbouring rows."""

FIELD_LIMIT = 200
"""Longest text, in characters, that a one-line field takes."""

QUOTED = 40
"""Most characters of what was typed that a refusal quotes."""

_INVISIBLE = re.compile(r"[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")
_LINE_ENDS = re.compile(r"\r\n|[\t\n]")
_SPACES = re.compile(r"[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")


def safe(text: str) -> Shown:
    """Return the text as it may be shown: controls as `?`, invisible ones dropped, one line, NFC."""
    if text.isascii() and text.isprintable():
        return Shown(text)
    visible = _INVISIBLE.sub("", _LINE_ENDS.sub(" ", text))
    marked = "".join(_shown_character(character) for character in visible)
    # Composed last: what is left may stand together only now.
    return Shown("".join(_without_piles(unicodedata.normalize("NFC", marked))))


def _shown_character(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Cs" | "Co" | "Cn":
            return "?"
        case "Cf":
            return ""
    return character


def _without_piles(text: str) -> Iterator[str]:
    """Yield the characters with at most `MARKS_IN_A_ROW` marks behind one another, in any script."""
    pile = 0
    for character in text:
        pile = pile + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if pile <= MARKS_IN_A_ROW:
            yield character


def brief(text: str) -> Shown:
    """Return the text as a refusal quotes it: harmless, and cut with `…` when it is long."""
    shown = safe(text.strip()[: QUOTED * 2])
    return shown if len(shown) <= QUOTED else Shown(f"{shown[: QUOTED - 1]}…")


def clean_line(text: str, *, field: str, limit: int = FIELD_LIMIT) -> str:
    """Return typed or imported text as it is stored: NFC, trimmed, single spaces; `safe` shows it unchanged.

    Raises `InputRefused` for control or invisible characters and for more than `limit` characters.
    """
    line = _SPACES.sub(" ", unicodedata.normalize("NFC", text).strip())
    if safe(line) != line:
        raise InputRefused("It holds a character that cannot be shown; type it again without it.", field=field)
    if len(line) > limit:
        raise InputRefused(f"It is {len(line):,} characters long; {limit:,} fit.", field=field)
    return line
