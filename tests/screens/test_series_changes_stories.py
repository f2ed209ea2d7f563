"""Stories of changing a series: one visit, this and later, or all; and the way back to the plan."""

from tests.screens.test_series_stories import busy, days_of

WEEKLY = ": 'bk bau tue 930 chen adj x4' enter enter "
BOOKED = ["03-03", "03-10", "03-17", "03-24"]


async def test_the_pane_says_which_of_how_many(monday):
    end = await monday(f"{WEEKLY}")
    assert "1 of 4 in a series" in end.pane


async def test_enter_cancels_this_one_only(monday):
    end = await monday(f"{WEEKLY} c")
    assert "Cancel BAUER, Tomás, no. 1 of a series:" in end.dialog
    assert "2 this and later, 4 visits to Tue 24 Mar" in end.dialog
    end = await monday(f"{WEEKLY} c enter enter")
    assert days_of(end) == BOOKED[1:]
    assert end.message == "Cancelled BAUER, Tomás for 9:30 with Dr Chen. u takes it back."


async def test_this_and_later_are_cancelled_in_one_act(monday):
    end = await monday(f"{WEEKLY} '}}' c 2 enter y")
    assert days_of(end) == BOOKED[:1]
    assert end.message == "Cancelled 3 appointments. u takes them back."
    end = await monday(f"{WEEKLY} '}}' c 2 enter y u")
    assert days_of(end) == BOOKED


async def test_all_still_to_come_are_cancelled(monday):
    end = await monday(f"{WEEKLY} '}}' c 3 enter y")
    assert days_of(end) == []


async def test_esc_at_the_question_changes_nothing(monday):
    end = await monday(f"{WEEKLY} c esc")
    assert days_of(end) == BOOKED
    end = await monday(f"{WEEKLY} m down enter esc")
    assert days_of(end) == BOOKED
    assert end.message.startswith("In hand: BAUER, Tomás")


async def test_one_is_moved_with_one_enter_more(monday):
    end = await monday(f"{WEEKLY} m down enter enter")
    assert sorted(r["minute"] for r in end.rows if r["patient"] == "BAUER") == [570, 570, 570, 585]
    end = await monday(f"{WEEKLY} m ] enter enter enter")
    assert days_of(end) == [*BOOKED[1:], "03-04"]


async def test_this_and_later_go_a_week_on(monday):
    end = await monday(f"{WEEKLY} m '}}' enter 2 enter")
    assert sorted(days_of(end)) == ["03-10", "03-17", "03-24", "03-31"]
    assert end.message == "Moved 4 for BAUER, Tomás, Tue 10 Mar to Tue 31 Mar. u takes them back."
    assert "1 of 4 in a series" in end.pane
    end = await monday(f"{WEEKLY} m '}}' enter 2 enter u")
    assert days_of(end) == BOOKED


async def test_those_that_cannot_move_stay_and_are_named(both_ways):
    later = WEEKLY.replace("930", "1000") + "m up up enter 2"
    end = await both_ways(later, busy)
    assert "Moved 3 for BAUER, Tomás, Tue 3 Mar to Tue 24 Mar." in end.dialog
    assert "Tue 10 Mar 10:00 stays: Dr Chen is taken at 9:30." in end.dialog
    assert [r["minute"] for r in end.rows if r["patient"] == "BAUER"] == [570, 600, 570, 570]
    end = await both_ways(f"{later} u", busy)
    assert [r["minute"] for r in end.rows if r["patient"] == "BAUER"] == [600] * 4


async def test_a_note_goes_to_this_and_later(monday):
    end = await monday(f"{WEEKLY} '}}' e tab tab 'bring X-rays' f9 2")
    assert [r["note"] for r in end.rows if r["patient"] == "BAUER"] == ["", *["bring X-rays"] * 3]
    assert end.message == "Saved 3 for BAUER, Tomás, Tue 10 Mar to Tue 24 Mar. u takes them back."


async def test_leaving_the_question_keeps_the_form(monday):
    end = await monday(f"{WEEKLY} e tab tab 'bring X-rays' f9 esc")
    assert "Note bring X-rays" in end.dialog
    assert {r["note"] for r in end.rows if r["patient"] == "BAUER"} == {""}


async def test_a_cancelled_visit_is_put_back_as_planned(monday):
    end = await monday(f"{WEEKLY} c enter enter k")
    assert "p Put back as planned: 9:30 Tue 3 Mar 2026" in end.dialog
    end = await monday(f"{WEEKLY} c enter enter k p")
    assert sorted(days_of(end)) == BOOKED
    assert end.message == "Put back BAUER, Tomás for 9:30 with Dr Chen on Tue 3 Mar 2026. u takes it back."


async def test_a_rescheduled_visit_is_put_back_as_planned(monday):
    end = await monday(f"{WEEKLY} m ] enter enter enter k p")
    assert sorted(days_of(end)) == BOOKED


async def test_a_visit_that_stands_as_planned_offers_no_way_back(monday):
    end = await monday(f"{WEEKLY} k p")
    assert "Put back" not in end.screen
