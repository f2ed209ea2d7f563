"""Stories of series: care plans booked from one line or one form."""

from dataclasses import replace
from datetime import date, timedelta

from ctfront.domain.set_up import ProviderDraft
from ctfront.services.set_up_providers import save_provider
from tests.clinics import MONDAY
from tests.screens.conftest import cast

TUESDAY = MONDAY + timedelta(days=1)
SERIES = ": 'bk bau tue 930 chen adj x8 2/w' enter"
IN_THE_FORM = "down down down down down b bau enter up up 'care plan' down"


def busy(clinic) -> None:
    """Dr Chen has somebody on the second Tuesday at 9:30."""
    cast(clinic)
    clinic.book("RUIZ", "Dr Chen", "9:30", TUESDAY + timedelta(days=7))


def days_of(end, patient="BAUER"):
    return [str(row["day"])[5:] for row in end.rows if row["patient"] == patient and row["status"] == "scheduled"]


async def test_the_line_says_the_series_before_enter(monday):
    end = await monday(": 'bk bau tue 930 chen adj x8 2/w'")
    assert end.cells[-3].strip() == "BAUER, Tomás b 23 Aug 1975 · 9:30 Tue 3 Mar 2026 Dr Chen Adjustment"
    assert end.cells[-1].strip() == "8 visits, twice a week, Tue and Fri, until Fri 27 Mar 2026"


async def test_a_series_is_booked_from_one_line(monday):
    end = await monday(f"{SERIES} enter")
    assert days_of(end) == ["03-03", "03-06", "03-10", "03-13", "03-17", "03-20", "03-24", "03-27"]
    assert {row["minute"] for row in end.rows if row["patient"] == "BAUER"} == {570}
    assert end.message == "Booked 8 for BAUER, Tomás, Tue 3 Mar to Fri 27 Mar. u takes them back."
    assert "Tue 3 Mar 2026" in end.cells[0]
    assert end.cursor == ("9:30", "BAUER, Tomás")


async def test_a_series_is_taken_back_by_one_key(monday):
    end = await monday(f"{SERIES} enter u")
    assert set(end.status_of("BAUER")) == {"deleted"}
    assert end.message == "Took back: Booked 8 for BAUER, Tomás, Tue 3 Mar to Fri 27 Mar."


async def test_a_date_in_the_way_is_named_and_the_others_booked_by_y(both_ways):
    end = await both_ways(SERIES, busy)
    assert "3 Tue 10 Mar 2026 9:30 Dr Chen taken; 9:15 is free" in end.dialog
    assert "7 of 8 can be booked." in end.dialog
    end = await both_ways(f"{SERIES} enter", busy)
    assert "7 of 8 can be booked; not these: Tue 10 Mar 9:30: taken; 9:15 is free" in end.dialog
    assert days_of(end) == []
    end = await both_ways(f"{SERIES} enter enter", busy)
    assert days_of(end) == []
    assert "Esc leave" in end.dialog
    end = await both_ways(f"{SERIES} enter y", busy)
    assert days_of(end) == ["03-03", "03-06", "03-13", "03-17", "03-20", "03-24", "03-27"]


def chen_leaves(clinic) -> None:
    """Dr Chen's office hours end on the second Tuesday."""
    cast(clinic)
    was, act = clinic.providers["Dr Chen"], clinic.act(clinic.manager)
    hours = tuple(replace(day, until=TUESDAY + timedelta(days=7)) for day in was.hours)
    draft = replace(ProviderDraft.of(was), hours=hours)
    clinic.database.write_now(lambda session: save_provider(session, clinic.clinic, act, was.id, draft))


async def test_a_series_over_the_day_a_provider_leaves_says_so_and_books_what_stands(both_ways):
    weekly = ": 'bk bau tue 930 chen adj x4' enter enter"
    end = await both_ways(weekly, chen_leaves)
    assert "2 of 4 can be booked; not these: Tue 17 Mar 9:30: closed: Dr Chen has no hours Tue" in end.dialog
    assert days_of(end) == []
    end = await both_ways(f"{weekly} y", chen_leaves)
    assert days_of(end) == ["03-03", "03-10"]


async def test_a_date_is_moved_to_the_free_time_near(both_ways):
    end = await both_ways(f"{SERIES} down down f enter", busy)
    assert [r["minute"] for r in end.rows if r["patient"] == "BAUER"] == [570, 570, 555, 570, 570, 570, 570, 570]


