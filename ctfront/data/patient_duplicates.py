"""Reading the records that a new patient is compared with."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from ctfront.data.folding import fold, fold_email, reversed_digits
from ctfront.data.models import PatientRow, PhoneRow
from ctfront.data.patients import name_of, select_names
from ctfront.domain.duplicates import Traits
from ctfront.domain.patients import PatientDraft, PatientName

COMPARED = 200
"""Most records compared for each reason."""

LOCAL_DIGITS = 7
"""Digits that a telephone number has at least."""


def traits_of(draft: PatientDraft) -> Traits:
    """Return what a draft is compared by."""
    return Traits(
        last=fold(draft.last_name),
        first=fold(draft.first_name),
        birth_date=draft.birth_date,
        email=fold_email(draft.email) if draft.email else "",
        phones=frozenset(_whole_number(phone.e164, phone.number) for phone in draft.phones) - {""},
    )


def load_comparable(session: Session, clinic_id: int, traits: Traits) -> list[tuple[PatientName, Traits]]:
    """Return who shares birth date, phone or email, oldest record first."""
    reasons = [select_names(clinic_id).where(PatientRow.birth_date == traits.birth_date)]
    if traits.email:
        reasons.append(select_names(clinic_id).where(PatientRow.folded_email == traits.email))
    if traits.phones:
        theirs = aliased(PhoneRow)
        reasons.append(
            select_names(clinic_id)
            .join(theirs, theirs.patient_id == PatientRow.id)
            .where(theirs.clinic_id == clinic_id, _ends_like(theirs.digits_reversed, traits.phones))
        )
    more = (PatientRow.folded_last, PatientRow.folded_first, PatientRow.folded_email)
    found = {row.id: row for reason in reasons for row in session.execute(reason.add_columns(*more).limit(COMPARED))}
    phones = _whole_numbers(session, found)
    return [
        (
            name_of(row),
            Traits(
                last=row.folded_last,
                first=row.folded_first,
                birth_date=row.birth_date,
                email=row.folded_email or "",
                phones=phones[row.id],
            ),
        )
        for row in sorted(found.values(), key=lambda row: row.id)
    ]


def _ends_like(column: Any, numbers: Collection[str]) -> ColumnElement[bool]:
    """Match the last seven digits, so that a number with its country code is found without it too."""
    tails = sorted({number[::-1][:LOCAL_DIGITS] for number in numbers})
    return or_(*(and_(column >= tail, column < tail[:-1] + chr(ord(tail[-1]) + 1)) for tail in tails))


def _whole_numbers(session: Session, patient_ids: Collection[int]) -> dict[int, frozenset[str]]:
    numbers: dict[int, set[str]] = {patient_id: set() for patient_id in patient_ids}
    query = select(PhoneRow.patient_id, PhoneRow.e164, PhoneRow.number)
    for row in session.execute(query.where(PhoneRow.patient_id.in_(list(patient_ids)))):
        numbers[row.patient_id].add(_whole_number(row.e164, row.number))
    return {patient_id: frozenset(theirs - {""}) for patient_id, theirs in numbers.items()}


def _whole_number(e164: str | None, number: str) -> str:
    """Return the last ten digits, which a country code doesn't change; empty for too few to tell people apart."""
    digits = reversed_digits(e164 or number)[::-1]
    return digits[-10:] if len(digits) >= LOCAL_DIGITS else ""
