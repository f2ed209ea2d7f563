"""Invitations and enrollments as rows, and how a patient stands with them."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import Row, Select, and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from ctfront.data.folding import fold_email
from ctfront.data.models import ConsentRow, EnrollmentRow, InvitationRow, OnlineAccountRow, PatientRow
from ctfront.data.patients import is_of_clinic
from ctfront.domain.errors import ChangedElsewhere, NotFound
from ctfront.domain.invitations import (
    Change,
    Enrollment,
    Invitation,
    InvitationState,
    OnlineAccess,
    Reach,
    Source,
    Standing,
    follow,
)
from ctfront.domain.patients import Channel, shown_name
from ctfront.domain.staff import Act, Actor, ActorKind
from ctfront.domain.times import show_moment

KEPT = (
    "is_last", "state", "state_at", "state_by_kind", "state_by_id", "state_by_name", "error", "nonce", "secret_digest",
    "wrong_birth_dates", "expires_at",
)  # fmt: skip
"""What taking back restores."""

MANY = 1000
"""Ids in one statement."""


_PATIENT, _INVITATION, _ENROLLMENT = PatientRow.__table__.c, InvitationRow.__table__.c, EnrollmentRow.__table__.c
_ADD = insert(InvitationRow.__table__).returning(_INVITATION.id, _INVITATION.patient_id)
_CONSENT, _ACCOUNT = ConsentRow.__table__.c, OnlineAccountRow.__table__.c


# -- rows


def hold_patients(session: Session, patient_ids: Collection[int]) -> None:
    """Let one desk at a time decide about a patient; SQLite's writers stand in line anyway."""
    query = select(_PATIENT.id).where(_PATIENT.id.in_(patient_ids))
    session.execute(query.order_by(_PATIENT.id).with_for_update()).all()


def is_enrolled(session: Session, patient_id: int) -> bool:
    """Tell whether an online account books for the patient."""
    query = select(_ENROLLMENT.id).where(_ENROLLMENT.patient_id == patient_id, _ENROLLMENT.ended_at.is_(None))
    return session.execute(query).first() is not None


def last_row(session: Session, clinic_id: int, patient_id: int) -> InvitationRow | None:
    """Return the patient's last invitation."""
    row = InvitationRow
    return session.scalars(
        select(row).where(row.clinic_id == clinic_id, row.patient_id == patient_id, row.is_last)
    ).first()


def add(session: Session, clinic_id: int, act: Act, patient_id: int, *, address: str, source: Source) -> InvitationRow:
    """Add a queued invitation, which becomes the patient's last."""
    if (before := last_row(session, clinic_id, patient_id)) is not None:
        before.is_last = False
        session.flush()
    added = InvitationRow(**_values(clinic_id, act, patient_id, address, source))
    session.add(added)
    session.flush()
    return added


def add_first(
    session: Session, clinic_id: int, act: Act, addresses: Mapping[int, str], *, source: Source
) -> dict[int, int]:
    """Add a queued invitation for each of many patients who have none that counts; return patient to id."""
    rows = [_values(clinic_id, act, patient_id, address, source) for patient_id, address in addresses.items()]
    return {row.patient_id: row.id for row in session.execute(_ADD, rows)}


def _values(clinic_id: int, act: Act, patient_id: int, address: str, source: Source) -> dict[str, Any]:
    return {
        "clinic_id": clinic_id,
        "patient_id": patient_id,
        "is_last": True,
        "address": address,
        "folded_address": fold_email(address),
        "source": source.value,
        "state": InvitationState.QUEUED.value,
        "state_at": act.at,
        "error": "",
        "nonce": secrets.token_urlsafe(24),
        "wrong_birth_dates": 0,
        "version": 1,
        "by_kind": act.who.kind.value,
        "by_id": act.who.id,
        "by_name": act.who.name,
        "made_at": act.at,
        **_state_by(act),
    }


def take_back_first(session: Session, act: Act, ids: Sequence[int]) -> int:
    """Take back those of a batch's invitations that still wait, so that nothing of them counts; return how many."""
    row, taken = InvitationRow.__table__, 0
    values = {
        "state": InvitationState.REMOVED.value,
        "state_at": act.at,
        "is_last": False,
        "version": row.c.version + 1,
        **_state_by(act),
    }
    for start in range(0, len(ids), MANY):
        waiting = (row.c.id.in_(ids[start : start + MANY]), row.c.state == InvitationState.QUEUED.value, row.c.is_last)
        taken += len(session.execute(update(row).where(*waiting).values(**values).returning(row.c.id)).all())
    return taken


