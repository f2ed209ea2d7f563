"""Invitations and mails as lists, for scripts."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ctfront.data.invitations import invitation_of
from ctfront.data.models import InvitationRow, OutboxRow, PatientRow
from ctfront.data.patients import name_of, select_names
from ctfront.domain.mails import ListedInvitation, ListedMail, MailState


async def read_mails(session: AsyncSession, clinic_id: int) -> list[ListedMail]:
    """Return every mail, in the order in which they were asked for."""
    mail = OutboxRow.__table__.c
    query = (
        select(mail.address, mail.kind, mail.state, mail.attempts, mail.next_at, mail.error)
        .where(mail.clinic_id == clinic_id)
        .order_by(mail.id)
    )
    return [
        ListedMail(
            to=row.address,
            kind=row.kind,
            state=MailState(row.state),
            attempts=row.attempts,
            next_attempt=row.next_at if row.state == MailState.QUEUED.value else None,
            error=row.error,
        )
        for row in await session.execute(query)
    ]


async def read_invitations(session: AsyncSession, clinic_id: int, *, every: bool) -> list[ListedInvitation]:
    """Return each patient's last invitation, or every one, in the order in which they were asked for."""
    row = InvitationRow.__table__.c
    query = (
        select(
            row.id, row.patient_id.label("patient"), row.address, row.folded_address, row.source, row.by_name,
            row.made_at, row.state, row.state_at, row.state_by_name, row.error, row.expires_at,
            PatientRow.folded_email,
        )
        .join(PatientRow, PatientRow.id == row.patient_id)
        .where(row.clinic_id == clinic_id)
        .order_by(row.id)
    )  # fmt: skip
    if not every:
        query = query.where(row.is_last)
    invited = select(row.patient_id).where(row.clinic_id == clinic_id)
    known = await session.execute(select_names(clinic_id).where(PatientRow.id.in_(invited)))
    names = {found.id: name_of(found) for found in known}
    return [
        ListedInvitation(patient=names[found.patient], invitation=invitation_of(found))
        for found in await session.execute(query)
        if found.patient in names
    ]
