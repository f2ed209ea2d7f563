"""`ctfront db move`: a clinic from its file to a PostgreSQL server."""

import click

from ctfront.cli import Asked
from ctfront.cli.check import check_desk, show
from ctfront.cli.opening import make_database, opened_for_upkeep
from ctfront.cli.progress import telling
from ctfront.domain.errors import ClinicError
from ctfront.domain.text import safe
from ctfront.services import moving
from ctfront.settings import SettingsRefused, server_url
from ctfront.settings.keymap import write_database


@click.group("db")
def command() -> None:
    """Move the clinic to another database."""


@command.command("move")
@click.argument("url")
@click.pass_context
def move(ctx: click.Context, url: str) -> None:
    """Move the clinic from its SQLite file to the empty PostgreSQL database at URL.

    Everything is copied, read back and compared; then settings.toml beside the file names the new database, and the
    file takes no more acts. Close the desks before: whoever saves meanwhile waits, and is refused afterwards.
    """
    asked = ctx.find_object(Asked) or Asked()
    target = make_database(server_url(url))
    try:
        with opened_for_upkeep(asked) as desk:
            file = desk.settings.settings_file
            moving.check_target(desk.database, target)
            with telling() as step:
                tallies = moving.move(desk.database, target, desk.clinic.id, desk.act(), step)
    finally:
        target.close_writer()
    rows = sum(tally.rows for tally in tallies.values())
    click.echo(f"{len(tallies)} tables with {rows:,} rows are the same on both sides.")
    assert file is not None, "a file has its settings beside it"
    try:
        write_database(file, url)
    except SettingsRefused as refusal:
        raise ClinicError(f'{refusal} Write into it: database = "{moving.shown(server_url(url))}"') from None
    click.echo(
        safe(f"The clinic is at {moving.shown(server_url(url))} now; {file} says so. The old file takes no acts.")
    )
    with opened_for_upkeep(asked) as desk:
        report = check_desk(desk, full=False, new_anchor=True)
    if not show(report):
        ctx.exit(1)
