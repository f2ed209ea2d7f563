"""When a new patient is likely somebody whom the clinic knows."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from itertools import combinations

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
    return bool(why_likely_one(new, known))


def is_similar(new: Traits, known: Traits) -> bool:
    """Tell whether the names may be one person's: one part the same, both swapped, or both nearly the same."""
    if (new.last, new.first) == (known.first, known.last):
        return True
    if new.last == known.last or (new.first != "" and new.first == known.first):
        return True
    if new.first[:1] != known.first[:1] or not _may_be_alike(len(new.last), len(known.last)):
        return False
    likeness = SequenceMatcher(a=new.last, b=known.last, autojunk=False)
    return likeness.quick_ratio() >= ALIKE and likeness.ratio() >= ALIKE


def _may_be_alike(one: int, other: int) -> bool:
    """Tell whether surnames of these lengths can be alike at all: most pairs are told apart by that alone."""
    return 2 * min(one, other) >= ALIKE * (one + other)


def why_likely_one(new: Traits, known: Traits) -> str:
    """Return what both records share: `born, name`, `phone`, `email`, joined; empty for nothing that counts."""
    return ", ".join(
        word
        for word, shared in (
            ("born, name", new.birth_date == known.birth_date and is_similar(new, known)),
            ("phone", not new.phones.isdisjoint(known.phones)),
            ("email", new.email != "" and new.email == known.email),
        )
        if shared
    )


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two records that may be one person's, the older first."""

    first: PatientName
    second: PatientName
    why: str
    """What they share."""


def candidates(by_id: Mapping[int, Traits]) -> Iterator[tuple[int, int]]:
    """Yield the pairs that share birth date, phone or email, lower id first, perhaps twice; many are none."""
    for trait in (_births, _emails, _phones):
        groups: dict[object, list[int]] = defaultdict(list)
        for patient_id, traits in by_id.items():
            for value in trait(traits):
                groups[value].append(patient_id)
        for ids in groups.values():
            yield from combinations(sorted(ids)[:MOST_SHARING], 2)


MOST_SHARING = 200
"""Most records compared that share one value: a number that a whole home shares tells nobody apart."""


def _births(traits: Traits) -> tuple[object, ...]:
    return (traits.birth_date,)


def _emails(traits: Traits) -> tuple[object, ...]:
    return (traits.email,) if traits.email else ()


def _phones(traits: Traits) -> tuple[object, ...]:
    return tuple(traits.phones)
