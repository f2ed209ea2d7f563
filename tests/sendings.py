"""What happens to invitations from outside the desk: what is on record changes, mails leave, bounce or are withheld."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ctfront.data import invitations, outbox
from ctfront.data.folding import fold_email
from ctfront.data.models import ConsentRow, InvitationRow, OutboxRow, PatientRow
from ctfront.domain.invitations import EXPIRES_AFTER, Change, InvitationState
from ctfront.domain.staff import Act, Actor, ActorKind
from tests.clinics import NOW, SmallClinic

SENDER = Actor(kind=ActorKind.SYSTEM, id=None, name="mail")


def put_on_record(desk: SmallClinic, patient: str, *, email: str | None = "?", consents: bool | None = None, **fields):
    """Change a patient's address, consent or activity, as the profile form would."""

    def act(session: Session) -> None:
        row = session.get_one(PatientRow, desk.patients[patient])
        if email != "?":
            row.email, row.folded_email = email, None if email is None else fold_email(email)
        for name, value in fields.items():
            setattr(row, name, value)
        if consents is not None:
            set_consent(session, desk, row.id, consents)

    desk.database.write_now(act)


def set_consent(session: Session, desk: SmallClinic, patient_id: int, consents: bool, at: datetime = NOW) -> None:
    """Give or end the consent to emails."""
    standing = (ConsentRow.patient_id == patient_id, ConsentRow.channel == "email", ConsentRow.ended_at.is_(None))
    there = session.scalars(select(ConsentRow).where(*standing)).first()
    if there is None and consents:
        given = {"given_at": at, "given_how": "phone", "given_kind": "staff", "given_id": None, "given_name": "tlee"}
        session.add(ConsentRow(clinic_id=desk.clinic.id, patient_id=patient_id, channel="email", **given))
    elif there is not None and not consents:
        there.ended_at, there.ended_name, there.ended_kind, there.ended_how = at, "tlee", "staff", "phone"


def reachable(desk: SmallClinic, patient: str = "RUIZ", email: str = "ana@example.org") -> int:
    """Let a patient have an address and consent."""
    put_on_record(desk, patient, email=email, consents=True)
    return desk.patients[patient]


def last_of(session: Session, desk: SmallClinic, patient: str) -> InvitationRow:
    row = invitations.last_row(session, desk.clinic.id, desk.patients[patient])
    assert row is not None
    return row


def begin_to_send(desk: SmallClinic, patient: str = "RUIZ") -> str:
    """A sender claims the last invitation's mail and derives its link; return the secret."""

    def act(session: Session) -> str:
        row = last_of(session, desk, patient)
        secret = f"secret of {row.nonce}"
        row.secret_digest = hashlib.sha256(secret.encode()).hexdigest()
        session.execute(update(OutboxRow).where(OutboxRow.invitation_id == row.id).values(state=outbox.SENDING))
        return secret

    return desk.database.write_now(act)


def deliver(desk: SmallClinic, patient: str = "RUIZ", at: datetime = NOW) -> str:
    """The last invitation's mail leaves; return the secret of its link."""
    secret = begin_to_send(desk, patient)
    finish(desk, patient, Change.DELIVER, outbox.SENT, at)
    return secret


def finish(desk: SmallClinic, patient: str, change: Change, mail: str, at: datetime = NOW, error: str = "") -> None:
    """The sending of the last invitation ends."""

    def act(session: Session) -> None:
        row = last_of(session, desk, patient)
        invitations.change(session, Act(who=SENDER, at=at, op_id="mail"), row, change, error=error)
        if change is Change.DELIVER:
            row.expires_at = at + EXPIRES_AFTER
        ours = OutboxRow.invitation_id == row.id
        session.execute(update(OutboxRow).where(ours).values(state=mail, sent_at=at if mail == outbox.SENT else None))

    desk.database.write_now(act)


def fail(desk: SmallClinic, patient: str = "RUIZ") -> None:
    """The recipient's server refuses the last invitation's mail."""
    begin_to_send(desk, patient)
    finish(desk, patient, Change.FAIL, outbox.FAILED, error="550 no such mailbox")


def withhold(desk: SmallClinic, patient: str = "RUIZ") -> None:
    """The claim withholds the last invitation's mail."""
    finish(desk, patient, Change.WITHHOLD, outbox.WITHHELD, error="the patient’s consent ended")


def bring_to(desk: SmallClinic, patient: str, state: InvitationState) -> None:
    """Let a queued last invitation come to a state that needs no account."""
    match state:
        case InvitationState.SENT:
            deliver(desk, patient)
        case InvitationState.FAILED:
            fail(desk, patient)
        case InvitationState.WITHHELD:
            withhold(desk, patient)
        case InvitationState.EXPIRED:
            deliver(desk, patient, NOW - EXPIRES_AFTER - timedelta(minutes=1))
        case InvitationState.LOCKED | InvitationState.REMOVED:
            if state is InvitationState.LOCKED:
                deliver(desk, patient)
            change = Change.LOCK if state is InvitationState.LOCKED else Change.REMOVE
            mail = outbox.SENT if state is InvitationState.LOCKED else outbox.WITHDRAWN
            finish(desk, patient, change, mail)


def rows_of(desk: SmallClinic, patient: str = "RUIZ") -> list[tuple[str, str, bool]]:
    """State, address and whether it is the last, of each of the patient's invitations as they were made."""
    row = InvitationRow
    query = select(row.state, row.address, row.is_last).where(row.patient_id == desk.patients[patient]).order_by(row.id)
    return desk.database.write_now(lambda session: [tuple(each) for each in session.execute(query)])


def mails_of(desk: SmallClinic, patient: str = "RUIZ") -> list[tuple[str, str]]:
    """Kind and state of each of the patient's mails."""
    mail = OutboxRow
    query = select(mail.kind, mail.state).where(mail.patient_id == desk.patients[patient]).order_by(mail.id)
    return desk.database.write_now(lambda session: [tuple(each) for each in session.execute(query)])