def change(session: Session, act: Act, row: InvitationRow, what: Change, *, error: str = "") -> None:
    """Let the change happen to an invitation. Raises `InvitationRefused` when nothing leads there."""
    row.state = follow(InvitationState(row.state), what).value
    row.state_at, row.error = act.at, error[:400]
    for name, value in _state_by(act).items():
        setattr(row, name, value)
    session.flush()


def settle_expiry(session: Session, act: Act, row: InvitationRow) -> None:
    """Write down that a sent invitation has expired, by the clock and nobody, so that another may follow."""
    if row.state == InvitationState.SENT.value and row.expires_at is not None and row.expires_at <= act.at:
        clock = Act(who=Actor(kind=ActorKind.SYSTEM, id=None, name="the clock"), at=row.expires_at, op_id=act.op_id)
        change(session, clock, row, Change.EXPIRE)


def keep(row: InvitationRow) -> dict[str, Any]:
    """Return what taking back restores of a row."""
    return {"id": row.id, **{name: getattr(row, name) for name in KEPT}}


def trace(row: InvitationRow) -> list[Any]:
    """Return what an act left of a row: another trace later means that somebody was there since."""
    return [row.state, round(row.state_at.timestamp() * 1000), row.is_last]  # as exact as the row is kept


def restore(session: Session, kept: Mapping[str, Any], left: Sequence[Any]) -> InvitationRow:
    """Put back what `keep` returned. Raises `ChangedElsewhere` when the row is not as the act left it."""
    row = session.get_one(InvitationRow, kept["id"])
    if trace(row) != left:
        raise ChangedElsewhere("A colleague has changed that invitation since; see Patient Access (F4).")
    for name in KEPT:
        value = kept[name]
        instant = name in {"state_at", "expires_at"} and value is not None
        setattr(row, name, datetime.fromisoformat(value) if instant else value)
    session.flush()
    return row


def _state_by(act: Act) -> dict[str, Any]:
    return {"state_by_kind": act.who.kind.value, "state_by_id": act.who.id, "state_by_name": act.who.name}


# -- how a patient stands

LASTED = or_(_ENROLLMENT.ended_at.is_(None), _ENROLLMENT.ended_at > _ENROLLMENT.made_at)
"""An enrollment that was taken back is kept as one that lasted no time."""


def _select_access(clinic_id: int, patient_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            _PATIENT.id.label("patient"), _PATIENT.active, _PATIENT.email, _PATIENT.folded_email, _PATIENT.last_name,
            _PATIENT.first_name, _INVITATION.id, _INVITATION.address, _INVITATION.folded_address, _INVITATION.source,
            _INVITATION.by_name, _INVITATION.made_at, _INVITATION.state, _INVITATION.state_at,
            _INVITATION.state_by_name, _INVITATION.error, _INVITATION.expires_at,
        )
        .select_from(PatientRow.__table__)
        .outerjoin(InvitationRow.__table__, and_(_INVITATION.patient_id == _PATIENT.id, _INVITATION.is_last))
        .where(is_of_clinic(clinic_id), _PATIENT.id.in_(patient_ids), _PATIENT.erased_at.is_(None))
    )  # fmt: skip


def _select_enrollments(patient_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            _ENROLLMENT.patient_id, _ENROLLMENT.id, _ENROLLMENT.relation, _ENROLLMENT.made_at, _ENROLLMENT.ended_at,
            _ENROLLMENT.ended_name, _ACCOUNT.login_address,
        )
        .join(OnlineAccountRow.__table__, _ACCOUNT.id == _ENROLLMENT.account_id)
        .where(_ENROLLMENT.patient_id.in_(patient_ids), LASTED)
        .order_by(_ENROLLMENT.id)
    )  # fmt: skip


def _select_consents(patient_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(_CONSENT.patient_id, _CONSENT.ended_at, _CONSENT.ended_name)
        .where(_CONSENT.patient_id.in_(patient_ids), _CONSENT.channel == Channel.EMAIL.value)
        .order_by(_CONSENT.id)
    )


