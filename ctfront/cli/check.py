"""`ctfront check`: the database, the audit trail, the seats, and who may log in."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import click

from ctfront.cli import Asked
from ctfront.cli.opening import Desk, opened_for_upkeep
from ctfront.cli.progress import telling
from ctfront.domain.clinic import Identity
from ctfront.domain.errors import ClinicError
from ctfront.domain.mails import Verdict
from ctfront.domain.text import safe
from ctfront.services import anchoring
from ctfront.services.anchoring import Anchors
from ctfront.services.checking import Report, check_database


@click.command("check")
@click.option("--full", is_flag=True, help="Look at every day, every entry of the audit trail and the whole file.")
@click.option("--new-anchor", is_flag=True, help="Take the audit trail as it is for sound from now on.")
@click.option("--mail", "address", metavar="ADDRESS", help="Mail what was found, and the audit trail’s last entry.")
@click.option(
    "--authorized-keys",
    "keys_file",
    type=click.Path(path_type=Path, readable=False),
    default=Path("~/.ssh/authorized_keys"),
    show_default=True,
    help="The service account's keys, where sshd says who works.",
)
@click.pass_context
def command(ctx: click.Context, full: bool, new_anchor: bool, address: str | None, keys_file: Path) -> None:
    """Check the database, the audit trail, the seats and who may log in; exit 1 when something is wrong.

    Nobody waits for it. Without --full it looks at what has come since the last check, and at appointments from
    yesterday on.
    """
    asked = ctx.find_object(Asked) or Asked()
    with opened_for_upkeep(asked) as desk:
        report = check_desk(desk, full=full, new_anchor=new_anchor)
        report.problems += identity_problems(desk, keys_file.expanduser())
        well = show(report)
        if address is not None:
            desk.run(mail_report(desk, report, address))
            click.echo(safe(f"Mailed to {address}."))
    if not well:
        ctx.exit(1)


def show(report: Report) -> bool:
    """Print what was found; tell whether all is well."""
    click.echo("\n".join(lines_of(report)))
    return not report.problems


def lines_of(report: Report) -> list[str]:
    """Return what was found, a line each."""
    notes = [safe(f"Note: {note}") for note in report.notes]
    return [*notes, *map(safe, report.problems), *([] if report.problems else ["Everything is in order."])]


async def mail_report(desk: Desk, report: Report, address: str) -> None:
    """Mail what was found; it names no patient. Raises `ClinicError` when it does not leave."""
    from ctfront.cli.mail_sender import make_courier
    from ctfront.mail.message import Composer
    from ctfront.mail.wire_form import recipient_of

    settings, count = desk.settings, len(report.problems)
    if settings.mail_lacks:
        raise ClinicError(settings.mail_lacks)
    composer, courier = Composer(settings.mail.sender, settings.mail.templates), make_courier(settings)
    head = anchoring.words_of(desk.clinic.id, report.head)
    message = composer.report(
        address,
        clinic=desk.clinic.name,
        subject=f"check found {count} problem{'' if count == 1 else 's'}" if count else "check, in order",
        text="\n".join([*lines_of(report), "", f"Keep this line; it fixes all that was done before: {head}", ""]),
        message_id=f"<{uuid4()}@{composer.domain}>",
        date=desk.clock(),
    )
    try:
        outcome = await courier.deliver(message, sender=composer.sender, to=recipient_of(message))
    finally:
        await courier.close()
    if outcome.verdict is not Verdict.DELIVERED:
        raise ClinicError(f"The report did not leave: {outcome.words}")


def check_desk(desk: Desk, *, full: bool, new_anchor: bool = False) -> Report:
    """Check the database against the last anchor, and drop another when all is well. Raises `ClinicError`."""
    anchors = Anchors(desk.settings.state_folder, desk.database.url.render_as_string())
    anchor = None if new_anchor else anchors.read(desk.clinic.id)
    with telling() as step:
        report = check_database(desk.database, desk.clinic, desk.today, anchor=anchor, full=full, step=step)
    if report.sound_trail:
        anchors.write(desk.clinic.id, report.head, desk.clock())
        anchoring.tell_system_log(anchoring.words_of(desk.clinic.id, report.head))
    else:
        anchoring.tell_system_log(f"audit trail of clinic {desk.clinic.id}: does not fit; see ctfront check")
    return report


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
