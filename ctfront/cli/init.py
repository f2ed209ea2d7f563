"""`ctfront init`: a clinic and its first manager in an empty database."""

import os
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click

from ctfront.cli import NOW_VARIABLE, Asked, settings_for
from ctfront.cli.caller import this_process
from ctfront.cli.opening import opened_database, start_clock
from ctfront.domain.clinic import DateOrder, Identity
from ctfront.domain.errors import InputRefused
from ctfront.domain.set_up import check_zone
from ctfront.domain.text import brief, safe
from ctfront.services.found import FoundingDraft, found_clinic

IDENTITIES = (Identity.OS.value, Identity.FORCED_COMMAND.value)


@click.command("init")
@click.option("--name", help="Name of the clinic.")
@click.option("--zone", help="Its time zone, as America/Los_Angeles.")
@click.option("--manager", help="Full name of the first manager, who may do everything.")
@click.option("--short-name", help="The manager's short name; else the account's.")
@click.option("--os-user", "account", help="The manager's account on this machine; else the one that runs this.")
@click.option("--date-order", type=click.Choice([o.value for o in DateOrder]), help="Which comes first in 2/3.")
@click.option("--identity", type=click.Choice(IDENTITIES), help="How the program knows who is at the keyboard.")
@click.option(
    "--from", "file", type=click.Path(path_type=Path, readable=False), help="A clinic.toml with the same names."
)
@click.pass_obj
def command(asked: Asked, /, file: Path | None, **given: str | None) -> None:
    """Make a clinic and its first manager in an empty database."""
    answers = dict(read_answers(file)) if file else {}
    answers |= {name: value for name, value in given.items() if value is not None}
    draft = founding(answers)
    settings = settings_for(asked)
    with opened_database(settings, may_be_new=True) as (database, _):
        clinic, manager = found_clinic(database, founding_time(draft), draft)
    click.echo(f"{safe(clinic.name)} is set up; {safe(manager.name)} is its manager. Next: ctfront")


def founding_time(draft: FoundingDraft) -> datetime:
    """Return now by the clinic's clock."""
    return start_clock(os.environ.get(NOW_VARIABLE), draft.zone, None)()


def read_answers(file: Path) -> Mapping[str, str]:
    """Read a clinic.toml. Raises `InputRefused`."""
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputRefused(f"{file} cannot be read: {error}.", field="from") from None
    known = {"name", "zone", "manager", "short_name", "os_user", "date_order", "identity"}
    for name, value in found.items():
        if name.replace("-", "_") not in known or not isinstance(value, str):
            raise InputRefused(
                f"{file} says “{brief(name)}”; a clinic.toml has only {', '.join(sorted(known))}.", field=name
            )
    answers = {name.replace("-", "_"): value for name, value in found.items()}
    if "os_user" in answers:
        answers["account"] = answers.pop("os_user")
    return answers


def founding(answers: Mapping[str, str | None]) -> FoundingDraft:
    """Return what the answers say, the account's own names filled in. Raises `InputRefused`."""
    for name in ("name", "zone", "manager"):
        if not (answers.get(name) or "").strip():
            raise InputRefused(f"A clinic needs --{name}; see ctfront init --help.", field=name)
    account = answers.get("account") or this_process().account
    try:
        order = DateOrder(answers.get("date_order") or DateOrder.MONTH_FIRST)
        identity = Identity(answers.get("identity") or Identity.OS)
    except ValueError as error:
        raise InputRefused(f"A clinic.toml cannot say that: {error}.", field="from") from None
    if identity.value not in IDENTITIES:
        raise InputRefused("Only ctfront demo makes a demo clinic.", field="identity")
    return FoundingDraft(
        name=answers["name"] or "",
        zone=check_zone(answers["zone"] or ""),
        manager_name=answers["manager"] or "",
        manager_short=answers.get("short_name") or account,
        os_user=account,
        identity=identity,
        date_order=order,
    )
