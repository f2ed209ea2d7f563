"""Stories of marking, cancelling, moving and taking back."""

import pytest


async def test_arrived_in_one_key_with_its_clock_time(monday):
    end = await monday("a")
    assert end.status_of("RUIZ") == ["arrived"]
    assert "A 8:00" in end.at("8:00")
    assert end.message == "RUIZ, Ana is arrived. u takes it back."


@pytest.mark.parametrize(
    ("letter", "status"),
    [("f", "confirmed"), ("c", "checked_in"), ("d", "done"), ("o", "checked_out"), ("n", "no_show")],
)
async def test_mark_any_status(monday, letter, status):
    assert (await monday(f"k {letter}")).status_of("RUIZ") == [status]


async def test_capital_letters_do_the_same(monday):
    assert (await monday("K F")).status_of("RUIZ") == ["confirmed"]


async def test_marks_are_taken_back_one_by_one(monday):
    end = await monday("a o u u")
    assert end.status_of("RUIZ") == ["scheduled"]


async def test_a_no_show_whose_place_was_given_away_is_asked_about(monday):
    keys = "k n b bau enter enter tab k c"
    assert (await monday(f"{keys} enter")).status_of("RUIZ") == ["no_show"]
    end = await monday(f"{keys} y")
    assert end.status_of("RUIZ") == ["checked_in"]
    assert [r["overbooked"] for r in end.rows if r["patient"] == "RUIZ"] == [1]


async def test_nothing_to_mark_says_so(monday):
    end = await monday("down a")
    assert end.message == "No appointment here to mark."


async def test_cancel_keeps_it_visible(monday):
    end = await monday("c enter")
    assert end.status_of("RUIZ") == ["cancelled"]
    assert "Adj X" in end.at("8:00")
    assert [(r["cancel_reason"], r["asked_by"]) for r in end.rows[:1]] == [("patient asked", "patient")]


async def test_cancel_with_another_reason(monday):
    end = await monday("c shift+tab shift+tab 'provider away' tab cli enter enter")
    assert [(r["cancel_reason"], r["asked_by"]) for r in end.rows[:1]] == [("provider away", "clinic")]


@pytest.mark.wire
async def test_cancel_is_taken_back(monday):
    assert (await monday("c enter u")).status_of("RUIZ") == ["scheduled"]


async def test_cancel_left_with_escape_changes_nothing(monday):
    assert (await monday("c esc")).status_of("RUIZ") == ["scheduled"]


async def test_what_is_under_way_is_not_cancelled(monday):
    end = await monday("k c c enter")
    assert "its place stays as it was" in end.screen
    assert end.status_of("RUIZ") == ["checked_in"]


async def test_move_within_the_day_at_once(monday):
    end = await monday("m down enter")
    assert (495, "Dr Alvarez", "RUIZ") in end.live()
    assert end.message == "Moved RUIZ, Ana for 8:15 with Dr Alvarez. u takes it back."
    assert end.cursor == ("8:15", "RUIZ, Ana")


async def test_move_to_another_provider_and_back_with_u(monday):
    end = await monday("m right enter")
    assert (480, "Dr Chen", "RUIZ") in end.live()
    assert (480, "Dr Alvarez", "RUIZ") in (await monday("m right enter u")).live()


@pytest.mark.wire
async def test_move_one_week_on_in_four_keys(monday):
    end = await monday("m } enter enter")
    assert end.status_of("RUIZ") == ["rescheduled", "scheduled"]
    assert end.rows[-1]["day"] == "2026-03-09"
    assert end.rows[-1]["replaces_id"] is not None
    assert end.message.startswith("Rescheduled RUIZ, Ana for 8:00 with Dr Alvarez on Mon 9 Mar 2026.")


async def test_escape_puts_it_back(monday):
    end = await monday("m down } esc")
    assert end.cursor == ("8:00", "RUIZ, Ana")
    assert end.message == "RUIZ, Ana is where it was."
    assert end.status_of("RUIZ") == ["scheduled"]


@pytest.mark.parametrize("key", ["b", "c", "a", "k", "u", "m", "e", "i"])
async def test_a_full_hand_refuses_other_acts(monday, key):
    end = await monday(f"m down {key}")
    assert end.message == "Put it down first: Enter puts it down, Esc puts it back."
    assert end.status_of("RUIZ") == ["scheduled"]


async def test_put_down_on_a_taken_place_is_asked_about(monday):
    end = await monday("m down down enter enter")
    assert (480, "Dr Alvarez", "RUIZ") in end.live()
    assert end.message.startswith("In hand: RUIZ, Ana")
    assert (510, "Dr Alvarez", "RUIZ") in (await monday("m down down enter y")).live()


async def test_what_is_under_way_is_not_picked_up(monday):
    end = await monday("k c m")
    assert end.message == "RUIZ, Ana is checked in; its place stays as it was."


async def test_edit_length_and_note(monday):
    end = await monday("e tab 30 tab 'bring x-rays' f9 y")
    assert [(r["minutes"], r["note"]) for r in end.rows if r["patient"] == "RUIZ"] == [(30, "bring x-rays")]


async def test_enter_on_a_free_place_only_says_so(monday):
    assert (await monday("down enter")).message == "b books this place."


async def test_event_closes_the_time_and_is_taken_away(monday):
    end = await monday("down k e Sick enter enter")
    assert "■ Sick" in end.at("8:15")
    assert "OKAFOR, Grace" in end.dialog
    again = await monday("down k e Sick enter enter esc c y")
    assert "■" not in again.screen


async def test_undo_with_nothing_done_says_so(monday):
    end = await monday("u")
    assert end.message != ""
