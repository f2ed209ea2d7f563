"""Stories of ticking appointments of the day and doing something to all of them."""

from datetime import UTC, datetime, timedelta


async def test_the_ticked_are_cancelled_together_and_come_back_together(monday):
    keys = "space right down space c shift+tab shift+tab 'provider away' tab cli enter enter"
    end = await monday(f"{keys} y")
    assert end.status_of("RUIZ") + end.status_of("KAPOOR") == ["cancelled"] * 2
    assert {r["cancel_reason"] for r in end.rows if r["status"] == "cancelled"} == {"provider away"}
    assert end.message == "Cancelled 2 appointments. u takes it back."
    assert "ticked" not in end.cells[0]
    assert {r["status"] for r in (await monday(f"{keys} y u")).rows} == {"scheduled"}


async def test_all_of_the_column_are_ticked_and_marked_in_the_grid(monday):
    end = await monday("* t")
    assert "*RUIZ, Ana" in end.at("8:00")
    assert "*OKAFOR" in end.at("8:30")
    assert "*LEE" not in end.screen
    assert "2 ticked" in end.cells[0]
    assert "*RUIZ" not in (await monday("* *")).screen


async def test_not_now_leaves_the_form_and_the_ticks(monday):
    end = await monday("* c enter enter")
    assert "Cancel 2 ticked appointments of Mon 2 Mar 2026" in end.screen
    assert {r["status"] for r in end.rows} == {"scheduled"}
    assert "2 ticked" in (await monday("* c esc")).cells[0]


async def test_ticks_end_with_the_day_and_with_escape(monday):
    assert "*RUIZ" not in (await monday("* ] [")).screen
    end = await monday("* esc c esc")
    assert "*RUIZ" not in end.screen
    assert "ticked" not in end.cells[0]


async def test_what_has_no_tick_says_why(monday):
    end = await monday("c enter space")
    assert end.message == "RUIZ, Ana is cancelled; nothing to do, so no tick."
    assert (await monday("down space")).message == "No appointment here to tick."


async def test_the_ticked_are_marked_together_and_come_back_together(monday):
    end = await monday("a * right k n")
    assert end.status_of("RUIZ") + end.status_of("OKAFOR") + end.status_of("KAPOOR") == [
        "no_show",
        "no_show",
        "scheduled",
    ]
    assert end.message == "2 appointments are no-shows. u takes it back."
    assert (await monday("a * right k n u")).status_of("RUIZ") == ["arrived"]


async def test_one_that_is_arrived_already_refuses_the_mark_and_the_ticks_stay(monday):
    end = await monday("a * a")
    assert end.message == "Nothing is done: RUIZ, Ana is arrived already."
    assert end.status_of("OKAFOR") == ["scheduled"]
    assert "2 ticked" in end.cells[0]


SIX = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
"""18:00 on the Monday in Los Angeles, when everybody's hours are over."""


async def test_at_the_end_of_the_day_what_is_open_is_finished_together(monday):
    end = await monday("v", now=SIX)
    assert "4 appointments of today still open." in end.screen
    assert "KAPOOR, Dev for 8:15 is scheduled" in end.screen
    done = await monday("k d v enter k n", now=SIX)
    assert sorted(r["status"] for r in done.rows) == ["done", "no_show", "no_show", "no_show"]
    assert (await monday("f2 t v down down down enter", now=SIX)).cursor == ("8:15", "KAPOOR, Dev")


async def test_while_the_clinic_is_open_nothing_is_left_open(monday):
    end = await monday("v", now=SIX - timedelta(minutes=1))
    assert end.message == "Nothing new since you last looked."
