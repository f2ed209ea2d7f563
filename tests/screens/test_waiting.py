"""Stories of a database that hangs: the clerk is told, may go on, and learns what became of the act."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from ctfront.app import CTFrontApp
from ctfront.data.database import Database
from ctfront.data.write_lock import WriteLock
from tests.clinics import MONDAY
from tests.desk import Desk, open_desk, until
from tests.screens.conftest import EIGHT, cast
from tests.screens.profile_scenes import edit_now


class HangingDatabase(Database):
    """A database whose readings wait until they are let."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.answers = asyncio.Event()
        self.answers.set()

    @asynccontextmanager
    async def reading(self):
        await self.answers.wait()
        async with super().reading() as session:
            yield session


@pytest.fixture
async def morning(clinic_of_its_own):
    """The small clinic with the first hour taken, its app at a desk."""
    clinic = clinic_of_its_own(HangingDatabase)
    cast(clinic)
    clinic.app = CTFrontApp(clinic.database, clinic.clinic, clinic.mgarcia, lambda: EIGHT)
    yield clinic
    await clinic.database.close()


def writes_held(clinic):
    """Let another program hold the clinic's write lock."""
    return WriteLock(clinic.database.path).held()


def message(desk: Desk) -> str:
    return desk.cells()[-2].strip()


async def says(desk: Desk, sentence: str) -> None:
    """Wait until the message line says it."""
    try:
        await until(lambda: message(desk) == sentence)
    except TimeoutError:
        raise AssertionError(f"waited for “{sentence}”; the screen:\n{desk.text()}") from None


def cursor_row(desk: Desk) -> str:
    return next(line for line in desk.cells() if "▸" in line).split()[0].rstrip("▸")


async def booked(clinic) -> list[str]:
    day = await clinic.scheduling.day(MONDAY)
    return sorted(a.patient.last_name for column in day.columns for a in column.appointments)


BEFORE = ["KAPOOR", "LEE", "OKAFOR", "RUIZ"]


async def test_keys_behind_a_hanging_save_are_counted_and_dropped_by_escape(morning):
    async with open_desk(morning.app) as desk:
        await desk.press("down b bau enter")
        with writes_held(morning):
            desk.type("enter a down down down down down down")
            await until(lambda: morning.app.gate.told)
            await says(desk, "Waiting for the database. Esc drops the 7 keys typed ahead.")
            desk.type("esc")
            await says(desk, "7 keys dropped. What was begun may still come.")
        await desk.settle()
        await says(desk, "Booked BAUER, Tomás for 8:15 with Dr Alvarez. u takes it back.")
        assert await booked(morning) == ["BAUER", *BEFORE]


async def test_a_form_left_while_its_save_hangs_is_saved_and_the_cursor_is_the_clerks(morning):
    async with open_desk(morning.app) as desk:
        await desk.press("down b bau enter")
        with writes_held(morning):
            desk.type("enter x")
            await until(lambda: morning.app.gate.told)
            await desk.burst("esc esc down down down")
            assert cursor_row(desk) == "9:00"
        await says(desk, "Booked BAUER, Tomás for 8:15 with Dr Alvarez. u takes it back.")
        assert cursor_row(desk) == "9:00"
        assert await booked(morning) == ["BAUER", *BEFORE]


async def test_okay_again_while_a_save_hangs_saves_once(morning):
    async with open_desk(morning.app) as desk:
        await desk.press("down b bau enter")
        with writes_held(morning):
            desk.type("enter x")
            await until(lambda: morning.app.gate.told)
            await desk.burst("esc enter f9 enter")
        await says(desk, "Booked BAUER, Tomás for 8:15 with Dr Alvarez. u takes it back.")
        assert await booked(morning) == ["BAUER", *BEFORE]


async def test_a_save_that_lost_its_place_meanwhile_asks_nothing(morning):
    async with open_desk(morning.app) as desk:
        await desk.press("down b bau enter")
        morning.book("SMITH", "Dr Alvarez", "8:15", who=morning.tlee)
        with writes_held(morning):
            desk.type("enter x")
            await until(lambda: morning.app.gate.told)
            await desk.burst("esc esc down")
        await says(desk, "What you asked for came late and was left out; ask again.")
        await desk.press("down")
        assert cursor_row(desk) == "8:45"
        assert await booked(morning) == [*BEFORE, "SMITH"]