async def read_access(
    session: AsyncSession, clinic_id: int, patient_ids: Collection[int], *, now: datetime, zone: tzinfo
) -> dict[int, OnlineAccess]:
    """Return how each of the patients stands with Online Appointments."""
    if not patient_ids:
        return {}
    patients = (await session.execute(_select_access(clinic_id, patient_ids))).all()
    enrollments = (await session.execute(_select_enrollments(patient_ids))).all()
    consents = (await session.execute(_select_consents(patient_ids))).all()
    return _joined(patients, enrollments, consents, now, zone)


def load_accesses(
    session: Session, clinic_id: int, patient_ids: Collection[int], *, now: datetime, zone: tzinfo
) -> dict[int, OnlineAccess]:
    """Return the same inside an act."""
    patients = session.execute(_select_access(clinic_id, patient_ids)).all()
    enrollments = session.execute(_select_enrollments(patient_ids)).all()
    consents = session.execute(_select_consents(patient_ids)).all()
    return _joined(patients, enrollments, consents, now, zone)


def load_access(session: Session, clinic_id: int, patient_id: int, *, now: datetime, zone: tzinfo) -> OnlineAccess:
    """Return the same of one patient. Raises `NotFound`."""
    found = load_accesses(session, clinic_id, (patient_id,), now=now, zone=zone)
    if patient_id not in found:
        raise NotFound("There is no such patient.")
    return found[patient_id]


def _joined(
    patients: Sequence[Row[Any]],
    enrollments: Sequence[Row[Any]],
    consents: Sequence[Row[Any]],
    now: datetime,
    zone: tzinfo,
) -> dict[int, OnlineAccess]:
    enrolled: dict[int, Enrollment] = {}
    for row in enrollments:
        known = enrolled.get(row.patient_id)
        if known is None or known.ended_at is not None or row.ended_at is None:
            enrolled[row.patient_id] = _enrollment_of(row)
    consenting = {row.patient_id: row for row in consents}
    return {
        row.patient: _access_of(row, enrolled.get(row.patient), consenting.get(row.patient), now, zone)
        for row in patients
    }


def _access_of(
    row: Row[Any], enrollment: Enrollment | None, consent: Row[Any] | None, now: datetime, zone: tzinfo
) -> OnlineAccess:
    ended = consent is not None and consent.ended_at is not None
    return OnlineAccess(
        standing=_standing_of(row, enrollment, now, zone),
        reach=Reach(
            active=row.active,
            email=row.email,
            consents=consent is not None and not ended,
            opted_out=f"{consent.ended_name}, {show_moment(consent.ended_at, zone)}" if consent and ended else "",
        ),
        invitation=None if row.id is None else invitation_of(row),
        enrollment=enrollment,
    )


def invitation_of(row: Any) -> Invitation:
    """Turn a row that names its patient and has the patient's `folded_email` beside it into an invitation."""
    return Invitation(
        id=row.id,
        patient_id=row.patient,
        address=row.address,
        source=Source(row.source),
        sent_by=row.by_name,
        made_at=row.made_at,
        state=InvitationState(row.state),
        state_at=row.state_at,
        state_by=row.state_by_name,
        error=row.error,
        expires_at=row.expires_at,
        stale=row.folded_address != (row.folded_email or ""),
    )


def _enrollment_of(row: Row[Any]) -> Enrollment:
    return Enrollment(
        id=row.id,
        login_address=row.login_address,
        relation=row.relation,
        since=row.made_at,
        ended_at=row.ended_at,
        ended_by=row.ended_name or "",
    )


def _standing_of(row: Row[Any], enrollment: Enrollment | None, now: datetime, zone: tzinfo) -> Standing:
    name = shown_name(row.last_name, row.first_name)
    if enrollment is not None and enrollment.ended_at is None:
        since = show_moment(enrollment.since, zone)
        return Standing(state=InvitationState.ENROLLED, name=name, address=enrollment.login_address, since=since)
    invitation = None if row.id is None else invitation_of(row)
    if (
        enrollment is not None
        and enrollment.ended_at is not None
        and (invitation is None or invitation.made_at <= enrollment.ended_at)
    ):
        return Standing(
            state=InvitationState.ENDED,
            name=name,
            address=enrollment.login_address,
            sent_by=enrollment.ended_by,
            since=show_moment(enrollment.ended_at, zone),
        )
    if invitation is None:
        return Standing(name=name)
    return Standing(
        state=invitation.state_on(now),
        stale=invitation.stale,
        name=name,
        address=invitation.address,
        sent_by=invitation.sent_by,
        since=show_moment(invitation.state_at, zone),
    )
