"""A database that cannot be used: one sentence and exit 1, never a traceback, never a half-written file."""

import fcntl
import os
import sqlite3

import pytest

from ctfront.data import schema
from tests.cli.test_commands import NOW, own_folders, run, said  # noqa: F401
from tests.clinics import small_clinic
from tests.data.test_database import garbage, newer
from tests.disks import fill, small_disk

PEOPLE = "Last,First,DOB\n" + "".join(f"Poe{n},Pat,1990-01-02\n" for n in range(40))

CHECK = ("check",)
COMMANDS = (
    ("agenda",),
    ("agenda", "--json"),
    ("find", "ruiz"),
    ("do", "bk bauer t 815 alvarez adj"),
    ("staff",),
    CHECK,
    ("export", "patients"),
    ("export", "appointments", "-o", "{folder}/out.csv"),
    ("import", "patients", "{folder}/people.csv", "--apply", "--rejects", "{folder}/rejects.csv"),
    ("init", "--name", "Elm", "--zone", "Europe/Oslo", "--manager", "Ada Lund"),
)

WAITING = tuple(command for command in COMMANDS if command is not CHECK)
"""Those that stand in the queue of writers; a check only reads."""


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("CTFRONT_NOW", NOW)
    (tmp_path / "people.csv").write_text(PEOPLE)
    return tmp_path


@pytest.fixture
def clinic(sqlite_url, place):
    """A small clinic's file."""
    small_clinic(sqlite_url).database.close_writer()
    return place / "clinic.db"


def asked(path, command):
    return said(run("--db", path, *(word.format(folder=path.parent) for word in command)))


def assert_refused(path, sentence, commands=COMMANDS):
    """Every command says the same sentence and leaves nothing behind."""
    before = {file.name for file in path.parent.iterdir()}
    for command in commands:
        assert (command, *asked(path, command)) == (command, 1, "", sentence)
    assert {file.name for file in path.parent.iterdir()} - before <= {
        "clinic.db-wal",
        "clinic.db-shm",
        "clinic.db.lock",
    }


def test_not_sqlite(place):
    path = place / "clinic.db"
    garbage(path)
    before = path.read_bytes()
    assert_refused(path, f"{path} is not a ctfront database.\n")
    assert path.read_bytes() == before


def test_newer_than_the_program(clinic):
    newer(clinic)
    assert_refused(clinic, "This database was made by a newer ctfront; update the program and start again.\n")


def test_a_folder(place):
    (place / "clinic.db").mkdir()
    assert_refused(place / "clinic.db", f"{place / 'clinic.db'} is a folder, not a database file.\n")


def test_somebody_elses_sqlite_file(place):
    path = place / "clinic.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE bookmark (id INTEGER)")
    connection.close()
    assert_refused(path, "That is some other program's database, not ctfront's; nothing was changed.\n")
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmark",)]
    connection.close()


def test_damaged(clinic):
    data = bytearray(clinic.read_bytes())
    data[100:8192] = b"\xff" * (8192 - 100)
    clinic.write_bytes(data)
    assert_refused(clinic, "The database file is damaged; restore the newest backup.\n")


def test_cut_off(clinic):
    clinic.write_bytes(clinic.read_bytes()[:6000])
    assert_refused(clinic, "The database file is damaged; restore the newest backup.\n")


def test_on_a_network_file_system(clinic, monkeypatch):
    monkeypatch.setattr(schema, "file_system_of", lambda folder: "nfs4")
    sentence = "The database lies on a network file system (nfs4); use a local disk or PostgreSQL.\n"
    assert_refused(clinic, sentence)


def test_missing(place):
    path = place / "clinic.db"
    for command in COMMANDS[:-1]:
        expected = f"There is no clinic at {path} yet; make one with: ctfront init\n"
        assert (command, *asked(path, command)) == (command, 1, "", expected)
    assert sorted(file.name for file in place.iterdir()) == ["people.csv"]


