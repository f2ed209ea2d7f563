"""`ctfront` alone: the app at this terminal."""

import contextlib
import os
import sys
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ctfront.cli import KEYBOARD, Asked, settings_for
from ctfront.cli.first_paint import draws_ascii
from ctfront.cli.opening import Desk, desk_at, opened_database
from ctfront.data import clinic as clinics
from ctfront.data.database import Database
from ctfront.domain.clinic import Identity
from ctfront.domain.errors import ClinicError, InputRefused
from ctfront.domain.set_up import check_zone
from ctfront.domain.text import safe
from ctfront.services.found import found_clinic
from ctfront.services.mail_post import MailPost
from ctfront.settings import SETTINGS_VARIABLE, VI, SettingsRefused
from ctfront.terminal.key_loop import keep_loaded
from ctfront.terminal.raw import echo
from ctfront.terminal.taken import TakenTerminal

if TYPE_CHECKING:  # speaks SMTP and renders: loaded when the first mail is due
    from ctfront.services.mail_sending import MailSending

FRAMES = "240"
"""Frames that Textual may draw a second: with its usual 60 a key waits for the next one up to 17 ms."""


def open_desk(asked: Asked, taken: TakenTerminal) -> None:
    """Open the clinic at a terminal; an empty database asks three things first."""
    settings = settings_for(asked)
    with opened_database(settings, may_be_new=True) as (database, runner):
        if database.write_now(clinics.load_clinic) is None:
            taken.give_back()
            with echo(KEYBOARD):
                ask_founding(database)
        run_app(desk_at(settings, database, runner, asked), asked, taken)


def ask_founding(database: Database) -> None:
    """Ask for clinic, zone and first manager, each until it can be taken, and make the clinic."""
    from ctfront.cli.init import founding, founding_time

    click.echo("There is no clinic here yet. Three questions make one; Ctrl+C leaves everything as it is.")
    name = click.prompt("Name of the clinic")
    zone = click.prompt("Time zone", default=machine_zone(), value_proc=_zone)
    manager = click.prompt("Your full name; you become its first manager")
    draft = founding({"name": name, "zone": zone, "manager": manager})
    clinic, _ = found_clinic(database, founding_time(draft), draft)
    click.echo(f"{safe(clinic.name)} is set up. F6 in the app sets hours, providers and staff.")


def machine_zone() -> str:
    """Return the zone that this machine keeps, UTC when it does not say."""
    target = Path("/etc/localtime").resolve()
    _, found, name = str(target).partition("/zoneinfo/")
    return name if found else "UTC"


def _zone(text: str) -> str:
    try:
        check_zone(text.strip())
    except InputRefused as refusal:
        raise click.BadParameter(str(refusal)) from None
    return text.strip()


def check_keymap(keymap: Mapping[str, str], known: Collection[str]) -> None:
    """Refuse keys for an act that is not there. Raises `ClinicError`."""
    from difflib import get_close_matches

    if unknown := sorted(keymap.keys() - set(known)):
        meant = get_close_matches(unknown[0], sorted(known), n=1, cutoff=0)
        raise ClinicError(f"The settings give “{unknown[0]}” a key, which is no act; perhaps {meant[0]} is meant.")


def mail_post(desk: Desk) -> MailPost:
    """Return how the app sees mail; it sends only when the settings hold the log-in, or name a mailbox."""
    settings, clinic_id = desk.settings, desk.clinic.id

    def make_sending() -> "MailSending":
        from ctfront.cli.mail_sender import make_sending
        from ctfront.services.mail_sending import system_actor

        who = desk.actor
        actor = system_actor(os_user=who.os_user, session=who.session, origin=who.origin)
        return make_sending(settings, desk.database, clinic_id, actor, desk.clock)

    sends = settings.mail.holds_login and not settings.mail_lacks
    return MailPost(
        desk.database,
        clinic_id,
        desk.clock,
        lacking=settings.mail_lacks,
        make_sending=make_sending if sends else None,
    )


def keys_kept_in(file: Path | None) -> Callable[[Mapping[str, str]], None]:
    """Return what writes the keys into the settings file."""

    def keep(keymap: Mapping[str, str]) -> None:
        from ctfront.settings.keymap import write_keys

        if file is None:
            raise ClinicError(f"There is no settings file; name one with {SETTINGS_VARIABLE} to keep keys in.")
        try:
            write_keys(file, keymap)
        except SettingsRefused as refusal:
            raise ClinicError(str(refusal)) from None

    return keep


def lock_after(desk: Desk) -> timedelta | None:
    """Return after how much idleness the screen locks; a demo's never does."""
    minutes = desk.settings.lock_minutes
    return timedelta(minutes=minutes) if minutes and desk.clinic.identity is not Identity.DEMO else None


def run_app(desk: Desk, asked: Asked, taken: TakenTerminal | None = None, *, greeting: str = "") -> None:
    """Run the app until it is left; what it did not foresee goes to the log, not to the screen.

    The message line begins with the greeting.
    """
    os.environ.setdefault("TEXTUAL_FPS", FRAMES)  # read once, when Textual is imported
    from ctfront.app import CTFrontApp

    check_keymap(desk.settings.keymap, CTFrontApp.key_names())

    class Quiet(CTFrontApp):
        """The app without Textual's own traceback on the way out."""

        def _fatal_error(self) -> None:
            self._close_messages_no_wait()

        def on_ready(self) -> None:
            if greeting:
                self.say(greeting)

    settings = desk.settings
    app = Quiet(
        desk.database,
        desk.clinic,
        desk.actor,
        desk.clock,
        settings.keymap,
        ascii_only=draws_ascii(asked, settings),
        hold=timedelta(seconds=settings.hold_seconds),
        post=mail_post(desk),
        paper=desk.paper,
        keep_keys=keys_kept_in(settings.settings_file),
        walking=VI,
        lock_after=lock_after(desk),
    )
    app.taken = taken
    keep_loaded()
    try:
        desk.run(app.run_async(mouse=False))
    finally:
        with contextlib.suppress(ClinicError):  # the database is away, and the session over
            desk.run(app.viewing.write())
    if asked.wire:
        click.echo(app.wire_words(app.gate.taken if app.gate else 0), err=True)
    if app.parting:
        click.echo(app.parting, err=True)
    if app._exception is not None:
        raise app._exception
    if app.return_code:  # told to end by a signal
        sys.exit(app.return_code)
