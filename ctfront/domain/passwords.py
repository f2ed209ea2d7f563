"""Which passwords patients may choose: length counts, and nothing that is guessed first.

No rules about kinds of characters: they make passwords harder to remember and not harder to guess.
"""

import re
from collections.abc import Iterable

from ctfront.domain.errors import InputRefused

LEAST = 12
"""Characters of a password."""

MOST = 200
"""Characters of a password; more would only cost time."""

ENOUGH = 6
"""Characters that must be left when everything common is taken out."""

_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertz",
    "azerty",
    "qazwsx",
)
_RUNS = tuple(row[start : start + 3] for line in _ROWS for row in (line, line[::-1]) for start in range(len(row) - 2))
"""Three neighbours on the keyboard or in the alphabet."""

_WORDS = (
    "password", "passwort", "passwd", "pass", "word", "welcome", "letmein", "login", "admin", "secret", "hello",
    "iloveyou", "love", "monkey", "dragon", "princess", "sunshine", "shadow", "master", "football", "baseball",
    "soccer", "superman", "batman", "pokemon", "starwars", "freedom", "whatever", "trustno", "changeme", "temp",
    "spring", "summer", "autumn", "fall", "winter", "january", "february", "march", "april", "june", "july",
    "august", "september", "october", "november", "december", "monday", "friday", "sunday",
    "clinic", "doctor", "patient", "appointment", "booking", "health", "chiro", "spine", "back", "pain",
    "test", "user", "guest", "my", "the", "your", "is",
)  # fmt: skip
_YEAR = re.compile(r"(19|20)\d\d")
_SAME = re.compile(r"(.)\1{2,}")
_LEET = str.maketrans("013457@$!", "oieastasi")


def check_password(password: str, *, about: Iterable[str] = ()) -> str:
    """Return a password that may be chosen; `about` is what an attacker would know: names, the address.

    Raises `InputRefused`.
    """
    if len(password) < LEAST:
        raise InputRefused(
            f"Choose a longer password: at least {LEAST} characters. Several words are good.", field="password"
        )
    if len(password) > MOST:
        raise InputRefused(f"Choose a shorter password: at most {MOST} characters.", field="password")
    if not password.isprintable():
        raise InputRefused("The password holds a character that cannot be typed again. Leave it out.", field="password")
    if is_common(password, about=about):
        raise InputRefused(
            "That password is among those that are guessed first. Choose another, such as several words.",
            field="password",
        )
    return password


def is_common(password: str, *, about: Iterable[str] = ()) -> bool:
    """Tell whether hardly anything is left of a password without common words, runs, years and what is known."""
    known = [part for text in about for part in re.split(r"[^\w]+", text.casefold()) if len(part) >= 3]
    plain = _one_of_repeated(password.casefold())
    return any(_left(text, known) < ENOUGH for text in (plain, plain.translate(_LEET)))


def _one_of_repeated(text: str) -> str:
    """Return the part that a text repeats from beginning to end, or the text."""
    return text[: (text + text).find(text, 1)]


def _left(text: str, known: Iterable[str]) -> int:
    """Return how many different characters are left when everything common is taken out."""
    for word in sorted({*known, *_WORDS}, key=len, reverse=True):
        text = text.replace(word, " ")
    text = _SAME.sub(" ", _YEAR.sub(" ", text))
    found = set()
    for start in range(len(text) - 2):
        if text[start : start + 3] in _RUNS:
            found |= {start, start + 1, start + 2}
    return len({c for place, c in enumerate(text) if place not in found and not c.isspace()})
