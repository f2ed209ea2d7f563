"""Joining online accounts to patients: by an accepted invitation, by a request the desk enrolls, and the end of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ctfront.data import invitations, ledger
from ctfront.data.folding import fold_email
from ctfront.data.models import (
    ActRow,
    EnrollmentRequestRow,
    EnrollmentRow,
    InvitationRow,
    OnlineAccountRow,
    PatientRow,
)
from ctfront.data.patients import load_name
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ChangedElsewhere, InputRefused, InvitationRefused, NotFound
from ctfront.domain.invitations import (
    LIVE,
    MOST_WRONG_BIRTH_DATES,
    REMOVABLE,
    Change,
    InvitationState,
    check_reach,
)
from ctfront.domain.patients import shown_name
from ctfront.domain.staff import Act, Actor, ActorKind, Right
from ctfront.domain.text import clean_line, safe


class Outcome(StrEnum):
    """What became of a try to accept an invitation; all but the first answer the patient with one and the same page."""

    ENROLLED = "enrolled"
    HAS_ACCOUNT = "has account"
    """The address has a log-in already: its password is asked instead of a new one."""
    WRONG_BIRTH_DATE = "wrong birth date"
    LOCKED = "locked"
    UNKNOWN = "unknown"
    """Used, removed, stale, expired, locked before, or never made."""


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """The outcome, with the enrollment when there is one."""

    outcome: Outcome
    enrollment_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What somebody uninvited states about themselves."""

    last_name: str
    first_name: str
    birth_date: date
    email: str
    phone: str = ""


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
    row = _invited(session, clinic, secret, act.at)
    if row is None:
        return Acceptance(outcome=Outcome.UNKNOWN)
    patient = session.get_one(PatientRow, row.patient_id)
    if patient.birth_date != birth_date:
        return _count_wrong(session, clinic, act, row)
    if account_id is None:
        known = _account(session, row.address)
        if known is not None and known.password_hash is not None:
            return Acceptance(outcome=Outcome.HAS_ACCOUNT)
        account_id = known.id if known is not None else _add_account(session, act, row.address, password_hash)
        session.execute(
            update(OnlineAccountRow).where(OnlineAccountRow.id == account_id).values(password_hash=password_hash)
        )
    invitations.change(session, act, row, Change.ACCEPT)
    joined = _join(session, clinic, act, patient.id, account_id)
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


