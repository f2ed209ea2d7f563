"""Stories of openings, the command line, help and small windows."""

import pytest

from ctfront.app import CTFrontApp
from ctfront.settings import VI
from tests.clinics import MONDAY, small_clinic
from tests.desk import Desk, read_keys
from tests.screens.conftest import EIGHT, cast


@pytest.mark.wire
async def test_book_the_next_opening_for_a_purpose(monday):
    end = await monday("f adj enter enter bau enter enter")
    assert (480, "Dr Chen", "BAUER") in end.live()
    assert end.cursor == ("8:00", "BAUER, Tomás")


async def test_openings_narrowed_to_a_provider_and_a_part_of_the_day(monday):
    end = await monday("f 'adj alv aft' enter enter bau enter enter")
    assert (13 * 60, "Dr Alvarez", "BAUER") in end.live()


async def test_openings_of_a_purpose_nobody_knows(monday):
    end = await monday("f zzz enter enter")
    assert "is not understood here" in end.screen


async def test_openings_while_something_is_in_hand_only_go_there(monday):
    end = await monday("m f 'adj chen' enter enter")
    assert end.cursor[0] == "8:00"
    assert end.message.startswith("In hand: RUIZ, Ana")
    assert end.status_of("RUIZ") == ["scheduled"]


async def test_day_numbers_are_shown_while_the_line_is_open(monday):
    assert "1 RUIZ, Ana" in (await monday(":")).at("8:00")
    assert "1 RUIZ, Ana" not in (await monday(": esc")).at("8:00")


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("ar 1", "arrived"),
        ("ar ruiz", "arrived"),
        ("ci ruiz", "checked_in"),
        ("do 1", "done"),
        ("ou 1", "checked_out"),
        ("ns 1", "no_show"),
        ("cf 1", "confirmed"),
        ("ca 1", "cancelled"),
    ],
)
async def test_marks_on_the_line(monday, line, status):
    assert (await monday(f": '{line}' enter")).status_of("RUIZ") == [status]


@pytest.mark.wire
async def test_book_on_the_line(monday):
    end = await monday(": 'bk bau 830 chen adj' enter")
    assert (510, "Dr Chen", "BAUER") in end.live()
    assert end.cursor == ("8:30", "BAUER, Tomás")


async def test_move_a_week_on_the_line(monday):
    end = await monday(": 'mv 1 +1w' enter")
    assert end.status_of("RUIZ") == ["rescheduled", "scheduled"]
    assert end.cells[0].strip().startswith("Mon 9 Mar 2026")


async def test_go_and_undo_on_the_line(monday):
    assert (await monday(": 'go tom' enter")).cells[0].strip().startswith("Tue 3 Mar 2026")
    assert (await monday("a : un enter")).status_of("RUIZ") == ["scheduled"]


async def test_the_line_shows_whom_it_means(monday):
    assert "OKAFOR, Grace 8:30 Dr Alvarez" in (await monday(": 'ar 4'")).cells[-3]


@pytest.mark.parametrize(
    ("line", "reading"),
    [
        ("mv 1 +1w", "RUIZ, Ana 8:00 Dr Alvarez → Mon 9 Mar 2026"),
        ("mv 830 +1 2p chen", "OKAFOR, Grace 8:30 Dr Alvarez → 14:00 Tue 3 Mar 2026 Dr Chen"),
        ("bk bau tue 930 chen adj", "BAUER, Tomás b 23 Aug 1975 · 9:30 Tue 3 Mar 2026 Dr Chen Adjustment"),
        ("go fri", "Fri 6 Mar 2026"),
    ],
)
async def test_the_line_reads_the_date_back_with_its_weekday(monday, line, reading):
    assert (await monday(f": '{line}'")).cells[-3].strip() == reading


async def test_a_mark_shows_where_a_line_stops_making_sense(monday):
    end = await monday(": 'mv 1 +1w blah'")
    assert end.cells[-1].index("^") == end.cells[-2].index("blah")


