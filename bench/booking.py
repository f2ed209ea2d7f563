"""What a booking costs, with its seats, history, act, audit entry and news, beside the same rows in bare sqlite3."""

import contextlib
import itertools
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bench.filling import NOW
from bench.timing import WARM_UP, Figure, Report, Sample, cpu, sample
from ctfront.data.database import Database
from ctfront.domain.appointments import AppointmentDraft, Place
from ctfront.domain.staff import Act, Actor
from ctfront.services.identity import who_is
from ctfront.services.scheduling import Scheduling

BOOKING_CPU = 3
FIRST_DAY = date(2026, 5, 4)
"""A Monday after all that the generator has booked."""
STARTS = tuple(time(hour, minute) for hour in range(8, 20) for minute in (0, 15, 30, 45))
PROVIDERS = 12
REPLAYED = 310
"""Bookings recorded for the floor."""

Statement = tuple[str, Any, bool]
"""Text, values, and whether they are many."""


@contextlib.contextmanager
def copied(path: Path) -> Iterator[Path]:
    """Give a copy that may be written to."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        copy = Path(folder, "clinic.db")
        shutil.copyfile(path, copy)
        yield copy


@dataclass(frozen=True)
class CopiedClinic:
    """The manager at work in a copy of the clinic."""

    path: Path
    database: Database
    scheduling: Scheduling
    actor: Actor
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def act(self) -> Act:
        """Frame a change."""
        return Act(who=self.actor, at=NOW, op_id=f"bench-{next(self._numbers)}")


@contextlib.asynccontextmanager
async def copied_clinic(path: Path) -> AsyncIterator[CopiedClinic]:
    """Open a copy of the clinic, and close it behind what is done in it."""
    with copied(path) as copy:
        database = Database(f"sqlite:///{copy}")
        database.ready()
        clinic, actor = who_is(database, os_user="", asked_user="admin")
        yield CopiedClinic(copy, database, Scheduling(database, clinic), actor)
        await database.close()


def drafts(path: Path) -> Iterator[AppointmentDraft]:
    """Yield bookings of free places, each of another patient."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        patients = [row[0] for row in connection.execute("SELECT id FROM patient WHERE active LIMIT 20000")]
    for number, patient_id in enumerate(patients):
        start, column = STARTS[number % len(STARTS)], number // len(STARTS)
        day = FIRST_DAY + timedelta(days=7 * (column // PROVIDERS))
        place = Place(provider_id=1 + column % PROVIDERS, day=day, start=start)
        yield AppointmentDraft(patient_id=patient_id, place=place, minutes=15, purpose_id=1)


async def measure_booking(report: Report, path: Path) -> None:
    """Report a booking's CPU and time, and how many statements it is."""
    async with copied_clinic(path) as clinic:
        waiting = drafts(clinic.path)

        async def book(run: int) -> None:
            await clinic.scheduling.book(clinic.act(), next(waiting))

        with _recorded(clinic.database) as statements:
            for run in range(REPLAYED):
                await book(run)
        spent, waited = await cpu(book), await sample(book)
    floor = await _floor(path, statements)
    report.add(
        "Booking",
        Figure(
            what="a booking through the service with all its rows, CPU p50",
            measured=spent.p50,
            budget=BOOKING_CPU,
            beside=f"floor {floor.p50:.2f} ms, ratio {spent.p50 / floor.p50:.1f}",
        ),
        Figure(what="the same, CPU p99", measured=spent.p99),
        Figure(what="the same, from call to commit on disk, p50", measured=waited.p50),
        Figure(what="the same, from call to commit on disk, p99", measured=waited.p99),
        Figure(what="statements, `BEGIN` included", measured=round(len(statements) / REPLAYED, 1), unit=""),
    )
    report.note(
        "Booking",
        "On a copy of the database of ten years, `synchronous=FULL`, one commit each; CPU of all threads. "
        "The floor writes the very same rows with bare `sqlite3`, one transaction each, and reads nothing.",
    )


@contextlib.contextmanager
def _recorded(database: Database) -> Iterator[list[Statement]]:
    """Keep the statements of the acts done inside, as the driver gets them."""
    statements: list[Statement] = []

    def keep(connection: Any, cursor: Any, text: str, values: Any, context: Any, many: bool) -> None:
        statements.append((text, values, many))

    event.listen(database._write_engine, "before_cursor_execute", keep)
    yield statements
    event.remove(database._write_engine, "before_cursor_execute", keep)


async def _floor(path: Path, statements: Sequence[Statement]) -> Sample:
    """Time the recorded bookings' writes on a fresh copy, where they meet the same numbers as when they were made."""
    bookings: list[list[Statement]] = []
    for statement in statements:
        if statement[0].startswith("BEGIN"):
            bookings.append([])
        elif statement[0].startswith(("INSERT", "UPDATE", "DELETE")):
            bookings[-1].append(statement)
    turn = iter(bookings)
    with copied(path) as copy, contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=FULL")

        async def write(run: int) -> None:
            connection.execute("BEGIN IMMEDIATE")
            for text, values, many in next(turn):
                if many:
                    connection.executemany(text, values)
                else:
                    connection.execute(text, values).fetchall()
            connection.execute("COMMIT")

        return await cpu(write, runs=REPLAYED - WARM_UP, rounds=1)
