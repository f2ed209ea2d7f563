"""Stories of walking the schedule."""

import asyncio

import pytest

from ctfront.app import CTFrontApp
from ctfront.domain.patients import Alert, Channel
from ctfront.services.scheduling import Scheduling
from tests.clinics import small_clinic
from tests.desk import open_desk
from tests.screens.conftest import EIGHT, cast
from tests.screens.profile_scenes import edit_now


async def test_opens_on_today_at_the_present_time(monday):
    end = await monday("right left")
    assert end.cursor == ("8:00", "RUIZ, Ana")
    assert end.cells[0].split()[:4] == ["Mon", "2", "Mar", "2026"]


@pytest.mark.parametrize(
    ("keys", "cursor"),
    [
        ("right", ("8:00", "·")),
        ("right right", ("8:00", "LEE, Min")),
        ("right right right", ("8:00", "LEE, Min")),
        ("down down", ("8:30", "OKAFOR, Grace")),
        ("end", ("17:45", "·")),
        ("end home", ("8:00", "RUIZ, Ana")),
        ("pgdn", ("11:30", "·")),
        ("pgdn pgup", ("8:00", "RUIZ, Ana")),
        ("tab", ("8:30", "OKAFOR, Grace")),
        ("tab shift+tab", ("8:00", "RUIZ, Ana")),
        ("pgdn t", ("8:00", "RUIZ, Ana")),
    ],
)
async def test_keys_that_move(monday, keys, cursor):
    assert (await monday(keys)).cursor == cursor


@pytest.mark.parametrize(
    ("keys", "day"),
    [
        ("]", "Tue 3 Mar 2026"),
        (".", "Tue 3 Mar 2026"),
        ("[", "Sun 1 Mar 2026"),
        (",", "Sun 1 Mar 2026"),
        ("}", "Mon 9 Mar 2026"),
        (">", "Mon 9 Mar 2026"),
        ("{", "Mon 23 Feb 2026"),
        ("<", "Mon 23 Feb 2026"),
        ("] ] t", "Mon 2 Mar 2026"),
        ("g +1w enter", "Mon 9 Mar 2026"),
        ("g 14dec enter", "Mon 14 Dec 2026"),
        ("g blah enter", "Mon 2 Mar 2026"),
        ("g esc ]", "Tue 3 Mar 2026"),
    ],
)
async def test_keys_of_time(monday, keys, day):
    assert (await monday(keys)).cells[0].strip().startswith(day)


async def test_a_date_that_cannot_be_read_stays_in_its_field(monday):
    end = await monday("g blah enter")
    assert "is no date" in end.screen


async def test_week_of_one_provider_and_back(monday):
    end = await monday("w")
    assert end.cells[1].split("  ")[0] == " Time"
    assert [day in end.cells[1] for day in ("Mon 2 Mar", "Tue 3 Mar", "Fri 6 Mar")] == [True, True, True]
    assert end.cells[0].strip().startswith("Mon 2 Mar 2026 · Dr Alvarez")
    assert (await monday("w right w w")).cells[0].strip().startswith("Tue 3 Mar 2026  ")


async def test_tab_walks_inside_a_cell_and_the_pane_counts(both_ways):
    def scene(clinic):
        cast(clinic)
        clinic.book("BAUER", "Dr Alvarez", "8:00", overbook=True)

    end = await both_ways("tab", scene)
    assert end.cursor[0] == "8:00"
    assert "2 of 2" in end.pane
    assert "+1" in end.at("8:00")


async def test_a_cancelled_one_never_hides_a_live_one(monday):
    end = await monday("c enter b bau enter enter")
    assert "BAUER" in end.at("8:00")
    assert "+1" in end.at("8:00")


async def test_closed_hours_and_breaks_look_different(monday):
    end = await monday("pgdn down down down")
    assert "~ lunch" in end.at("12:00")


async def test_a_day_without_anybody_says_so(monday):
    end = await monday("[ b")
    assert "No provider has hours" in end.screen
    assert end.message == "Nobody works on this day; there is no place to book."


async def test_wide_terminal_has_the_pane_beside(monday):
    end = await monday("down", size=(120, 40))
    assert "free for 15 min" in end.cells[2] + end.cells[3]


async def test_another_desk_s_booking_appears_and_the_cursor_stays(sqlite_url):
    clinic = small_clinic(sqlite_url)
    cast(clinic)
    app = CTFrontApp(clinic.database, clinic.clinic, clinic.mgarcia, lambda: EIGHT)
    async with open_desk(app) as desk:
        await desk.press("tab")
        clinic.book("BAUER", "Dr Alvarez", "8:15", who=clinic.tlee)
        await app.screen.watch_others().wait()
        await desk.settle()
        assert "BAUER" in desk.cells()[3]
        assert "▸OKAFOR" in desk.cells()[4]
    await clinic.database.close()


async def test_what_a_colleague_saves_of_a_patient_appears_in_the_pane(sqlite_url):
    clinic = small_clinic(sqlite_url)
    cast(clinic)
    app = CTFrontApp(clinic.database, clinic.clinic, clinic.mgarcia, lambda: EIGHT)
    async with open_desk(app) as desk:
        assert "consent no" in desk.text()
        edit_now(clinic, "RUIZ", who=clinic.tlee, consent=frozenset(Channel), alerts=(Alert(text="Deaf"),))
        await app.screen.watch_others().wait()
        await desk.settle()
        assert "consent yes" in desk.text()
        assert "! Deaf" in desk.text()
        edit_now(clinic, "BAUER", who=clinic.tlee, note="not in view")
        await app.screen.watch_others().wait()
        assert app.screen.looked_at > app.screen.grid.schedule.change_seen
    await clinic.database.close()


class HeldReading(Scheduling):
    """Reads a day as ever, but hands it over only when let go."""

    def __init__(self, *what) -> None:
        super().__init__(*what)
        self.let_go = asyncio.Event()
        self.has_read = asyncio.Event()

    async def day(self, *what, **more):
        read = await super().day(*what, **more)
        self.has_read.set()
        await self.let_go.wait()
        return read


@pytest.mark.parametrize(("keys", "mark"), [("right", "Adj S"), ("a right", "Adj A 8:00")])
async def test_a_watcher_s_late_reading_moves_no_cursor_and_undoes_nothing(sqlite_url, keys, mark):
    clinic = small_clinic(sqlite_url)
    cast(clinic)
    app = CTFrontApp(clinic.database, clinic.clinic, clinic.mgarcia, lambda: EIGHT)
    async with open_desk(app) as desk:
        clinic.book("BAUER", "Dr Alvarez", "8:15", who=clinic.tlee)
        screen, prompt = app.screen, app.screen.scheduling
        screen.scheduling = held = HeldReading(clinic.database, clinic.clinic)
        watching = screen.watch_others()
        await held.has_read.wait()
        screen.scheduling = prompt
        await desk.press(keys)
        held.let_go.set()
        await watching.wait()
        await desk.settle()
        ruiz, bauer = desk.cells()[2:4]
        assert (ruiz.split("▸")[0].split()[-len(mark.split()) :], ruiz.split("▸")[1][0]) == (mark.split(), "·")
        assert "BAUER" in bauer
    await clinic.database.close()
