"""When a new patient is likely somebody whom the clinic knows."""

from ctfront.domain.errors import Ambiguous
from ctfront.domain.patients import PatientName


class LikelyDuplicate(Ambiguous):
    """The clinic may know this patient already; `candidates` are the patients it may be."""

    def __init__(self, candidates: tuple[PatientName, ...]) -> None:
        who = candidates[0].name if len(candidates) == 1 else f"{len(candidates)} patients"
        super().__init__(f"This may be {who} already on record; pick the patient, or y: another person.", candidates)


def is_similar(last: str, first: str, other_last: str, other_first: str) -> bool:
    """Tell whether two folded names may be one person's: same beginnings, or surname and first name swapped."""
    if (last, first) == (other_first, other_last):
        return True
    if last == other_last or first == other_first:
        return True
    return last[:3] == other_last[:3] and first[:1] == other_first[:1]
