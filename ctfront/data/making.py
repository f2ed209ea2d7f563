"""Making many domain objects at once."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

Fields = ParamSpec("Fields")
Noun = TypeVar("Noun")

_new: Callable[[Any], Any] = object.__new__
_put = object.__setattr__


def made(noun: Callable[Fields, Noun], *_: Fields.args, **fields: Fields.kwargs) -> Noun:
    """Return a frozen dataclass with these fields, every one of which must be given.

    Its own `__init__` sets field after field around the freezing, which is a third of the time in which
    a day of 280 appointments is read. For classes without `__post_init__` and slots only.
    """
    thing: Noun = _new(noun)
    _put(thing, "__dict__", fields)
    return thing
