"""The one place where names are made comparable, so that both engines agree.

`FOLD_VERSION` is kept beside every folded value: when the rule changes, rows of an older version are
folded anew by a migration.
"""

import contextlib

from anyascii import anyascii

FOLD_VERSION = 1


def fold(text: str) -> str:
    """Return letters and digits only, without accents and case: `O'Neil-Łukasz` is `oneillukasz`."""
    return "".join(c for c in anyascii(text).casefold() if c.isalnum())[:200]


def fold_email(address: str) -> str:
    """Return the address as it is compared: case does not count, an international domain in its ASCII form."""
    local, at, domain = address.strip().rpartition("@")
    if not domain.isascii():
        with contextlib.suppress(UnicodeError):
            domain = domain.encode("idna").decode("ascii")
    return f"{local}{at}{domain}".casefold()[:320]


def reversed_digits(number: str) -> str:
    """Return the digits from last to first, so that a tail is a prefix."""
    return "".join(c for c in number if c.isdigit() and c.isascii())[::-1][:60]
