"""`ctfront config`: where everything lives."""

import shlex

import click

from ctfront.cli import Asked, settings_for
from ctfront.cli.tables import aligned
from ctfront.domain.text import safe
from ctfront.settings import MailSettings


@click.command("config")
@click.pass_obj
def command(asked: Asked) -> None:
    """Show where everything lives."""
    from sqlalchemy.engine import make_url

    settings = settings_for(asked)
    path = settings.database_path
    rows = [
        ("database", str(path.absolute()) if path else make_url(settings.database_url).render_as_string()),
        ("exists", "yes" if path is None or path.exists() else "no; make it with: ctfront init"),
        ("settings", str(settings.settings_file or "none: the database is a server; CTFRONT_SETTINGS names a file")),
        ("log", str(settings.log_file)),
        ("hold", f"{settings.hold_seconds} s"),
        ("lock", f"after {settings.lock_minutes} min" if settings.lock_minutes else "never"),
        ("day sheets", shlex.join(settings.print_command) or f"saved in {settings.state_folder}"),
        ("mail", _mail_words(settings.mail)),
        ("from", settings.mail.sender or "not set"),
        ("log-in", _login_words(settings.mail)),
        ("templates", str(settings.mail.templates or "the shipped ones")),
        ("site", settings.site.url or "not set"),
        ("links", f"work for {settings.site.link_days} days, made with the key in {settings.link_key}"),
        ("leaves", settings.mail_lacks or f"yes, {_pace(settings.mail)}"),
    ]
    click.echo("\n".join(aligned((name, safe(value)) for name, value in rows)))


def _mail_words(mail: MailSettings) -> str:
    if mail.maildir is not None:
        return f"put into {mail.maildir}"
    return f"{mail.host}, port {mail.port}, {mail.tls}" if mail.host else "not set"


def _login_words(mail: MailSettings) -> str:
    """Say as whom; the password is never shown."""
    if not mail.user:
        return "none"
    where = f"in {mail.password_file}" if mail.password_file else "in the settings"
    return f"{mail.user}, password {where}{'' if mail.holds_login else ', which this account may not read'}"


def _pace(mail: MailSettings) -> str:
    return f"{mail.per_minute} a minute at most" if mail.per_minute else "without a limit"
