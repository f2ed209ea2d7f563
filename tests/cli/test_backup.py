"""Backup and restore: whole while everybody works, checked, encrypted, and nothing comes alive twice."""

import os
import sqlite3
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from ctfront.cli import commands
from ctfront.data import ledger
from ctfront.data.database import Database
from ctfront.data.models import ActRow, AppointmentRow, AuditRow, InvitationRow, OnlineSessionRow, OutboxRow, SeatRow
from ctfront.data.row_copy import tally_rows
from ctfront.data.snapshots import snapshot_of
from ctfront.services import sealing
from tests.cli.test_commands import own_folders, run, said, without_engine  # noqa: F401
from tests.clinics import NOW, small_clinic
from tests.disks import fill, small_disk
from tests.invited import do, invite, invited, reachable

CLOCK = "2026-03-02T07:50"
FIRST = "20260302T155000Z"
"""What a backup of the small clinic is named by."""


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setenv("CTFRONT_NOW", CLOCK)


@pytest.fixture
def clinic(database_url, clock):
    """A small clinic with a morning booked, one invitation that waits and one that has left."""
    clinic = small_clinic(database_url)
    clinic.book("RUIZ", "Dr Alvarez", "9:00")
    clinic.book("LEE", "Osei LMT", "10:00", purpose="Massage")
    for patient in ("RUIZ", "LEE"):
        reachable(clinic, patient)
    invited(clinic, "RUIZ")
    invite(clinic, "LEE")
    yield clinic
    clinic.database.close_writer()


@pytest.fixture
def on_file(sqlite_url, clock):
    """The same on SQLite only, for what has nothing to do with the engine."""
    clinic = small_clinic(sqlite_url)
    clinic.database.close_writer()
    return make_url(sqlite_url).database


def address_of(clinic) -> str:
    path = clinic.database.path
    return str(path) if path else clinic.database.url.render_as_string(hide_password=False)


def rows(database: Database, query):
    return database.write_now(lambda session: session.execute(query).all())


def tallies(database: Database):
    with snapshot_of(database) as connection:
        return tally_rows(connection, lambda done, total: None)


def only_file(folder):
    (path,) = folder.iterdir()
    return path


