"""Which SQLite is known to lose data, and what is said of it."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from ctfront.data.database import Database
from ctfront.data.engines import advice, engine_of, is_sound


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 9), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_the_cure_came_in_three_lines(version, sound):
    assert is_sound(version) is sound


def test_an_old_one_is_named_with_the_way_on(sqlite_url, monkeypatch):
    database = Database(sqlite_url)
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.40.1")
    assert engine_of(database) == "SQLite 3.40.1"
    assert advice(database).startswith("SQLite 3.40.1 can damage a database")
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    assert advice(database) == ""
    database.close_writer()


def test_nothing_is_said_of_a_server(postgresql_url):
    database = Database(postgresql_url)
    assert (engine_of(database), advice(database)) == ("PostgreSQL", "")
    database.close_writer()


FAKE = """
from sqlite3 import *
from sqlite3 import dbapi2
sqlite_version = "9.9.9"
sqlite_version_info = (9, 9, 9)
"""


def test_a_newer_one_that_is_installed_stands_in_everywhere(tmp_path, sqlite_url):
    """A package by the wheel's name stands in for the wheel, which not every machine has."""
    (tmp_path / "pysqlite3.py").write_text(FAKE)
    code = (
        "from ctfront.data.database import Database\n"
        "from ctfront.data.engines import engine_of\n"
        f"database = Database({sqlite_url!r})\n"
        "import sqlite3, aiosqlite.core\n"
        "database.ready(); database.close_writer()\n"
        "print(engine_of(database), sqlite3.__name__, aiosqlite.core.sqlite3.__name__)"
    )
    path = os.pathsep.join((str(tmp_path), str(Path(__file__).parents[2])))
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert (done.stdout, done.stderr) == ("SQLite 9.9.9 pysqlite3 pysqlite3\n", "")
