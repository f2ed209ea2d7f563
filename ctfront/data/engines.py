"""Which engine keeps the database, and whether it is known to lose data."""

import sqlite3

from ctfront.data.database import Database

FIXED = (3, 51, 3)
"""The first SQLite without the fault that damages a database in WAL mode when two connections write and checkpoint."""

BACKPORTS = {(3, 50): 7, (3, 44): 6}
"""Older lines that have the cure, and since which of their releases."""

Version = tuple[int, int, int]


def is_sound(version: Version) -> bool:
    """Tell whether this SQLite has the cure."""
    return version >= FIXED or version[2] >= BACKPORTS.get(version[:2], version[2] + 1)


def engine_of(database: Database) -> str:
    """Return the engine's name, and its version where it is part of the program."""
    return f"SQLite {sqlite3.sqlite_version}" if database.sqlite else "PostgreSQL"


def advice(database: Database) -> str:
    """Return what the operator should know of the engine, empty when nothing."""
    if not database.sqlite or is_sound(sqlite3.sqlite_version_info):
        return ""
    return (
        f"SQLite {sqlite3.sqlite_version} can damage a database that is written past ctfront’s lock file "
        "(cured in 3.51.3); let no other program write it, or: pip install 'ctfront[newer-sqlite]'"
    )
