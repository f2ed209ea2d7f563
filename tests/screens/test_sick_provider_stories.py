"""Stories of the morning a provider is away: the ticked are carried together to a colleague or another day."""

import pytest

from tests.screens.conftest import cast

NINE = 9 * 60


def two_columns(clinic):
    """Three of Dr Alvarez's, the 8:15 of which Dr Chen has no room for."""
    cast(clinic)
    clinic.book("BAUER", "Dr Alvarez", "8:15")


async def test_the_ticked_go_to_a_colleague_at_their_own_times(monday):
    end = await monday("* m right down down enter")
    assert end.live()[:3] == [(480, "Dr Chen", "RUIZ"), (480, "Osei LMT", "LEE"), (495, "Dr Chen", "KAPOOR")]
    assert end.live()[3] == (510, "Dr Chen", "OKAFOR")
    assert end.message == "Moved 2 appointments to Dr Chen. u takes it back."
    assert "ticked" not in end.cells[0]
    assert end.cursor == ("8:00", "RUIZ, Ana")


async def test_one_undo_takes_all_of_them_back(monday):
    end = await monday("* m right enter u")
    assert [at for at in end.live() if at[1] == "Dr Alvarez"] == [
        (480, "Dr Alvarez", "RUIZ"),
        (510, "Dr Alvarez", "OKAFOR"),
    ]
    assert end.message == "Took back: Moved 2 appointments to Dr Chen."


async def test_what_does_not_fit_is_listed_and_stays_ticked(both_ways):
    end = await both_ways("* m right enter", two_columns)
    assert "1 of 3 did not fit and stay" in end.screen
    assert "1.  8:15 BAUER, Tomás           Dr Chen is taken at 8:15." in end.screen
    assert (495, "Dr Alvarez", "BAUER") in end.live()
    assert (480, "Dr Chen", "RUIZ") in end.live()
    for key in ("enter", "esc"):
        end = await both_ways(f"* m right enter {key}", two_columns)
        assert end.message == "Moved 2 appointments to Dr Chen. u takes it back."
        assert "1 ticked" in end.cells[0]
        assert "*BAUER" in end.at("8:15")
    end = await both_ways("* m right enter enter c enter enter", two_columns)
    assert end.status_of("BAUER") == ["cancelled"]


async def test_none_that_fits_leaves_all_ticked(monday):
    end = await monday("* m right right enter")
    assert "None fits: they stay where they are, ticked:" in end.screen
    assert "Osei LMT does not offer that visit purpose." in end.screen
    end = await monday("* m right right enter enter")
    assert "2 ticked" in end.cells[0]
    assert end.message == "None is moved."


async def test_they_go_to_another_day_with_one_reason(monday):
    end = await monday("* m ]")
    assert end.message == "2 in hand: walk to a column or day; Enter puts them down, Esc puts them back."
    assert "Tue 3 Mar 2026" in end.cells[0]
    form = await monday("* m ] enter")
    assert "2 ticked · Mon 2 Mar 2026 → Tue 3 Mar 2026 with Dr Alvarez, each at its own time" in form.dialog
    end = await monday("* m ] enter enter")
    assert end.message == "Rescheduled 2 appointments to Tue 3 Mar 2026 with Dr Alvarez. u takes it back."
    assert end.status_of("RUIZ") + end.status_of("OKAFOR") == ["rescheduled", "scheduled"] * 2
    gone = [row for row in end.rows if row["status"] == "rescheduled"]
    assert {(row["cancel_reason"], row["asked_by"]) for row in gone} == {("provider away", "clinic")}
    assert {row["replaces_id"] for row in end.rows} == {None, *(n for n, r in enumerate(end.rows, 1) if r in gone)}
    back = await monday("* m ] enter enter u")
    assert {row["status"] for row in back.rows} == {"scheduled", "deleted"}
    assert len(back.live()) == 4


async def test_one_ticked_is_moved_because_the_patient_asked(monday):
    end = await monday("space m ] enter enter")
    assert end.message == "Rescheduled RUIZ, Ana for 8:00 with Dr Alvarez on Tue 3 Mar 2026."
    assert {(r["cancel_reason"], r["asked_by"]) for r in end.rows if r["status"] == "rescheduled"} == {
        ("patient asked", "patient")
    }


