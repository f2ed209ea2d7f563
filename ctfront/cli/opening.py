"""Settings → database → services: what every command starts from."""

import asyncio
import contextlib
import os
import secrets
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ctfront.cli import NOW_VARIABLE, Asked, settings_for
from ctfront.cli.caller import this_process
from ctfront.data import clinic as clinics
from ctfront.data.database import Database
from ctfront.data.models import ChangeRow
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import InputRefused, NotFound, WrongDatabase
from ctfront.domain.staff import Act, Actor, ActorKind
from ctfront.domain.times import wall_clock
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.services.day_sheets import Paper
from ctfront.services.inviting import Inviting
from ctfront.services.patients import Patients
from ctfront.services.scheduling import Scheduling
from ctfront.settings import Settings
from ctfront.terminal.key_loop import KeyLoop

Answer = TypeVar("Answer")
Clock = Callable[[], datetime]

_NEWEST = select(func.max(ChangeRow.made_at))


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An opened clinic: who works in it, by which clock, and its services."""

    settings: Settings
    database: Database
    clinic: Clinic
    actor: Actor
    clock: Clock
    runner: asyncio.Runner
    """The one event loop in which everything is read."""

    @cached_property
    def scheduling(self) -> Scheduling:
        """The schedule."""
        return Scheduling(self.database, self.clinic)

    @cached_property
    def patients(self) -> Patients:
        """The patients."""
        return Patients(self.database, self.clinic)

    @cached_property
    def inviting(self) -> Inviting:
        """The invitations."""
        return Inviting(self.database, self.clinic)

    @property
    def paper(self) -> Paper:
        """Where day sheets go."""
        return Paper(folder=self.settings.state_folder, command=self.settings.print_command)

    @cached_property
    def setup(self) -> ClinicSetup:
        """Providers, purposes and staff."""
        return ClinicSetup(self.database, self.clinic)

    @property
    def wall_now(self) -> datetime:
        """The clinic's clock, without zone."""
        return wall_clock(self.clock(), self.clinic.zone)

    @property
    def today(self) -> date:
        """The date on the clinic's clock."""
        return self.wall_now.date()

    def act(self, *, batch_id: str | None = None) -> Act:
        """Frame a change."""
        return Act(who=self.actor, at=self.clock(), op_id=str(uuid4()), batch_id=batch_id)

    def run(self, asking: Coroutine[Any, Any, Answer]) -> Answer:
        """Run a service's coroutine to its end."""
        return self.runner.run(asking)


@contextlib.contextmanager
def opened_database(settings: Settings, *, may_be_new: bool = False) -> Iterator[tuple[Database, asyncio.Runner]]:
    """Open the database with a schema that is this program's; a missing file is made only when it may be new."""
    if settings.database_path is not None:
        _check_place(settings.database_path, may_be_new=may_be_new)
    database = make_database(settings.database_url)
    with asyncio.Runner(loop_factory=KeyLoop) as runner:
        try:
            database.ready()
            yield database, runner
        finally:
            runner.run(database.close())


def _check_place(path: Path, *, may_be_new: bool) -> None:
    """Refuse a file that is not there, or make its folder when it may be new. Raises `ClinicError`."""
    try:
        if not may_be_new and not path.exists():
            raise NotFound(f"There is no clinic at {path} yet; make one with: ctfront init")
        if may_be_new and "CTFRONT_DB" not in os.environ:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise WrongDatabase(f"The database {path} cannot be used: {error.strerror}.") from None


def make_database(url: str) -> Database:
    """Make the database object. Raises `WrongDatabase` for what is no database URL."""
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    try:
        return Database(url)
    except (ArgumentError, NoSuchModuleError):
        raise WrongDatabase("--db wants the path of a file, or postgresql://user@host/name.") from None
    except ModuleNotFoundError:
        raise WrongDatabase("PostgreSQL needs one more package: pip install 'ctfront[postgres]'") from None


@contextlib.contextmanager
def opened(asked: Asked) -> Iterator[Desk]:
    """Open the clinic for whoever asks. Raises `ClinicError`."""
    settings = settings_for(asked)
    with opened_database(settings) as (database, runner):
        yield desk_at(settings, database, runner, asked)


def desk_at(settings: Settings, database: Database, runner: asyncio.Runner, asked: Asked) -> Desk:
    """Find out who works here and set the clock. Raises `NotFound` in an empty database."""
    from ctfront.services.identity import who_is

    if database.write_now(clinics.load_clinic) is None:
        raise NotFound("This database holds no clinic yet; make one with: ctfront init")
    caller = asked.caller
    clinic, actor = who_is(database, os_user=caller.account, asked_user=asked.user, owns_database=caller.owns_database)
    actor = replace(actor, session=secrets.token_hex(8), origin=caller.origin)
    clock = start_clock(os.environ.get(NOW_VARIABLE), clinic.zone, newest_stamp(database, clinic.id))
    return Desk(settings=settings, database=database, clinic=clinic, actor=actor, clock=clock, runner=runner)


@contextlib.contextmanager
def opened_for_upkeep(asked: Asked) -> Iterator[Desk]:
    """Open the clinic for whoever keeps the machine, staff or not; no writer is waited for. Raises `ClinicError`."""
    from ctfront.data.snapshots import snapshot_of  # no desk needs it at its start

    settings = settings_for(asked)
    with opened_database(settings) as (database, runner):
        with snapshot_of(database) as connection:
            clinic = clinics.load_clinic(Session(connection))
            if clinic is None:
                raise NotFound("This database holds no clinic yet; make one with: ctfront init")
            newest = connection.execute(_NEWEST.where(ChangeRow.clinic_id == clinic.id)).scalar()
        clock = start_clock(os.environ.get(NOW_VARIABLE), clinic.zone, newest)
        yield Desk(settings=settings, database=database, clinic=clinic, actor=operator(), clock=clock, runner=runner)


def operator() -> Actor:
    """Return who keeps the machine, by the account."""
    caller = this_process()
    return Actor(
        kind=ActorKind.SYSTEM,
        id=None,
        name="operator",
        os_user=caller.account,
        session=secrets.token_hex(8),
        origin=caller.origin,
    )


def newest_stamp(database: Database, clinic_id: int) -> datetime | None:
    """Return when the newest act was done."""
    query = _NEWEST.where(ChangeRow.clinic_id == clinic_id)
    return database.write_now(lambda session: session.execute(query).scalar())


def start_clock(start: str | None, zone: str, newest: datetime | None) -> Clock:
    """Return the clock: the machine's, or one that starts at `start` and runs on, never before the newest stamp."""
    if not start:
        return lambda: datetime.now(UTC)
    first = read_now(start, zone)
    if newest is not None and newest > first:
        first = newest
    begun = time.monotonic()
    return lambda: first + timedelta(seconds=time.monotonic() - begun)


def read_now(text: str, zone: str) -> datetime:
    """Read `2026-03-02T08:00` as a time on the clinic's clock. Raises `InputRefused`."""
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        raise InputRefused(f"{NOW_VARIABLE} wants a date and time as 2026-03-02T08:00.", field=NOW_VARIABLE) from None
    return (wall if wall.tzinfo else wall.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
