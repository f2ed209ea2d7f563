"""Drawing with ASCII characters only, for terminals and fonts that have no others."""

import unicodedata
from functools import lru_cache

from rich.cells import cell_len

_GLYPHS = {
    **dict(zip("·▸┆░■…–—→←↑↓“”‘’›‹×", ".>|:#~--><^v\"\"''><x", strict=True)),
    **dict(zip("─━│┃┌┐└┘├┤┬┴┼╭╮╰╯", "--||+++++++++++++", strict=True)),
    **dict(zip("øØłŁđĐħıœŒæÆþÞðÐß", "oOlLdDhioOaAtTdDs", strict=True)),
}
"""What the screens draw with, and letters that Unicode does not take apart."""


@lru_cache(maxsize=4096)
def plain_character(character: str) -> str:
    """Return ASCII that takes as many columns: a look-alike, a letter without its accents, or `?`."""
    if character.isascii():
        return character
    if character in _GLYPHS:
        return _GLYPHS[character]
    width = cell_len(character)
    base = unicodedata.normalize("NFKD", character)[0]
    return base.ljust(width)[:width] if base.isascii() and base.isprintable() else "?" * width


def in_ascii(text: str) -> str:
    """Return a text in ASCII, its columns unchanged."""
    return text if text.isascii() else "".join(map(plain_character, text))
