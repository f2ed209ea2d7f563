"""Every row of one database into another, from engine to engine, told by counts and checksums."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

from sqlalchemy import BigInteger, Connection, Date, ForeignKeyConstraint, MetaData, Table, func, select, text
from sqlalchemy.schema import AddConstraint, DropConstraint

from ctfront.data.copying import Progress
from ctfront.data.models import Base
from ctfront.data.models.base import Instant

PORTION = 2000
"""Rows that are read and written at a time."""

_MODULUS = 1 << 64

Rows = Sequence[tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What tells whether two tables hold the same rows, in whatever order."""

    rows: int = 0
    checksum: int = 0
    """Sum of the digests of all rows, modulo 2^64."""

    def with_rows(self, rows: Rows) -> "Tally":
        """Return the tally with further rows."""
        total = sum(_digest(row) for row in rows)
        return Tally(rows=self.rows + len(rows), checksum=(self.checksum + total) % _MODULUS)


def _digest(row: tuple[Any, ...]) -> int:
    return int.from_bytes(blake2b(repr(tuple(row)).encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def _plain_tables() -> list[Table]:
    """Return the tables with instants as the numbers that are stored, those first that others lean on."""
    plain = MetaData(naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.tables.values():
        for column in table.to_metadata(plain).columns:
            if isinstance(column.type, Instant):
                column.type = BigInteger()
    return list(plain.tables.values())


TABLES = _plain_tables()


def count_rows(source: Connection) -> int:
    """Return how many rows there are."""
    return sum(source.execute(select(func.count()).select_from(table)).scalar_one() for table in TABLES)


def copy_rows(source: Connection, target: Connection, progress: Progress) -> dict[str, Tally]:
    """Copy every table into the same empty tables, in the target's transaction; return what was read, by table.

    The source must stay as it was when its transaction began.
    """
    total, done = count_rows(source), 0
    write = _write_sqlite if target.dialect.name == "sqlite" else _write_postgresql
    with_keys = _without_foreign_keys(target)
    tallies = {}
    for table in TABLES:
        tally = Tally()
        for rows in _read(source, table):
            write(target, table, rows)
            tally = tally.with_rows(rows)
            done += len(rows)
            progress(done, total)
        tallies[table.name] = tally
    with_keys()
    _move_counters(target)
    return tallies


def tally_rows(source: Connection, progress: Progress) -> dict[str, Tally]:
    """Read every table and return what it holds."""
    total, done = count_rows(source), 0
    tallies = {}
    for table in TABLES:
        tally = Tally()
        for rows in _read(source, table):
            tally = tally.with_rows(rows)
            done += len(rows)
            progress(done, total)
        tallies[table.name] = tally
    return tallies


def _read(source: Connection, table: Table) -> Iterator[Rows]:
    streamed = source.execution_options(yield_per=PORTION)
    for portion in streamed.execute(select(table)).partitions():
        yield [tuple(row) for row in portion]


def _write_sqlite(target: Connection, table: Table, rows: Rows) -> None:
    dates = [isinstance(column.type, Date) for column in table.columns]
    marks = ", ".join("?" * len(dates))
    statement = f"INSERT INTO {table.name} ({_columns(table)}) VALUES ({marks})"
    if any(dates):
        rows = [tuple(cell.isoformat() if isinstance(cell, date) else cell for cell in row) for row in rows]
    target.exec_driver_sql(statement, list(rows))


def _write_postgresql(target: Connection, table: Table, rows: Rows) -> None:
    driver: Any = target.connection.cursor()
    with driver as cursor, cursor.copy(f"COPY {table.name} ({_columns(table)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _columns(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)


def _without_foreign_keys(target: Connection) -> Callable[[], None]:
    """Take the foreign keys away and return what puts them back: rows lean on others that come later.

    SQLite is told not to look, and asked at the end; PostgreSQL looks at every row when a key is put back.
    """
    if target.dialect.name == "sqlite":
        return lambda: _check_sqlite_keys(target)
    keys = [key for table in TABLES for key in table.constraints if isinstance(key, ForeignKeyConstraint)]
    for key in keys:
        target.execute(DropConstraint(key))

    def put_back() -> None:
        for key in keys:
            target.execute(AddConstraint(key))

    return put_back


def _check_sqlite_keys(target: Connection) -> None:
    loose = target.exec_driver_sql("PRAGMA foreign_key_check").first()
    if loose is not None:
        raise ValueError(f"a row of {loose[0]} leans on one of {loose[2]} that is not there")


def _move_counters(target: Connection) -> None:
    """Let new rows be numbered on from the highest; SQLite does so by itself."""
    if target.dialect.name == "sqlite":
        return
    for table in TABLES:
        key = table.autoincrement_column
        sequence = (
            key is not None and target.execute(select(func.pg_get_serial_sequence(table.name, key.name))).scalar()
        )
        if key is not None and sequence:
            highest = target.execute(select(func.max(key))).scalar()
            if highest is not None:
                target.execute(text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest})
