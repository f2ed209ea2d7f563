"""`ctfront restore`: a clinic from a backup, into an empty place."""

import os
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import click

from ctfront.cli import NOW_VARIABLE, Asked, settings_for
from ctfront.cli.check import check_desk, show
from ctfront.cli.opening import make_database, opened_for_upkeep, operator, start_clock
from ctfront.cli.progress import telling
from ctfront.domain.staff import Act
from ctfront.domain.text import safe
from ctfront.services import restoring
from ctfront.services.backing_up import part_in


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--key", type=click.Path(path_type=Path, readable=False), metavar="FILE", help="The private key it needs, if any."
)
@click.pass_context
def command(ctx: click.Context, file: Path, key: Path | None) -> None:
    """Restore the clinic of a backup FILE into an empty place, which --db or CTFRONT_DB names.

    Mail that waited is withheld and links sent before are dead, so that nothing happens twice.
    """
    asked = ctx.find_object(Asked) or Asked()
    settings = settings_for(asked)
    path = settings.database_path
    database = make_database(settings.database_url)
    try:
        if path is not None:
            path.absolute().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        restoring.check_empty(database)
        home = path.absolute().parent if path else settings.state_folder
        with telling() as step, part_in(home) as copy:
            restoring.open_backup(file, copy, key, step)
            restored = restoring.restore(database, copy, _act_at, step)
    finally:
        database.close_writer()
    click.echo("\n".join(safe(line) for line in restoring.words_of(restored).splitlines()))
    with opened_for_upkeep(asked) as desk:
        report = check_desk(desk, full=False, new_anchor=True)
    if not show(report):
        ctx.exit(1)


def _act_at(zone: str, newest: datetime | None) -> Act:
    """Frame the restoring: nobody of the staff does it."""
    at = start_clock(os.environ.get(NOW_VARIABLE), zone, newest)()
    return Act(who=operator(), at=at, op_id=str(uuid4()))
