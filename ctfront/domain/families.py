"""How patients belong together: what one is to the other, and the other to the one."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ctfront.domain.patients import PatientName

GENERATION = 15
"""Years between two people from which one is likely the other's child."""


class Relation(StrEnum):
    """What somebody is to a patient."""

    CHILD = "child"
    PARTNER = "partner"
    GUARDIAN = "guardian"
    OTHER = "other"

    @property
    def word(self) -> str:
        """What it is called."""
        return _WORDS[self]

    @property
    def inverse(self) -> "Relation":
        """What the patient is to them."""
        return _INVERSE.get(self, self)


_WORDS = {
    Relation.CHILD: "child",
    Relation.PARTNER: "partner",
    Relation.GUARDIAN: "parent or guardian",
    Relation.OTHER: "other family",
}
_INVERSE = {Relation.CHILD: Relation.GUARDIAN, Relation.GUARDIAN: Relation.CHILD}


@dataclass(frozen=True, kw_only=True)
class Relative:
    """Somebody of a patient's family."""

    patient: PatientName
    relation: Relation
    """What they are to the patient."""


def likely_relation(born: date, other_born: date) -> Relation:
    """Return what the other likely is to who was born then: what the form offers."""
    years = other_born.year - born.year
    if abs(years) < GENERATION:
        return Relation.PARTNER
    return Relation.CHILD if years > 0 else Relation.GUARDIAN