async def test_dates_are_moved_by_days_weeks_slots_and_typed(monday):
    end = await monday(f"{SERIES} ] down + + down g 'thu 1000' enter end '}}' enter")
    assert days_of(end) == ["03-04", "03-06", "03-05", "03-13", "03-17", "03-20", "03-24", "04-03"]
    assert [r["minute"] for r in end.rows if r["patient"] == "BAUER"][:3] == [570, 600, 600]


async def test_two_dates_of_one_list_at_the_same_time_are_named(monday):
    end = await monday(f"{SERIES} down down down '}}'")
    assert "6 Fri 20 Mar 2026 9:30 Dr Chen the same as no. 4" in end.dialog


async def test_a_place_that_cannot_be_read_stays_as_typed(monday):
    end = await monday(f"{SERIES} g 'thu 12' enter")
    assert "Place thu 12 ! “12” is not understood here." in end.dialog


async def test_a_form_that_waited_books_its_series_on_the_place_it_held(monday):
    end = await monday("down b bau enter up 'x2 /w' f4 f5 f9 enter")
    assert days_of(end) == ["03-02", "03-09"]


async def test_a_date_left_out_is_not_booked(monday):
    end = await monday(f"{SERIES} space enter y")
    assert days_of(end)[0] == "03-06"
    assert len(days_of(end)) == 7
    end = await monday(f"{SERIES} space space enter")
    assert len(days_of(end)) == 8


async def test_a_holiday_is_passed_over_or_taken_all_the_same(monday):
    plan = ": 'bk bau 18/5/2026 930 chen adj x2' enter".replace("18/5", "5/18")
    end = await monday(plan)
    assert "2 Mon 25 May 2026 9:30 Dr Chen holiday: Memorial Day" in end.dialog
    end = await monday(f"{plan} enter y")
    assert days_of(end) == ["05-18"]
    end = await monday(f"{plan} down space enter")
    assert days_of(end) == ["05-18", "05-25"]


async def test_the_first_esc_says_what_would_be_lost(monday):
    end = await monday(f"{SERIES} esc")
    assert "8 dates are not booked. Esc again leaves." in end.dialog
    end = await monday(f"{SERIES} esc esc")
    assert "┌" not in end.screen
    assert days_of(end) == []


async def test_a_series_of_five_hundred_is_refused_in_the_line(monday):
    end = await monday(": 'bk bau tue 930 chen adj x500 2/w' enter")
    assert end.cells[-3].strip() == "A series has 2 to 60 visits; book a longer plan in parts."
    assert end.cells[-2].strip() == ":bk bau tue 930 chen adj x500 2/w"
    assert days_of(end) == []


async def test_namesakes_are_refused_as_by_bk(monday):
    end = await monday(": 'bk smi,jo tue 930 chen adj x8 2/w' enter")
    assert "fits several" in end.cells[-3]
    assert days_of(end, "SMITH") == []


async def test_a_series_is_booked_from_the_form_with_its_note(monday):
    end = await monday(f"{IN_THE_FORM} 'x4 /2w'")
    assert "Repeat x4 /2w 4 visits, every 2 weeks, Mon, until Mon 13 Apr 2026" in end.dialog
    end = await monday(f"{IN_THE_FORM} 'x4 /2w' enter enter enter")
    assert days_of(end) == ["03-02", "03-16", "03-30", "04-13"]
    assert {row["note"] for row in end.rows if row["patient"] == "BAUER"} == {"care plan"}
    assert end.message == "Booked 4 for BAUER, Tomás, Mon 2 Mar to Mon 13 Apr. u takes them back."


async def test_leaving_the_dates_keeps_the_form_as_it_was(monday):
    end = await monday(f"{IN_THE_FORM} 'x4 /2w' f9 esc esc")
    assert "Note care plan" in end.dialog
    assert "Repeat x4 /2w" in end.dialog
    assert days_of(end) == []


async def test_what_is_no_series_stays_in_the_form(monday):
    end = await monday(f"{IN_THE_FORM} 'x500' f9")
    assert "! A series has 2 to 60 visits; book a longer plan in parts." in end.dialog
    assert days_of(end) == []


async def test_a_walk_in_is_no_series(monday):
    end = await monday("down k w bau enter up x4 f9")
    assert "A walk-in is one visit; b books a series." in end.dialog
    assert days_of(end) == []


async def test_a_series_over_the_clock_change_keeps_its_time(monday):
    end = await monday(": 'bk bau tue 930 chen adj x2' enter enter")
    assert [(str(r["day"]), r["minute"]) for r in end.rows if r["patient"] == "BAUER"] == [
        (str(date(2026, 3, 3)), 570),
        (str(date(2026, 3, 10)), 570),
    ]
