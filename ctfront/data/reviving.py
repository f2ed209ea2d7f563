"""What must not come alive again in a clinic that was restored from a backup."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from ctfront.data.models import (
    ActRow,
    ChangeRow,
    InvitationRow,
    MailStateRow,
    OnlineLinkRow,
    OnlineSessionRow,
    OutboxRow,
    SeatRow,
)
from ctfront.domain.invitations import InvitationState
from ctfront.domain.mails import MailState
from ctfront.domain.staff import Act


def newest_change(session: Session, clinic_id: int) -> datetime | None:
    """Return when the newest act was done."""
    return session.execute(select(func.max(ChangeRow.made_at)).where(ChangeRow.clinic_id == clinic_id)).scalar()


def withhold_mails(session: Session, clinic_id: int, act: Act, why: str) -> int:
    """Withhold every mail that has not surely left, with its invitation; return how many mails."""
    mail, invitation = OutboxRow, InvitationRow
    waiting = mail.state.in_((MailState.QUEUED.value, MailState.SENDING.value))
    held = update(mail).where(mail.clinic_id == clinic_id, waiting).returning(mail.id)
    ids = session.scalars(
        held.values(state=MailState.WITHHELD.value, error=why, lease_until=None, next_at=act.at)
    ).all()
    _end_invitations(session, clinic_id, act, invitation.state == InvitationState.QUEUED.value, "WITHHELD", why)
    return len(ids)


def end_links(session: Session, clinic_id: int, act: Act, why: str) -> int:
    """Let no link of a mail that has left open anything; return how many invitations that were open have expired."""
    invitation, link = InvitationRow, OnlineLinkRow
    ended = _end_invitations(session, clinic_id, act, invitation.state == InvitationState.SENT.value, "EXPIRED", why)
    session.execute(update(invitation).where(invitation.clinic_id == clinic_id).values(secret_digest=None))
    session.execute(
        update(link)
        .where(link.clinic_id == clinic_id, link.used_at.is_(None))
        .values(used_at=act.at, secret_digest=None, details="")
    )
    session.execute(update(MailStateRow).where(MailStateRow.clinic_id == clinic_id).values(key_check=None))
    return ended


def _end_invitations(
    session: Session, clinic_id: int, act: Act, which: ColumnElement[bool], state: str, why: str
) -> int:
    invitation = InvitationRow
    values = {
        "state": InvitationState[state].value,
        "state_at": act.at,
        "state_by_kind": act.who.kind.value,
        "state_by_id": act.who.id,
        "state_by_name": act.who.name,
        "error": why,
        "version": invitation.version + 1,
    }
    chosen = update(invitation).where(invitation.clinic_id == clinic_id, which)
    return len(session.execute(chosen.values(**values).returning(invitation.id)).all())


def end_visits(session: Session, clinic_id: int) -> None:
    """Log everybody off the site, let go of places that forms held, and let `u` reach no act from before."""
    session.execute(delete(OnlineSessionRow))
    session.execute(delete(SeatRow).where(SeatRow.hold_id.is_not(None)))
    session.execute(update(ActRow).where(ActRow.clinic_id == clinic_id, ActRow.undo.is_not(None)).values(undo=None))