async def test_a_line_that_cannot_be_read_stays_open(monday):
    end = await monday(": 'xx 1' enter")
    assert "There is no verb" in end.screen
    assert "xx 1" in end.screen


async def test_delete_is_asked_and_privileged(monday):
    assert (await monday(": 'del 1' enter y")).status_of("RUIZ") == ["deleted"]
    assert (await monday(": 'del 1' enter enter")).status_of("RUIZ") == ["scheduled"]
    refused = await monday(": 'del 1' enter", who="tlee")
    assert refused.status_of("RUIZ") == ["scheduled"]
    assert "the right “delete” is needed" in refused.message


async def test_help_lists_the_keys_and_finds_by_words(monday):
    end = await monday("? present")
    assert "t            Today" in end.screen
    assert "Arrived" not in end.cells[5]


async def test_help_does_what_is_under_its_cursor(monday):
    assert (await monday("ctrl+p arrived enter")).status_of("RUIZ") == ["arrived"]


async def test_help_dims_what_cannot_be_done_here(monday):
    free = (await monday("down ? cancel")).screen
    taken = (await monday("? cancel")).screen
    assert ("(not now)" in free, "(not now)" in taken) == (True, False)


async def test_help_in_a_full_hand_offers_only_what_moves(monday):
    end = await monday("m ? cancel enter")
    assert end.status_of("RUIZ") == ["scheduled"]
    assert end.message.startswith("In hand: RUIZ, Ana")


async def test_the_key_line_says_what_a_full_hand_does(monday):
    assert (await monday("m down")).cells[-1].startswith(" Enter Put down  Esc Put back")
    assert (await monday("m down esc")).cells[-1].startswith(" b Book  i Info")


async def test_the_vi_set_walks_with_letters(monday):
    end = await monday("j l h j K f", keymap=VI)
    assert end.cursor == ("8:30", "OKAFOR, Grace")
    assert end.status_of("OKAFOR") == ["confirmed"]


async def test_find_opens_the_patient(monday):
    end = await monday("/ ruiz enter")
    assert "PATIENT INFORMATION" in end.cells[0]


async def test_info_of_the_appointment_and_back(monday):
    end = await monday("i f2 down")
    assert end.cursor == ("8:15", "·")


async def test_info_on_a_free_place_says_so(monday):
    assert (await monday("down i")).message == "No appointment here, so no patient; / finds one."


async def test_a_patient_in_hand_is_booked_with_enter(monday):
    end = await monday("/ bau enter b down enter enter")
    assert (495, "Dr Alvarez", "BAUER") in end.live()


async def test_resize_in_the_middle_of_a_form_keeps_what_was_typed(sqlite_url):
    clinic = small_clinic(sqlite_url)
    cast(clinic)
    app = CTFrontApp(clinic.database, clinic.clinic, clinic.mgarcia, lambda: EIGHT)
    async with app.run_test(size=(80, 24)) as pilot:
        desk = Desk(app)
        await desk.settle()
        await desk.press("down b bau")
        await pilot.resize_terminal(60, 20)
        assert "needs 80 columns and 24 rows" in desk.text()
        app.post_message(next(read_keys("enter")))
        await pilot.resize_terminal(120, 40)
        await desk.settle()
        await desk.press("enter")
        assert "Booked BAUER, Tomás" in desk.text()
    await clinic.database.close()


async def test_a_burst_before_the_first_paint_books_and_quits(sqlite_url):
    clinic = small_clinic(sqlite_url)
    cast(clinic)
    app = CTFrontApp(clinic.database, clinic.clinic, clinic.mgarcia, lambda: EIGHT)
    for key in read_keys("down b bau enter enter : q enter"):
        app.post_message(key)
    await app.run_async(headless=True, size=(80, 24))
    assert app.return_code == 0
    day = await clinic.scheduling.day(MONDAY)
    assert "BAUER" in [a.patient.last_name for a in day.columns[0].appointments]
    await clinic.database.close()
