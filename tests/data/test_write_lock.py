"""The queue of writers: one at a time, nobody waits for ever, and every account that may write has its place."""

import fcntl
import os
import subprocess
import sys
import threading

import pytest

from ctfront.data.write_lock import WriteLock
from ctfront.domain.errors import DatabaseUnavailable


@pytest.fixture
def lock(tmp_path):
    (tmp_path / "clinic.db").touch(0o600)
    return WriteLock(tmp_path / "clinic.db")


def hold(path):
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def test_a_writer_that_waited_too_long_says_who_holds_it_up(lock, monkeypatch):
    monkeypatch.setattr("ctfront.data.write_lock.PATIENCE", 0.05)
    with lock.held():
        pass
    stranger = hold(lock.path)
    words = rf"^Another program \(process {os.getpid()}\) holds the database; nothing was saved. Try again.$"
    with pytest.raises(DatabaseUnavailable, match=words), lock.held():
        pass
    os.close(stranger)


def test_a_place_that_was_given_up_keeps_nobody_waiting(lock, monkeypatch):
    monkeypatch.setattr("ctfront.data.write_lock.PATIENCE", 0.05)
    stranger = hold(lock.path)
    for _ in range(3):
        with pytest.raises(DatabaseUnavailable), lock.held():
            pass
    os.close(stranger)
    monkeypatch.setattr("ctfront.data.write_lock.PATIENCE", 10)
    for _ in range(3):
        with lock.held():
            pass
    for thread in threading.enumerate():
        if thread.name == "write-lock":
            thread.join(10)
    fcntl.flock(descriptor := os.open(lock.path, os.O_RDWR), fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(descriptor)


def test_writers_pass_one_after_the_other(lock):
    inside, most = 0, []

    def write():
        nonlocal inside
        for _ in range(50):
            with lock.held():
                inside += 1
                most.append(inside)
                inside -= 1

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(most), max(most)) == (400, 1)


def test_the_lock_of_a_writer_that_died_is_free(lock):
    program = "import sys, os; from pathlib import Path; from ctfront.data.write_lock import WriteLock\n"
    program += "with WriteLock(Path(sys.argv[1])).held(): os._exit(9)"
    assert subprocess.run([sys.executable, "-c", program, str(lock.database)]).returncode == 9
    with lock.held():
        pass


@pytest.mark.parametrize("mode", [0o600, 0o660, 0o640])
def test_who_may_write_the_database_may_use_its_lock(tmp_path, mode):
    database = tmp_path / "clinic.db"
    database.touch()
    database.chmod(mode)
    before = os.umask(0o077)
    try:
        with WriteLock(database).held():
            pass
    finally:
        os.umask(before)
    assert WriteLock(database).path.stat().st_mode & 0o777 == mode


@pytest.mark.part("root")
def test_a_lock_that_root_made_belongs_to_the_owner_of_the_database(tmp_path):
    database = tmp_path / "clinic.db"
    database.touch()
    os.chown(database, 12345, 12346)
    with WriteLock(database).held():
        pass
    made = WriteLock(database).path.stat()
    assert (made.st_uid, made.st_gid) == (12345, 12346)
