"""Whatever is pasted into a field, find box or line is shown harmlessly, refused with a sentence, and never lost."""

import pytest
from textual import events
from textual.widgets import Input

from ctfront.app import CTFrontApp
from tests.clinics import small_clinic
from tests.desk import open_desk
from tests.hostile import AWKWARD, HOSTILE, LONG, TOGETHER, harmful
from tests.screens.conftest import cast
from tests.stories import EIGHT

OPENERS = ("b", "e", "c", "k e", "n", "g", ":", "f", "/", "?")
"""What opens each form, box and line of the Scheduler."""

SET_UP = ("f6 end enter", "f6 2 end enter", "f6 3 end enter", "f6 5 enter")


@pytest.fixture
async def desk(sqlite_url):
    clinic = small_clinic(sqlite_url)
    cast(clinic)
    app = CTFrontApp(clinic.database, clinic.clinic, clinic.manager, lambda: EIGHT)
    async with open_desk(app) as desk:
        yield desk
    await clinic.database.close()


async def paste(desk, text: str) -> None:
    desk.app.post_message(events.Paste(text))
    await desk.settle()


def assert_harmless(desk) -> None:
    assert [line for line in desk.cells() if harmful(line)] == []


@pytest.mark.parametrize("opener", [*OPENERS, *SET_UP])
async def test_every_field_takes_any_paste(desk, opener):
    await desk.press(opener)
    dialog = desk.app.screen
    lines = len(dialog.query(Input))
    for _ in range(lines + 1):
        here = dialog.focused
        for text in (AWKWARD, TOGETHER, f"\x1b]0;owned\x07\x00{HOSTILE['bidi override']}", LONG):
            await paste(desk, text)
            assert_harmless(desk)
            assert desk.app.screen is dialog
            if isinstance(here, Input):
                assert here.value.startswith(AWKWARD)
                assert len(here.value) <= here.max_length
                assert harmful(here.value) == []
        await desk.press("tab")
    await desk.press("f9")
    assert_harmless(desk)
