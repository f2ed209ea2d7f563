"""Which key does which act: what can be typed as a key, and that no key does two acts of one screen."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ctfront.domain.errors import InputRefused

NAMED = (
    "up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete", "enter", "tab", "space",
)  # fmt: skip
"""Keys that go by a name; the others are letters, digits, f1 to f9 and ctrl with a letter."""

SIGNS = {
    ",": "comma", ".": "full_stop", "-": "minus", "+": "plus", "=": "equals_sign", ";": "semicolon",
    "[": "left_square_bracket", "]": "right_square_bracket", "<": "less_than_sign", ">": "greater_than_sign",
    "{": "left_curly_bracket", "}": "right_curly_bracket", "/": "slash", ":": "colon", "?": "question_mark",
    "*": "asterisk", "!": "exclamation_mark",
}  # fmt: skip
"""Signs and what they are called in a binding."""

_TAKEN = frozenset({"escape", "ctrl+c", "ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+q", "ctrl+s", "ctrl+z"})
_KEY = re.compile(r"[a-zA-Z0-9]|f[1-9]|ctrl\+[a-z]")


@dataclass(frozen=True, kw_only=True)
class KeyAct:
    """An act that keys do."""

    id: str
    words: str
    keys: tuple[str, ...]
    """As they are now."""
    shipped: tuple[str, ...]
    """As they are unless a clinic says otherwise."""
    places: frozenset[str]
    """The screens on which they do it."""


def read_keys(text: str) -> tuple[str, ...]:
    """Read keys with spaces between them; a small letter is either case, a capital itself. Raises `InputRefused`."""
    keys: list[str] = []
    for typed in text.split():
        name = typed if len(typed) == 1 else typed.casefold()
        name = SIGNS.get(name, name)
        known = name in NAMED or name in SIGNS.values() or _KEY.fullmatch(name)
        if not known or name in _TAKEN:
            raise InputRefused(f"“{typed[:12]}” is no key for an act; type keys as b, K, f8, ctrl+b or insert.")
        keys += [name, name.upper()] if len(name) == 1 and name.islower() else [name]
    if not keys:
        raise InputRefused("An act needs a key.")
    return tuple(dict.fromkeys(keys))


def type_keys(keys: Iterable[str]) -> str:
    """Return keys as they are typed; `read_keys` reads them back the same."""
    signs = {name: sign for sign, name in SIGNS.items()}
    known = tuple(keys)
    both = {key.upper() for key in known if len(key) == 1 and key.islower()}
    return " ".join(signs.get(key, key) for key in known if key not in both)


def check_keys(acts: Iterable[KeyAct], act: KeyAct, keys: Iterable[str]) -> None:
    """Refuse a new key that does something else where the act works. Raises `InputRefused`."""
    new = set(keys) - set(act.shipped)
    for other in acts:
        meeting = new & set(other.keys)
        if other.id != act.id and meeting and other.places & act.places:
            raise InputRefused(f"{type_keys(sorted(meeting))} is already “{other.words}”.", field="keys")


def changed(keymap: Mapping[str, str], act: KeyAct, keys: tuple[str, ...]) -> dict[str, str]:
    """Return the keymap with other keys for the act; the shipped ones need no entry."""
    others = {id: typed for id, typed in keymap.items() if id != act.id}
    return others if keys == act.shipped else {**others, act.id: ",".join(keys)}


def switched(keymap: Mapping[str, str], on: bool, walking: Mapping[str, str]) -> dict[str, str]:
    """Return the keymap with or without the set of keys in which letters walk."""
    return {**keymap, **walking} if on else {id: typed for id, typed in keymap.items() if walking.get(id) != typed}
