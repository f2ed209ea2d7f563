"""Making the big clinic: set up through the services, filled in bulk, kept for the next run."""

import contextlib
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy.orm import Session

from bench.population import (
    CLOSE,
    COLUMNS,
    LENGTHS,
    OPEN,
    SATURDAY_PROVIDERS,
    WEEKDAY_PROVIDERS,
    Ground,
    Rows,
    Schedule,
    patients,
)
from ctfront.data import clinic as clinics
from ctfront.data.database import Database
from ctfront.domain.clinic import Clinic, Identity
from ctfront.domain.providers import DayHours
from ctfront.domain.set_up import FoundingDraft, ProviderDraft, StaffDraft, VisitPurposeDraft
from ctfront.domain.staff import Act, Actor
from ctfront.domain.times import Span
from ctfront.services import set_up_providers, set_up_purposes, set_up_staff
from ctfront.services.found import found_clinic

TODAY = date(2026, 3, 4)
NOW = datetime(2026, 3, 4, 8, tzinfo=UTC)
FOUNDED = datetime(2016, 3, 1, 8, tzinfo=UTC)
SEED = 1


@dataclass(frozen=True, kw_only=True)
class Size:
    """How big a clinic."""

    patients: int
    years: int

    @property
    def name(self) -> str:
        """What its database is called."""
        return f"{self.patients}-patients-{self.years}-years"


class Filler(Protocol):
    """One engine's way of taking many rows, all in one transaction."""

    def write(self, table: str, rows: Rows) -> None:
        """Insert the rows of a table."""


class SqliteFiller:
    """Rows by executemany."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def write(self, table: str, rows: Rows) -> None:
        """Insert the rows of a table."""
        columns = COLUMNS[table]
        marks = ", ".join("?" * len(columns))
        self._connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


class PostgresFiller:
    """Rows by COPY."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def write(self, table: str, rows: Rows) -> None:
        """Insert the rows of a table."""
        statement = f"COPY {table} ({', '.join(COLUMNS[table])}) FROM STDIN"
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


@contextlib.contextmanager
def filler_of(database: Database) -> Iterator[Filler]:
    """Give the engine's filler and commit what it wrote."""
    if database.path is not None:
        with contextlib.closing(sqlite3.connect(database.path)) as file, file:
            file.execute("PRAGMA synchronous=OFF")
            file.execute("PRAGMA cache_size=-1000000")
            yield SqliteFiller(file)
        return
    with psycopg.connect(database.url.set(drivername="postgresql").render_as_string(hide_password=False)) as server:
        server.execute("SET session_replication_role = replica")  # looks up no foreign keys, as SQLite does not here
        yield PostgresFiller(server)
        server.execute("ANALYZE")  # what autovacuum does within a minute


def founded(database: Database) -> tuple[Clinic, Ground]:
    """Found the clinic in an empty database and set it up."""
    database.ready()
    clinic, manager = found_clinic(
        database,
        FOUNDED,
        FoundingDraft(
            name="Big Clinic", zone="UTC", manager_name="Ada Admin", manager_short="admin", identity=Identity.DEMO
        ),
    )
    return clinic, database.write_now(lambda session: _set_up(session, clinic, manager))


def fill(url: str, size: Size, say: Callable[[str], None]) -> None:
    """Found the clinic in an empty database and fill it."""
    database = Database(url)
    _, ground = founded(database)
    schedule = Schedule(ground, size.patients, size.years, TODAY, SEED)
    started, rows = time.monotonic(), 0
    with filler_of(database) as filler:
        for chunks in (patients(ground, size.patients, SEED, schedule.first_day), schedule.rows()):
            for tables in chunks:
                for table in (name for name in COLUMNS if name in tables):
                    filler.write(table, tables[table])
                    rows += len(tables[table])
                say(f"{size.name}: {schedule.made:,} appointments, {rows:,} rows, {time.monotonic() - started:.0f} s")
    database.close_writer()


def _set_up(session: Session, clinic: Clinic, manager: Actor) -> Ground:
    """Make the staff, the purposes and the providers as a manager would."""
    acts = iter(range(10_000))

    def act() -> Act:
        return Act(who=manager, at=FOUNDED, op_id=f"set-up-{next(acts)}")

    clerk = set_up_staff.save_staff(session, clinic, act(), None, StaffDraft(name="Terry Lee", short_name="tlee"))
    purposes = [
        set_up_purposes.save_purpose(
            session, clinic, act(), None, VisitPurposeDraft(name=name, minutes=minutes, letter=letter)
        ).id
        for (name, letter), minutes in zip(
            (("Adjustment", "Adj"), ("Re-exam", "Rex"), ("New Patient Exam", "NPE")), LENGTHS, strict=True
        )
    ]
    providers = []
    for number in range(WEEKDAY_PROVIDERS):
        weekdays = range(6 if number < SATURDAY_PROVIDERS else 5)
        hours = tuple(DayHours(weekday=weekday, spans=(Span(OPEN, CLOSE),)) for weekday in weekdays)
        draft = ProviderDraft(name=f"Dr Number{number + 1:02}", hours=hours, purpose_ids=tuple(purposes))
        providers.append(set_up_providers.save_provider(session, clinic, act(), None, draft).id)
    return Ground(
        clinic_id=clinic.id,
        site_id=clinics.load_site(session, clinic.id).id,
        staff_id=clerk.id,
        staff_name=clerk.short_name,
        provider_ids=tuple(providers),
        purpose_ids=tuple(purposes),
    )


def kept_file(folder: Path, size: Size, say: Callable[[str], None]) -> Path:
    """Return the SQLite database of that size, made now unless the folder holds it whole."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{size.name}.db"
    if not path.exists():
        with tempfile.TemporaryDirectory(dir=folder) as unfinished:
            fill(f"sqlite:///{unfinished}/clinic.db", size, say)
            Path(unfinished, "clinic.db").rename(path)
    return path
