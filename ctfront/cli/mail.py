"""`ctfront mail`: delivers what is due."""

import asyncio
import contextlib
import os
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path

import click

from ctfront.cli import NOW_VARIABLE, Asked, Refused, settings_for
from ctfront.cli.caller import this_process
from ctfront.cli.opening import Desk, newest_stamp, opened_database, start_clock
from ctfront.data import clinic as clinics
from ctfront.domain.errors import InputRefused, NotFound
from ctfront.domain.mails import Verdict
from ctfront.domain.text import safe
from ctfront.services.mail_sending import MailSending, Sent, system_actor

LARGEST_REPORT = 1_000_000


@click.command("mail")
@click.option("--watch", is_flag=True, help="Go on delivering until told to stop: the service.")
@click.option("--test", "test_address", metavar="ADDRESS", help="Send a test mail; starts a queue that stands still.")
@click.option(
    "--bounce",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Read a delivery-status message (- is standard input) and mark its invitation failed.",
)
@click.option("--new-key", is_flag=True, help="Make links with the key file's key from now on, the old one being lost.")
@click.pass_obj
def command(asked: Asked, watch: bool, test_address: str | None, bounce: Path | None, new_key: bool) -> None:
    """Deliver the mail that is due; the account that does needs no staff entry, only the log-in to the mail server."""
    if sum((watch, test_address is not None, bounce is not None, new_key)) > 1:
        raise click.UsageError("--watch, --test, --bounce and --new-key exclude one another.")
    with opened_for_mail(asked) as desk:
        if bounce is not None:
            click.echo(take_bounce(desk, bounce))
            return
        from ctfront.cli.mail_sender import make_sending

        tell = _tell if watch else _silent
        sending = make_sending(desk.settings, desk.database, desk.clinic.id, desk.actor, desk.clock, tell)
        if test_address is not None:
            desk.run(_test(sending, test_address, desk.clinic.name))
        elif new_key:
            desk.run(sending.take_new_key())
            click.echo(safe(f"Links are made with the key in {desk.settings.link_key} from now on; keep a copy of it."))
        elif watch:
            desk.run(_watch(sending))
        else:
            click.echo(desk.run(_once(sending)))


@contextlib.contextmanager
def opened_for_mail(asked: Asked) -> Iterator[Desk]:
    """Open the clinic for the sender, who is no member of staff. Raises `ClinicError`."""
    settings = settings_for(asked)
    with opened_database(settings) as (database, runner):
        clinic = database.write_now(clinics.load_clinic)
        if clinic is None:
            raise NotFound("This database holds no clinic yet; make one with: ctfront init")
        actor = system_actor(os_user=this_process().account, session=secrets.token_hex(8))
        clock = start_clock(os.environ.get(NOW_VARIABLE), clinic.zone, newest_stamp(database, clinic.id))
        yield Desk(settings=settings, database=database, clinic=clinic, actor=actor, clock=clock, runner=runner)


def take_bounce(desk: Desk, file: Path) -> str:
    """Mark what a delivery-status message is about as failed and return the sentence. Raises `ClinicError`."""
    from ctfront.mail.bounces import read_bounce
    from ctfront.services.mail_acts import fail_bounced

    with click.open_file(str(file), "rb") as stream:
        found = read_bounce(stream.read(LARGEST_REPORT))
    if found is None:
        raise InputRefused("That is no report of a mail that failed for good; nothing is changed.")
    act = desk.act()
    return desk.database.write_now(
        lambda session: fail_bounced(session, desk.clinic.id, act, found.message_id, found.words)
    )


async def _test(sending: MailSending, address: str, clinic_name: str) -> None:
    try:
        outcome = await sending.test(address, clinic_name)
    finally:
        await sending.close()
    if outcome.verdict is not Verdict.DELIVERED:
        raise Refused(f"The test mail did not leave: {outcome.words}")
    click.echo(safe(f"The test mail to {address} has left: {outcome.words or 'put into the mailbox'}"))


async def _once(sending: MailSending) -> str:
    try:
        await sending.sweep()
        sent = await sending.send_due()
    finally:
        await sending.close()
    if sent.stopped:
        raise Refused(sent.stopped)
    return _summary(sent)


def _summary(sent: Sent) -> str:
    done = ", ".join(f"{count} {what}" for what, count in sorted(sent.counts.items()))
    more = " The limit per minute is reached; the rest waits." if sent.until is not None else ""
    return f"{done or 'Nothing is due'}.{more}"


async def _watch(sending: MailSending) -> None:
    """Go on until SIGTERM or SIGINT; the mail in hand is finished first."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    _tell("looking for mail")
    try:
        await sending.watch(stop)
    finally:
        await sending.close()
    _tell("ended")


def _tell(sentence: str) -> None:
    """Say what happens, for the journal: neither names nor addresses."""
    click.echo(safe(sentence))


def _silent(sentence: str) -> None:
    """Say nothing: the summary at the end is enough."""
