"""Rights in one line: `book, edit patient`, or the word for a usual set."""

from collections.abc import Collection

from ctfront.domain.grammar.choices import read_several
from ctfront.domain.staff import ALL_RIGHTS, FRONT_DESK_RIGHTS, Right

USUAL = {"manager": ALL_RIGHTS, "front desk": FRONT_DESK_RIGHTS, "none": frozenset[Right]()}
"""Sets that have a word."""

_RIGHTS = tuple(Right)


def read_rights(text: str) -> frozenset[Right]:
    """Read rights. Raises `InputRefused`."""
    usual = {word: [_RIGHTS.index(right) for right in rights] for word, rights in USUAL.items()}
    chosen = read_several(text, [(right.value,) for right in _RIGHTS], what="right", shortcuts=usual)
    return frozenset(_RIGHTS[index] for index in chosen)


def type_rights(rights: Collection[Right]) -> str:
    """Return the rights as they are typed: the word of a usual set, else each by name."""
    known = frozenset(rights)
    return next((word for word, usual in USUAL.items() if usual == known), show_rights(known))


def show_rights(rights: Collection[Right]) -> str:
    """Return each right by its name."""
    return ", ".join(right.value for right in _RIGHTS if right in rights) or "none"
