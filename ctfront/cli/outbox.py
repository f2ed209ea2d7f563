"""`ctfront outbox`: the mails, for scripts, printers and screen readers."""

import sys

import click

from ctfront.cli import Asked
from ctfront.cli.opening import Desk, opened
from ctfront.cli.tables import aligned, as_objects
from ctfront.domain.mails import ListedMail
from ctfront.domain.text import safe
from ctfront.domain.times import show_moment
from ctfront.services.mail_lists import MailLists
from ctfront.services.mail_post import MailPost


@click.command("outbox")
@click.option("--json", "as_json", is_flag=True, help="A list of objects, stable for scripts.")
@click.pass_obj
def command(asked: Asked, as_json: bool) -> None:
    """List the mails: to whom, how far, tried how often, and why not."""
    with opened(asked) as desk:
        mails = desk.run(MailLists(desk.database, desk.clinic).mails())
        if as_json:
            click.echo(as_objects(mail_fields(mail) for mail in mails))
            return
        click.echo("\n".join(aligned(_cells(mail, desk) for mail in mails)) or "No mails.")
        post = MailPost(desk.database, desk.clinic.id, desk.clock, lacking=desk.settings.mail_lacks)
        if why := desk.run(post.why_mail_waits()):
            click.echo(safe(why), file=sys.stderr)


def mail_fields(mail: ListedMail) -> dict[str, object]:
    """Return what `--json` promises of a mail."""
    return {
        "to": mail.to,
        "kind": mail.kind,
        "state": mail.state.value,
        "attempts": mail.attempts,
        "next_attempt": mail.next_attempt.isoformat() if mail.next_attempt else None,
        "error": mail.error,
    }


def _cells(mail: ListedMail, desk: Desk) -> tuple[str, ...]:
    tried = f"tried {mail.attempts} time{'' if mail.attempts == 1 else 's'}" if mail.attempts else ""
    due = f"due {show_moment(mail.next_attempt, desk.clinic.tz)}" if mail.next_attempt else ""
    return safe(mail.to), mail.kind, mail.state.value, tried, due, safe(mail.error)
