"""When a new patient is likely somebody whom the clinic knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from ctfront.domain.errors import Ambiguous
from ctfront.domain.patients import PatientName

ALIKE = 0.75
"""Least likeness of two surnames, of 1, that a slip of the pen explains."""


class LikelyDuplicate(Ambiguous):
    """The clinic may know this patient already; `candidates` are the patients it may be."""

    def __init__(self, candidates: Sequence[PatientName]) -> None:
        who = candidates[0].name if len(candidates) == 1 else f"{len(candidates)} patients"
        super().__init__(f"This may be {who} already on record; pick the patient, or y: another person.", candidates)


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What two records are compared by, folded so that accents, case and punctuation don't count."""

    last: str
    first: str
    birth_date: date
    email: str = ""
    phones: frozenset[str] = frozenset()
    """Digits of whole numbers."""


def are_likely_one(new: Traits, known: Traits) -> bool:
    """Tell whether both may be one person: same birth date and similar name, same phone, or same email."""
    return (
        (new.birth_date == known.birth_date and is_similar(new, known))
        or not new.phones.isdisjoint(known.phones)
        or (new.email != "" and new.email == known.email)
    )


def is_similar(new: Traits, known: Traits) -> bool:
    """Tell whether the names may be one person's: one part the same, both swapped, or both nearly the same."""
    if (new.last, new.first) == (known.first, known.last):
        return True
    if new.last == known.last or (new.first != "" and new.first == known.first):
        return True
    likeness = SequenceMatcher(a=new.last, b=known.last, autojunk=False).ratio()
    return new.first[:1] == known.first[:1] and likeness >= ALIKE
