"""What happened since a clerk last looked: the acts of others that want to be known."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from ctfront.data.models import ActRow, AppointmentRow, ChangeRow, StaffRow
from ctfront.domain.happenings import Happening, Leads
from ctfront.domain.staff import ActorKind

TO_ACCESS = ("enroll", "lock_invitation", "mail_failed", "mail_withheld")
"""Acts about a patient's way into Online Appointments."""
TO_REQUESTS = ("request_enrollment",)
CANCELLED = "cancel"
BOOKED = "book"

MOST = 200
"""Happenings listed; older ones are counted only."""

_CHANGE, _ACT = ChangeRow.__table__.c, ActRow.__table__.c


def _worth_knowing(staff_id: int) -> ColumnElement[bool]:
    others = or_(_ACT.by_kind != ActorKind.STAFF.value, _ACT.by_id != staff_id)
    online = and_(_ACT.kind == BOOKED, _ACT.by_kind == ActorKind.ENROLLMENT.value)
    return and_(_ACT.undone_by.is_(None), others, or_(_ACT.kind.in_((*TO_ACCESS, *TO_REQUESTS, CANCELLED)), online))


def _since(clinic_id: int, staff_id: int, *columns: Any) -> Select[*tuple[Any, ...]]:
    seen = select(StaffRow.last_seen_change).where(StaffRow.id == staff_id).scalar_subquery()
    return (
        select(*columns)
        .select_from(ChangeRow.__table__)
        .join(ActRow.__table__, _ACT.op_id == _CHANGE.op_id)
        .where(_CHANGE.clinic_id == clinic_id, _CHANGE.id > seen, _worth_knowing(staff_id))
    )


async def count_happenings(session: AsyncSession, clinic_id: int, staff_id: int) -> int:
    """Return how many acts of others the clerk has not seen."""
    query = _since(clinic_id, staff_id, func.count(func.distinct(_ACT.op_id)))
    return int((await session.execute(query)).scalar_one())


async def read_happenings(session: AsyncSession, clinic_id: int, staff_id: int) -> list[Happening]:
    """Return them, newest first."""
    query = (
        _since(
            clinic_id, staff_id, func.max(_CHANGE.id).label("change_id"), _ACT.op_id, _ACT.kind, _ACT.subject_id,
            _ACT.sentence, _ACT.by_name, _ACT.made_at, AppointmentRow.day,
        )
        .outerjoin(
            AppointmentRow, and_(AppointmentRow.id == _ACT.subject_id, _ACT.kind.in_((BOOKED, CANCELLED)))
        )
        .group_by(_ACT.op_id, AppointmentRow.day)
        .order_by(func.max(_CHANGE.id).desc())
        .limit(MOST)
    )  # fmt: skip
    return [_happening_of(row) for row in await session.execute(query)]


def _happening_of(row: Any) -> Happening:
    leads = Leads.PATIENT_ACCESS if row.kind in TO_ACCESS else Leads.SCHEDULER
    return Happening(
        change_id=row.change_id,
        at=row.made_at,
        by=row.by_name,
        sentence=row.sentence,
        leads=Leads.REQUESTS if row.kind in TO_REQUESTS else leads,
        subject_id=row.subject_id or 0,
        day=row.day,
    )


def mark_seen(session: Session, staff_id: int, change_id: int | None, at: datetime) -> None:
    """Keep how far the clerk has looked: to a change, or with None to the newest."""
    newest = select(func.coalesce(func.max(_CHANGE.id), 0)).scalar_subquery()
    values = {"last_seen_change": newest if change_id is None else change_id, "last_seen_at": at}
    session.execute(update(StaffRow.__table__).where(StaffRow.__table__.c.id == staff_id).values(**values))
