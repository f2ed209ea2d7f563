"""The outbox as the senders see it: what is due, whose lease it is, and how sending stands."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Update, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from ctfront.data.models import ActRow, AuditRow, InvitationRow, MailStateRow, OutboxRow, PatientRow
from ctfront.data.outbox import MESSAGE_DOMAIN
from ctfront.domain.invitations import InvitationState, Sending
from ctfront.domain.mails import MailState, Sendings
from ctfront.domain.online_mails import MailKind

LEASE = timedelta(seconds=120)
"""For so long a claimed mail is its sender's; much longer than handing one in can take."""

MINUTE = timedelta(minutes=1)

TEMPLATE = "mail_template"
"""What the acts about a template of the clinic's are about."""

DELAYED = "mail_delayed"

_MAIL, _STATE = OutboxRow.__table__, MailStateRow.__table__
_KINDS = [kind.value for kind in (*Sending, *MailKind)]
_QUEUED, _SENDING = MailState.QUEUED.value, MailState.SENDING.value
_WAITING = (_QUEUED, _SENDING)
_FINISHED = (MailState.SENT.value, MailState.FAILED.value)


def lock_state(session: Session, clinic_id: int) -> MailStateRow:
    """Return how sending stands, locked until the act ends: senders claim one after the other."""
    query = select(MailStateRow).where(MailStateRow.clinic_id == clinic_id).with_for_update()
    found = session.scalars(query).first()
    if found is None:
        session.execute(insert(_STATE).values(clinic_id=clinic_id, stopped_why=""))
        found = session.scalars(query).one()
    return found


def claim(session: Session, clinic_id: int, owner: str, now: datetime) -> OutboxRow | None:
    """Lease the mail that has been due longest to a sender; None when none is due."""
    mail = _MAIL.c

    def first(*due: ColumnElement[bool]) -> ScalarSelect[int]:
        """Pick one through the index: a choice between both would sort the whole queue each time."""
        query = select(mail.id).where(mail.clinic_id == clinic_id, mail.kind.in_(_KINDS), *due)
        return query.order_by(mail.next_at, mail.id).limit(1).with_for_update(skip_locked=True).scalar_subquery()

    left = first(mail.state == _SENDING, mail.lease_until < now)
    chosen = func.coalesce(left, first(mail.state == _QUEUED, mail.next_at <= now))
    values = {"state": _SENDING, "owner": owner, "lease_until": now + LEASE, "attempts": mail.attempts + 1}
    return _changed(session, update(OutboxRow).where(mail.id == chosen).values(**values))


def next_free(session: Session, clinic_id: int, per_minute: int, now: datetime) -> datetime | None:
    """Return from when the limit lets another mail go; None when that is now. A lease is kept to count by."""
    mail = _MAIL.c
    recent = or_(
        mail.state == _SENDING,
        and_(mail.state.in_((_QUEUED, *_FINISHED)), mail.next_at > now - MINUTE),
    )
    leases = session.execute(
        select(mail.lease_until)
        .where(mail.clinic_id == clinic_id, mail.lease_until > now + LEASE - MINUTE, recent)
        .order_by(mail.lease_until.desc())
        .limit(per_minute)
    ).scalars()
    latest = list(leases)
    return None if len(latest) < per_minute else latest[-1] - LEASE + MINUTE


def finish(session: Session, mail_id: int, owner: str, **values: Any) -> OutboxRow | None:
    """Write down a mail's result, if its lease is still the sender's; None when it is not."""
    mail = _MAIL.c
    mine = (mail.id == mail_id, mail.owner == owner, mail.state == _SENDING)
    return _changed(session, update(OutboxRow).where(*mine).values(**values))


def _changed(session: Session, change: Update) -> OutboxRow | None:
    """Carry out a change of one mail and return it as it is now."""
    fresh = {"synchronize_session": False, "populate_existing": True}
    return session.scalars(change.returning(OutboxRow), execution_options=fresh).first()


def first_name(session: Session, patient_id: int) -> str:
    """Return how a patient is called."""
    return session.execute(select(PatientRow.first_name).where(PatientRow.id == patient_id)).scalar_one()


def keep_message_id(row: OutboxRow, domain: str) -> None:
    """Give a mail that leaves for the first time its Message-ID in the sender's domain; it stays for ever."""
    row.message_id = row.message_id.replace(f"@{MESSAGE_DOMAIN}>", f"@{domain}>")


