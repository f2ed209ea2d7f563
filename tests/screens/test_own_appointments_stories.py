"""A patient's own appointments, cancelled, marked and moved from Patient Information."""

import pytest

from tests.clinics import MONDAY
from tests.invited import DAY
from tests.screens.test_invitation_stories import scene


def on_friday(clinic):
    clinic.book("RUIZ", "Dr Chen", "9:00", day=MONDAY + 4 * DAY)


async def test_an_appointment_is_cancelled_and_taken_back(both_ways):
    end = await both_ways("i c f9", scene())
    assert end.status_of("RUIZ") == ["cancelled"]
    assert end.message.startswith("Cancelled RUIZ, Ana for 8:00 with Dr Alvarez on Mon 2 Mar 2026.")
    end = await both_ways("i c f9 u", scene())
    assert end.status_of("RUIZ") == ["scheduled"]


@pytest.mark.parametrize(("keys", "status"), [("a", "arrived"), ("k f", "confirmed"), ("k n", "no_show")])
async def test_an_appointment_is_marked(both_ways, keys, status):
    end = await both_ways(f"i {keys}", scene())
    assert end.status_of("RUIZ") == [status]


async def test_the_cursor_stays_on_the_appointment(both_ways):
    end = await both_ways("i up a", scene(on_friday))
    assert "▸Fri 6 Mar 2026" in end.screen
    end = await both_ways("i down up up k f", scene(on_friday))
    assert end.status_of("RUIZ") == ["scheduled", "confirmed"]


async def test_it_is_picked_up_and_put_down_on_the_scheduler(both_ways):
    end = await both_ways("i m", scene())
    assert end.message.startswith("In hand: RUIZ, Ana")
    end = await both_ways("i m down down down enter", scene())
    assert end.live()[-1] == (525, "Dr Alvarez", "RUIZ")


async def test_one_of_another_day_is_picked_up_there(both_ways):
    end = await both_ways("i up m", scene(on_friday))
    assert end.cells[0].startswith(" Fri 6 Mar 2026")
    assert end.message.startswith("In hand: RUIZ, Ana")
    end = await both_ways("i up m down enter", scene(on_friday))
    assert (555, "Dr Chen", "RUIZ") in end.live()


async def test_f_finds_the_next_openings_for_the_patient_in_hand(both_ways):
    end = await both_ways("i f", scene())
    assert "Dr Alvarez" in end.dialog
    end = await both_ways("/ bau enter f enter enter enter", scene())
    assert end.status_of("BAUER") == ["scheduled"]


async def test_without_an_appointment_the_keys_say_so(both_ways):
    for keys in ("c", "m", "a", "k"):
        end = await both_ways(f"/ bau enter {keys}", scene())
        assert end.message.endswith("; b books one.")
