"""Scenes around invitations: patients who may be written to, and what became of the mail."""

from datetime import datetime, timedelta

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from ctfront.data import invitations, ledger
from ctfront.data.folding import fold_email
from ctfront.data.models import ConsentRow, InvitationRow, OnlineAccountRow, OutboxRow, PatientRow
from ctfront.domain.clinic import Clinic
from ctfront.domain.invitations import Change, Source
from ctfront.domain.staff import Act, Actor, ActorKind
from ctfront.services import enrolling, inviting
from tests.clinics import NOW, SmallClinic

SENDER = Actor(kind=ActorKind.SYSTEM, id=None, name="mail")
DAY = timedelta(days=1)


def do(clinic: SmallClinic, act_on, *what, at: datetime = NOW, who=None, **how):
    """Do one act at a time, without an event loop."""
    act = clinic.act(who, at)
    return clinic.database.write_now(lambda session: act_on(session, clinic.clinic, act, *what, **how))


def set_email(clinic: SmallClinic, patient: str, email: str | None) -> None:
    """Put an address on record, by no clerk's hand."""
    values = {"email": email, "folded_email": None if email is None else fold_email(email)}
    row = PatientRow
    clinic.database.write_now(
        lambda s: s.execute(update(row).where(row.id == clinic.patients[patient]).values(**values))
    )


def give_consent(clinic: SmallClinic, patient: str, at: datetime = NOW) -> None:
    """Record the consent to emails."""
    given = {"given_at": at, "given_how": "in person", "given_kind": "staff", "given_id": None, "given_name": "mgarcia"}
    row = ConsentRow(clinic_id=clinic.clinic.id, patient_id=clinic.patients[patient], channel="email", **given)
    clinic.database.write_now(lambda s: s.add(row))


def end_consent(clinic: SmallClinic, patient: str, at: datetime = NOW) -> None:
    """Let the patient opt out of emails."""
    row = ConsentRow
    ended = {"ended_at": at, "ended_how": "phone", "ended_kind": "staff", "ended_name": "tlee"}
    standing = (row.patient_id == clinic.patients[patient], row.channel == "email", row.ended_at.is_(None))
    clinic.database.write_now(lambda s: s.execute(update(row).where(*standing).values(**ended)))


def reachable(clinic: SmallClinic, patient: str, email: str | None = None) -> None:
    """Give a patient an address and the consent to it."""
    set_email(clinic, patient, email or f"{patient.casefold()}@example.org")
    give_consent(clinic, patient)


def invite(clinic: SmallClinic, patient: str, at: datetime = NOW) -> str:
    """Invite from Patient Information."""
    source = Source.PATIENT_INFORMATION
    return do(clinic, inviting.invite, clinic.patients[patient], source=source, at=at)


def settle(clinic: SmallClinic, patient: str, change: Change, at: datetime = NOW, *, error: str = "") -> None:
    """Let the sender's side of things happen to the last invitation."""

    def act_on(session):
        row = invitations.last_row(session, clinic.clinic.id, clinic.patients[patient])
        act = Act(who=SENDER, at=at, op_id=f"sender-{row.id}-{change}")
        invitations.change(session, act, row, change, error=error)
        mail = update(OutboxRow).where(OutboxRow.invitation_id == row.id)
        if change is Change.DELIVER:
            row.expires_at = at + 7 * DAY
            session.execute(mail.values(state="sent", sent_at=at))
        elif change in {Change.FAIL, Change.WITHHOLD}:
            session.execute(mail.values(state="failed" if change is Change.FAIL else "withheld", error=error))
        ledger.record(
            session, clinic.clinic.id, act, kind=f"mail_{change}", subject_kind="patient", subject_id=row.patient_id
        )

    clinic.database.write_now(act_on)


def invited(clinic: SmallClinic, patient: str, *, days_ago: int = 3) -> None:
    """A patient whose invitation was sent some days ago."""
    at = NOW - days_ago * DAY
    invite(clinic, patient, at)
    settle(clinic, patient, Change.DELIVER, at + timedelta(minutes=1))


def enroll(session: Session, clinic: Clinic, act: Act, patient_id: int, address: str) -> Actor:
    """Let the log-in of an address book for a patient; return who then acts."""
    known = enrolling.account_of(session, address)
    account_id = known.id if known is not None else enrolling.add_account(session, act, address, None)
    return Actor.enrolled(enrolling.enroll(session, clinic, act, patient_id, account_id), "A Patient")


def enrolled(clinic: SmallClinic, patient: str, address: str, at: datetime = NOW - 2 * DAY) -> None:
    """A patient with an online account."""
    do(clinic, enroll, clinic.patients[patient], address, at=at)


def requested(clinic: SmallClinic, who: enrolling.Registration, at: datetime = NOW - DAY) -> int:
    """A request of somebody who registered uninvited; return its id."""
    account = OnlineAccountRow(login_address=who.email, folded_address=fold_email(who.email), made_at=at)

    def add(session):
        session.add(account)
        session.flush()
        act = Act(who=SENDER, at=at, op_id=f"request-{account.id}")
        return enrolling.request_enrollment(session, clinic.clinic, act, account.id, who)

    return clinic.database.write_now(add)


async def states(clinic: SmallClinic) -> list[tuple[str, str, str, bool]]:
    """Return every invitation: surname, state, address, and whether it is the last."""
    i, p = InvitationRow, PatientRow
    query = select(p.last_name, i.state, i.address, i.is_last).join(p, p.id == i.patient_id).order_by(i.id)
    async with clinic.database.reading() as session:
        return [tuple(row) for row in await session.execute(query)]


async def mails(clinic: SmallClinic) -> list[tuple[str, str, str]]:
    """Return every mail: kind, state, address."""
    async with clinic.database.reading() as session:
        query = text("SELECT kind, state, address FROM outbox ORDER BY id")
        return [tuple(row) for row in await session.execute(query)]
