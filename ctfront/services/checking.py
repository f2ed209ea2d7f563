"""What `ctfront check` looks for, in a database that is in use as in a copy of one."""

from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from ctfront.data import ledger
from ctfront.data.database import translated
from ctfront.data.models import ClinicRow
from ctfront.data.snapshots import snapshot_of_file
from ctfront.domain.errors import WrongDatabase

Step = Callable[[str], Callable[[int, int], None]]
"""Told what is done now; returns what hears how much of it is done."""


def check_copy(file: Path, step: Step) -> None:
    """Refuse a copy that is not sound. Raises `WrongDatabase`."""
    with translated(), snapshot_of_file(file) as connection:
        for problem in file_problems(connection, step):
            raise WrongDatabase(f"The copy is not sound: {problem}")
        for clinic_id in connection.execute(select(ClinicRow.id)).scalars().all():
            for problem in chain_problems(connection, clinic_id):
                raise WrongDatabase(f"The copy is not sound: {problem}")


def file_problems(connection: Connection, step: Step) -> Iterator[str]:
    """Yield what is wrong with an SQLite file."""
    if connection.dialect.name != "sqlite":
        return
    step("Checking")(0, 1)
    found = connection.exec_driver_sql("PRAGMA quick_check").scalars().first()
    if found != "ok":
        yield f"The database file is damaged ({found}); restore the newest backup."


def chain_problems(connection: Connection, clinic_id: int) -> Iterator[str]:
    """Yield what does not fit in the audit chain."""
    broken = ledger.broken_links(Session(connection), clinic_id)
    if broken:
        yield f"The audit trail was changed at entry {broken[0]} ({len(broken)} entries do not fit)."
