"""What a clerk types to find a patient: one box for names, birth dates, phone tails and record numbers."""

import re
from dataclasses import dataclass
from datetime import date

from ctfront.domain.clinic import DateOrder
from ctfront.domain.grammar.dates import read_birth_date
from ctfront.domain.grammar.errors import CannotRead
from ctfront.domain.text import safe


@dataclass(frozen=True)
class NameQuery:
    """`smi,jo`, or the words of `joan smith` in either order."""

    last_prefix: str = ""
    first_prefix: str | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class BirthDateQuery:
    """`14/2/84`."""

    birth_date: date


@dataclass(frozen=True)
class PhoneTailQuery:
    """`4432`: the last digits of a phone."""

    digits: str


@dataclass(frozen=True)
class RecordQuery:
    """`#10432`."""

    record: str


@dataclass(frozen=True)
class EmptyQuery:
    """Nothing that could be looked for yet."""


PatientQuery = NameQuery | BirthDateQuery | PhoneTailQuery | RecordQuery | EmptyQuery

LONGEST = 100
"""Characters that are looked at."""


def read_patient_query(text: str, *, today: date, order: DateOrder) -> PatientQuery:
    """Read what is looked for; never raises, since half-typed text is on its way to something."""
    typed = " ".join(safe(text[:LONGEST]).split())
    if not typed:
        return EmptyQuery()
    if typed.startswith("#"):
        return RecordQuery(typed[1:].strip()) if typed[1:].strip() else EmptyQuery()
    if typed[0].isdigit() or typed[0] in "+(":
        return _read_numbers(typed, today, order)
    if "," in typed:
        last, _, first = typed.partition(",")
        return NameQuery(last.strip(), first.strip() or None)
    return NameQuery(words=tuple(typed.split(" ")))


def _read_numbers(typed: str, today: date, order: DateOrder) -> PatientQuery:
    if re.search(r"\d[/.\-]\d", typed) or re.fullmatch(r"\d{1,2} ?[a-zA-Z]{3,9},? \d{2,4}", typed):
        try:
            return BirthDateQuery(read_birth_date(typed, today=today, order=order))
        except CannotRead:
            pass
    digits = "".join(c for c in typed if c in "0123456789")
    return PhoneTailQuery(digits) if digits else EmptyQuery()
