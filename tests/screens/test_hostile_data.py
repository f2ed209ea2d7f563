"""Whatever lies in the database, no screen and no dialog shows a character that could drive the terminal."""

from dataclasses import replace

import pytest

from ctfront.app import CTFrontApp
from ctfront.domain.times import Span
from tests.clinics import MONDAY, NOW, small_clinic
from tests.desk import open_desk
from tests.hostile import HOSTILE, LONG, TOGETHER, harmful
from tests.screens.conftest import EIGHT, cast
from tests.spoiling import spoil

FIRST = "\x1b]0;owned\x07\x9b2J\x00\u202e\x1bcEve"
"""Begins with the worst, so that nothing is cut off before it."""

TEXTS = {"together": f"{TOGETHER}\x00", "at once": FIRST, "markup closing": HOSTILE["markup closing"], "5,000": LONG}

TOUR = (
    "",
    "i",
    "down down",
    "b",
    "esc f2",
    "b 1 tab tab",
    "esc esc",
    "e",
    "tab tab esc esc",
    "c",
    "esc",
    "k",
    "esc",
    "m",
    "down",
    "esc",
    "f",
    "tab down esc",
    ": ar space 1",
    "esc",
    ": bk space e",
    "esc esc",
    "g",
    "esc esc",
    "/ #",
    "esc",
    "/ e",
    "esc",
    "?",
    "esc",
    "w",
    "w",
    "right",
    "right right",
    "enter",
    "esc esc",
    "tab",
    "c",
    "esc",
    "u",
    "a",
    "n",
    "esc",
    "] [",
)
"""Every screen and dialog, one step after the other."""


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_no_screen_shows_what_could_drive_a_terminal(sqlite_url, tmp_path, text, size):
    clinic = small_clinic(sqlite_url)
    cast(clinic)
    osei = clinic.providers["Osei LMT"].id
    await clinic.scheduling.add_event(clinic.act(at=NOW), osei, MONDAY, Span(600, 660), "meeting")
    cancelled = clinic.book("SMITH", "Dr Chen", "9:00")
    await clinic.scheduling.delete(clinic.act(), cancelled.id, version=cancelled.version)
    spoil(tmp_path / "clinic.db", text)
    there = await clinic.scheduling.providers()
    assert len(there) == 3
    spoiled = replace(clinic.clinic, name=text)
    app = CTFrontApp(clinic.database, spoiled, replace(clinic.mgarcia, name=text), lambda: EIGHT)
    async with open_desk(app, size=size) as desk:
        for step in TOUR:
            await desk.press(step)
            assert [(step, line, harmful(line)) for line in desk.cells() if harmful(line)] == []
            assert len(desk.cells()) == size[1]
    await clinic.database.close()
