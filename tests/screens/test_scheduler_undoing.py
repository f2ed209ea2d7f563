"""Stories of acts that are refused or taken back, and of keys that every screen shares."""

from datetime import date, datetime, timedelta

import pytest

from ctfront.domain.appointments import Status
from ctfront.services import booking
from tests.screens.conftest import cast
from tests.stories import EIGHT

# -- taken back


@pytest.mark.parametrize(
    ("keys", "patient", "left"),
    [
        ("b bau enter tab tab tab 8:00 f9 y u", "BAUER", ["deleted"]),
        ("right b rui enter enter y u", "RUIZ", ["scheduled", "deleted"]),
        ("m } enter enter u", "RUIZ", ["scheduled", "deleted"]),
        ("down k w bau enter enter u", "BAUER", ["deleted"]),
        ("e tab 30 f9 y u", "RUIZ", ["scheduled"]),
        ("o u", "RUIZ", ["scheduled"]),
        (": 'del 1' enter y u", "RUIZ", ["scheduled"]),
    ],
    ids=["overbooked", "both", "rescheduled", "walk-in", "edited", "checked out", "deleted"],
)
async def test_u_takes_it_back(monday, keys, patient, left):
    end = await monday(keys)
    assert end.status_of(patient) == left
    assert end.message.startswith("Took back: ")
    assert next(r["minutes"] for r in end.rows if r["patient"] == "RUIZ") == 15


async def test_an_event_is_taken_back_and_an_event_taken_away_comes_back(monday):
    assert "■" not in (await monday("down k e Sick enter enter esc u")).screen
    assert "■ Sick" in (await monday("down k e Sick enter enter esc c y u")).at("8:15")


async def test_what_a_colleague_has_touched_is_not_taken_back(both_ways):
    def scene(clinic):
        cast(clinic)
        booked = clinic.book("BAUER", "Dr Chen", "8:00")
        act = clinic.act(clinic.tlee)
        clinic.database.write_now(
            lambda session: booking.mark(
                session, clinic.clinic, act, booked.id, Status.CONFIRMED, version=booked.version
            )
        )

    end = await both_ways("u", scene)
    assert end.message.startswith("A colleague has changed it since:")
    assert end.status_of("BAUER") == ["confirmed"]


# -- refused


async def test_an_edit_that_cannot_be_stays_in_the_form(monday):
    end = await monday("e Massage f9")
    assert "! No such purpose: Adjustment, New" in end.screen
    end = await monday("e tab 7 f9")
    assert [(r["purpose"], r["minutes"]) for r in end.rows if r["patient"] == "RUIZ"] == [("Adjustment", 15)]
    assert "Purpose" in end.screen


async def test_an_edit_that_takes_the_neighbours_time_is_asked_about(monday):
    end = await monday("e tab 45 f9 enter esc esc")
    assert [r["minutes"] for r in end.rows if r["patient"] == "RUIZ"] == [15]


async def test_a_walk_in_is_offered_today_only(monday):
    end = await monday("] k w")
    assert "Walk-in" not in end.screen


async def test_an_event_that_ends_before_it_starts_stays_in_the_form(monday):
    end = await monday("down k e Sick tab tab 8:00 f9")
    assert "! The end must come after the" in end.screen


async def test_a_move_over_somebody_s_day_off_says_nobody_works(monday):
    end = await monday("m [ enter")
    assert end.status_of("RUIZ") == ["scheduled"]
    assert end.message.startswith("In hand: RUIZ, Ana")


def booked_on(day: date):
    """A scene with an appointment on a day that was."""

    def scene(clinic):
        before = datetime.combine(day, EIGHT.timetz()) - timedelta(days=1)
        draft, act = clinic.draft("RUIZ", "Dr Alvarez", "8:00", day), clinic.act(at=before)
        clinic.database.write_now(lambda session: booking.book(session, clinic.clinic, act, draft))

    return scene


async def test_what_was_is_corrected_for_seven_days(both_ways):
    end = await both_ways("g -7 enter home k n", booked_on(date(2026, 2, 23)))
    assert end.status_of("RUIZ") == ["no_show"]


async def test_what_was_longer_ago_wants_a_right(both_ways):
    end = await both_ways("g -14 enter home k n", booked_on(date(2026, 2, 16)), who="tlee")
    assert end.status_of("RUIZ") == ["scheduled"]
    assert "right" in end.message


async def test_what_was_is_neither_moved_nor_cancelled(both_ways):
    end = await both_ways("g -7 enter home m", booked_on(date(2026, 2, 23)))
    assert end.message.startswith("RUIZ, Ana")
    assert "In hand" not in end.message


# -- keys that every screen and form shares


async def test_enter_on_an_appointment_opens_its_form(monday):
    end = await monday("enter")
    assert "RUIZ, Ana · 8:00 Mon 2 Mar 2026 with Dr Alvarez · no. 1" in end.screen


@pytest.mark.parametrize("okay", ["f9", "ctrl+o", "ctrl+s"])
async def test_okay_from_any_field(monday, okay):
    end = await monday(f"down b bau enter tab tab tab tab {okay}")
    assert end.status_of("BAUER") == ["scheduled"]


async def test_up_and_down_visit_the_fields_and_walk_the_rows(monday):
    end = await monday("/ o down enter")
    assert "O'NEIL" in end.cells[1]
    end = await monday("e down 30 up down f9 y")
    assert [r["minutes"] for r in end.rows if r["patient"] == "RUIZ"] == [30]


async def test_a_mark_back_to_scheduled(monday):
    assert (await monday("k f k s")).status_of("RUIZ") == ["scheduled"]


async def test_f1_lists_the_keys(monday):
    assert (await monday("f1")).cells == (await monday("?")).cells


async def test_ctrl_l_draws_the_same_again(monday):
    assert (await monday("down ctrl+l")).cells == (await monday("down")).cells


async def test_esc_on_the_bottom_screen_does_nothing(monday):
    assert (await monday("down esc esc")).cells == (await monday("down")).cells
