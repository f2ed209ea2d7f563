"""Appointments as rows and as domain objects."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any

from sqlalchemy import BindParameter, Integer, Select, String, bindparam, cast, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from ctfront.data.database import Reader, Writer
from ctfront.data.making import made
from ctfront.data.models import (
    AppointmentRow,
    CounterRow,
    PatientRow,
    PhoneRow,
    ProviderRow,
    SeriesRow,
    SiteRow,
    StatusChangeRow,
    VisitPurposeRow,
)
from ctfront.domain.appointments import LIVE, Appointment, Origin, Status, StatusChange
from ctfront.domain.errors import ChangedElsewhere, NotFound
from ctfront.domain.patients import PatientName
from ctfront.domain.staff import ActorKind

APPOINTMENT = AppointmentRow.__table__.c
"""Columns for queries whose rows are not mapped: read so, a day of 280 appointments costs half."""

_REPLACING = AppointmentRow.__table__.alias("replacing")
_STATUS = {status.value: status for status in Status}
_ORIGIN = {origin.value: origin for origin in Origin}


def select_appointments(clinic_id: int | BindParameter[int], *, even_deleted: bool = False) -> Select[*tuple[Any, ...]]:
    """Select what `appointment_of` unpacks, deleted ones left out; the caller narrows and orders."""
    a, p, phone = APPOINTMENT, PatientRow.__table__.c, PhoneRow.__table__.c
    provider, purpose, site = ProviderRow.__table__.c, VisitPurposeRow.__table__.c, SiteRow.__table__.c
    query = (
        select(
            a.id, a.number, a.provider_id, provider.name,
            a.patient_id, p.public_id, p.record_number, p.last_name, p.first_name, p.birth_date, phone.number, p.active,
            a.purpose_id, purpose.name, purpose.letter, purpose.color, a.day, a.start_second, a.minutes, a.zone,
            a.starts_at, a.status, a.status_at, a.origin, a.by_kind, a.by_name, a.made_at, a.note, a.overbooked,
            a.overridden, a.replaces_id, _REPLACING.c.day, a.cancel_reason, a.asked_by, site.name,
            a.series_id, a.ordinal, SeriesRow.__table__.c.rule, a.version,
        )
        .select_from(AppointmentRow.__table__)
        .join(PatientRow.__table__, p.id == a.patient_id)
        .join(ProviderRow.__table__, provider.id == a.provider_id)
        .join(VisitPurposeRow.__table__, purpose.id == a.purpose_id)
        .join(SiteRow.__table__, site.id == a.site_id)
        .outerjoin(PhoneRow.__table__, (phone.patient_id == p.id) & (phone.position == 0))
        .outerjoin(SeriesRow.__table__, SeriesRow.__table__.c.id == a.series_id)
        .outerjoin(_REPLACING, _REPLACING.c.id == a.replaced_by_id)
        .where(a.clinic_id == clinic_id)
    )  # fmt: skip
    return query if even_deleted else query.where(a.status != Status.DELETED.value)


def appointment_of(row: Sequence[Any]) -> Appointment:
    """Turn a row of `select_appointments` into an appointment."""
    (
        appointment_id, number, provider_id, provider,
        patient_id, public_id, record_number, last_name, first_name, birth_date, phone, active,
        purpose_id, purpose, letter, color, day, start_second, minutes, zone, starts_at,
        status, status_at, origin, by_kind, by_name, made_at, note, overbooked, overridden,
        replaces_id, replaced_by_day, cancel_reason, asked_by, site,
        series_id, ordinal, rule, version,
    ) = row  # fmt: skip
    hour, second = divmod(start_second, 3600)
    return made(
        Appointment,
        id=appointment_id,
        number=number,
        provider_id=provider_id,
        provider=provider,
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
        purpose_color=color,
        day=day,
        start=time(hour, second // 60, second % 60),
        minutes=minutes,
        zone=zone,
        starts_at=starts_at,
        status=_STATUS[status],
        status_at=status_at,
        origin=_ORIGIN[origin],
        created_by=created_by(by_kind, by_name),
        created_at=made_at,
        note=note,
        overbooked=overbooked,
        overridden=overridden,
        replaces_id=replaces_id,
        replaced_by_day=replaced_by_day,
        cancel_reason=cancel_reason,
        asked_by=asked_by,
        site=site,
        series_id=series_id,
        ordinal=ordinal,
        series_rule=rule or "",
        version=version,
    )


def created_by(kind: str, name: str) -> str:
    """Return Created By: a staff member's name, `Online Appointment`, or `Import by …`."""
    if kind == ActorKind.ENROLLMENT:
        return "Online Appointment"
    return f"Import by {name}" if kind == ActorKind.IMPORT else name


