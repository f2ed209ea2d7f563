"""Several of a list in one line: `adj, npe`, `all`, or a shorter word for a usual set."""

import re
from collections.abc import Iterable, Mapping, Sequence

from ctfront.domain.errors import InputRefused

ALL = "all"


def read_several(
    text: str, options: Sequence[Sequence[str]], *, what: str, shortcuts: Mapping[str, Iterable[int]] | None = None
) -> tuple[int, ...]:
    """Return the indexes meant, in the list's order; each option goes by any of its names or their beginnings.

    Raises `InputRefused` naming what was not understood.
    """
    usual = {**(shortcuts or {}), ALL: range(len(options))}
    chosen: set[int] = set()
    for part in re.split(r"[,;]", text):
        typed = " ".join(part.casefold().split())
        if not typed:
            continue
        found = _read_part(typed, options, usual)
        if found is None and " " in typed:
            each = [_read_part(word, options, usual) for word in typed.split()]
            found = None if None in each else [index for one in each for index in one or ()]
        if found is None:
            raise InputRefused(_not_one(typed, options, what))
        chosen.update(found)
    return tuple(sorted(chosen))


def _read_part(
    typed: str, options: Sequence[Sequence[str]], usual: Mapping[str, Iterable[int]]
) -> Sequence[int] | None:
    """Return what one word or name stands for, None when it is nothing or more than one."""
    if typed in usual:
        return tuple(usual[typed])
    exact = [i for i, names in enumerate(options) if typed in (name.casefold() for name in names)]
    fitting = exact or _beginning_with(typed, options)
    if len(fitting) == 1:
        return fitting
    starting = [word for word in usual if word.startswith(typed)]
    return tuple(usual[starting[0]]) if len(starting) == 1 and not fitting else None


def _beginning_with(typed: str, options: Sequence[Sequence[str]]) -> list[int]:
    whole = [i for i, names in enumerate(options) if any(name.casefold().startswith(typed) for name in names)]
    return whole or [
        i
        for i, names in enumerate(options)
        if any(word.startswith(typed) for name in names for word in name.casefold().split())
    ]


def _not_one(typed: str, options: Sequence[Sequence[str]], what: str) -> str:
    fitting = _beginning_with(typed, options)
    if fitting:
        return f"Which {what}: {', '.join(options[i][0] for i in fitting)}?"
    return f"“{typed[:40]}” is no {what}."
