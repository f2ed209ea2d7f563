"""Finding patients by prefix ranges over folded columns, and the near miss when nothing fits."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from ctfront.data.folding import fold, reversed_digits
from ctfront.data.models import PatientNameRow, PatientRow, PhoneRow
from ctfront.data.patients import name_of, select_names
from ctfront.domain.patient_query import BirthDateQuery, NameQuery, PatientQuery, PhoneTailQuery, RecordQuery
from ctfront.domain.patients import PatientName

NEAR_MISS_CANDIDATES = 6000
"""Rows compared when nothing matches exactly; more would be felt."""

NEAR_MISS_SCORE = 78
"""Least likeness, of 100, that is shown."""


def _prefix(column: Any, prefix: str) -> ColumnElement[bool]:
    """Match a folded prefix as a range, so that a plain B-tree serves both engines."""
    return and_(column >= prefix, column < prefix + "\uffff")


def select_found(clinic_id: int, query: PatientQuery, limit: int) -> Select[*tuple[Any, ...]] | None:
    """Select the patients that match a query, None when it can match nobody."""
    condition = _condition(clinic_id, query)
    if condition is None:
        return None
    return in_order(select_names(clinic_id).where(condition)).limit(limit)


def in_order(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Order by surname, first name and birth date."""
    return query.order_by(PatientRow.folded_last, PatientRow.folded_first, PatientRow.birth_date, PatientRow.id)


def _condition(clinic_id: int, query: PatientQuery) -> ColumnElement[bool] | None:
    match query:
        case RecordQuery(record=record):
            return PatientRow.record_number == record
        case BirthDateQuery(birth_date=birth_date):
            return PatientRow.birth_date == birth_date
        case PhoneTailQuery(digits=digits):
            owners = select(PhoneRow.patient_id).where(
                PhoneRow.clinic_id == clinic_id, _prefix(PhoneRow.digits_reversed, reversed_digits(digits))
            )
            return PatientRow.id.in_(owners)
        case NameQuery():
            return _by_name(clinic_id, query)
    return None


def _by_name(clinic_id: int, query: NameQuery) -> ColumnElement[bool] | None:
    if query.words:
        words = [folded for word in query.words if (folded := fold(word))]
        whole = "".join(words)
        ways = [_prefix(PatientRow.folded_last, whole)]
        if len(words) > 1:
            head, tail = words[0], "".join(words[1:])
            ways.append(and_(_prefix(PatientRow.folded_first, head), _prefix(PatientRow.folded_last, tail)))
            ways.append(and_(_prefix(PatientRow.folded_last, head), _prefix(PatientRow.folded_first, tail)))
        return or_(*ways) if whole else None
    last, first = fold(query.last_prefix), fold(query.first_prefix or "")
    if not last and not first:
        return None
    former = select(PatientNameRow.patient_id).where(
        PatientNameRow.clinic_id == clinic_id, _prefix(PatientNameRow.folded_last, last)
    )
    surname = or_(_prefix(PatientRow.folded_last, last), PatientRow.id.in_(former)) if last else None
    given = _prefix(PatientRow.folded_first, first) if first else None
    parts = [part for part in (surname, given) if part is not None]
    return and_(*parts)


async def find(session: AsyncSession, clinic_id: int, query: PatientQuery, limit: int) -> list[PatientName]:
    """Return the patients that match."""
    select_rows = select_found(clinic_id, query, limit)
    return [] if select_rows is None else [name_of(row) for row in await session.execute(select_rows)]


async def near_misses(session: AsyncSession, clinic_id: int, query: PatientQuery, limit: int) -> list[PatientName]:
    """Return whom a misspelt name may mean, likeliest first."""
    if not isinstance(query, NameQuery):
        return []
    wanted = fold("".join(query.words) or f"{query.last_prefix}{query.first_prefix or ''}")
    if len(wanted) < 3:
        return []
    from rapidfuzz import fuzz, process

    names = (
        select(PatientRow.id, (PatientRow.folded_last + PatientRow.folded_first).label("whole"))
        .where(PatientRow.clinic_id == clinic_id, PatientRow.merged_into_id.is_(None))
        .where(or_(_prefix(PatientRow.folded_last, wanted[:1]), _prefix(PatientRow.folded_first, wanted[:1])))
        .limit(NEAR_MISS_CANDIDATES)
    )
    whole = {row.id: row.whole[: len(wanted) + 1] for row in await session.execute(names)}
    likely = process.extract(wanted, whole, scorer=fuzz.ratio, limit=limit, score_cutoff=NEAR_MISS_SCORE)
    ids = [key for _, _, key in likely]
    rows = await session.execute(select_names(clinic_id).where(PatientRow.id.in_(ids)))
    found = {row.id: name_of(row) for row in rows}
    return [found[key] for key in ids if key in found]