def in_order(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Order by start, then by day number."""
    return query.order_by(APPOINTMENT.day, APPOINTMENT.start_second, APPOINTMENT.number)


_ON_DAYS = select_appointments(bindparam("clinic_id", type_=Integer)).where(
    APPOINTMENT.day.between(bindparam("first"), bindparam("last"))
)
"""Built once: building it anew costs as much as a fifth of the rows of a day."""


async def read_days(
    reader: Reader, clinic_id: int, first: date, last: date, *, provider_ids: Iterable[int] = ()
) -> list[Appointment]:
    """Return the appointments of the days from `first` to `last`, of all providers or of some, in no order."""
    query, days = _ON_DAYS, {"clinic_id": clinic_id, "first": first, "last": last}
    if chosen := list(provider_ids):
        query = query.where(APPOINTMENT.provider_id.in_(chosen))
    return [appointment_of(row) for row in await reader.execute(query, days)]


_MINUTES_OF_DAY = 24 * 60
_TAKEN = (
    select(
        APPOINTMENT.provider_id,
        APPOINTMENT.day,
        func.aggregate_strings(
            cast(APPOINTMENT.start_second // 60 * (_MINUTES_OF_DAY + 1) + APPOINTMENT.minutes, String), " "
        ),
    )
    .where(
        APPOINTMENT.clinic_id == bindparam("clinic_id", type_=Integer),
        APPOINTMENT.day.between(bindparam("first"), bindparam("last")),
        APPOINTMENT.status.in_([status.value for status in LIVE]),
    )
    .group_by(APPOINTMENT.provider_id, APPOINTMENT.day)
)
"""A row for each provider's day: ten thousand appointments as rows of their own cost four times as much."""


async def read_taken(
    reader: Reader, clinic_id: int, first: date, last: date
) -> dict[tuple[int, date], list[tuple[int, int]]]:
    """Return first minute and length of the live appointments from `first` to `last`, by provider and day."""
    return _taken_of(await reader.execute(_TAKEN, {"clinic_id": clinic_id, "first": first, "last": last}))


def load_taken(
    writer: Writer, clinic_id: int, first: date, last: date
) -> dict[tuple[int, date], list[tuple[int, int]]]:
    """Return the same inside an act."""
    return _taken_of(writer.execute(_TAKEN, {"clinic_id": clinic_id, "first": first, "last": last}))


def _taken_of(rows: Iterable[Any]) -> dict[tuple[int, date], list[tuple[int, int]]]:
    return {
        (provider_id, day): [divmod(int(visit), _MINUTES_OF_DAY + 1) for visit in visits.split()]
        for provider_id, day, visits in rows
    }


async def read_of_patient(session: AsyncSession, clinic_id: int, patient_id: int, limit: int) -> list[Appointment]:
    """Return a patient's appointments, newest first."""
    query = (
        select_appointments(clinic_id)
        .where(APPOINTMENT.patient_id == patient_id)
        .order_by(APPOINTMENT.day.desc(), APPOINTMENT.start_second.desc())
        .limit(limit)
    )
    return [appointment_of(row) for row in await session.execute(query)]


_ONE = select_appointments(bindparam("clinic_id", type_=Integer)).where(APPOINTMENT.id == bindparam("appointment_id"))


_ONE_EVEN_DELETED = select_appointments(bindparam("clinic_id", type_=Integer), even_deleted=True).where(
    APPOINTMENT.id == bindparam("appointment_id")
)


def load_appointment(
    session: Session, clinic_id: int, appointment_id: int, *, even_deleted: bool = False
) -> Appointment:
    """Return one appointment. Raises `NotFound`."""
    session.flush()
    query = _ONE_EVEN_DELETED if even_deleted else _ONE
    row = session.connection().execute(query, {"clinic_id": clinic_id, "appointment_id": appointment_id}).first()
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


_ADD = insert(AppointmentRow.__table__).returning(APPOINTMENT.id)
_SITE = SiteRow.__table__.c
_ADD_AT_FIRST_SITE = _ADD.values(
    site_id=select(_SITE.id)
    .where(_SITE.clinic_id == bindparam("of_clinic", type_=Integer))
    .order_by(_SITE.id)
    .limit(1)
    .scalar_subquery()
)


def add(writer: Writer, fields: Mapping[str, Any]) -> int:
    """Insert an appointment and return its id; one without a site is at the clinic's first."""
    if "site_id" in fields:
        return int(writer.execute(_ADD, fields).scalar_one())
    return int(writer.execute(_ADD_AT_FIRST_SITE, {**fields, "of_clinic": fields["clinic_id"]}).scalar_one())


_COUNTER = CounterRow.__table__
_COUNT_ON = (
    update(_COUNTER)
    .where(_COUNTER.c.clinic_id == bindparam("of_clinic"), _COUNTER.c.name == bindparam("of_name"))
    .values(last=_COUNTER.c.last + 1)
    .returning(_COUNTER.c.last)
)


def next_number(writer: Writer, clinic_id: int, name: str) -> int:
    """Draw the next number of a counter; the row's lock orders the writers on PostgreSQL."""
    number = writer.execute(_COUNT_ON, {"of_clinic": clinic_id, "of_name": name}).scalar()
    if number is None:
        number = 1
        writer.execute(insert(_COUNTER), {"clinic_id": clinic_id, "name": name, "last": number})
    return number


def select_history(clinic_id: int, appointment_id: int) -> Select[*tuple[Any, ...]]:
    """Select the steps of an appointment's life, oldest first."""
    return (
        select(StatusChangeRow)
        .join(AppointmentRow, AppointmentRow.id == StatusChangeRow.appointment_id)
        .where(AppointmentRow.clinic_id == clinic_id, AppointmentRow.id == appointment_id)
        .order_by(StatusChangeRow.id)
    )


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
