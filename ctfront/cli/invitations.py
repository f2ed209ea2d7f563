"""`ctfront invitations`: who was invited, for scripts, printers and screen readers."""

from datetime import datetime

import click

from ctfront.cli import Asked
from ctfront.cli.agenda import patient_fields
from ctfront.cli.opening import Desk, opened
from ctfront.cli.tables import aligned, as_objects
from ctfront.domain.invitations import Invitation, InvitationState
from ctfront.domain.mails import ListedInvitation
from ctfront.domain.text import safe
from ctfront.domain.times import show_moment
from ctfront.services.mail_lists import MailLists


@click.command("invitations")
@click.option("--all", "every", is_flag=True, help="Every one, also those that a later one of the patient replaced.")
@click.option("--json", "as_json", is_flag=True, help="A list of objects, stable for scripts.")
@click.pass_obj
def command(asked: Asked, every: bool, as_json: bool) -> None:
    """List each patient's last invitation: where to, how far, by whom, and why not."""
    with opened(asked) as desk:
        found = desk.run(MailLists(desk.database, desk.clinic).invitations(every=every))
        if as_json:
            click.echo(as_objects(invitation_fields(one, desk.clock()) for one in found))
        else:
            click.echo("\n".join(aligned(_cells(one, desk) for one in found)) or "Nobody was invited.")


def invitation_fields(one: ListedInvitation, now: datetime) -> dict[str, object]:
    """Return what `--json` promises of an invitation."""
    invitation = one.invitation
    return {
        "patient": patient_fields(one.patient),
        "address": invitation.address,
        "state": invitation.state_on(now).value,
        "stale": invitation.stale,
        "state_since": _since(invitation, now).isoformat(),
        "sent_by": invitation.sent_by,
        "source": invitation.source.value,
        "expires": invitation.expires_at.isoformat() if invitation.expires_at else None,
        "error": invitation.error,
    }


def _since(invitation: Invitation, now: datetime) -> datetime:
    """Return since when the state is so; one that expired by itself has done so at its time."""
    by_itself = invitation.state is InvitationState.SENT and invitation.state_on(now) is InvitationState.EXPIRED
    return invitation.expires_at if by_itself and invitation.expires_at else invitation.state_at


def _cells(one: ListedInvitation, desk: Desk) -> tuple[str, ...]:
    invitation, now = one.invitation, desk.clock()
    return (
        one.patient.name,
        f"#{safe(one.patient.record_number)}",
        safe(invitation.address),
        invitation.state_on(now).value + (", stale" if invitation.stale else ""),
        show_moment(_since(invitation, now), desk.clinic.tz),
        safe(invitation.sent_by),
        safe(invitation.error),
    )
