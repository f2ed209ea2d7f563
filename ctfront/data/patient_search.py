"""Finding patients by prefix ranges over folded columns, and the near miss when nothing fits."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from ctfront.data.folding import fold, reversed_digits
from ctfront.data.models import PatientNameRow, PatientRow, PhoneRow
from ctfront.data.patients import name_of, select_names
from ctfront.domain.patient_query import BirthDateQuery, NameQuery, PatientQuery, PhoneTailQuery, RecordQuery
from ctfront.domain.patients import PatientName

MOST_READ = 1_000
"""Rows read for a condition that its own index narrows to few."""

FEWEST_DIGITS = 3
"""Digits of a phone's tail that are worth looking for; fewer fit too many."""

MOST_WORDS = 5
"""Words of a name that are tried as first name and surname; more are taken for one surname."""

SURNAMES_COMPARED = 20_000
"""Different surnames compared for a near miss; more would be felt."""

SURNAMES_KEPT = 30
"""Nearest surnames whose patients are read."""

NAMESAKES_READ = 1_000
"""Patients of the nearest surnames whose first names are compared."""


@dataclass(frozen=True)
class _Wanted:
    """One reading of the typed name: folded beginnings of surname and first name, either may be empty."""

    last: str
    first: str


async def find(session: AsyncSession, clinic_id: int, query: PatientQuery, limit: int) -> list[PatientName]:
    """Return the patients that match, by surname, first name and birth date."""
    match query:
        case RecordQuery(record=record):
            return await _read(session, select_names(clinic_id).where(PatientRow.record_number == record), limit)
        case BirthDateQuery(birth_date=birth_date):
            return await _read(session, select_names(clinic_id).where(PatientRow.birth_date == birth_date), limit)
        case PhoneTailQuery(digits=digits) if len(digits) >= FEWEST_DIGITS:
            return await _read_of(session, clinic_id, [_owners(clinic_id, digits)], limit)
        case NameQuery():
            return await _find_by_name(session, clinic_id, query, limit)
    return []


async def _find_by_name(session: AsyncSession, clinic_id: int, query: NameQuery, limit: int) -> list[PatientName]:
    wanted = _readings(query)
    found = await _read_named(session, clinic_id, wanted, limit)
    if not found and len(query.words) == 1:
        return await _read_named(session, clinic_id, [_Wanted("", each.last) for each in wanted], limit)
    return found


async def _read_named(
    session: AsyncSession, clinic_id: int, wanted: Iterable[_Wanted], limit: int
) -> list[PatientName]:
    """Read every way on its own index and only then order: one condition of many ORs would scan the clinic."""
    ways = [way.limit(limit) for each in wanted for way in _ways(clinic_id, each)]
    return await _read_of(session, clinic_id, ways, limit) if ways else []


def _ways(clinic_id: int, wanted: _Wanted) -> list[Select[int]]:
    """Select the ids that fit by the present name, and by a former or preferred one."""
    p = PatientRow
    ids = select(p.id).where(p.clinic_id == clinic_id, p.merged_into_id.is_(None), p.erased_at.is_(None))
    first = [_prefix(p.folded_first, wanted.first)] if wanted.first else []
    if not wanted.last:
        return [ids.where(*first).order_by(p.folded_first, p.folded_last)]
    return [
        ids.where(_prefix(p.folded_last, wanted.last), *first).order_by(p.folded_last, p.folded_first, p.birth_date),
        ids.join(PatientNameRow, PatientNameRow.patient_id == p.id).where(
            PatientNameRow.clinic_id == clinic_id, _prefix(PatientNameRow.folded_last, wanted.last), *first
        ),
    ]


def _readings(query: NameQuery) -> list[_Wanted]:
    """Return what the typed name may mean: `joan smith` is Joan Smith, Smith Joan or somebody Joansmith."""
    if not query.words:
        wanted = _Wanted(fold(query.last_prefix), fold(query.first_prefix or ""))
        return [wanted] if wanted.last or wanted.first else []
    words = [folded for word in query.words if (folded := fold(word))]
    readings = [_Wanted("".join(words), "")] if words else []
    for cut in range(1, len(words)) if len(words) <= MOST_WORDS else ():
        head, tail = "".join(words[:cut]), "".join(words[cut:])
        readings += [_Wanted(tail, head), _Wanted(head, tail)]
    return readings


def _owners(clinic_id: int, digits: str) -> Select[int]:
    return (
        select(PhoneRow.patient_id.label("id"))
        .where(PhoneRow.clinic_id == clinic_id, _prefix(PhoneRow.digits_reversed, reversed_digits(digits)))
        .limit(MOST_READ)
    )


def _prefix(column: Any, prefix: str) -> ColumnElement[bool]:
    """Match a folded prefix as a range, so that a plain B-tree serves both engines."""
    return and_(column >= prefix, column < prefix[:-1] + chr(ord(prefix[-1]) + 1))


