"""Mails that wait to leave, as the acts that ask for them see them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from ctfront.data.models import OutboxRow
from ctfront.domain.invitations import Source
from ctfront.domain.staff import Act

QUEUED, SENDING, SENT, FAILED, WITHHELD, WITHDRAWN = "queued", "sending", "sent", "failed", "withheld", "withdrawn"
"""How far a mail has come."""

_MAIL = OutboxRow.__table__
_ADD = insert(_MAIL)
_IN_BATCH = select(_MAIL.c.patient_id).where(
    _MAIL.c.op_id == bindparam("batch_id"), _MAIL.c.patient_id.in_(bindparam("ids", expanding=True))
)

MESSAGE_DOMAIN = "ctfront.invalid"
"""Right part of a Message-ID (RFC 5322 3.6.4 asks for uniqueness only); the clinic's own hosts stay unnamed."""


def add(
    session: Session,
    clinic_id: int,
    act: Act,
    *,
    kind: str,
    address: str,
    source: Source,
    due: datetime,
    patient_id: int | None = None,
    invitation_id: int | None = None,
    appointment_id: int | None = None,
    link_id: int | None = None,
    details: str = "",
) -> int:
    """Queue a mail in the act's own transaction; its Message-ID is fixed here, so that a retry repeats it."""
    values = _values(clinic_id, act, kind, address, source, due, patient_id, invitation_id)
    if appointment_id is not None:
        values["message_id"] = _message_id(act, kind, f"of {appointment_id}", address)
    values |= {"appointment_id": appointment_id, "link_id": link_id, "details": details}
    return session.execute(insert(OutboxRow).values(**values).returning(OutboxRow.id)).scalar_one()


def add_many(
    session: Session,
    clinic_id: int,
    act: Act,
    mails: Iterable[tuple[int, int, str]],
    *,
    kind: str,
    source: Source,
    due: datetime,
) -> None:
    """Queue a mail for each invitation of a batch: its patient, its id, its address."""
    rows = [
        _values(clinic_id, act, kind, address, source, due, patient_id, invitation_id)
        for patient_id, invitation_id, address in mails
    ]
    session.execute(_ADD, rows)


def _values(
    clinic_id: int,
    act: Act,
    kind: str,
    address: str,
    source: Source,
    due: datetime,
    patient_id: int | None,
    invitation_id: int | None,
) -> dict[str, Any]:
    return {
        "clinic_id": clinic_id,
        "patient_id": patient_id,
        "invitation_id": invitation_id,
        "kind": kind,
        "address": address,
        "message_id": _message_id(act, kind, str(patient_id), address),
        "source": source.value,
        "state": QUEUED,
        "attempts": 0,
        "next_at": due,
        "error": "",
        "op_id": act.op_id,
        "by_kind": act.who.kind.value,
        "by_id": act.who.id,
        "by_name": act.who.name,
        "made_at": act.at,
    }


def _message_id(act: Act, kind: str, whose: str, address: str) -> str:
    return f"<{uuid5(NAMESPACE_OID, f'{act.op_id} {kind} {whose} {address}')}@{MESSAGE_DOMAIN}>"


def in_batch(session: Session, batch_id: str, patient_ids: Collection[int]) -> set[int]:
    """Return which of the patients a batch has written to already."""
    return set(session.execute(_IN_BATCH, {"batch_id": batch_id, "ids": list(patient_ids)}).scalars())


def withdraw_batch(session: Session, batch_id: str) -> list[int]:
    """Take back the mails of a batch that have not begun to leave; return their invitations."""
    waiting = (_MAIL.c.op_id == batch_id, _MAIL.c.state == QUEUED)
    taken = update(_MAIL).where(*waiting).values(state=WITHDRAWN).returning(_MAIL.c.invitation_id)
    return list(session.execute(taken).scalars())


def size_of_batch(session: Session, batch_id: str) -> int:
    """Return how many mails a batch has written."""
    return session.execute(select(func.count()).where(_MAIL.c.op_id == batch_id)).scalar_one()


def left_of_batch(session: Session, batch_id: str) -> int:
    """Return how many of them have begun to leave."""
    begun = (_MAIL.c.op_id == batch_id, _MAIL.c.state.in_((SENDING, SENT, FAILED)))
    return session.execute(select(func.count()).where(*begun)).scalar_one()


def withdraw(session: Session, clinic_id: int, invitation_id: int) -> bool:
    """Take back the invitation's mail that has not begun to leave; tell whether there was one."""
    mail = OutboxRow
    waiting = (mail.clinic_id == clinic_id, mail.invitation_id == invitation_id, mail.state == QUEUED)
    found = session.execute(update(mail).where(*waiting).values(state=WITHDRAWN).returning(mail.id)).all()
    return bool(found)


def withdraw_about(session: Session, clinic_id: int, appointment_id: int) -> list[int]:
    """Take back the mails about an appointment that have not begun to leave; return them."""
    mail = OutboxRow
    waiting = (mail.clinic_id == clinic_id, mail.appointment_id == appointment_id, mail.state == QUEUED)
    return list(session.scalars(update(mail).where(*waiting).values(state=WITHDRAWN).returning(mail.id)))


def withdraw_mails(session: Session, clinic_id: int, mail_ids: Collection[int]) -> list[int]:
    """Take back those of the mails that have not begun to leave; return them."""
    mail = OutboxRow
    waiting = (mail.clinic_id == clinic_id, mail.id.in_(mail_ids), mail.state == QUEUED)
    return list(session.scalars(update(mail).where(*waiting).values(state=WITHDRAWN).returning(mail.id)))


def queue_again(session: Session, clinic_id: int, mail_ids: Collection[int]) -> None:
    """Queue withdrawn mails again, due as they were."""
    mail = OutboxRow
    withdrawn = (mail.clinic_id == clinic_id, mail.id.in_(mail_ids), mail.state == WITHDRAWN)
    session.execute(update(mail).where(*withdrawn).values(state=QUEUED))


def put_back(session: Session, clinic_id: int, invitation_id: int, *, due: datetime) -> None:
    """Queue the invitation's withdrawn mail again."""
    mail = OutboxRow
    withdrawn = (mail.clinic_id == clinic_id, mail.invitation_id == invitation_id, mail.state == WITHDRAWN)
    session.execute(update(mail).where(*withdrawn).values(state=QUEUED, next_at=due))


def has_begun(session: Session, clinic_id: int, invitation_id: int) -> bool:
    """Tell whether a sender has taken the invitation's mail up."""
    mail = OutboxRow
    query = select(mail.id).where(
        mail.clinic_id == clinic_id, mail.invitation_id == invitation_id, mail.state.not_in((QUEUED, WITHDRAWN))
    )
    return session.execute(query).first() is not None
