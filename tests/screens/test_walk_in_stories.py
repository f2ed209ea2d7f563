"""Stories of patients who come without an appointment."""

from datetime import timedelta

import pytest

from tests.stories import EIGHT


@pytest.mark.wire
async def test_a_walk_in_is_booked_and_arrived_in_one_act(monday):
    end = await monday("down k w bau enter enter")
    [row] = [r for r in end.rows if r["patient"] == "BAUER"]
    assert (row["minute"], row["status"], row["origin"]) == (495, "arrived", "walk-in")
    assert end.message == "Walked in: BAUER, Tomás for 8:15 with Dr Alvarez. u takes it back."
    assert "A 8:00" in end.at("8:15")


async def test_wi_takes_the_first_start_not_before_now(monday):
    end = await monday(": 'wi bau chen' enter", now=EIGHT + timedelta(minutes=20))
    [row] = [r for r in end.rows if r["patient"] == "BAUER"]
    assert (row["minute"], row["provider"], row["status"]) == (510, "Dr Chen", "arrived")


async def test_wi_is_for_today_whatever_day_is_shown(monday):
    end = await monday("] : 'wi bau chen' enter")
    assert [(str(r["day"]), r["status"]) for r in end.rows if r["patient"] == "BAUER"] == [("2026-03-02", "arrived")]
    assert "Mon 2 Mar 2026" in end.cells[0]


async def test_another_day_offers_no_walk_in(monday):
    end = await monday("] k w bau enter enter")
    assert end.status_of("BAUER") == []
