"""Waitlist entries as rows and as domain objects."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, bindparam, cast, delete, exists, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from ctfront.data import seats
from ctfront.data.making import made
from ctfront.data.models import (
    PatientRow,
    PhoneRow,
    ProviderPurposeRow,
    ProviderRow,
    SeatRow,
    VisitPurposeRow,
    WaitlistEntryRow,
    WaitlistProviderRow,
)
from ctfront.domain.errors import ChangedElsewhere, NotFound
from ctfront.domain.patients import PatientName
from ctfront.domain.times import STEP, Span
from ctfront.domain.waitlist import FreedPlace, WaitlistDraft, WaitlistEntry

_E, _WANTED = WaitlistEntryRow.__table__.c, WaitlistProviderRow.__table__.c
_P, _PHONE, _PURPOSE = PatientRow.__table__.c, PhoneRow.__table__.c, VisitPurposeRow.__table__.c
_OFFERED, _SEAT = ProviderPurposeRow.__table__.c, SeatRow.__table__.c

_PROVIDERS = (
    select(func.aggregate_strings(cast(_WANTED.provider_id, String), " "))
    .where(_WANTED.entry_id == _E.id)
    .correlate(WaitlistEntryRow.__table__)
    .scalar_subquery()
)
_OPEN = (
    select(
        _E.id, _P.id, _P.public_id, _P.record_number, _P.last_name, _P.first_name, _P.birth_date, _PHONE.number,
        _P.active, _E.purpose_id, _PURPOSE.name, _PURPOSE.letter, _PURPOSE.minutes, _PROVIDERS, _E.weekdays,
        _E.first_minute, _E.end_minute, _E.earliest, _E.until, _E.phone, _E.note, _E.by_name, _E.made_at, _E.version,
    )
    .select_from(WaitlistEntryRow.__table__)
    .join(PatientRow.__table__, _P.id == _E.patient_id)
    .join(VisitPurposeRow.__table__, _PURPOSE.id == _E.purpose_id)
    .outerjoin(PhoneRow.__table__, (_PHONE.patient_id == _P.id) & (_PHONE.position == 0))
    .where(_E.clinic_id == bindparam("clinic_id"), _E.closed_at.is_(None))
    .order_by(_E.until, _E.made_at, _E.id)
)  # fmt: skip
"""Whoever waits, whose turn it is first."""

_OF_PATIENT = _OPEN.where(_E.patient_id == bindparam("patient_id"))
_ONE = _OPEN.where(_E.id == bindparam("entry_id"))

_FITTING = (
    select(_E.id, func.count().over().label("count"))
    .select_from(WaitlistEntryRow.__table__)
    .join(PatientRow.__table__, _P.id == _E.patient_id)
    .join(VisitPurposeRow.__table__, _PURPOSE.id == _E.purpose_id)
    .where(
        _E.clinic_id == bindparam("clinic_id"),
        _E.closed_at.is_(None),
        _E.patient_id != bindparam("left_by"),
        _E.earliest <= bindparam("day"),
        _E.until >= bindparam("day"),
        _E.weekdays.bitwise_and(bindparam("weekday")) != 0,
        _E.first_minute <= bindparam("minute"),
        _E.end_minute > bindparam("minute"),
        _PURPOSE.minutes <= bindparam("minutes_free"),
        _P.active,
        exists().where(_OFFERED.provider_id == bindparam("provider_id"), _OFFERED.purpose_id == _E.purpose_id),
        or_(
            ~exists().where(_WANTED.entry_id == _E.id),
            exists().where(_WANTED.entry_id == _E.id, _WANTED.provider_id == bindparam("provider_id")),
        ),
        ~exists().where(
            _SEAT.kind == seats.PATIENT,
            _SEAT.resource_id == _E.patient_id,
            _SEAT.slot >= bindparam("slot"),
            _SEAT.slot < bindparam("slot") + (_PURPOSE.minutes + STEP - 1) // STEP,
        ),
    )
    .order_by(_E.until, _E.made_at, _E.id)
    .limit(bindparam("most"))
    .subquery()
)
"""Whom a place fits, as `fits` says it of one, and who has no appointment then."""

_FITTING_ENTRIES = _OPEN.add_columns(_FITTING.c.count).join(_FITTING, _FITTING.c.id == _E.id)
"""The same with all that is shown of them; the last column is how many it fits in all."""


def _entry_of(row: Sequence[Any], names: Mapping[int, str]) -> WaitlistEntry:
    (
        entry_id, patient_id, public_id, record_number, last_name, first_name, birth_date, phone, active,
        purpose_id, purpose, letter, minutes, providers, weekdays, first_minute, end_minute, earliest, until,
        own_phone, note, by_name, made_at, version, *_,
    ) = row  # fmt: skip
    provider_ids = tuple(sorted(int(provider_id) for provider_id in (providers or "").split()))
    return made(
        WaitlistEntry,
        id=entry_id,
        patient=made(
            PatientName,
            id=patient_id,
            public_id=public_id,
            record_number=record_number,
            last_name=last_name,
            first_name=first_name,
            birth_date=birth_date,
            phone=phone or "",
            active=active,
        ),
        purpose_id=purpose_id,
        purpose=purpose,
        purpose_letter=letter,
        minutes=minutes,
        provider_ids=provider_ids,
        providers=tuple(names.get(provider_id, "") for provider_id in provider_ids),
        weekdays=frozenset(day for day in range(7) if weekdays >> day & 1),
        times=Span(first_minute, end_minute),
        earliest=earliest,
        until=until,
        own_phone=own_phone,
        note=note,
        by=by_name,
        made_at=made_at,
        version=version,
    )


_PROVIDER = ProviderRow.__table__.c
_NAMES = select(_PROVIDER.id, _PROVIDER.name).where(_PROVIDER.clinic_id == bindparam("clinic_id"))


async def _read(session: AsyncSession, query: Select[Any], clinic_id: int, **values: Any) -> list[WaitlistEntry]:
    reader = await session.connection()
    names = {row.id: row.name for row in await reader.execute(_NAMES, {"clinic_id": clinic_id})}
    return [_entry_of(row, names) for row in await reader.execute(query, {"clinic_id": clinic_id, **values})]


async def read_open(session: AsyncSession, clinic_id: int) -> list[WaitlistEntry]:
    """Return all who wait, whose turn it is first."""
    return await _read(session, _OPEN, clinic_id)


async def read_of_patient(session: AsyncSession, clinic_id: int, patient_id: int) -> list[WaitlistEntry]:
    """Return what a patient waits for."""
    return await _read(session, _OF_PATIENT, clinic_id, patient_id=patient_id)


async def read_entry(session: AsyncSession, clinic_id: int, entry_id: int) -> WaitlistEntry:
    """Return one who still waits. Raises `NotFound`."""
    found = await _read(session, _ONE, clinic_id, entry_id=entry_id)
    if not found:
        raise NotFound("That patient does not wait any more.")
    return found[0]


async def read_fitting(
    session: AsyncSession, clinic_id: int, freed: FreedPlace, starts_at: datetime, *, left_by: int, most: int
) -> tuple[list[WaitlistEntry], int]:
    """Return the first whom a place fits and who have no appointment at that instant, and how many there are.

    The patient `left_by` is left out: whoever went elsewhere is not offered it again.
    """
    reader = await session.connection()
    wanted = {
        "clinic_id": clinic_id,
        "left_by": left_by,
        "most": most,
        "day": freed.place.day,
        "weekday": 1 << freed.place.day.weekday(),
        "minute": freed.minute,
        "minutes_free": freed.minutes_free,
        "provider_id": freed.place.provider_id,
        "slot": seats.slots_of(starts_at, STEP).start,
    }
    found = (await reader.execute(_FITTING_ENTRIES, wanted)).all()
    if not found:
        return [], 0
    names = {row.id: row.name for row in await reader.execute(_NAMES, {"clinic_id": clinic_id})}
    return [_entry_of(row, names) for row in found], found[0][-1]


def row_to_change(session: Session, clinic_id: int, entry_id: int, version: int) -> WaitlistEntryRow:
    """Return the row of one who still waits. Raises `NotFound` or `ChangedElsewhere`, which says what became of it."""
    row = session.get(WaitlistEntryRow, entry_id)
    if row is None or row.clinic_id != clinic_id:
        raise NotFound("That patient does not wait any more.")
    if row.closed_at is not None:
        how = "booked from" if row.closed_how == "booked" else "taken off"
        raise ChangedElsewhere(f"{row.closed_by_name} has {how} the waitlist; look again.")
    if row.version != version:
        raise ChangedElsewhere("A colleague has changed this entry since; look again.")
    return row


def waits_already(session: Session, patient_id: int, purpose_id: int) -> bool:
    """Tell whether a patient waits for a purpose."""
    query = select(_E.id).where(_E.patient_id == patient_id, _E.purpose_id == purpose_id, _E.closed_at.is_(None))
    return session.execute(query).first() is not None


def fields_of(session: Session, row: WaitlistEntryRow) -> dict[str, Any]:
    """Return what a clerk may change of an entry, as JSON takes it."""
    named = select(_WANTED.provider_id).where(_WANTED.entry_id == row.id).order_by(_WANTED.provider_id)
    return {
        "purpose_id": row.purpose_id,
        "provider_ids": list(session.scalars(named)),
        "weekdays": row.weekdays,
        "first_minute": row.first_minute,
        "end_minute": row.end_minute,
        "earliest": row.earliest.isoformat(),
        "until": row.until.isoformat(),
        "phone": row.phone,
        "note": row.note,
    }


def columns_of(draft: WaitlistDraft) -> dict[str, Any]:
    """Return a draft's columns, the providers aside."""
    return {
        "purpose_id": draft.purpose_id,
        "weekdays": sum(1 << day for day in draft.weekdays),
        "first_minute": draft.times.start,
        "end_minute": draft.times.end,
        "earliest": draft.earliest,
        "until": draft.until,
        "phone": draft.phone,
        "note": draft.note,
    }


def name_providers(session: Session, entry_id: int, provider_ids: Sequence[int]) -> None:
    """Let an entry name these providers and no others."""
    session.execute(delete(WaitlistProviderRow).where(_WANTED.entry_id == entry_id))
    if provider_ids:
        rows = [{"entry_id": entry_id, "provider_id": provider_id} for provider_id in provider_ids]
        session.execute(insert(WaitlistProviderRow), rows)
