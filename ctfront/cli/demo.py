"""`ctfront demo`: the made-up clinic."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from socket import socket

import click

from ctfront.cli import NOW_VARIABLE, Asked, settings_for
from ctfront.cli.caller import check_terminal
from ctfront.cli.desk import run_app
from ctfront.cli.mail_sender import make_rules
from ctfront.cli.opening import Desk, desk_at, opened_database, read_now
from ctfront.cli.site_server import listen, served_beside
from ctfront.data import clinic as clinics
from ctfront.demo import OPEN, STEPS, ZONE, first_open_day, make_demo
from ctfront.domain.clinic import Identity
from ctfront.domain.errors import ClinicError
from ctfront.domain.text import safe
from ctfront.domain.times import time_of, wall_clock
from ctfront.settings import SETTINGS_FILE

MAIL_DOMAIN = "main-street.example"
PORT = 8000

SETTINGS = """\
hold = {hold}

[mail]
maildir = "mail"
from = "front-desk@{domain}"
per_minute = 0

[site]
url = "http://127.0.0.1:{port}"
"""
"""The demo's own: mail stays in the folder, and links lead to this machine."""


@click.command("demo")
@click.option("--dir", "folder", type=click.Path(path_type=Path), help="Keep it there; open it again as it is.")
@click.option("--make-only", is_flag=True, help="Make it and say where, without opening it.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another number, another fortnight.")
@click.option("--hold", type=click.IntRange(0, 3600), default=2, show_default=True, help="Seconds a mail waits.")
@click.pass_obj
def command(asked: Asked, folder: Path | None, make_only: bool, seed: int, hold: int) -> None:
    """Open a made-up clinic in a throw-away folder; nothing leaves the machine."""
    if make_only and folder is None:
        raise click.UsageError("--make-only wants a --dir to make it in.")
    if asked.database is not None:
        raise click.UsageError("a demo has its own database; use --dir to say where.")
    if not make_only:
        check_terminal(sys.stdin.isatty() and sys.stdout.isatty(), os.environ)
    with _kept_or_thrown_away(folder) as place:
        start = demo_start(os.environ.get(NOW_VARIABLE), datetime.now(UTC))
        os.environ[NOW_VARIABLE] = start.isoformat()
        prepare_folder(place, hold)
        settings = settings_for(Asked(database=str(place / "clinic.db"), ascii=asked.ascii))
        with opened_database(settings, may_be_new=True) as (database, runner):
            clinic = database.write_now(clinics.load_clinic)
            if clinic is None:
                with click.progressbar(length=STEPS, label="Making the clinic", file=sys.stderr) as bar:
                    rules = make_rules(settings, MAIL_DOMAIN)
                    make_demo(database, start, seed, rules, progress=partial(bar.update, 1))
            elif clinic.identity is not Identity.DEMO:
                raise ClinicError(f"{settings.database} is a real clinic; a demo wants a folder of its own.")
            if make_only:
                click.echo(safe(f"The demo clinic is in {place}; ctfront --db {place / 'clinic.db'} opens it."))
            else:
                open_demo(desk_at(settings, database, runner, asked), place, asked)


def open_demo(desk: Desk, place: Path, asked: Asked) -> None:
    """Open the app, with the patients' site beside it on a free port of this machine: links in mails lead there."""
    with closing(_free_socket()) as sock:
        url = f"http://127.0.0.1:{sock.getsockname()[1]}"
        settings = replace(desk.settings, site=replace(desk.settings.site, url=url))
        greeting = f"Site: {url}   Mailbox: {place / 'mail'}"
        with served_beside(settings, desk.clinic.id, desk.clock, sock):
            run_app(replace(desk, settings=settings), asked, greeting=greeting)


def _free_socket() -> socket:
    """Return a socket on the port that the settings name, so that links of an earlier day open; else on any."""
    try:
        return listen("127.0.0.1", PORT)
    except ClinicError:
        return listen("127.0.0.1", 0)


@contextmanager
def _kept_or_thrown_away(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    place = Path(tempfile.mkdtemp(prefix="ctfront-demo-"))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def demo_start(chosen: str | None, machine: datetime) -> datetime:
    """Return where the demo's clock starts: as chosen, else 8:00 today, or on the next open day."""
    if chosen:
        return read_now(chosen, ZONE)
    day = first_open_day(wall_clock(machine, ZONE).date())
    return read_now(f"{day.isoformat()}T{time_of(OPEN.start)}", ZONE)


def prepare_folder(place: Path, hold: int) -> None:
    """Make the folder with its mailbox and settings, unless they are there. Raises `ClinicError`."""
    try:
        for name in ("cur", "new", "tmp"):
            (place / "mail" / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        settings = place / SETTINGS_FILE
        if not settings.exists():
            settings.write_text(SETTINGS.format(hold=hold, domain=MAIL_DOMAIN, port=PORT), encoding="utf-8")
    except OSError as error:
        raise ClinicError(f"The folder {place} cannot be used: {error.strerror}.") from None