def test_queued_for_behind_another_program_and_tried_again(clinic, monkeypatch):
    monkeypatch.setattr("ctfront.data.write_lock.PATIENCE", 0.05)
    assert asked(clinic, ("agenda",))[0] == 0
    stranger = os.open(f"{clinic}.lock", os.O_RDWR)
    fcntl.flock(stranger, fcntl.LOCK_EX)
    sentence = f"Another program (process {os.getpid()}) holds the database; nothing was saved. Try again.\n"
    assert_refused(clinic, sentence, WAITING)
    assert asked(clinic, CHECK)[0] == 0
    os.close(stranger)
    assert asked(clinic, COMMANDS[3])[0] == 0


def test_held_by_a_program_that_takes_no_turn_and_tried_again(clinic, monkeypatch):
    monkeypatch.setattr("ctfront.data.database.BUSY_SECONDS", 0.05)
    stranger = sqlite3.connect(clinic, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    assert_refused(clinic, "Another program holds the database; nothing was saved. Try again.\n", WAITING)
    assert asked(clinic, CHECK)[0] == 0
    stranger.rollback()
    stranger.close()
    assert asked(clinic, COMMANDS[3])[0] == 0


def patients(path) -> int:
    with sqlite3.connect(path) as connection:
        [(count,)] = connection.execute("SELECT count(*) FROM patient").fetchall()
    connection.close()
    return count


@pytest.mark.part("root")
def test_on_a_full_disk_nothing_is_half_written_and_it_works_once_there_is_space(clinic, place):
    with small_disk(place / "disk") as disk:
        path = disk / "clinic.db"
        path.write_bytes(clinic.read_bytes())
        (disk / "people.csv").write_text(PEOPLE)
        assert asked(path, ("agenda",))[0] == 0
        ballast = fill(disk)
        before = {file.name for file in disk.iterdir()}
        full = "The disk is full; nothing was saved. Free some space and try again.\n"
        assert asked(path, ("import", "patients", "{folder}/people.csv", "--apply")) == (1, "", full)
        assert asked(path, COMMANDS[3]) == (1, "", full)
        cannot = f"{disk / 'out.csv'} cannot be written: No space left on device.\n"
        assert said(run("--db", clinic, "export", "patients", "-o", disk / "out.csv")) == (1, "", cannot)
        assert {file.name for file in disk.iterdir()} - before <= {"clinic.db-wal", "clinic.db-shm"}
        ballast.unlink()
        assert patients(path) == 8
        assert asked(path, COMMANDS[3])[0] == 0
        assert asked(path, ("import", "patients", "{folder}/people.csv", "--apply"))[0] == 0
        assert patients(path) == 48


@pytest.mark.part("root")
def test_a_disk_that_fills_up_while_a_file_comes_in_takes_none_of_it(clinic, place):
    with small_disk(place / "disk") as disk:
        path = disk / "clinic.db"
        path.write_bytes(clinic.read_bytes())
        (disk / "people.csv").write_text("Last,First,DOB\n" + "".join(f"Poe{n},Pat,1990-01-02\n" for n in range(900)))
        (disk / "spare").write_bytes(b"\0" * 200_000)
        ballast = fill(disk)
        (disk / "spare").unlink()
        full = "The disk is full; nothing was saved. Free some space and try again.\n"
        assert asked(path, ("import", "patients", "{folder}/people.csv", "--apply"))[::2] == (1, full)
        ballast.unlink()
        assert patients(path) == 8
        assert asked(path, ("import", "patients", "{folder}/people.csv", "--apply"))[0] == 0
        assert patients(path) == 908


@pytest.mark.part("root")
def test_a_clinic_founded_on_a_full_disk_is_founded_once_there_is_space(place):
    with small_disk(place / "disk") as disk:
        ballast = fill(disk)
        code, out, err = asked(disk / "new.db", COMMANDS[-1])
        assert (code, out, err.count("\n")) == (1, "", 1)
        ballast.unlink()
        assert asked(disk / "new.db", COMMANDS[-1])[0] == 0
        assert asked(disk / "new.db", ("staff",))[0] == 0
