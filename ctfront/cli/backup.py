"""`ctfront backup`: a copy of the database while everybody works."""

from pathlib import Path

import click

from ctfront.cli import Asked
from ctfront.cli.opening import opened_for_upkeep
from ctfront.cli.progress import telling
from ctfront.domain.text import safe
from ctfront.services import sealing
from ctfront.services.backing_up import make_backup, megabytes, place_of

FOLDER = "backups"


@click.command("backup")
@click.argument("place", required=False, type=click.Path(path_type=Path))
@click.option("--to", "keys", multiple=True, metavar="KEY|FILE", help="Encrypt to this public key: age1… or ssh-….")
@click.option("--keep", type=click.IntRange(1, 10_000), metavar="N", help="Keep the folder's newest N, this one too.")
@click.option(
    "--new-key", type=click.Path(path_type=Path), metavar="FILE", help="Only make a private key, and show its public."
)
@click.pass_obj
def command(asked: Asked, place: Path | None, keys: tuple[str, ...], keep: int | None, new_key: Path | None) -> None:
    """Copy the database to a FOLDER or FILE while everybody works; by default into `backups` beside it.

    The copy is checked before it is kept. Restore it with: ctfront restore FILE
    """
    if new_key is not None:
        public = sealing.make_key(new_key)
        click.echo(
            f"{public}\nThat is the public key, for --to. Move {safe(str(new_key))} off this machine and keep it "
            "twice: without it no backup made to this key can be read."
        )
        return
    public_keys = sealing.public_keys(keys) if keys else []
    with opened_for_upkeep(asked) as desk, telling() as step:
        path = desk.settings.database_path
        home = path.absolute().parent if path else desk.settings.state_folder
        name = path.stem if path else desk.database.url.database or "clinic"
        act = desk.act()
        made = make_backup(
            desk.database,
            desk.clinic.id,
            act,
            place_of(place or home / FOLDER, name, act.at, sealed=bool(keys)),
            staging=home,
            keys=public_keys,
            keep=keep,
            step=step,
        )
    gone = f" {made.removed} older removed." if made.removed else ""
    kind = "checked and encrypted" if keys else "checked"
    click.echo(safe(f"Backed up to {made.path} ({megabytes(made.size)}, {kind}).{gone}"))
