"""What data may look like on a screen, in a list and in a search column.

`safe` is the one way for data to reach a terminal, a log, a printed list or a file name: it returns
`Shown`, and the widgets take nothing else.
"""

import re
import unicodedata
from typing import NewType

from ctfront.domain.errors import InputRefused

Shown = NewType("Shown", str)
"""Text that cannot drive a terminal: no control, no bidi override, no pile of combining marks."""

MARKS_IN_A_ROW = 4
"""Combining marks kept behind one letter; more only smear over the neighbouring rows."""

FIELD_LIMIT = 200
"""Longest text, in characters, that a one-line field takes."""

_INVISIBLE = re.compile(r"[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")
_MARK_RUN = re.compile(
    rf"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{{{MARKS_IN_A_ROW}}})"
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)


def safe(text: str) -> Shown:
    """Return the text as it may be shown: controls as `?`, invisible ones dropped, one line, NFC."""
    if text.isascii() and text.isprintable():
        return Shown(text)
    text = unicodedata.normalize("NFC", text)
    text = _INVISIBLE.sub("", text.replace("\t", " ").replace("\r\n", " ").replace("\n", " "))
    text = _MARK_RUN.sub(r"\1", text)
    return Shown("".join("?" if unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn"} else c for c in text))


def clean_line(text: str, *, field: str, limit: int = FIELD_LIMIT) -> str:
    """Return typed or imported text as it is stored: NFC, trimmed, single spaces.

    Raises `InputRefused` for control or invisible characters and for more than `limit` characters.
    """
    text = unicodedata.normalize("NFC", text)
    if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for c in text.strip()):
        raise InputRefused("It holds a character that cannot be shown; type it again without it.", field=field)
    text = " ".join(text.split())
    if len(text) > limit:
        raise InputRefused(f"It is {len(text):,} characters long; {limit} fit.", field=field)
    return text
