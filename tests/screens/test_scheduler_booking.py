"""Stories of booking at the Scheduler."""

import pytest


@pytest.mark.wire
async def test_book_a_known_patient_in_three_keys_and_the_name(monday):
    end = await monday("down b bau enter enter")
    assert (495, "Dr Alvarez", "BAUER") in end.live()
    assert end.message == "Booked BAUER, Tomás for 8:15 with Dr Alvarez. u takes it back."
    assert end.cursor == ("8:15", "BAUER, Tomás")


async def test_two_bookings_in_one_burst(monday):
    end = await monday("down b bau enter enter down down b zoë enter enter")
    assert [(m, p) for m, _, p in end.live() if p in {"BAUER", "O'NEIL-[/x]ŁUKASZ"}] == [
        (495, "BAUER"),
        (525, "O'NEIL-[/x]ŁUKASZ"),
    ]


async def test_a_booking_is_taken_back(monday):
    end = await monday("down b bau enter enter u")
    assert end.status_of("BAUER") == ["deleted"]
    assert end.message.startswith("Took back")


@pytest.mark.wire
async def test_namesakes_want_their_digit(monday):
    end = await monday("down b smi,jo enter enter enter 2 enter")
    assert [r["born"] for r in end.rows if r["patient"] == "SMITH"] == ["1993-05-01"]


async def test_a_taken_place_offers_the_next_free_one(monday):
    end = await monday("b bau")
    assert "8:00 is taken; next free 8:15" in end.screen


@pytest.mark.wire
async def test_enter_does_not_answer_an_overbook_warning(monday):
    end = await monday("b bau enter tab tab tab 8:00 f9 enter")
    assert end.status_of("BAUER") == []
    assert "Okay" in end.screen


@pytest.mark.wire
async def test_overbook_is_answered_by_y(monday):
    end = await monday("b bau enter tab tab tab 8:00 f9 y")
    assert [(r["minute"], r["overbooked"]) for r in end.rows if r["patient"] == "BAUER"] == [(480, 1)]


async def test_overbook_without_the_right_stays_in_the_form(monday):
    end = await monday("b bau enter tab tab tab 8:00 f9", who="tlee")
    assert "tlee may not do that: the right “overbook” is needed; a manager can give it." in end.dialog
    assert end.status_of("BAUER") == []
    end = await monday("b bau enter tab tab tab 8:00 f9 y", who="tlee")
    assert "Time 8:00y" in end.dialog  # typed ahead, it lands in the field at fault and on nothing else
    assert end.status_of("BAUER") == []


async def test_outside_hours_is_answered_by_y(monday):
    end = await monday("end b bau enter tab tab tab tab 30 f9 enter")
    assert end.status_of("BAUER") == []
    end = await monday("end b bau enter tab tab tab tab 30 f9 y")
    assert [(r["minute"], r["minutes"], r["overridden"]) for r in end.rows if r["patient"] == "BAUER"] == [
        (17 * 60 + 45, 30, 1)
    ]


async def test_a_break_is_an_override(monday):
    end = await monday("down b bau enter tab tab tab 12:15 f9 y")
    assert [(r["minute"], r["overridden"]) for r in end.rows if r["patient"] == "BAUER"] == [(735, 1)]


async def test_a_busy_patient_is_asked_about(monday):
    end = await monday("right b rui enter enter")
    assert "Give the patient both?" in end.screen
    assert end.status_of("RUIZ") == ["scheduled"]


async def test_a_busy_patient_gets_both_with_y(monday):
    end = await monday("right b rui enter enter y")
    assert end.status_of("RUIZ") == ["scheduled", "scheduled"]


async def test_leaving_wants_two_escapes_when_something_was_typed(monday):
    end = await monday("down b bau esc")
    assert "Esc again leaves" in end.screen
    end_two = await monday("down b bau esc esc")
    assert "Esc again leaves" not in end_two.screen
    assert end_two.status_of("BAUER") == []


async def test_an_empty_form_leaves_at_the_first_escape(monday):
    end = await monday("down b esc down")
    assert end.cursor == ("8:30", "OKAFOR, Grace")


async def test_a_time_that_is_none_stays_in_the_field(monday):
    end = await monday("down b bau enter tab tab tab 9:75 f9 x")
    assert "A day has no 9:75" in end.screen or "is no time" in end.screen
    assert end.status_of("BAUER") == []


async def test_enter_typed_once_too_often_only_says_so(monday):
    end = await monday("down b bau enter enter enter esc")
    assert end.status_of("BAUER") == ["scheduled"]
