"""`ctfront config`: where everything lives."""

import click

from ctfront.cli import Asked
from ctfront.cli.opening import settings_for
from ctfront.cli.tables import aligned
from ctfront.domain.text import safe
from ctfront.settings import SETTINGS_FILE


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
        ("settings", str(path.absolute().parent / SETTINGS_FILE) if path else "none: the database is a server"),
        ("log", str(settings.log_file)),
        ("hold", f"{settings.hold_seconds} s"),
    ]
    click.echo("\n".join(aligned((name, safe(value)) for name, value in rows)))
