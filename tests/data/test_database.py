"""The database's two ways in, on both engines, and what it says when it cannot answer."""

import os
import sqlite3
import subprocess
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text

from ctfront.data import schema
from ctfront.data.database import Database
from ctfront.data.models import ClinicRow
from ctfront.domain.errors import ClinicError, DatabaseUnavailable, WrongDatabase

CLINIC = {
    "name": "Main Street",
    "zone": "America/Los_Angeles",
    "date_order": "mdy",
    "online": True,
    "slot_minutes": 15,
    "correction_days": 7,
    "retention_years": 7,
    "identity": "demo",
    "version": 1,
}


async def count_clinics(database: Database) -> int:
    async with database.reading() as session:
        return (await session.execute(select(func.count()).select_from(ClinicRow))).scalar_one()


async def test_a_write_is_there_for_the_next_read(database_url):
    database = Database(database_url)
    database.ready()
    await database.write(lambda session: session.execute(insert(ClinicRow).values(**CLINIC)))
    assert await count_clinics(database) == 1
    await database.close()


async def test_a_write_that_fails_leaves_nothing(database_url):
    database = Database(database_url)
    database.ready()

    def act(session):
        session.execute(insert(ClinicRow).values(**CLINIC))
        raise ClinicError("no")

    with pytest.raises(ClinicError, match=r"^no$"):
        await database.write(act)
    assert await count_clinics(database) == 0
    await database.close()


async def test_a_read_cannot_write(database_url):
    database = Database(database_url)
    database.ready()
    with pytest.raises(DatabaseUnavailable):
        async with database.reading() as session:
            await session.execute(insert(ClinicRow).values(**CLINIC))
    assert await count_clinics(database) == 0
    await database.close()


def test_ready_makes_the_schema_once_and_then_asks_one_question(tmp_path):
    url = f"sqlite:///{tmp_path}/clinic.db"
    first = Database(url)
    first.ready()
    first.close_writer()
    program = (
        "import sys; from ctfront.data.database import Database; database = Database(sys.argv[1]);"
        "database.ready(); database.close_writer(); print('alembic' in sys.modules)"
    )
    done = subprocess.run([os.sys.executable, "-c", program, url], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_sqlite_saves_mean_saved(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/clinic.db")
    database.ready()

    def settings(session):
        return [
            session.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    assert database.write_now(settings) == ["wal", 2, 1]
    database.close_writer()


def test_writers_queue_behind_the_lock_file(tmp_path):
    url = f"sqlite:///{tmp_path}/clinic.db"
    desks = [Database(url), Database(url)]
    desks[0].ready()
    inside, leave, order = threading.Event(), threading.Event(), []

    def slow(session):
        inside.set()
        leave.wait(10)
        order.append("first")

    first = threading.Thread(target=desks[0].write_now, args=(slow,))
    first.start()
    inside.wait(10)
    second = threading.Thread(target=desks[1].write_now, args=(lambda session: order.append("second"),))
    second.start()
    leave.set()
    first.join(10)
    second.join(10)
    assert order == ["first", "second"]
    for desk in desks:
        desk.close_writer()


def garbage(path: Path) -> None:
    path.write_bytes(b"this is a letter, not a database" * 40)


def newer(path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    database.ready()
    database.write_now(lambda session: session.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    database.close_writer()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (garbage, "is not a ctfront database"),
        (newer, "made by a newer ctfront"),
        (lambda path: path.mkdir(), "is a folder, not a database file"),
    ],
    ids=["not SQLite", "newer", "folder"],
)
def test_a_wrong_file_is_refused_with_a_sentence(tmp_path, spoil, sentence):
    path = tmp_path / "clinic.db"
    spoil(path)
    database = Database(f"sqlite:///{path}")
    with pytest.raises(WrongDatabase, match=sentence):
        database.ready()
    database.close_writer()


def test_a_missing_folder_is_named(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/nowhere/clinic.db")
    with pytest.raises(WrongDatabase, match=r"There is no folder .*nowhere"):
        database.ready()
    database.close_writer()


def test_a_network_file_system_is_recognised(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n")
    assert schema.file_system_of(tmp_path, mounts) in schema.NETWORK_FILE_SYSTEMS
    assert schema.file_system_of(Path("/usr"), mounts) == "ext4"


def test_a_locked_database_says_so_and_works_afterwards(tmp_path, monkeypatch):
    monkeypatch.setattr("ctfront.data.database.BUSY_SECONDS", 0.05)
    path = tmp_path / "clinic.db"
    database = Database(f"sqlite:///{path}")
    database.ready()
    stranger = sqlite3.connect(path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable, match="Another program holds the database"):
        database.write_now(lambda session: session.execute(insert(ClinicRow).values(**CLINIC)))
    stranger.rollback()
    stranger.close()
    database.write_now(lambda session: session.execute(insert(ClinicRow).values(**CLINIC)))
    database.close_writer()


def test_a_database_server_that_is_away_says_so():
    database = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseUnavailable, match="The database server does not answer"):
        database.ready()
    database.close_writer()
