"""`ctfront server`: the program loaded once, and a session forked for every log-in."""

import contextlib
import grp
import os
import re
import socket
import stat
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from importlib import import_module
from io import BufferedReader, BufferedWriter, FileIO, TextIOWrapper
from ipaddress import ip_address
from pathlib import Path

import click

from ctfront.cli import Asked, main, settings_for
from ctfront.cli.caller import Caller, account_name, speaks_utf8
from ctfront.cli.opening import opened_database
from ctfront.data import clinic as clinics
from ctfront.domain.errors import ClinicError, NotAllowed, NotFound
from ctfront.domain.text import safe
from ctfront.server import talk
from ctfront.server.client import SYSTEM_SOCKET
from ctfront.server.serving import Limits, Server, sessions_handed_on
from ctfront.server.session import Request
from ctfront.services.identity import is_owner

FIRST_DESCRIPTOR = 3
"""Where a socket is that systemd, or the server before an update, has opened already."""

_TERMINAL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,63}")
_VALUE = re.compile(r"[A-Za-z0-9._@-]{0,64}")

NEEDED = (
    "ctfront.cli.desk",
    "ctfront.app",
    "aiosqlite",
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "email_validator",
    "phonenumbers",
    "rapidfuzz.process",
    "rapidfuzz.distance.OSA",
    "dateutil.rrule",
    "zoneinfo",
)
"""What a session would import at its start or on the way."""


@click.command("server")
@click.option("--socket", "place", type=click.Path(path_type=Path), help="Where to listen.")
@click.option("--group", metavar="GROUP", help="The group whose accounts may log in here, too.")
@click.option("--most", type=click.IntRange(1), default=100, show_default=True, help="Sessions in all.")
@click.option("--most-each", type=click.IntRange(1), default=10, show_default=True, help="Sessions of one person.")
@click.pass_obj
def command(asked: Asked, place: Path | None, group: str | None, most: int, most_each: int) -> None:
    """Keep the program loaded, so that every log-in is instant; `ctfront` finds it by its socket."""
    asked = replace(asked, user=None)
    settings = settings_for(asked)
    if settings.database_path is not None:
        asked = replace(asked, database=str(settings.database_path.absolute()))
        settings = settings_for(asked)
    with opened_database(settings) as (database, _):
        clinic = database.write_now(clinics.load_clinic)
        if clinic is None:
            raise NotFound("This database holds no clinic yet; make one with: ctfront init")
        if not is_owner(database):
            raise NotAllowed("Run the server as the account that owns the database.")
    place = place or default_socket()
    for module in NEEDED:
        import_module(module)
    from sqlalchemy.orm import configure_mappers

    configure_mappers()
    os.chdir("/")
    listener = inherited_socket() or listen(place, group)
    server = Server(
        listener=listener,
        database=asked.database or settings.database,
        limits=Limits(all=most, each=most_each),
        run=partial(run_desk, asked, clinic.name, clinic.zone),
        renew=partial(start_anew, listener),
        sessions=sessions_handed_on(),
    )
    click.echo(safe(f"{clinic.name}: log-ins at {listener.getsockname()}."), err=True)
    server.serve()
    with contextlib.suppress(OSError):
        place.unlink()


def default_socket() -> Path:
    """Return where `ctfront` of the same account looks. Raises `ClinicError`."""
    folder = os.environ.get("XDG_RUNTIME_DIR")
    if folder:
        return Path(folder, "ctfront.sock")
    system = Path(SYSTEM_SOCKET)
    if os.access(system.parent, os.W_OK):
        return system
    raise ClinicError(f"There is no folder for the socket: say where with --socket, or make {system.parent}.")


def listen(place: Path, group: str | None) -> socket.socket:
    """Listen at a path, for this account or a group's. Raises `ClinicError`."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        if place.exists():
            if not stat.S_ISSOCK(place.stat().st_mode):
                raise ClinicError(f"{place} is no socket; say another path with --socket.")
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as other:
                if other.connect_ex(str(place)) == 0:
                    raise ClinicError(f"A server listens at {place} already.")
            place.unlink()
        listener.bind(str(place))
        if group is not None:
            os.chown(place, -1, int(group) if group.isdecimal() else grp.getgrnam(group).gr_gid)
        place.chmod(0o600 if group is None else 0o660)  # before anybody can connect
        listener.listen(socket.SOMAXCONN)
    except KeyError:
        raise ClinicError(f"There is no group {group} here.") from None
    except OSError as error:
        raise ClinicError(f"The socket {place} cannot be used: {error.strerror or error}.") from None
    return listener


def inherited_socket() -> socket.socket | None:
    """Return the socket that was opened before this program, None when there is none."""
    process, count = os.environ.pop("LISTEN_PID", ""), os.environ.pop("LISTEN_FDS", "")
    if process != str(os.getpid()) or count != "1":
        return None
    listener = socket.socket(fileno=FIRST_DESCRIPTOR)
    listener.set_inheritable(False)
    return listener


def start_anew(listener: socket.socket) -> None:
    """Replace this program by the one that is installed now; whoever logs in meanwhile waits at the same socket."""
    os.environ["LISTEN_PID"], os.environ["LISTEN_FDS"] = str(os.getpid()), "1"
    if listener.fileno() == FIRST_DESCRIPTOR:
        listener.set_inheritable(True)
    else:
        os.dup2(listener.fileno(), FIRST_DESCRIPTOR)
    with contextlib.suppress(OSError):
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def run_desk(asked: Asked, clinic: str, zone: str, request: Request) -> int:
    """Run the screens for a client; return the exit code."""
    told = request.told
    environment = believed(told)
    for name in talk.ENVIRONMENT:
        os.environ.pop(name, None)
    os.environ.update(environment)
    encoding = "utf-8" if speaks_utf8(environment) else "ascii"
    sys.stdin = TextIOWrapper(BufferedReader(FileIO(0, closefd=False)), encoding=encoding, errors="replace")
    for number, name in ((1, "stdout"), (2, "stderr")):
        stream = BufferedWriter(FileIO(number, "w", closefd=False))
        setattr(sys, name, TextIOWrapper(stream, encoding=encoding, errors="replace", line_buffering=True))
    caller = Caller(
        account=account_name(request.uid),
        owns_database=request.uid == os.geteuid(),
        origin=origin_of(told),
        environment=environment,
        clinic=clinic,
        zone=zone,
    )
    arguments = [f"--db={asked.database or settings_for(asked).database}"]
    if "user" in told:
        arguments.append(f"--user={told['user']}")
    arguments += [f"--{flag}" for flag in ("ascii", "wire") if flag in told]
    try:
        main(arguments, caller)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    return 0


def believed(told: Mapping[str, str]) -> dict[str, str]:
    """Return what a session takes over of a client's environment: names of terminals and locales, and nothing else."""
    found = {name: told[name] for name in talk.ENVIRONMENT if name in told and _VALUE.fullmatch(told[name])}
    if not _TERMINAL_NAME.fullmatch(found.get("TERM", "")):
        found.pop("TERM", None)
    return found


def origin_of(told: Mapping[str, str]) -> str:
    """Return the address that a session says it comes from, if it is one."""
    try:
        return str(ip_address(told.get("SSH_CONNECTION", "").partition(" ")[0]))
    except ValueError:
        return "local"
