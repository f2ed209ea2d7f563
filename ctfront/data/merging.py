"""Moving what belongs to one patient to another, and back: by the ids of the rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, aliased

from ctfront.data import seats
from ctfront.data.models import (
    AlertRow,
    AppointmentRow,
    ConsentRow,
    EnrollmentRequestRow,
    EnrollmentRow,
    InvitationRow,
    OnlineAccountRow,
    OutboxRow,
    PatientIdentifierRow,
    PatientMergeRow,
    PatientNameRow,
    PhoneRow,
    SeatRow,
    SeriesRow,
    WaitlistEntryRow,
)
from ctfront.domain.times import STEP

WHOLE = (
    AppointmentRow, SeriesRow, PatientNameRow, PatientIdentifierRow, WaitlistEntryRow, EnrollmentRow,
    EnrollmentRequestRow, InvitationRow, OutboxRow,
)  # fmt: skip
"""Tables of which every row goes over; of consents some do, and phones and alerts are copied."""

_BY_NAME: Mapping[str, Any] = {table.__tablename__: table for table in (*WHOLE, ConsentRow)}


def move_all(session: Session, gone_id: int, kept_id: int) -> dict[str, list[int]]:
    """Give the other patient every row of the tables that go over whole; return the ids."""
    moved = {}
    for table in WHOLE:
        theirs: Any = table
        query = update(theirs).where(theirs.patient_id == gone_id).values(patient_id=kept_id).returning(theirs.id)
        moved[table.__tablename__] = sorted(session.scalars(query.execution_options(synchronize_session=False)))
    return {name: ids for name, ids in moved.items() if ids}


def move_consents(session: Session, gone_id: int, kept_id: int, channel: str) -> list[int]:
    """Give the other patient all that was recorded for a channel; return the ids."""
    c = ConsentRow
    query = update(c).where(c.patient_id == gone_id, c.channel == channel).values(patient_id=kept_id).returning(c.id)
    return sorted(session.scalars(query.execution_options(synchronize_session=False)))


def copy_phones_and_alerts(session: Session, gone_id: int, kept_id: int) -> dict[str, list[int]]:
    """Copy to the other patient the phones and standing alerts that are not there; return the copies' ids."""
    phones = _copied(session, PhoneRow, ("number",), gone_id, kept_id)
    alerts = _copied(
        session, AlertRow, ("text", "until", "must_confirm"), gone_id, kept_id, AlertRow.ended_at.is_(None)
    )
    return {"patient_phone": phones, "patient_alert": alerts}


def _copied(
    session: Session, table: Any, known_by: Sequence[str], gone_id: int, kept_id: int, *standing: Any
) -> list[int]:
    columns = table.__table__.c
    names = [column.name for column in columns if column.name not in {"id", "patient_id"}]
    query = select(columns).where(*standing).order_by(columns.id)
    ours = session.execute(query.where(columns.patient_id == kept_id)).mappings().all()
    known = {tuple(row[name] for name in known_by) for row in ours}
    ids: list[int] = []
    for row in session.execute(query.where(columns.patient_id == gone_id)).mappings().all():
        if tuple(row[name] for name in known_by) in known:
            continue
        values = {name: row[name] for name in names} | {"patient_id": kept_id}
        if "position" in values:
            values["position"] = len(ours) + len(ids)
        ids.append(session.execute(insert(table).values(**values).returning(columns.id)).scalar_one())
    return ids


def delete_copies(session: Session, copies: Mapping[str, Sequence[int]]) -> None:
    """Take the copies away again."""
    for table in (PhoneRow, AlertRow):
        session.execute(delete(table).where(table.id.in_(copies[table.__tablename__])))


def move_back(session: Session, moved: Mapping[str, Sequence[int]], kept_id: int, gone_id: int) -> None:
    """Give back the rows that went over and are still there."""
    for name, ids in moved.items():
        table = _BY_NAME[name]
        query = update(table).where(table.id.in_(ids), table.patient_id == kept_id).values(patient_id=gone_id)
        session.execute(query.execution_options(synchronize_session=False))


def move_seats(session: Session, gone_id: int, kept_id: int, since: datetime) -> None:
    """Seat the other patient wherever this one sits; of days before `since` only where nobody sits yet."""
    first = int(since.timestamp()) // 60 // STEP
    seat, other = SeatRow, aliased(SeatRow)
    theirs = (seat.kind == seats.PATIENT, seat.resource_id == gone_id)
    taken = select(other.slot).where(other.kind == seats.PATIENT, other.resource_id == kept_id, other.slot < first)
    over = {"synchronize_session": False}
    session.execute(delete(seat).where(*theirs, seat.slot.in_(taken)).execution_options(**over))
    session.execute(update(seat).where(*theirs).values(resource_id=kept_id).execution_options(**over))


def seat_back(session: Session, appointment_ids: Sequence[int], kept_id: int, gone_id: int) -> None:
    """Seat the patient again where these appointments are."""
    seat = SeatRow
    theirs = (seat.kind == seats.PATIENT, seat.resource_id == kept_id, seat.appointment_id.in_(appointment_ids))
    query = update(seat).where(*theirs).values(resource_id=gone_id)
    session.execute(query.execution_options(synchronize_session=False))


def log_ins(session: Session, patient_id: int) -> list[str]:
    """Return the log-in addresses that book for a patient now."""
    query = (
        select(OnlineAccountRow.login_address)
        .join(EnrollmentRow, EnrollmentRow.account_id == OnlineAccountRow.id)
        .where(EnrollmentRow.patient_id == patient_id, EnrollmentRow.ended_at.is_(None))
        .order_by(EnrollmentRow.id)
    )
    return list(session.scalars(query))


def count_appointments(session: Session, patient_id: int) -> int:
    """Return how many appointments a patient has or had."""
    query = select(func.count(AppointmentRow.id)).where(AppointmentRow.patient_id == patient_id)
    return session.execute(query.where(AppointmentRow.status != "deleted")).scalar_one()


def live_merge(session: Session, clinic_id: int, merge_id: int) -> PatientMergeRow | None:
    """Return a merge that still stands."""
    row = session.get(PatientMergeRow, merge_id, with_for_update=True)
    return row if row is not None and row.clinic_id == clinic_id and row.undone_at is None else None


async def read_merges(session: AsyncSession, clinic_id: int, since: datetime) -> list[PatientMergeRow]:
    """Return the merges made since that still stand, newest first."""
    m = PatientMergeRow
    query = select(m).where(m.clinic_id == clinic_id, m.undone_at.is_(None), m.made_at >= since)
    return list(await session.scalars(query.order_by(m.id.desc())))
