"""`ctfront staff`: who works here."""

import click

from ctfront.cli import Asked
from ctfront.cli.opening import opened
from ctfront.cli.tables import aligned
from ctfront.domain.errors import InputRefused
from ctfront.domain.set_up import StaffDraft
from ctfront.domain.staff import ALL_RIGHTS, FRONT_DESK_RIGHTS, Right, Staff
from ctfront.domain.text import brief, safe


@click.group("staff", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List members of staff with their rights."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_staff)


@command.command("list")
@click.pass_obj
def list_staff(asked: Asked) -> None:
    """List everybody who works or worked here."""
    with opened(asked) as desk:
        rows = (_cells(member) for member in desk.run(desk.setup.staff()))
        click.echo("\n".join(aligned(rows)))


@command.command("add")
@click.argument("short_name")
@click.option("--name", required=True, help="Full name.")
@click.option("--os-user", "account", help="The account on this machine; else the short name.")
@click.option("--manager", is_flag=True, help="Give every right.")
@click.option("--rights", help=f"Instead of the front desk's: {', '.join(right.value for right in Right)}.")
@click.pass_obj
def add_staff(asked: Asked, short_name: str, name: str, account: str | None, manager: bool, rights: str | None) -> None:
    """Add a member of staff, with the front desk's rights unless said otherwise."""
    given = ALL_RIGHTS if manager else FRONT_DESK_RIGHTS if rights is None else read_rights(rights)
    with opened(asked) as desk:
        draft = StaffDraft(name=name, short_name=short_name, os_user=account or short_name, rights=given)
        added = desk.run(desk.setup.save_staff(desk.act(), None, draft))
        click.echo(f"Added {safe(added.name)} as {safe(added.short_name)}.")


def read_rights(text: str) -> frozenset[Right]:
    """Read rights separated by commas. Raises `InputRefused`."""
    words = {word.strip().casefold() for word in text.split(",") if word.strip()}
    known = {right.value for right in Right}
    if unknown := sorted(words - known):
        raise InputRefused(f"“{brief(unknown[0])}” is no right; there are {', '.join(sorted(known))}.", field="rights")
    return frozenset(Right(word) for word in words)


def _cells(member: Staff) -> tuple[str, ...]:
    return (
        safe(member.short_name),
        safe(member.name),
        safe(member.os_user or "no account"),
        "active" if member.active else "inactive",
        ", ".join(sorted(right.value for right in member.rights)),
    )