async def test_a_mark_that_comes_late_leaves_the_cursor_where_the_clerk_went(morning):
    async with open_desk(morning.app) as desk:
        with writes_held(morning):
            desk.type("a x")
            await until(lambda: morning.app.gate.told)
            await desk.burst("esc down down down")
        await says(desk, "RUIZ, Ana is arrived. u takes it back.")
        assert cursor_row(desk) == "8:45"


async def test_an_edit_that_met_a_colleague_s_meanwhile_asks_nothing(morning):
    async with open_desk(morning.app) as desk:
        await desk.press("i e up up up up Anna")
        edit_now(morning, "RUIZ", morning.tlee, note="theirs")
        with writes_held(morning):
            desk.type("f9 x")
            await until(lambda: morning.app.gate.told)
            await desk.burst("esc esc")
        await says(desk, "What you asked for came late and was left out; ask again.")
        await desk.press("esc down")
        assert cursor_row(desk) == "8:15"
        patient = await morning.people.patient(morning.patients["RUIZ"])
        assert (patient.first_name, patient.note) == ("Ana", "theirs")


async def test_an_edit_that_comes_late_says_what_it_saved(morning):
    async with open_desk(morning.app) as desk:
        await desk.press("i e up up up up Anna")
        with writes_held(morning):
            desk.type("f9 x")
            await until(lambda: morning.app.gate.told)
            await desk.burst("esc esc / kap enter")
        await says(desk, "Saved RUIZ, Ana: first name. u takes it back.")
        assert "KAPOOR, Dev" in desk.cells()[1]


async def test_a_new_patient_that_comes_late_opens_nothing(morning):
    async with open_desk(morning.app) as desk:
        await desk.press("n Nguyen enter Linh enter 5/6/1991 enter")
        with writes_held(morning):
            desk.type("enter x")
            await until(lambda: morning.app.gate.told)
            await desk.burst("esc esc down")
        await says(desk, "NGUYEN, Linh is on record as #10009.")
        await desk.press("down")
        assert cursor_row(desk) == "8:30"


async def test_a_form_that_comes_late_is_left_out(morning):
    async with open_desk(morning.app) as desk:
        await desk.press("down")
        morning.database.answers.clear()
        desk.type("b bau enter enter")
        await until(lambda: morning.app.gate.told)
        await says(desk, "Waiting for the database. Esc drops the 5 keys typed ahead.")
        await desk.burst("esc end")
        morning.database.answers.set()
        await says(desk, "What you asked for came late and was left out; ask again.")
        await desk.press("up")
        assert cursor_row(desk) == "17:30"
        assert await booked(morning) == BEFORE


async def test_leaving_the_program_while_a_save_hangs_still_saves(morning):
    run = asyncio.create_task(morning.app.run_async(headless=True, size=(80, 24)))
    desk = Desk(morning.app)
    await until(lambda: morning.app.gate is not None)
    await desk.press("down b bau enter")
    with writes_held(morning):
        desk.type("enter a a")
        await until(lambda: morning.app.gate.told)
        desk.type("ctrl+q")
        await run
    assert morning.app.return_code == 0
    await morning.database.write(lambda session: None)  # the one database thread does it behind the save
    assert await booked(morning) == ["BAUER", *BEFORE]


async def test_what_was_said_before_the_wait_is_said_again_after_it(morning):
    async with open_desk(morning.app) as desk:
        await desk.press("a")
        morning.app.wait_long(1)
        morning.app.wait_long(2)
        assert await drawn(desk) == "Waiting for the database. Esc drops the 2 keys typed ahead."
        morning.app.wait_over()
        assert await drawn(desk) == "RUIZ, Ana is arrived. u takes it back."
        morning.app.say("")
        morning.app.wait_long(1)
        morning.app.wait_long(2)
        morning.app.wait_over()
        assert await drawn(desk) == ""


async def drawn(desk: Desk) -> str:
    """Return what the message line says once it is drawn."""
    await desk.settle()
    return message(desk)
