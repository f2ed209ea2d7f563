"""The audit trail as a manager reads it: who did what when, about whom."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from ctfront.domain.clinic import DateOrder
from ctfront.domain.grammar.dates import read_date
from ctfront.domain.grammar.errors import CannotRead


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One link of the chain, with what is known of it besides."""

    seq: int
    at: datetime
    who: str
    account: str
    """The account on the machine."""
    origin: str
    """From where: a host, or `local`."""
    act: str
    subject: str
    """What kind of thing it is about."""
    subject_id: int | None
    patient: str
    """Whom it is about, empty when nobody."""
    before: str
    after: str
    """JSON of what changed; empty where the patient was erased."""

    @property
    def what(self) -> str:
        """The act in words."""
        return self.act.replace("_", " ")

    @property
    def changes(self) -> str:
        """What changed, as `minutes 15 → 30, note “late”`."""
        return ", ".join(self._changes()) or ("details erased" if not self.after else "")

    def _changes(self) -> Iterator[str]:
        before, after = _read(self.before), _read(self.after)
        for name in [*after, *(name for name in before if name not in after)]:
            old, new = before.get(name), after.get(name)
            if old != new:
                yield f"{name} {_said(old)} → {_said(new)}" if name in before else f"{name} {_said(new)}"


def _read(text: str) -> dict[str, object]:
    """Return the fields of what is kept; of several rows each with its number before it."""
    found = json.loads(text) if text else {}
    if not found or not all(isinstance(fields, dict) for fields in found.values()):
        return dict(found)
    if len(found) == 1:
        return dict(next(iter(found.values())))
    return {f"{number} {name}": value for number, fields in found.items() for name, value in fields.items()}


def _said(value: object) -> str:
    return "nothing" if value is None or value == "" else str(value)


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """What the list is narrowed to; everything must fit."""

    day: date | None = None
    words: tuple[str, ...] = ()
    """Each begins who did it or whom it is about, or is part of what was done, or is a record number."""


def read_narrowed(text: str, *, today: date, order: DateOrder) -> Narrowed:
    """Read what was typed: words, and at most one date among them, as `ruiz book 2/3` or `mgarcia t`."""
    day, words = None, []
    for word in text.split():
        read = _read_day(word, today, order) if day is None else None
        if read is None:
            words.append(word)
        day = day or read
    return Narrowed(day=day, words=tuple(words))


def _read_day(word: str, today: date, order: DateOrder) -> date | None:
    """Return the date that a word is, the last such; bare digits are a record number."""
    if word.casefold() == "t" or (word[0].isdigit() and not word.isdigit()):
        with suppress(CannotRead):
            read = read_date(word, today=today, at_hand=today, order=order)
            return read if read <= today else read.replace(year=read.year - 1, day=min(read.day, 28))
    return None