def first_delay(session: Session, row: OutboxRow) -> datetime | None:
    """Return when a mail was first put off; a patient has one that waits at the most."""
    audit = AuditRow.__table__.c
    about = (audit.clinic_id == row.clinic_id, audit.subject_kind == "patient", audit.subject_id == row.patient_id)
    delayed = (audit.act == DELAYED, audit.made_at >= row.made_at)
    return session.execute(select(func.min(audit.made_at)).where(*about, *delayed)).scalar()


def find_by_message_id(session: Session, clinic_id: int, message_id: str) -> OutboxRow | None:
    """Return the mail with a Message-ID."""
    return session.scalars(
        select(OutboxRow).where(OutboxRow.message_id == message_id, OutboxRow.clinic_id == clinic_id)
    ).first()


def expired(session: Session, clinic_id: int, now: datetime, most: int) -> list[InvitationRow]:
    """Return sent invitations whose time is over and was not yet written down."""
    row = InvitationRow
    over = (row.state == InvitationState.SENT.value, row.expires_at <= now)
    query = select(row).where(row.clinic_id == clinic_id, row.is_last, *over).order_by(row.id).limit(most)
    return list(session.scalars(query))


def strays(session: Session, clinic_id: int, most: int) -> list[tuple[InvitationRow, OutboxRow]]:
    """Return queued invitations whose mail is through: taken back by `u` while it was under way."""
    row, mail = InvitationRow, OutboxRow
    query = (
        select(row, mail)
        .join(mail, mail.invitation_id == row.id)
        .where(row.clinic_id == clinic_id, row.is_last, row.state == InvitationState.QUEUED.value)
        .where(mail.state.not_in(_WAITING))
        .order_by(row.id)
        .limit(most)
    )
    return [(found, sent) for found, sent in session.execute(query)]


def last_template_act(session: Session, clinic_id: int) -> ActRow | None:
    """Return the last act about a template of the clinic's."""
    audit = AuditRow.__table__.c
    about = (audit.clinic_id == clinic_id, audit.subject_kind == TEMPLATE)
    op_id = session.execute(select(audit.op_id).where(*about).order_by(audit.seq.desc()).limit(1)).scalar()
    return None if op_id is None else session.get(ActRow, op_id)


async def is_due(session: AsyncSession, clinic_id: int, now: datetime) -> bool:
    """Tell whether any mail may leave."""
    mail = _MAIL.c
    due = or_(and_(mail.state == _QUEUED, mail.next_at <= now), and_(mail.state == _SENDING, mail.lease_until < now))
    query = select(mail.id).where(mail.clinic_id == clinic_id, mail.kind.in_(_KINDS), due).limit(1)
    return (await session.execute(query)).first() is not None


async def read_sendings(session: AsyncSession, clinic_id: int) -> Sendings:
    """Return how the sending of the clinic's mail stands."""
    mail, audit, act = _MAIL.c, AuditRow.__table__.c, ActRow.__table__.c
    waiting = select(func.count()).where(mail.clinic_id == clinic_id, mail.state.in_(_WAITING))
    last = (
        select(act.kind, act.sentence)
        .join(AuditRow.__table__, audit.op_id == act.op_id)
        .where(audit.clinic_id == clinic_id, audit.subject_kind == TEMPLATE)
        .order_by(audit.seq.desc())
        .limit(1)
    )
    state = (await session.execute(select(_STATE).where(_STATE.c.clinic_id == clinic_id))).first()
    template = (await session.execute(last)).first()
    return Sendings(
        waiting=(await session.execute(waiting)).scalar_one(),
        stopped_at=state.stopped_at if state else None,
        stopped_why=state.stopped_why if state else "",
        seen_at=state.sender_seen_at if state else None,
        template_fault=template.sentence if template is not None and template.kind == "template_failed" else "",
    )


async def is_over(session: AsyncSession, clinic_id: int, now: datetime) -> bool:
    """Tell whether a sent invitation's time is over and was not yet written down."""
    row = InvitationRow.__table__.c
    over = (row.is_last, row.state == InvitationState.SENT.value, row.expires_at <= now)
    return (await session.execute(select(row.id).where(row.clinic_id == clinic_id, *over).limit(1))).first() is not None