def _invited(session: Session, clinic: Clinic, secret: str, now: datetime) -> InvitationRow | None:
    """Return the invitation that a link opens now: sent, not over, and its address still the one on record."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    row = session.scalars(
        select(InvitationRow).where(InvitationRow.secret_digest == digest, InvitationRow.clinic_id == clinic.id)
    ).first()
    if row is None or not row.is_last or row.state != InvitationState.SENT.value:
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


def enroll(session: Session, clinic: Clinic, act: Act, patient_id: int, login_address: str) -> Actor:
    """Join the account of the log-in address, made when there is none, to the patient; return who then acts."""
    patient = load_name(session, clinic.id, patient_id)
    known = _account(session, login_address)
    account_id = known.id if known is not None else _add_account(session, act, login_address, None)
    joined = _join(session, clinic, act, patient.id, account_id)
    ledger.record(
        session,
        clinic.id,
        act,
        kind="enroll",
        subject_kind="patient",
        subject_id=patient.id,
        sentence=f"{patient.name} is enrolled.",
        after={"enrollment": joined, "login_address": login_address},
    )
    name = f"{patient.first_name} {patient.last_name}"
    return Actor(kind=ActorKind.ENROLLMENT, id=joined, name=name, rights=frozenset({Right.BOOK}))


def _account(session: Session, address: str) -> OnlineAccountRow | None:
    query = select(OnlineAccountRow).where(OnlineAccountRow.folded_address == fold_email(address))
    return session.scalars(query).first()


def _add_account(session: Session, act: Act, address: str, password_hash: str | None) -> int:
    values = {
        "login_address": address,
        "folded_address": fold_email(address),
        "password_hash": password_hash,
        "made_at": act.at,
    }
    return session.execute(insert(OnlineAccountRow).values(**values).returning(OnlineAccountRow.id)).scalar_one()


def _join(session: Session, clinic: Clinic, act: Act, patient_id: int, account_id: int) -> int:
    values = {
        "account_id": account_id,
        "clinic_id": clinic.id,
        "patient_id": patient_id,
        "relation": "self",
        "by_kind": act.who.kind.value,
        "by_id": act.who.id,
        "by_name": act.who.name,
        "made_at": act.at,
    }
    return session.execute(insert(EnrollmentRow).values(**values).returning(EnrollmentRow.id)).scalar_one()


# -- the end of it


def end_enrollment(session: Session, clinic: Clinic, act: Act, patient_id: int) -> str:
    """End whatever account books for the patient; the appointments stay. Raises `InvitationRefused`."""
    if ledger.repeated(session, act):
        return session.get_one(ActRow, act.op_id).sentence
    act.who.require(Right.EDIT_PATIENT)
    name = load_name(session, clinic.id, patient_id).name
    standing = (
        EnrollmentRow.clinic_id == clinic.id,
        EnrollmentRow.patient_id == patient_id,
        EnrollmentRow.ended_at.is_(None),
    )
    ended = list(
        session.scalars(update(EnrollmentRow).where(*standing).values(**_ended_by(act)).returning(EnrollmentRow.id))
    )
    if not ended:
        raise InvitationRefused(f"{name} is not enrolled; s sends an invitation.")
    row = invitations.last_row(session, clinic.id, patient_id)
    former = None
    if row is not None and row.state == InvitationState.ENROLLED.value:
        former = invitations.keep(row)
        invitations.change(session, act, row, Change.END)
    said = f"Ended {name}’s enrollment"
    ledger.record(
        session,
        clinic.id,
        act,
        kind="end_enrollment",
        subject_kind="patient",
        subject_id=patient_id,
        sentence=f"{said}.",
        before={"enrollments": ended},
        undo={"enrollment": {"ended": ended, "former": former, "left": _trace(row, former)}},
    )
    return f"{said}: the account can no longer book here, appointments stay. u takes it back."


def _ended_by(act: Act | None) -> dict[str, Any]:
    who = act.who if act is not None else None
    return {
        "ended_at": act.at if act is not None else None,
        "ended_kind": who.kind.value if who is not None else None,
        "ended_id": who.id if who is not None else None,
        "ended_name": who.name if who is not None else None,
    }


def _trace(row: InvitationRow | None, former: Mapping[str, Any] | None) -> list[Any] | None:
    return None if row is None or former is None else invitations.trace(row)


# -- requests


def request_enrollment(session: Session, clinic: Clinic, act: Act, account_id: int, who: Registration) -> int:
    """Keep the request of somebody who registered uninvited and proved the address; return its id."""
    row = EnrollmentRequestRow(
        clinic_id=clinic.id,
        account_id=account_id,
        last_name=clean_line(who.last_name, field="last_name"),
        first_name=clean_line(who.first_name, field="first_name"),
        birth_date=who.birth_date,
        email=clean_line(who.email, field="email", limit=320),
        phone=clean_line(who.phone, field="phone", limit=60),
        made_at=act.at,
        reason="",
        **_decided("open", act),
    )
    session.add(row)
    session.flush()
    name = shown_name(row.last_name, row.first_name)
    ledger.record(
        session,
        clinic.id,
        act,
        kind="request_enrollment",
        subject_kind="request",
        subject_id=row.id,
        sentence=f"{name} asks to be enrolled.",
        after={"account": account_id},
    )
    return row.id


def enroll_request(session: Session, clinic: Clinic, act: Act, request_id: int, patient_id: int) -> str:
    """Join the account of a request to the patient it was linked to.

    Raises `InvitationRefused`, `NoEmail` or `NoConsent` of the clinic's own record, and `ChangedElsewhere` when a
    colleague has decided the request.
    """
    if ledger.repeated(session, act):
        return session.get_one(ActRow, act.op_id).sentence
    act.who.require(Right.EDIT_PATIENT)
    request = _open_request(session, clinic, request_id)
    name = load_name(session, clinic.id, patient_id).name
    access = invitations.load_access(session, clinic.id, patient_id, now=act.at, zone=clinic.tz)
    check_reach(access.reach, name=name)
    if access.standing.state is InvitationState.ENROLLED:
        raise InvitationRefused(
            f"{name} is enrolled already, as {safe(access.standing.address)}; decline this request, or end that "
            "enrollment in list 2 first."
        )
    invitation = invitations.last_row(session, clinic.id, patient_id)
    former = None
    if invitation is not None and InvitationState(invitation.state) in LIVE & REMOVABLE:
        former = invitations.keep(invitation)
        invitations.change(session, act, invitation, Change.REMOVE)
    joined = _join(session, clinic, act, patient_id, request.account_id)
    request.patient_id = patient_id
    _decide(session, request, "enrolled", act)
    said = f"Enrolled {name} as {safe(request.email)}"
    ledger.record(
        session,
        clinic.id,
        act,
        kind="enroll_request",
        subject_kind="patient",
        subject_id=patient_id,
        sentence=f"{said}.",
        after={"enrollment": joined, "request": request_id},
        undo={
            "enrollment": {
                "made": joined,
                "request": request_id,
                "former": former,
                "left": _trace(invitation, former),
            }
        },
    )
    return f"{said}. u takes it back."


def decline_request(session: Session, clinic: Clinic, act: Act, request_id: int, reason: str) -> str:
    """Decline a request with a reason. Raises `InputRefused` without one, or `ChangedElsewhere`."""
    if ledger.repeated(session, act):
        return session.get_one(ActRow, act.op_id).sentence
    act.who.require(Right.EDIT_PATIENT)
    why = clean_line(reason, field="reason")
    if not why:
        raise InputRefused("Say why; the reason stays with the request.", field="reason")
    request = _open_request(session, clinic, request_id)
    request.reason = why
    _decide(session, request, "declined", act)
    said = f"Declined the request of {shown_name(request.last_name, request.first_name)}"
    ledger.record(
        session,
        clinic.id,
        act,
        kind="decline_request",
        subject_kind="request",
        subject_id=request_id,
        sentence=f"{said}.",
        after={"reason": why},
        undo={"enrollment": {"request": request_id, "former": None}},
    )
    return f"{said}. u takes it back."


def _open_request(session: Session, clinic: Clinic, request_id: int) -> EnrollmentRequestRow:
    row = session.get(EnrollmentRequestRow, request_id)
    if row is None or row.clinic_id != clinic.id:
        raise NotFound("There is no such request.")
    if row.state != "open":
        raise ChangedElsewhere(f"{safe(row.state_by_name)} has {row.state} that request already.")
    return row


def _decided(state: str, act: Act) -> dict[str, Any]:
    return {
        "state": state,
        "state_at": act.at,
        "state_by_kind": act.who.kind.value,
        "state_by_id": act.who.id,
        "state_by_name": act.who.name,
    }


def _decide(session: Session, row: EnrollmentRequestRow, state: str, act: Act) -> None:
    for name, value in _decided(state, act).items():
        setattr(row, name, value)
    session.flush()


# -- taking back


def put_back(session: Session, act: Act, steps: Mapping[str, Any]) -> None:
    """Take back an end, an enrolling or a declining. Raises `ChangedElsewhere` when somebody was there since."""
    if (ended := steps.get("ended")) is not None:
        anew = EnrollmentRow.id.in_(ended)
        theirs = select(EnrollmentRow.patient_id).where(anew)
        since = select(EnrollmentRow.id).where(EnrollmentRow.patient_id.in_(theirs), EnrollmentRow.ended_at.is_(None))
        if session.execute(since).first() is not None:
            raise ChangedElsewhere("The patient was enrolled anew since; look in Patient Access (F4), list 2.")
        session.execute(update(EnrollmentRow).where(anew).values(**_ended_by(None)))
    if (made := steps.get("made")) is not None:
        row = session.get_one(EnrollmentRow, made)
        if row.ended_at is not None:
            raise ChangedElsewhere("A colleague has ended that enrollment since; look at it in Patient Access (F4).")
        taken_back = {**_ended_by(act), "ended_at": row.made_at}
        session.execute(update(EnrollmentRow).where(EnrollmentRow.id == made).values(**taken_back))
    if (request_id := steps.get("request")) is not None:
        request = session.get_one(EnrollmentRequestRow, request_id)
        request.patient_id, request.reason = None, ""
        _decide(session, request, "open", act)
    if (former := steps["former"]) is not None:
        invitations.restore(session, former, steps["left"])
