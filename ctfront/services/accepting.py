"""Accepting an invitation: its link and the patient's birth date make an enrollment."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ctfront.data import invitations, ledger
from ctfront.data.models import ActRow, EnrollmentRow, InvitationRow, PatientRow
from ctfront.data.patients import load_name
from ctfront.domain.clinic import Clinic
from ctfront.domain.invitations import MOST_WRONG_BIRTH_DATES, Change, InvitationState
from ctfront.domain.staff import Act
from ctfront.services import enrolling


class Outcome(StrEnum):
    """What became of a try to accept an invitation; the last two answer with one and the same page."""

    ENROLLED = "enrolled"
    OPEN = "open"
    """The birth date is right, and a password is wanted."""
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
    account_id: int | None = None
    """The log-in that was joined."""
    first_name: str = ""
    address: str = ""
    """Where the invitation went, once the birth date is right."""


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
        account_id = enrolling.log_in_for(session, act, row.address, password_hash)
    if account_id is None:
        return Acceptance(outcome=Outcome.HAS_ACCOUNT)
    invitations.change(session, act, row, Change.ACCEPT)
    joined = enrolling.enroll(session, clinic, act, patient.id, account_id, invitation=row.id)
    return Acceptance(outcome=Outcome.ENROLLED, enrollment_id=joined, account_id=account_id)


def try_birth_date(session: Session, clinic: Clinic, act: Act, secret: str, birth_date: date) -> Acceptance:
    """Look whether the birth date is right; a wrong one counts against the invitation, so the caller commits."""
    row = _invited(session, clinic, secret, act.at)
    if row is None:
        return Acceptance(outcome=Outcome.UNKNOWN)
    patient = session.get_one(PatientRow, row.patient_id)
    if patient.birth_date != birth_date:
        return _count_wrong(session, clinic, act, row)
    return Acceptance(
        outcome=Outcome.HAS_ACCOUNT if enrolling.has_log_in(session, row.address) else Outcome.OPEN,
        first_name=patient.first_name,
        address=row.address,
    )


def _earlier_acceptance(session: Session, act: Act) -> Acceptance:
    """Return what became of a try whose answer was lost on its way."""
    earlier = session.get_one(ActRow, act.op_id)
    if earlier.kind != "enroll":
        return Acceptance(outcome=Outcome.LOCKED)
    joined = select(EnrollmentRow).where(EnrollmentRow.patient_id == earlier.subject_id).order_by(EnrollmentRow.id)
    last = session.scalars(joined).all()[-1]
    return Acceptance(outcome=Outcome.ENROLLED, enrollment_id=last.id, account_id=last.account_id)


def select_open(clinic: Clinic, secret: str, now: datetime) -> Select[InvitationRow]:
    """Select the invitation that a link opens now: sent, not over, and its address still the one on record."""
    row, patient = InvitationRow, PatientRow
    return (
        select(row)
        .join(patient, patient.id == row.patient_id)
        .where(row.secret_digest == hashlib.sha256(secret.encode()).hexdigest(), row.clinic_id == clinic.id)
        .where(row.is_last, row.state == InvitationState.SENT.value, row.expires_at > now)
        .where(patient.active, patient.folded_email == row.folded_address)
    )


def _invited(session: Session, clinic: Clinic, secret: str, now: datetime) -> InvitationRow | None:
    """Return the invitation that a link opens, held until the act ends."""
    query = select_open(clinic, secret, now)
    row = session.scalars(query).first() if clinic.online else None
    if row is None:
        return None
    invitations.hold_patients(session, (row.patient_id,))
    return session.scalars(query.execution_options(populate_existing=True)).first()


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
