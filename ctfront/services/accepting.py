"""Accepting an invitation: its link and the patient's birth date make an enrollment."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ctfront.data import invitations, ledger
from ctfront.data.models import ActRow, EnrollmentRow, InvitationRow, OnlineAccountRow, PatientRow
from ctfront.data.patients import load_name
from ctfront.domain.clinic import Clinic
from ctfront.domain.invitations import MOST_WRONG_BIRTH_DATES, Change, InvitationState
from ctfront.domain.patients import shown_name
from ctfront.domain.staff import Act
from ctfront.services import enrolling


class Outcome(StrEnum):
    """What became of a try to accept an invitation; all but the first two answer with one and the same page."""

    ENROLLED = "enrolled"
    HAS_ACCOUNT = "has account"
    """The address has a log-in already: its password is asked instead of a new one."""
    WRONG_BIRTH_DATE = "wrong birth date"
    LOCKED = "locked"
    UNKNOWN = "unknown"
    """Used, removed, stale, expired, locked before, never made, or the clinic takes no part any more."""


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """The outcome, with the enrollment when there is one."""

    outcome: Outcome
    enrollment_id: int | None = None


def accept_invitation(
    session: Session,
    clinic: Clinic,
    act: Act,
    secret: str,
    birth_date: date,
    *,
    password_hash: str | None = None,
    account_id: int | None = None,
) -> Acceptance:
    """Accept the invitation behind a link's secret, in the caller's transaction.

    A wrong birth date counts against it, so the caller commits whatever the outcome is. `account_id` is a log-in
    whose password was proved; without it a new one is made with `password_hash`.
    """
    if ledger.repeated(session, act):
        return _earlier_acceptance(session, act)
    row = _invited(session, clinic, secret, act.at)
    if row is None:
        return Acceptance(outcome=Outcome.UNKNOWN)
    patient = session.get_one(PatientRow, row.patient_id)
    if patient.birth_date != birth_date:
        return _count_wrong(session, clinic, act, row)
    if account_id is None:
        known = enrolling.account_of(session, row.address)
        if known is not None and known.password_hash is not None:
            return Acceptance(outcome=Outcome.HAS_ACCOUNT)
        account_id = known.id if known is not None else enrolling.add_account(session, act, row.address, password_hash)
        session.execute(
            update(OnlineAccountRow).where(OnlineAccountRow.id == account_id).values(password_hash=password_hash)
        )
    invitations.change(session, act, row, Change.ACCEPT)
    joined = enrolling.join(session, clinic, act, patient.id, account_id)
    name = shown_name(patient.last_name, patient.first_name)
    ledger.record(
        session,
        clinic.id,
        act,
        kind="enroll",
        subject_kind="patient",
        subject_id=patient.id,
        sentence=f"{name} is enrolled.",
        after={"enrollment": joined, "invitation": row.id},
    )
    return Acceptance(outcome=Outcome.ENROLLED, enrollment_id=joined)


def _earlier_acceptance(session: Session, act: Act) -> Acceptance:
    """Return what became of a try whose answer was lost on its way."""
    earlier = session.get_one(ActRow, act.op_id)
    if earlier.kind != "enroll":
        return Acceptance(outcome=Outcome.LOCKED)
    joined = select(EnrollmentRow.id).where(EnrollmentRow.patient_id == earlier.subject_id).order_by(EnrollmentRow.id)
    return Acceptance(outcome=Outcome.ENROLLED, enrollment_id=session.scalars(joined).all()[-1])


def _invited(session: Session, clinic: Clinic, secret: str, now: datetime) -> InvitationRow | None:
    """Return the invitation that a link opens now: sent, not over, and its address still the one on record."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    row = session.scalars(
        select(InvitationRow).where(InvitationRow.secret_digest == digest, InvitationRow.clinic_id == clinic.id)
    ).first()
    if row is None or not clinic.online:
        return None
    invitations.hold_patients(session, (row.patient_id,))
    session.refresh(row)
    if not row.is_last or row.state != InvitationState.SENT.value:
        return None
    if row.expires_at is None or row.expires_at <= now:
        return None
    patient = session.get_one(PatientRow, row.patient_id)
    return row if patient.active and patient.folded_email == row.folded_address else None


def _count_wrong(session: Session, clinic: Clinic, act: Act, row: InvitationRow) -> Acceptance:
    row.wrong_birth_dates += 1
    session.flush()
    if row.wrong_birth_dates < MOST_WRONG_BIRTH_DATES:
        return Acceptance(outcome=Outcome.WRONG_BIRTH_DATE)
    invitations.change(session, act, row, Change.LOCK)
    name = load_name(session, clinic.id, row.patient_id).name
    ledger.record(
        session,
        clinic.id,
        act,
        kind="lock_invitation",
        subject_kind="patient",
        subject_id=row.patient_id,
        sentence=f"{name}’s invitation is locked: {MOST_WRONG_BIRTH_DATES} wrong birth dates.",
        after={"invitation": row.id},
    )
    return Acceptance(outcome=Outcome.LOCKED)
