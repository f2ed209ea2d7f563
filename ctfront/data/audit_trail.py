"""The audit trail, read newest first with whom each entry is about."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from ctfront.data.folding import fold
from ctfront.data.models import AppointmentRow, AuditDetailRow, AuditRow, PatientRow
from ctfront.domain.audit_trail import AuditEntry, Narrowed
from ctfront.domain.patients import shown_name

_E, _D, _A, _P = AuditRow.__table__.c, AuditDetailRow.__table__.c, AppointmentRow.__table__.c, PatientRow.__table__.c
_OF_APPOINTMENT = and_(_E.subject_kind.in_(("appointment", "act")), _A.id == _E.subject_id)
_PATIENT_ID = case((_E.subject_kind == "patient", _E.subject_id), else_=_A.patient_id)
_JOINED = (
    AuditRow.__table__.outerjoin(AuditDetailRow.__table__, and_(_D.clinic_id == _E.clinic_id, _D.seq == _E.seq))
    .outerjoin(AppointmentRow.__table__, _OF_APPOINTMENT)
    .outerjoin(PatientRow.__table__, _P.id == _PATIENT_ID)
)


def _query(clinic_id: int, narrowed: Narrowed, zone: tzinfo) -> Select[Any]:
    query = (
        select(
            _E.seq, _E.made_at, _E.by_name, _E.os_user, _E.origin, _E.act, _E.subject_kind, _E.subject_id,
            _P.last_name, _P.first_name, _D.before, _D.after,
        )
        .select_from(_JOINED)
        .where(_E.clinic_id == clinic_id, *(_fits(word) for word in narrowed.words))
        .order_by(_E.seq.desc())
    )  # fmt: skip
    if narrowed.day is None:
        return query
    first = datetime.combine(narrowed.day, time(), tzinfo=zone)
    after = datetime.combine(narrowed.day + timedelta(days=1), time(), tzinfo=zone)
    return query.where(_E.made_at >= first.astimezone(UTC), _E.made_at < after.astimezone(UTC))


def _fits(word: str) -> ColumnElement[bool]:
    return or_(
        func.lower(_E.by_name).startswith(word.lower(), autoescape=True),
        func.lower(_E.os_user) == word.lower(),
        _E.act.contains(word.lower(), autoescape=True),
        _P.folded_last.startswith(fold(word) or word, autoescape=True),
        _P.record_number == word.removeprefix("#"),
    )


async def read_entries(
    session: AsyncSession, clinic_id: int, narrowed: Narrowed, zone: tzinfo, *, limit: int | None
) -> list[AuditEntry]:
    """Return the newest entries that fit."""
    query = _query(clinic_id, narrowed, zone)
    return [_entry_of(row) for row in await session.execute(query if limit is None else query.limit(limit))]


def _entry_of(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        seq=row.seq,
        at=row.made_at,
        who=row.by_name,
        account=row.os_user,
        origin=row.origin,
        act=row.act,
        subject=row.subject_kind,
        subject_id=row.subject_id,
        patient=shown_name(row.last_name, row.first_name) if row.last_name is not None else "",
        before=row.before or "",
        after=row.after or "",
    )
