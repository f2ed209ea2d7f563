"""`ctfront check`: the database, the audit chain, and who may log in."""

from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy import text

from ctfront.cli import Asked
from ctfront.cli.opening import Desk, opened
from ctfront.data import ledger
from ctfront.domain.clinic import Identity
from ctfront.domain.text import safe


@click.command("check")
@click.option(
    "--authorized-keys",
    "keys_file",
    type=click.Path(path_type=Path, readable=False),
    default=Path("~/.ssh/authorized_keys"),
    show_default=True,
    help="The service account's keys, where sshd says who works.",
)
@click.pass_context
def command(ctx: click.Context, keys_file: Path) -> None:
    """Check the database, the audit chain and who may log in; exit 1 when something is wrong."""
    asked = ctx.find_object(Asked) or Asked()
    with opened(asked) as desk:
        problems = [*database_problems(desk), *identity_problems(desk, keys_file.expanduser())]
    for problem in problems:
        click.echo(safe(problem))
    if problems:
        ctx.exit(1)
    click.echo("Everything is in order.")


def database_problems(desk: Desk) -> Iterator[str]:
    """Yield what is wrong with the file and the audit chain."""
    if desk.database.sqlite:
        found = desk.database.write_now(lambda session: session.execute(text("PRAGMA quick_check")).scalars().all())
        if found != ["ok"]:
            yield f"The database file is damaged ({found[0]}); restore the newest backup."
    broken = desk.database.write_now(lambda session: ledger.broken_links(session, desk.clinic.id))
    if broken:
        yield f"The audit trail was changed at entry {broken[0]} ({len(broken)} entries do not fit)."


def identity_problems(desk: Desk, keys_file: Path) -> Iterator[str]:
    """Yield every key that could be used as somebody else, and a database that others can write."""
    path = desk.database.path
    if path is not None and desk.clinic.identity is Identity.FORCED_COMMAND and path.stat().st_mode & 0o077:
        yield f"{path} can be used by other accounts; chmod 600 it."
    if desk.clinic.identity is Identity.FORCED_COMMAND:
        try:
            yield from loose_keys(keys_file.read_text(encoding="utf-8", errors="replace"))
        except FileNotFoundError:
            return
        except OSError as error:
            yield f"{keys_file} cannot be read: {error.strerror}."


def loose_keys(keys: str) -> Iterator[str]:
    """Yield every authorized key that lacks `restrict` or `command=`."""
    for number, line in enumerate(keys.splitlines(), start=1):
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        options = _option_names(entry)
        missing = [name for name in ("restrict", "command") if name not in options]
        if missing:
            words = " and ".join("command=" if name == "command" else name for name in missing)
            yield f"authorized_keys line {number} lacks {words}: whoever holds that key may act as anybody."


def _option_names(entry: str) -> set[str]:
    """Return the names of the options before the key type; quotes may hold commas and spaces."""
    names, name, quoted, escaped = set(), "", False, False
    for letter in entry:
        if letter == '"' and not escaped:
            quoted = not quoted
        elif not quoted and letter in ", \t":
            names.add(name.partition("=")[0].casefold())
            name = ""
            if letter != ",":
                return names
            continue
        escaped = letter == "\\" and not escaped
        name += letter
    return names