def test_a_backup_holds_every_row_and_is_written_down(clinic, tmp_path):
    before = tallies(clinic.database)
    folder = tmp_path / "safe"
    code, out, err = said(run("--db", address_of(clinic), "backup", folder))
    assert (code, err) == (0, "")
    made = only_file(folder)
    assert out.startswith(f"Backed up to {made} (")
    assert out.endswith("checked).\n")
    assert (made.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert made.name.endswith(f"-{FIRST}.db")
    assert made.read_bytes()[18:20] == b"\x01\x01"  # no write-ahead log: it stands alone
    copy = Database(f"sqlite:///{made}")
    assert tallies(copy) == before
    copy.close_writer()
    newest = select(AuditRow.act, AuditRow.by_name).order_by(AuditRow.seq.desc()).limit(1)
    assert rows(clinic.database, newest) == [("backup", "operator")]


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_restored_clinic_is_the_same_and_nothing_comes_alive(clinic, target, tmp_path, request):
    run("--db", address_of(clinic), "backup", tmp_path / "copy.db")
    place = tmp_path / "new.db" if target == "sqlite" else request.getfixturevalue("empty_postgresql_url")
    code, out, err = said(run("--db", place, "restore", tmp_path / "copy.db"))
    assert (code, err) == (0, "")
    assert without_engine(out) == (
        "Main Street Clinic is restored as it was on 2 Mar 2026 7:50.\n"
        "1 mail that waited will not leave: they may have left before.\n"
        "1 open invitation expired: links in mails sent before are dead; send anew in Patient Access.\n"
        "Everything is in order.\n"
    )
    database = Database(f"sqlite:///{place}" if target == "sqlite" else place)
    for table in (AppointmentRow, SeatRow):
        keys = select(*table.__table__.primary_key.columns)
        assert sorted(rows(database, keys)) == sorted(rows(clinic.database, keys))
    assert rows(database, select(InvitationRow.state, InvitationRow.secret_digest).order_by(InvitationRow.id)) == [
        ("expired", None),
        ("withheld", None),
    ]
    assert sorted(rows(database, select(OutboxRow.state))) == [("sent",), ("withheld",)]
    assert rows(database, select(OnlineSessionRow.token_digest)) == []
    assert rows(database, select(ActRow.op_id).where(ActRow.undo.is_not(None))) == []
    assert database.write_now(lambda session: ledger.broken_links(session, clinic.clinic.id)) == []
    again = database.write_now(lambda session: session.execute(text("SELECT max(id) FROM change_log")).scalar())
    restored = type(clinic)(**{**vars_of(clinic), "database": database})
    restored.book("BAUER", "Dr Chen", "9:00")  # numbers go on where they were
    assert rows(database, text("SELECT max(id) FROM change_log")) == [(again + 1,)]
    invite(restored, "RUIZ", NOW + timedelta(minutes=1))  # the desk may send anew at once
    database.close_writer()


def vars_of(clinic):
    return {name: getattr(clinic, name) for name in clinic.__dataclass_fields__}


def test_a_place_that_holds_anything_is_refused(clinic, tmp_path):
    run("--db", address_of(clinic), "backup", tmp_path / "copy.db")
    before = tallies(clinic.database)
    code, out, err = said(run("--db", address_of(clinic), "restore", tmp_path / "copy.db"))
    assert (code, out) == (1, "")
    assert err.endswith("Nothing was changed.\n")
    assert tallies(clinic.database) == before


def test_an_old_log_beside_the_place_is_refused(on_file, tmp_path):
    run("--db", on_file, "backup", tmp_path / "copy.db")
    (tmp_path / "new.db-wal").write_bytes(b"of another database")
    code, _, err = said(run("--db", tmp_path / "new.db", "restore", tmp_path / "copy.db"))
    assert (code, err.startswith(f"{tmp_path}/new.db-wal is there;")) == (1, True)
    assert not (tmp_path / "new.db").exists()


def test_writers_go_on_and_the_copy_is_of_one_moment(clinic, tmp_path):
    """A clerk books while backups are made: each copy has as many appointments as acts that booked one."""
    times = [(h, m, p) for p in ("Dr Alvarez", "Dr Chen") for h in (13, 14, 15, 16) for m in (0, 15, 30, 45)]
    done = threading.Event()

    def work():
        for hour, minute, provider in times:
            clinic.book("BAUER" if provider == "Dr Chen" else "OKAFOR", provider, f"{hour}:{minute:02}")
        done.set()

    clerk = threading.Thread(target=work)
    clerk.start()
    copies = []
    while not done.is_set() or not copies:
        copies.append(tmp_path / f"copy{len(copies)}.db")
        assert run("--db", address_of(clinic), "backup", copies[-1]).exit_code == 0
    clerk.join()
    for copy in copies:
        with sqlite3.connect(copy) as file:
            counts = "SELECT (SELECT count(*) FROM appointment), (SELECT count(*) FROM act WHERE kind = 'book')"
            booked, acts = file.execute(counts).fetchone()
        file.close()
        assert booked == acts


def test_retention_keeps_the_newest_and_touches_nothing_else(on_file, tmp_path, monkeypatch):
    folder = tmp_path / "backups"
    folder.mkdir()
    others = {"clinic-notes.db", "other-20260101T000000Z.db"}
    for name in others:
        (folder / name).write_text("kept")
    for minute in range(4):
        monkeypatch.setenv("CTFRONT_NOW", f"2026-03-02T08:0{minute}")
        last = said(run("--db", on_file, "backup", folder, "--keep", "2"))
    assert last[1].endswith("1 older removed.\n")
    assert {path.name for path in folder.iterdir()} - others == {
        "clinic-20260302T160200Z.db",
        "clinic-20260302T160300Z.db",
    }


def test_by_default_it_lies_beside_the_database(on_file, tmp_path):
    run("--db", on_file, "backup")
    assert only_file(tmp_path / "backups").name == f"clinic-{FIRST}.db"


def test_what_a_killed_backup_left_is_taken_away_in_time(on_file, tmp_path):
    for name, age in (("old", 2), ("new", 0)):
        part = tmp_path / f".ctfront-{name}.part"
        part.write_text("half")
        os.utime(part, (NOW.timestamp() - age * 86_400,) * 2)
    run("--db", on_file, "backup", tmp_path / "copy.db")
    assert [path.name for path in tmp_path.glob(".ctfront-*")] == [".ctfront-new.part"]


def test_a_backup_never_replaces_a_file(on_file, tmp_path):
    place = tmp_path / "copy.db"
    place.write_text("something else")
    assert said(run("--db", on_file, "backup", place)) == (1, "", f"{place} is there already; nothing was replaced.\n")
    assert place.read_text() == "something else"


# -- encrypted


@pytest.fixture
def key(tmp_path):
    """A private key in a file, and its public one."""
    code, out, _ = said(run("backup", "--new-key", tmp_path / "key.txt"))
    assert code == 0
    assert (tmp_path / "key.txt").stat().st_mode & 0o777 == 0o600
    return tmp_path / "key.txt", out.splitlines()[0]


def test_an_encrypted_backup_shows_nothing_and_opens_with_its_key(on_file, key, tmp_path):
    private, public = key
    folder = tmp_path / "stick"
    code, out, _ = said(run("--db", on_file, "backup", folder, "--to", public))
    made = only_file(folder)
    assert (code, made.suffix, "checked and encrypted" in out) == (0, ".age", True)
    assert b"SQLite" not in made.read_bytes()
    assert b"KAPOOR" not in made.read_bytes()
    place = tmp_path / "new.db"
    assert said(run("--db", place, "restore", made)) == (
        1,
        "",
        f"{made} is encrypted; say where its private key is: --key FILE\n",
    )
    assert run("--db", place, "restore", made, "--key", private).exit_code == 0
    with sqlite3.connect(place) as file:
        assert file.execute("SELECT count(*) FROM patient WHERE last_name = 'KAPOOR'").fetchone() == (1,)
    file.close()


def test_another_key_a_cut_file_and_no_key_are_told_apart(on_file, key, tmp_path):
    private, public = key
    made = tmp_path / "copy.age"
    run("--db", on_file, "backup", made, "--to", public)
    sealing.make_key(tmp_path / "other.txt")
    cut = tmp_path / "cut.age"
    cut.write_bytes(made.read_bytes()[:-1000])
    spoilt = tmp_path / "spoilt.age"
    spoilt.write_bytes(made.read_bytes()[:5000] + b"x" + made.read_bytes()[5001:])
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sir or Madam")
    place = tmp_path / "new.db"
    for file, secret, sentence in (
        (made, tmp_path / "other.txt", f"{made} was encrypted to another key; nothing was restored."),
        (cut, private, f"{cut} is damaged or cut short; take another backup."),
        (spoilt, private, f"{spoilt} is damaged or cut short; take another backup."),
        (made, letter, f"{letter} holds no private key that can be used; it wants AGE-SECRET-KEY-1… or an SSH key."),
        (made, tmp_path / "none", f"{tmp_path}/none cannot be read: No such file or directory."),
    ):
        assert said(run("--db", place, "restore", file, "--key", secret)) == (1, "", f"{sentence}\n")
        assert not place.exists()
    assert list(tmp_path.glob(".ctfront-*")) == []


def test_what_is_no_public_key_is_refused_before_anything_is_copied(on_file, tmp_path):
    code, _, err = said(run("--db", on_file, "backup", tmp_path / "x.age", "--to", "age1nonsense"))
    assert (code, err) == (1, "“age1nonsense” is no public key; it wants age1…, ssh-ed25519 …, or a file of such.\n")


# -- faults


def test_a_full_disk_is_one_sentence_and_leaves_nothing(on_file, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("part:root")
    with small_disk(tmp_path / "stick") as stick:
        fill(stick)
        code, out, err = said(run("--db", on_file, "backup", stick / "copy.db"))
        assert (code, out) == (1, "")
        assert err.startswith("The copy wants ")
        assert [path.name for path in stick.iterdir()] == ["ballast"]


@pytest.mark.parametrize("content", [b"Dear Sir or Madam", b""], ids=["letter", "empty"])
def test_what_is_no_backup_is_refused(tmp_path, content):
    file, place = tmp_path / "letter.txt", tmp_path / "new.db"
    file.write_bytes(content)
    code, out, err = said(run("--db", place, "restore", file))
    assert (code, out, place.exists()) == (1, "", False)
    assert err == f"{file} is no backup of ctfront.\n"


def test_a_damaged_backup_is_refused(on_file, tmp_path):
    file, place = tmp_path / "copy.db", tmp_path / "new.db"
    run("--db", on_file, "backup", file)
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 6] = b"\xff" * 4096 * 3
    file.write_bytes(content)
    code, out, err = said(run("--db", place, "restore", file))
    assert (code, out, place.exists()) == (1, "", False)
    assert err.count("\n") == 1
    assert "damaged" in err


def test_a_damaged_database_is_not_backed_up_over_good_ones(on_file, tmp_path):
    folder = tmp_path / "backups"
    run("--db", on_file, "backup", folder)
    with open(on_file, "r+b") as file:
        file.seek(4096 * 9)
        file.write(b"\xff" * 4096 * 3)
    code, _, err = said(run("--db", on_file, "backup", folder, "--keep", "1"))
    assert code == 1
    assert err.count("\n") == 1
    assert only_file(folder).name == f"clinic-{FIRST}.db"


def test_both_are_listed_in_the_help():
    assert {"backup", "restore"} <= set(commands.list_commands(None))


def test_forms_that_waited_let_go_of_their_places(on_file, tmp_path, clock):
    clinic = small_clinic(f"sqlite:///{tmp_path}/held.db")
    do(clinic, lambda session, clinic, act: None)
    clinic.hold("Dr Chen", "11:00")
    run("--db", clinic.database.path, "backup", tmp_path / "copy.db")
    run("--db", tmp_path / "new.db", "restore", tmp_path / "copy.db")
    restored = Database(f"sqlite:///{tmp_path}/new.db")
    assert rows(restored, select(SeatRow.hold_by).where(SeatRow.hold_id.is_not(None))) == []
    assert rows(clinic.database, select(SeatRow.hold_by).distinct()) != []
    restored.close_writer()
    clinic.database.close_writer()
