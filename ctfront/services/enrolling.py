"""Joining online accounts to patients: by a request the desk enrolls, and the end of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
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
)
from ctfront.data.patients import load_name
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ChangedElsewhere, InputRefused, InvitationRefused, NotFound
from ctfront.domain.invitations import (
    LIVE,
    REMOVABLE,
    Change,
    InvitationState,
    check_reach,
)
from ctfront.domain.patients import shown_name
from ctfront.domain.staff import Act, Right
from ctfront.domain.text import clean_line, safe
from ctfront.services import inviting


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What somebody uninvited states about themselves."""

    last_name: str
    first_name: str
    birth_date: date
    email: str
    phone: str = ""


def enroll(session: Session, clinic: Clinic, act: Act, patient_id: int, account_id: int, **after: object) -> int:
    """Let a log-in book for a patient from now on, and write it down; return the enrollment's id."""
    patient = load_name(session, clinic.id, patient_id)
    joined = join(session, clinic, act, patient.id, account_id)
    ledger.record(
        session,
        clinic.id,
        act,
        kind="enroll",
        subject_kind="patient",
        subject_id=patient.id,
        sentence=f"{patient.name} is enrolled.",
        after={"enrollment": joined, **after},
    )
    return joined


def account_of(session: Session, address: str) -> OnlineAccountRow | None:
    """Return the log-in of an address."""
    query = select(OnlineAccountRow).where(OnlineAccountRow.folded_address == fold_email(address))
    return session.scalars(query).first()


def has_log_in(session: Session, address: str) -> bool:
    """Tell whether the address is a log-in with a password: that one is asked for then instead of a new one."""
    known = account_of(session, address)
    return known is not None and known.password_hash is not None


def log_in_for(session: Session, act: Act, address: str, password_hash: str | None) -> int | None:
    """Return the log-in of an address with that password from now on; None where there is one with its own."""
    if has_log_in(session, address):
        return None
    known = account_of(session, address)
    if known is None:
        return add_account(session, act, address, password_hash)
    known.password_hash = password_hash
    session.flush()
    return known.id


def add_account(session: Session, act: Act, address: str, password_hash: str | None) -> int:
    """Make a log-in and return its id."""
    values = {
        "login_address": address,
        "folded_address": fold_email(address),
        "password_hash": password_hash,
        "made_at": act.at,
    }
    return session.execute(insert(OnlineAccountRow).values(**values).returning(OnlineAccountRow.id)).scalar_one()


def join(session: Session, clinic: Clinic, act: Act, patient_id: int, account_id: int) -> int:
    """Let an account book for a patient; return the enrollment's id."""
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
    invitations.hold_patients(session, (patient_id,))
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
    return f"{said}; appointments stay. u takes it back."


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
    invitations.hold_patients(session, (patient_id,))
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
        former = inviting.give_way(session, clinic, act, invitation)
    joined = join(session, clinic, act, patient_id, request.account_id)
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


def put_back(session: Session, clinic: Clinic, act: Act, steps: Mapping[str, Any]) -> None:
    """Take back an end, an enrolling or a declining. Raises `ChangedElsewhere` when somebody was there since."""
    if (ended := steps.get("ended")) is not None:
        anew = EnrollmentRow.id.in_(ended)
        theirs = select(EnrollmentRow.patient_id).where(anew)
        since = select(EnrollmentRow.id).where(EnrollmentRow.patient_id.in_(theirs), EnrollmentRow.ended_at.is_(None))
        if session.execute(since).first() is not None:
            raise ChangedElsewhere("The patient was enrolled anew since; look in Patient Access (F4), list 2.")
        invited = select(InvitationRow.id).where(
            InvitationRow.patient_id.in_(theirs), InvitationRow.state.in_(sorted(LIVE))
        )
        if session.execute(invited).first() is not None:
            raise ChangedElsewhere("The patient was invited anew since; look in Patient Access (F4), list 1.")
        session.execute(update(EnrollmentRow).where(anew).values(**_ended_by(None)))
    if (made := steps.get("made")) is not None:
        row = session.get_one(EnrollmentRow, made)
        if row.ended_at is not None:
            raise ChangedElsewhere("A colleague has ended that enrollment since; see Patient Access (F4).")
        taken_back = {**_ended_by(act), "ended_at": row.made_at}
        session.execute(update(EnrollmentRow).where(EnrollmentRow.id == made).values(**taken_back))
    if (request_id := steps.get("request")) is not None:
        request = session.get_one(EnrollmentRequestRow, request_id)
        request.patient_id, request.reason = None, ""
        _decide(session, request, "open", act)
    if (former := steps["former"]) is not None:
        inviting.revive(session, clinic, act, former, steps["left"])
