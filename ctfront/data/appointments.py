"""Appointments as rows and as domain objects."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, aliased

from ctfront.data.models import (
    AppointmentRow,
    CounterRow,
    PatientRow,
    PhoneRow,
    ProviderRow,
    SiteRow,
    StatusChangeRow,
    VisitPurposeRow,
)
from ctfront.domain.appointments import Appointment, Origin, Status, StatusChange
from ctfront.domain.errors import ChangedElsewhere, NotFound
from ctfront.domain.patients import PatientName
from ctfront.domain.staff import ActorKind

_Replacing = aliased(AppointmentRow)


def select_appointments(clinic_id: int) -> Select[*tuple[Any, ...]]:
    """Select what `appointment_of` needs, deleted ones left out; the caller narrows and orders."""
    a, p = AppointmentRow, PatientRow
    return (
        select(
            a.id, a.number, a.provider_id, a.patient_id, a.purpose_id, a.day, a.start_second, a.minutes, a.zone,
            a.starts_at, a.status, a.status_at, a.origin, a.by_kind, a.by_name, a.made_at, a.note, a.overbooked,
            a.overridden, a.replaces_id, a.cancel_reason, a.asked_by, a.version,
            p.public_id, p.record_number, p.last_name, p.first_name, p.birth_date, p.active,
            PhoneRow.number.label("phone"), ProviderRow.name.label("provider"),
            VisitPurposeRow.name.label("purpose"), VisitPurposeRow.letter.label("letter"),
            SiteRow.name.label("site"), _Replacing.day.label("replaced_by_day"),
        )
        .join(p, p.id == a.patient_id)
        .join(ProviderRow, ProviderRow.id == a.provider_id)
        .join(VisitPurposeRow, VisitPurposeRow.id == a.purpose_id)
        .join(SiteRow, SiteRow.id == a.site_id)
        .outerjoin(PhoneRow, (PhoneRow.patient_id == p.id) & (PhoneRow.position == 0))
        .outerjoin(_Replacing, _Replacing.id == a.replaced_by_id)
        .where(a.clinic_id == clinic_id, a.status != Status.DELETED.value)
    )  # fmt: skip


def appointment_of(row: Any) -> Appointment:
    """Turn a row of `select_appointments` into an appointment."""
    hour, second = divmod(row.start_second, 3600)
    return Appointment(
        id=row.id,
        number=row.number,
        provider_id=row.provider_id,
        provider=row.provider,
        patient=PatientName(
            id=row.patient_id,
            public_id=row.public_id,
            record_number=row.record_number,
            last_name=row.last_name,
            first_name=row.first_name,
            birth_date=row.birth_date,
            phone=row.phone or "",
            active=row.active,
        ),
        purpose_id=row.purpose_id,
        purpose=row.purpose,
        purpose_letter=row.letter,
        day=row.day,
        start=time(hour, second // 60, second % 60),
        minutes=row.minutes,
        zone=row.zone,
        starts_at=row.starts_at,
        status=Status(row.status),
        status_at=row.status_at,
        origin=Origin(row.origin),
        created_by=created_by(row.by_kind, row.by_name),
        created_at=row.made_at,
        note=row.note,
        overbooked=row.overbooked,
        overridden=row.overridden,
        replaces_id=row.replaces_id,
        replaced_by_day=row.replaced_by_day,
        cancel_reason=row.cancel_reason,
        asked_by=row.asked_by,
        site=row.site,
        version=row.version,
    )


def created_by(kind: str, name: str) -> str:
    """Return Created By: a staff member's name, `Online Appointment`, or `Import by …`."""
    if kind == ActorKind.ENROLLMENT:
        return "Online Appointment"
    return f"Import by {name}" if kind == ActorKind.IMPORT else name


def in_order(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Order by start, then by day number."""
    return query.order_by(AppointmentRow.day, AppointmentRow.start_second, AppointmentRow.number)


async def read_days(
    session: AsyncSession, clinic_id: int, first: date, last: date, *, provider_ids: Iterable[int] = ()
) -> list[Appointment]:
    """Return the appointments of the days from `first` to `last`, of all providers or of some."""
    query = select_appointments(clinic_id)
    if chosen := list(provider_ids):
        query = query.where(AppointmentRow.provider_id.in_(chosen))
    query = query.where(AppointmentRow.day == first if first == last else AppointmentRow.day.between(first, last))
    return [appointment_of(row) for row in await session.execute(in_order(query))]


async def read_of_patient(session: AsyncSession, clinic_id: int, patient_id: int, limit: int) -> list[Appointment]:
    """Return a patient's appointments, newest first."""
    query = (
        select_appointments(clinic_id)
        .where(AppointmentRow.patient_id == patient_id)
        .order_by(AppointmentRow.day.desc(), AppointmentRow.start_second.desc())
        .limit(limit)
    )
    return [appointment_of(row) for row in await session.execute(query)]


def load_appointment(session: Session, clinic_id: int, appointment_id: int) -> Appointment:
    """Return one appointment. Raises `NotFound`."""
    session.flush()
    row = session.execute(select_appointments(clinic_id).where(AppointmentRow.id == appointment_id)).first()
    if row is None:
        raise NotFound("That appointment is not there any more.")
    return appointment_of(row)


def row_to_change(session: Session, clinic_id: int, appointment_id: int, version: int | None) -> AppointmentRow:
    """Return the row for a change. Raises `NotFound`, or `ChangedElsewhere` for another version."""
    row = session.get(AppointmentRow, appointment_id)
    if row is None or row.clinic_id != clinic_id or row.status == Status.DELETED:
        raise NotFound("That appointment is not there any more.")
    if version is not None and version != row.version:
        raise ChangedElsewhere("A colleague has changed this appointment since; look again.")
    return row


def next_number(session: Session, clinic_id: int, name: str) -> int:
    """Draw the next number of a counter; the row's lock orders the writers on PostgreSQL."""
    row = session.get(CounterRow, (clinic_id, name), with_for_update=True)
    if row is None:
        row = CounterRow(clinic_id=clinic_id, name=name, last=0)
        session.add(row)
    row.last += 1
    session.flush()
    return row.last


def select_history(appointment_id: int) -> Select[*tuple[Any, ...]]:
    """Select the steps of an appointment's life, oldest first."""
    return select(StatusChangeRow).where(StatusChangeRow.appointment_id == appointment_id).order_by(StatusChangeRow.id)


def status_change_of(row: StatusChangeRow) -> StatusChange:
    """Turn a history row into a domain object."""
    return StatusChange(
        at=row.made_at,
        by=created_by(row.by_kind, row.by_name),
        old=None if row.old is None else Status(row.old),
        new=Status(row.new),
        reason=row.reason,
        undone=row.undone_by is not None,
    )