async def test_escape_leaves_the_form_and_then_puts_them_back(monday):
    end = await monday("* m ] enter esc")
    assert end.message.startswith("2 in hand:")
    assert "Tue 3 Mar 2026" in end.cells[0]
    end = await monday("* m ] enter esc esc")
    assert end.message == "All 2 are back in place, still ticked."
    assert "Mon 2 Mar 2026 · 2 ticked" in end.cells[0]
    assert {row["status"] for row in end.rows} == {"scheduled"}


@pytest.mark.parametrize("key", ["b", "c", "k", "space", "*", "m"])
async def test_while_they_are_in_hand_other_keys_wait(monday, key):
    end = await monday(f"* m {key}")
    assert end.message == "Put it down first: Enter puts it down, Esc puts it back."
    assert {row["status"] for row in end.rows} == {"scheduled"}


async def test_put_down_where_they_stand_says_so(monday):
    end = await monday("* m down enter")
    assert end.message == "All 2 are with Dr Alvarez already, still ticked."
    assert "2 ticked" in end.cells[0]


async def test_of_two_at_one_time_the_first_has_the_place(both_ways):
    def scene(clinic):
        clinic.book("RUIZ", "Dr Alvarez", "9:00")
        clinic.book("KAPOOR", "Dr Chen", "9:00")

    tick_both = "tab space right space"
    end = await both_ways(f"{tick_both} m enter", scene)
    assert end.live() == [(NINE, "Dr Alvarez", "RUIZ"), (NINE, "Dr Chen", "KAPOOR")]
    assert "1.  9:00 RUIZ, Ana              Dr Chen is taken at 9:00." in end.screen
    assert "2.  9:00 KAPOOR, Dev            stands there already." in end.screen
    end = await both_ways(f"{tick_both} m ] enter enter enter", scene)
    assert end.status_of("RUIZ") == ["rescheduled", "scheduled"]
    assert end.status_of("KAPOOR") == ["scheduled"]
    assert "Mon 2 Mar 2026 · 1 ticked" in end.cells[0]
    assert "*KAPOOR" in end.at("9:00")


async def test_the_week_of_a_colleague_is_a_way_to_another_day(monday):
    end = await monday("space m right w right enter enter")
    assert end.message == "Rescheduled RUIZ, Ana for 8:00 with Dr Chen on Tue 3 Mar 2026. u takes it back."


async def test_an_opening_shows_a_place_and_books_nothing(monday):
    end = await monday("* m f enter enter")
    assert end.message.startswith("2 in hand:")
    assert len(end.rows) == 4


async def test_picked_up_from_the_patient_the_ticked_stay_where_they_are(monday):
    end = await monday("* right down i m down enter")
    assert end.message == "Moved KAPOOR, Dev for 8:30 with Dr Chen. u takes it back."
    assert (480, "Dr Alvarez", "RUIZ") in end.live()


# -- whom to call


def lists(tmp_path):
    """What was saved, slow and in a burst alike."""
    slow, burst = ([f.read_text(encoding="utf-8") for f in sorted((tmp_path / n).iterdir())] for n in ("slow", "burst"))
    assert slow == burst
    return slow


async def test_the_ticked_are_listed_with_birth_dates_and_phones(monday, tmp_path):
    end = await monday("space right down space d")
    assert end.message == "List of Mon 2 Mar saved: list-260302-1.txt in the state folder"
    assert "2 ticked" in end.cells[0]
    [text] = lists(tmp_path)
    assert text.splitlines() == [
        "Main Street Clinic · printed 2 Mar 2026 8:00",
        "2 to call",
        "",
        "Mon 2 Mar 2026 · Dr Alvarez",
        "   1.  8:00 RUIZ, Ana              2 Mar 1984  (555) 010-4431  Adjustment",
        "",
        "Mon 2 Mar 2026 · Dr Chen",
        "   2.  8:15 KAPOOR, Dev            14 Feb 1984 (555) 010-4432  Adjustment",
    ]


async def test_without_ticks_those_of_the_column_still_to_come_are_listed(monday, tmp_path):
    end = await monday("k c d down down down k c")
    [text] = lists(tmp_path)
    assert "OKAFOR" in text
    assert "RUIZ" not in text
    end = await monday("k c down down k c d")
    assert end.message == "Nobody in this column is still to come, so there is no list."


async def test_a_command_that_fails_leaves_the_list_saved_and_the_ticks(monday, tmp_path):
    end = await monday("* d", print_command=("false",))
    assert end.message == "false failed (1); saved: list-260302-1.txt in the state folder"
    assert "2 ticked" in end.cells[0]
    assert "OKAFOR" in lists(tmp_path)[0]