async def _read_of(session: AsyncSession, clinic_id: int, ways: Sequence[Select[int]], limit: int) -> list[PatientName]:
    """Read the patients with these ids.

    The ids are joined, and every way has its limit so that it stays a subquery: for `id IN (…)` SQLite walks
    the whole clinic, having no statistics that say better.
    """
    ids = union(*(select(way.subquery().c.id) for way in ways)).subquery()
    return await _read(session, select_names(clinic_id).join(ids, ids.c.id == PatientRow.id), limit)


async def _read(session: AsyncSession, query: Select[Any], limit: int) -> list[PatientName]:
    """Read and then order: asked to order, SQLite walks the index of names through the whole clinic."""
    query = query.add_columns(PatientRow.folded_last, PatientRow.folded_first)
    rows = (await session.execute(query.limit(MOST_READ))).all()
    in_order = sorted(rows, key=lambda row: (row.folded_last, row.folded_first, row.birth_date, row.id))
    return [name_of(row) for row in in_order[:limit]]


async def near_misses(session: AsyncSession, clinic_id: int, query: PatientQuery, limit: int) -> list[PatientName]:
    """Return whom a misspelt name or a birth date with day and month swapped may mean, likeliest first."""
    if isinstance(query, BirthDateQuery) and query.birth_date.day <= 12:
        swapped = date(query.birth_date.year, query.birth_date.day, query.birth_date.month)
        return await _read(session, select_names(clinic_id).where(PatientRow.birth_date == swapped), limit)
    if not isinstance(query, NameQuery):
        return []
    readings = [wanted for wanted in _readings(query) if len(wanted.last) >= 3]
    surnames = await _surnames_near(session, clinic_id, {letter for each in readings for letter in each.last[:2]})
    scores: dict[int, int] = {}
    for wanted in readings:
        for patient_id, score in (await _likely(session, clinic_id, wanted, surnames)).items():
            scores[patient_id] = min(score, scores.get(patient_id, score))
    best = sorted(scores, key=scores.__getitem__)[:limit]
    if not best:
        return []
    way = select(PatientRow.id).where(PatientRow.id.in_(best)).limit(limit)
    found = await _read_of(session, clinic_id, [way], limit)
    return sorted(found, key=lambda name: scores[name.id])


async def _likely(
    session: AsyncSession, clinic_id: int, wanted: _Wanted, surnames: Mapping[str, list[str]]
) -> dict[int, int]:
    """Return patients whose names are a slip or two away, with the number of slips.

    Surnames begin with the first letter that was typed, or with the second: slips leave one of them there.
    """
    near = _nearest(wanted.last, [name for letter in set(wanted.last[:2]) for name in surnames[letter]])
    kept = dict(sorted(near.items(), key=lambda pair: pair[1])[:SURNAMES_KEPT])
    query = select(PatientRow.id, PatientRow.folded_last, PatientRow.folded_first).where(
        PatientRow.clinic_id == clinic_id, PatientRow.folded_last.in_(list(kept))
    )
    if wanted.first:
        letters = sorted(set(wanted.first[:2]))
        query = query.where(or_(*(_prefix(PatientRow.folded_first, letter) for letter in letters)))
    rows = (await session.execute(query.limit(NAMESAKES_READ))).all()
    if not wanted.first:
        return {row.id: kept[row.folded_last] for row in rows}
    first_names = _nearest(wanted.first, {row.folded_first for row in rows})
    return {
        row.id: kept[row.folded_last] + first_names[row.folded_first] for row in rows if row.folded_first in first_names
    }


async def _surnames_near(session: AsyncSession, clinic_id: int, letters: Collection[str]) -> dict[str, list[str]]:
    """Return the surnames that begin with each of the letters."""
    found: dict[str, list[str]] = {letter: [] for letter in letters}
    if not letters:
        return found
    ranges = [
        select(PatientRow.folded_last)
        .distinct()
        .where(PatientRow.clinic_id == clinic_id, _prefix(PatientRow.folded_last, letter))
        for letter in sorted(letters)
    ]
    for (surname,) in (await session.execute(union(*ranges).limit(SURNAMES_COMPARED))).all():
        found.setdefault(surname[0], []).append(surname)
    return found


def _nearest(wanted: str, names: Collection[str]) -> dict[str, int]:
    """Return the names that begin within a slip of what was typed, two from six letters on, with the slips."""
    from rapidfuzz import process  # 9 ms, and only when nothing fits
    from rapidfuzz.distance import OSA

    most = 1 if len(wanted) < 6 else 2
    slips: dict[str, int] = {}
    for length in (len(wanted) - 1, len(wanted), len(wanted) + 1):
        beginnings = {name: name[:length] for name in names}
        near = process.extract_iter(wanted, beginnings, scorer=OSA.distance, score_cutoff=most)
        for _, distance, name in near:
            slips[name] = min(distance, slips.get(name, distance))
    return slips
