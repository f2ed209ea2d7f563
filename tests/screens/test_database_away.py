"""A database that does not answer while somebody works: one sentence, what was typed stays, trying again saves it."""

import fcntl
import os
import sqlite3
from contextlib import contextmanager

import pytest

from ctfront.app import CTFrontApp
from ctfront.data.database import Database
from tests.clinics import SmallClinic, small_clinic
from tests.desk import open_desk
from tests.disks import fill, small_disk
from tests.stories import EIGHT, left_in


@contextmanager
def queued_before(path):
    """Another program that has its turn and does not end."""
    descriptor = os.open(f"{path}.lock", os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield
    os.close(descriptor)


@contextmanager
def writing_out_of_turn(path):
    """Another program that takes no turn."""
    stranger = sqlite3.connect(path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    yield
    stranger.rollback()
    stranger.close()


FAULTS = {
    "queued": (queued_before, f"Another program (process {os.getpid()}) holds the database; nothing was saved."),
    "out of turn": (writing_out_of_turn, "Another program holds the database; nothing was saved."),
}


@pytest.fixture
def clinic(sqlite_url, monkeypatch) -> SmallClinic:
    monkeypatch.setattr("ctfront.data.write_lock.PATIENCE", 0.05)
    monkeypatch.setattr("ctfront.data.database.BUSY_SECONDS", 0.05)
    clinic = small_clinic(sqlite_url)
    clinic.book("RUIZ", "Dr Alvarez", "8:00")
    return clinic


def app_of(clinic: SmallClinic) -> CTFrontApp:
    return CTFrontApp(clinic.database, clinic.clinic, clinic.mgarcia, lambda: EIGHT)


def said(desk) -> str:
    return " ".join(desk.text().replace("│", " ").split())


@pytest.mark.parametrize(("fault", "sentence"), FAULTS.values(), ids=FAULTS)
async def test_a_form_stays_with_what_was_typed_and_saves_the_second_time(clinic, fault, sentence):
    async with open_desk(app_of(clinic)) as desk:
        await desk.press("down b bau enter shift+tab shift+tab bring space x-rays")
        with fault(clinic.database.path):
            await desk.press("f9")
            assert sentence in said(desk)
            assert "bring x-rays" in desk.text()
            await desk.press("f9")
        await desk.press("f9")
        assert "Booked BAUER, Tomás for 8:15 with Dr Alvarez." in desk.text()
    rows = (await left_in(clinic))["rows"]
    assert [(r["patient"], r["note"]) for r in rows] == [("RUIZ", ""), ("BAUER", "bring x-rays")]


@pytest.mark.parametrize(("fault", "sentence"), FAULTS.values(), ids=FAULTS)
async def test_an_act_without_a_form_says_so_and_changes_nothing(clinic, fault, sentence):
    async with open_desk(app_of(clinic)) as desk:
        with fault(clinic.database.path):
            for key in ("a", "o", "u"):
                await desk.press(key)
                assert desk.cells()[-2].strip().startswith(sentence)
        await desk.press("a")
        assert desk.cells()[-2].strip() == "RUIZ, Ana is arrived. u takes it back."
    assert [r["status"] for r in (await left_in(clinic))["rows"]] == ["arrived"]


@pytest.mark.part("root")
async def test_a_full_disk_keeps_the_form_until_there_is_space(clinic, tmp_path):
    clinic.database.write_now(lambda session: None)
    await clinic.database.close()
    with small_disk(tmp_path / "disk") as disk:
        (disk / "clinic.db").write_bytes(clinic.database.path.read_bytes())
        clinic.database = Database(f"sqlite:///{disk}/clinic.db")
        async with open_desk(app_of(clinic)) as desk:
            await desk.press("down b bau enter")
            ballast = fill(disk)
            await desk.press("f9")
            assert "The disk is full; nothing was saved." in said(desk)
            ballast.unlink()
            await desk.press("f9")
            assert "Booked BAUER, Tomás for 8:15 with Dr Alvarez." in desk.text()
        rows = (await left_in(clinic))["rows"]
    assert [(r["patient"], r["minute"]) for r in rows] == [("RUIZ", 480), ("BAUER", 495)]