async def test_a_second_list_never_replaces_the_first(monday, tmp_path):
    end = await monday("d right d")
    assert end.message == "List of Mon 2 Mar saved: list-260302-2.txt in the state folder"
    first, second = lists(tmp_path)
    assert "RUIZ" in first
    assert "KAPOOR" in second


async def test_what_did_not_fit_is_listed_with_why(both_ways, tmp_path):
    end = await both_ways("* m right enter d", two_columns)
    assert "List of Mon 2 Mar saved: list-260302-1.txt in the state folder" in end.dialog
    [text] = lists(tmp_path)
    assert text.splitlines()[-2:] == [
        "   1.  8:15 BAUER, Tomás           23 Aug 1975 (555) 010-4438  Adjustment",
        "            Dr Chen is taken at 8:15.",
    ]


async def test_in_hand_and_at_a_glance_there_is_no_list(monday):
    assert (await monday("* m d")).message.startswith("Put it down first")
    assert (await monday("w w d")).message == "Enter shows the day first: a list belongs to a column of it."


# -- a provider is away

SICK = "k e Sick tab 8 tab 12 f9"
"""On a free place of the column: the whole morning."""


async def test_an_event_lists_whom_it_hits_and_marks_them(monday):
    end = await monday(f"down {SICK}")
    assert "Sick 8:00–12:00 Mon 2 Mar 2026 with Dr Alvarez: 2 appointments are in it" in end.dialog
    assert "8:30 OKAFOR, Grace (555) 010-4434 Adjustment" in end.dialog
    end = await monday(f"down {SICK} esc up")
    assert "Adj S!" in end.at("8:00")
    assert "Adj S!" in end.at("8:30")
    assert "KAPOOR, Dev    Adj S!" not in end.screen
    assert "! Provider away: Sick" in end.pane


async def test_the_sentence_counts_them(monday):
    end = await monday(f"down {SICK} esc")
    assert end.message == "Blocked 8:00–12:00 for Dr Alvarez; 2 appointments are in it. u takes it back."


@pytest.mark.parametrize("then", ["u", "c y", "* m ] enter enter", "* c f9 y", "* m right enter"])
async def test_the_marks_go_with_the_event_or_the_appointments(monday, then):
    end = await monday(f"down {SICK} esc {then} t")
    assert "S!" not in end.screen
    assert "Provider away" not in end.pane


async def test_those_hit_are_ticked_and_cancelled_with_one_reason(monday):
    end = await monday(f"down {SICK} enter")
    assert end.message == "2 ticked: m moves, c cancels, k a o mark them together; Esc unticks."
    assert end.cursor == ("8:00", "*RUIZ, Ana")
    end = await monday(f"down {SICK} enter c shift+tab shift+tab 'provider away' tab cli f9 y")
    assert end.status_of("RUIZ") + end.status_of("OKAFOR") == ["cancelled"] * 2
    assert {r["cancel_reason"] for r in end.rows if r["status"] == "cancelled"} == {"provider away"}
    assert len(end.live()) == 2


async def test_those_hit_are_carried_to_a_colleague(monday):
    end = await monday(f"down {SICK} enter m right enter")
    assert end.message == "Moved 2 appointments to Dr Chen. u takes it back."
    assert (510, "Dr Chen", "OKAFOR") in end.live()


async def test_those_hit_are_printed_from_the_list(monday, tmp_path):
    end = await monday(f"down {SICK} d")
    assert "List of Mon 2 Mar saved: list-260302-1.txt in the state folder" in end.dialog
    assert "Sick 8:00–12:00 Mon 2 Mar 2026 with Dr Alvarez: 2 appointments are in it" in lists(tmp_path)[0]


async def test_a_visit_that_has_begun_is_not_hit(monday):
    end = await monday(f"k c down {SICK}")
    assert "1 appointment is in it" in end.dialog
    assert "RUIZ" not in end.dialog
    end = await monday(f"k c down {SICK} esc")
    assert "Adj C!" not in end.screen


async def test_an_event_made_in_the_week_shows_its_day_with_the_ticks(monday):
    end = await monday(f"w down {SICK} enter")
    assert "Mon 2 Mar 2026 · 2 ticked" in end.cells[0]
    assert "Dr Chen" in end.cells[1]
