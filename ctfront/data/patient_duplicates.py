"""Reading the records that a new patient is compared with."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, aliased

from ctfront.data.folding import fold, fold_email, reversed_digits
from ctfront.data.models import NotSamePatientRow, PatientRow, PhoneRow
from ctfront.data.patients import is_of_clinic, name_of, select_names
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


async def read_portion(session: AsyncSession, clinic_id: int, after: int, size: int) -> dict[int, Traits]:
    """Return what the next patients by id are compared by; merged and erased ones left out."""
    p = PatientRow
    wanted = (
        select(p.id, p.folded_last, p.folded_first, p.birth_date, p.folded_email)
        .where(is_of_clinic(clinic_id), p.id > after, p.merged_into_id.is_(None), p.erased_at.is_(None))
        .order_by(p.id)
        .limit(size)
    )
    reader = await session.connection()
    rows = (await reader.execute(wanted)).all()
    if not rows:
        return {}
    phone = PhoneRow
    theirs = select(phone.patient_id, phone.e164, phone.number).where(
        phone.patient_id.between(rows[0].id, rows[-1].id), phone.clinic_id == clinic_id
    )
    phones: dict[int, set[str]] = {row.id: set() for row in rows}
    for patient_id, e164, number in await reader.execute(theirs):
        if patient_id in phones and (whole := _whole_number(e164, number)):
            phones[patient_id].add(whole)
    return {
        row.id: Traits(
            last=row.folded_last,
            first=row.folded_first,
            birth_date=row.birth_date,
            email=row.folded_email or "",
            phones=frozenset(phones[row.id]),
        )
        for row in rows
    }


async def count_patients(session: AsyncSession, clinic_id: int) -> int:
    """Return how many records there are to compare."""
    query = select(func.count(PatientRow.id)).where(PatientRow.clinic_id == clinic_id)
    return int((await session.execute(query)).scalar_one())


async def read_names(session: AsyncSession, clinic_id: int, patient_ids: Sequence[int]) -> dict[int, PatientName]:
    """Return the names of patients."""
    query = select_names(clinic_id, by_id=True).where(PatientRow.id.in_(patient_ids))
    return {row.id: name_of(row) for row in await session.execute(query)}


async def read_not_same(session: AsyncSession, clinic_id: int) -> set[tuple[int, int]]:
    """Return the pairs that are known to be two people."""
    n = NotSamePatientRow
    rows = await session.execute(select(n.patient_id, n.other_id).where(n.clinic_id == clinic_id))
    return {(row.patient_id, row.other_id) for row in rows}
