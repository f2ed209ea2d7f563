"""Stories of keys that come before their screen: in a burst, in pieces, too early, in between, or as a paste."""

import random

import pytest
from sqlalchemy import text
from textual import events

from ctfront.app import CTFrontApp
from tests.desk import open_desk, read_keys
from tests.screens.conftest import cast
from tests.stories import EIGHT, ROWS
from tests.wire.terminal_desk import sent_for, terminal_desk

BOOKED = "Booked BAUER, Tomás for 8:15 with Dr Alvarez. u takes it back."


@pytest.mark.parametrize(
    "keys",
    [
        "i f2 f3 x y x y f2 down b bau enter enter",
        "f3 kap enter x y f2 down b bau enter enter",
        "i f2 f3 f2 f3 f2 down b bau enter enter",
    ],
)
async def test_keys_that_mean_nothing_on_one_screen_do_nothing_on_the_next(monday, keys):
    end = await monday(keys)
    assert end.message == BOOKED
    assert end.cursor == ("8:15", "BAUER, Tomás")


async def test_a_page_down_behind_a_change_of_screen_goes_as_far(monday):
    assert (await monday("i f2 pgdn")).cursor == ("11:30", "·")


@pytest.mark.parametrize("burst", [False, True])
async def test_a_slot_taken_by_another_desk_between_two_keys_is_asked_about(clinic_of_its_own, burst):
    clinic = clinic_of_its_own()
    cast(clinic)
    app = CTFrontApp(clinic.database, clinic.clinic, clinic.mgarcia, lambda: EIGHT)
    script = "down b bau enter enter enter"
    async with open_desk(app) as desk:
        let_in, left = app.gate.deliver, iter(range(len(list(read_keys(script))), 0, -1))

        def let_in_with_a_rival(event):
            if next(left) == 2:  # just before the Enter that saves
                clinic.book("SMITH", "Dr Alvarez", "8:15", who=clinic.tlee)
            let_in(event)

        app.gate.deliver = let_in_with_a_rival
        await (desk.burst if burst else desk.press)(script)
        assert "Book 8:15" in desk.text()
        assert "Overbook?" not in desk.text()
    day = await clinic.scheduling.day(EIGHT.date())
    assert [a.patient.last_name for a in day.columns[0].appointments] == ["RUIZ", "SMITH", "OKAFOR"]
    await clinic.database.close()


async def test_what_is_pasted_into_a_field_is_text(clinic_of_its_own):
    clinic = clinic_of_its_own()
    cast(clinic)
    app = CTFrontApp(clinic.database, clinic.clinic, clinic.mgarcia, lambda: EIGHT)
    async with open_desk(app) as desk:
        desk.type("down b")
        app.post_message(events.Paste("bau"))
        await desk.burst("enter enter")
        assert desk.cells()[-2].strip() == BOOKED
    await clinic.database.close()


async def test_what_is_pasted_outside_a_field_is_no_command(clinic_of_its_own):
    clinic = clinic_of_its_own()
    cast(clinic)
    app = CTFrontApp(clinic.database, clinic.clinic, clinic.mgarcia, lambda: EIGHT)
    async with open_desk(app) as desk:
        before = desk.cells()
        app.post_message(events.Paste("a c\ru"))
        await desk.settle()
        assert desk.cells() == before
    await clinic.database.close()


MORNING = (
    "down", "down down", "up", "right", "left", "tab", "shift+tab", "pgdn", "pgup", "end", "home", "t", "]", "[", "}",
    "w", "g +1w enter", "g 3mar enter", "b bau enter enter", "b smi enter 2 enter", "b zoë enter enter y", "b esc",
    "b le esc esc", "a", "o", "k f", "k d", "c enter", "c esc", "m down enter", "m right enter y", "m } enter enter",
    "m esc", "u", "u u", "e tab 30 f9 y", "i", "f2", "f3", "/ kap enter", "/ smi 1", "/ esc", "f adj enter enter esc",
    ": 'ar 1' enter", ": 'mv ruiz +1d' enter", ": go enter esc", "? esc", "x y x y", "enter", "esc", "esc esc",
)  # fmt: skip
"""What a clerk does, in pieces that a random morning is made of."""


async def test_a_random_morning(monday, morning_number):
    """Whatever is typed in whatever order: a burst ends as slow typing does."""
    dice = random.Random(morning_number)
    await monday(" ".join(dice.choices(MORNING, k=12)))


# -- through a pseudo-terminal


def on_the_wire(clinic, **more):
    return terminal_desk(clinic.database.path, who="mgarcia", size=(80, 24), now=EIGHT, **more)


async def rows_of(clinic) -> list[tuple]:
    async with clinic.database.reading() as session:
        rows = [(r["minute"], r["patient"]) for r in (await session.execute(text(ROWS))).mappings()]
    await clinic.database.close()
    return rows[4:]


async def test_keys_typed_before_the_program_starts_book_and_quit(clinic_of_its_own):
    clinic = clinic_of_its_own()
    cast(clinic)
    with on_the_wire(clinic, typed="down b bau enter enter : q enter") as desk:
        assert desk.wait_for_exit() == 0
    assert await rows_of(clinic) == [(495, "BAUER")]


async def test_input_that_comes_byte_by_byte_is_the_same_keys(clinic_of_its_own):
    clinic = clinic_of_its_own()
    cast(clinic)
    with on_the_wire(clinic) as desk:
        desk.settle()
        for keys in ("down down home down", "b zoë enter", "shift+tab f9"):
            data = sent_for(keys)
            desk.send_byte_by_byte(b"".join(data), keys=len(data))
        desk.settle()
        assert desk.cells()[-2].strip() == "Booked O'NEIL-[/X]ŁUKASZ, Zoë for 8:15 with Dr Alvarez. u takes it back."
    assert await rows_of(clinic) == [(495, "O'NEIL-[/x]ŁUKASZ")]


async def test_a_paste_is_text_and_never_a_command(clinic_of_its_own):
    clinic = clinic_of_its_own()
    cast(clinic)
    with on_the_wire(clinic) as desk:
        desk.settle()
        paste = b"\x1b[200~a c\rbau\x1b[201~"
        desk.send(paste, keys=1)
        desk.send(b"\x1b[Bb\x1b[200~bau\x1b[201~\r\r", keys=5)
        desk.settle()
        assert desk.cells()[-2].strip() == BOOKED
    assert await rows_of(clinic) == [(495, "BAUER")]


async def test_a_window_made_small_and_large_again_in_the_middle_of_a_burst(clinic_of_its_own):
    clinic = clinic_of_its_own()
    cast(clinic)
    with on_the_wire(clinic) as desk:
        desk.settle()
        desk.press("down b bau")
        desk.resize(60, 20)
        desk.read_until(lambda: "needs 80 columns" in "\n".join(desk.cells()), "the word on the window")
        desk.send(b"\r\r", keys=2)
        desk.resize(120, 40)
        desk.read_until(lambda: desk.cells()[-2].strip() == BOOKED, "the booking")
    assert await rows_of(clinic) == [(495, "BAUER")]
