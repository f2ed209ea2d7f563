"""Stories of forms that are left in the middle, and gone back to."""

from datetime import timedelta

import pytest
from textual import events
from textual.geometry import Size

from ctfront.app import CTFrontApp
from tests.desk import open_desk, until
from tests.screens.conftest import cast
from tests.stories import EIGHT


@pytest.mark.wire
async def test_a_form_waits_while_somebody_else_is_looked_up(monday):
    end = await monday("down b bau f3 lee enter f5 enter enter")
    assert (495, "Dr Alvarez", "BAUER") in end.live()
    assert end.cursor == ("8:15", "BAUER, Tomás")
    assert end.message == "Booked BAUER, Tomás for 8:15 with Dr Alvarez. u takes it back."


async def test_the_title_counts_the_forms_that_wait(monday):
    end = await monday("down b bau f2")
    assert "1 open" in end.cells[0]
    assert end.message.endswith("F5 goes back to it.")
    end = await monday("down b bau f2 down b smi f4")
    assert "2 open" in end.cells[0]
    assert "open" not in (await monday("down b bau f2 f5 enter enter")).cells[0]


async def test_what_was_typed_and_where_the_cursor_was_come_back(monday):
    end = await monday("down b bau enter tab note f2 f4 f5 x")
    assert "NOVAK" not in end.dialog
    assert "Purpose Adjustment" in end.dialog
    end = await monday("down b bau enter shift+tab hello f6 f5 y")
    assert "Note helloy" in end.dialog


async def test_f5_goes_back_through_all_of_them(monday):
    three = "down b bau f2 down down b smi f2 down down b kap f2"
    assert "Patient kap" in (await monday(f"{three} f5")).dialog
    assert "Patient smi" in (await monday(f"{three} f5 f5")).dialog
    assert "Patient bau" in (await monday(f"{three} f5 f5 f5")).dialog
    end = await monday(f"{three} f5 f5 f5 f5")
    assert "Patient kap" in end.dialog
    assert "2 open" in end.cells[0]


async def test_saved_one_by_one_from_the_last_to_the_first(monday):
    end = await monday("down b bau f2 down down b kap f2 f5 enter enter f5 enter enter")
    assert [(m, p) for m, v, p in end.live() if v == "Dr Alvarez"][1::2] == [(495, "BAUER"), (525, "KAPOOR")]
    assert "open" not in end.cells[0]


async def test_nothing_waits(monday):
    assert (await monday("f5")).message == "No form is waiting."
    end = await monday("down b bau f5")
    assert end.message == "No other form is waiting."
    assert "Patient bau" in end.dialog
    assert (await monday("g f5")).dialog.startswith("Go to")


async def test_the_day_comes_back_with_its_form(monday):
    end = await monday("down b bau f2 ] ] f5 enter enter")
    assert end.cells[0].startswith(" Mon 2 Mar 2026")
    assert end.cursor == ("8:15", "BAUER, Tomás")


async def test_the_patient_comes_back_with_the_profile(monday):
    end = await monday("i e f3 lee enter f5")
    assert end.cells[0].startswith(" RUIZ, Ana")
    end = await monday("i e f3 lee enter f5 tab f9")
    assert end.message == "Nothing was changed."
    end = await monday("i e f3 lee enter")
    assert end.cells[0].startswith(" LEE, Min")
    assert "1 open" in end.cells[0]


async def test_f3_in_a_form_has_the_find_box_over_the_last_patient(monday):
    end = await monday("i f2 down b bau f3")
    assert "PATIENT INFORMATION" in end.cells[0]
    assert "Find a patient" in end.dialog
    assert (await monday("i f2 down b bau f3 esc")).cells[0].startswith(" RUIZ, Ana")


async def test_a_form_over_a_form_waits_with_it(monday):
    end = await monday("down b newman ctrl+n f2")
    assert "1 open" in end.cells[0]
    end = await monday("down b newman ctrl+n f2 f5")
    assert "New patient" in end.dialog
    end = await monday("down b newman ctrl+n f2 f5 esc esc")
    assert "Patient newman" in end.dialog


async def test_the_hand_is_empty_while_a_reschedule_waits(monday):
    end = await monday("m ] enter f2 t down b bau enter enter")
    assert (495, "Dr Alvarez", "BAUER") in end.live()
    end = await monday("m ] enter f2 t down b bau enter enter f5 enter")
    assert end.status_of("RUIZ") == ["rescheduled", "scheduled"]
    assert end.cells[0].startswith(" Tue 3 Mar 2026")
    end = await monday("m ] enter f2 t f5 esc")
    assert end.message.startswith("In hand: RUIZ, Ana")


async def test_a_patient_in_hand_comes_back_too(monday):
    end = await monday("i b down enter f2 f5")
    assert "RUIZ, Ana" in end.dialog
    assert (await monday("i b down enter f2 f5 esc")).message.startswith("In hand: RUIZ, Ana")
    assert (await monday("i b down enter f2 esc down down b bau enter enter")).status_of("BAUER") == ["scheduled"]


async def test_a_cancellation_waits(monday):
    end = await monday("c f2 down f5 enter")
    assert end.status_of("RUIZ") == ["cancelled"]
    assert end.message == "Cancelled RUIZ, Ana for 8:00 with Dr Alvarez. u takes it back."


async def test_saved_too_late_it_is_refused_and_stays(monday):
    end = await monday("c f2 a f5 f9")
    assert "A colleague has changed this appointment since; look again." in end.dialog
    assert end.status_of("RUIZ") == ["arrived"]


async def test_a_question_is_not_answered_and_its_form_waits(monday):
    overbook = "b bau enter tab tab tab 8:00 f9"
    end = await monday(f"{overbook} f2 y")
    assert "1 open" in end.cells[0]
    assert end.status_of("BAUER") == []
    end = await monday(f"{overbook} f2 f5 f9 y")
    assert end.status_of("BAUER") == ["scheduled"]


async def test_lists_and_questions_close_as_with_esc(monday):
    for script in ("g f4", "/ rui f4", "f adj f4", "k f4", "? f4", "v f4", ": f4"):
        end = await monday(script)
        assert "PATIENT ACCESS" in end.cells[0], script
        assert "open" not in end.cells[0]
        assert end.dialog == ""


async def test_quitting_asks_while_a_form_is_open(monday):
    end = await monday("down b bau f2 :q enter")
    assert end.dialog.startswith("1 form is open: quit and lose what was typed?")
    assert "1 open" in (await monday("down b bau f2 :q enter enter")).cells[0]


@pytest.mark.parametrize("script", [":q enter", "down b bau f2 :q enter y"])
async def test_quitting_ends_the_program_at_once_or_after_y(clinic_of_its_own, script):
    clinic = clinic_of_its_own()
    app = CTFrontApp(clinic.database, clinic.clinic, clinic.mgarcia, lambda: EIGHT)
    async with open_desk(app) as desk:
        desk.type(script)
        await until(lambda: not app.is_running)
    assert app.return_code == 0
    await clinic.database.close()


async def test_a_form_that_waits_fits_the_window_it_comes_back_to(clinic_of_its_own):
    clinic = clinic_of_its_own()
    app = CTFrontApp(clinic.database, clinic.clinic, clinic.mgarcia, lambda: EIGHT)
    async with open_desk(app) as desk:
        await desk.press("b bau f2")
        app.post_message(events.Resize(Size(120, 40), Size(120, 40)))
        await desk.press("f5")
        assert app.screen.size == (120, 40)
        assert app.screen.has_class("-wide")
        assert "Patient    bau" in desk.text()
    await clinic.database.close()


# -- the place is held meanwhile


async def test_the_place_is_held_while_the_form_waits(monday):
    end = await monday("down b bau f2")
    assert end.message == "The form waits; 8:15 is held until 8:05. F5 goes back to it."
    assert "held mgarcia" in end.at("8:15")
    assert "held by mgarcia until 8:05" in end.pane
    end = await monday("down b bau f2 b")
    assert end.dialog.startswith("8:15 is held by mgarcia until 8:05; next free 8:45")


async def test_saving_and_leaving_let_the_place_go(monday):
    end = await monday("down b bau f2 f5 enter enter")
    assert end.at("8:15").count("BAUER, Tomás") == 1
    assert "held" not in end.screen
    assert "held" not in (await monday("down b bau f2 f5 esc esc")).screen
    end = await monday("down b bau f2 f5 enter tab tab tab 9:30 f9")
    assert (570, "Dr Alvarez", "BAUER") in end.live()
    assert "held" not in end.screen


async def test_the_usual_purpose_is_offered_on_the_place_held(monday):
    end = await monday("down b f2 f5 bau enter enter")
    assert (495, "Dr Alvarez", "BAUER") in end.live()


async def test_a_reschedule_that_waits_holds_where_it_goes(monday):
    end = await monday("m ] enter f2")
    assert "held mgarcia" in end.at("8:00")
    end = await monday("m ] enter f2 f5 esc")
    assert "held" not in end.screen
    assert end.message.startswith("In hand: RUIZ, Ana")


def held_by_tlee(clinic):
    cast(clinic)
    clinic.hold("Dr Alvarez", "8:15", who=clinic.tlee)


async def test_a_place_held_by_a_colleague_is_not_offered(both_ways):
    early = {"now": EIGHT - timedelta(minutes=8)}
    end = await both_ways("down b bau", held_by_tlee, **early)
    assert end.dialog.startswith("8:15 is held by tlee until 7:55; next free 8:45")
    end = await both_ways("f 'adj alvarez'", held_by_tlee, **early)
    assert "8:45" in end.dialog
    assert "8:15" not in end.dialog
    free = await both_ways("f 'adj alvarez'", cast, **early)
    assert "8:15" in free.dialog


async def test_a_place_held_by_a_colleague_is_refused_when_it_is_typed(both_ways):
    early = {"now": EIGHT - timedelta(minutes=8)}
    typed = "b bau enter tab tab tab 8:15 f9"

    def held_by_mgarcia(clinic):
        clinic.hold("Dr Alvarez", "8:15")

    end = await both_ways(typed, held_by_mgarcia, who="tlee", **early)
    assert "Dr Alvarez at 8:15 is held by mgarcia until 7:55." in end.dialog
    assert end.rows == []
    end = await both_ways(f"{typed} enter", held_by_tlee, **early)
    assert end.status_of("BAUER") == []
    end = await both_ways(f"{typed} y", held_by_tlee, **early)
    assert [r["overbooked"] for r in end.rows if r["patient"] == "BAUER"] == [1]


async def test_a_hold_that_has_ended_is_as_if_it_were_not_there(both_ways):
    end = await both_ways("down b bau enter enter", held_by_tlee)
    assert (495, "Dr Alvarez", "BAUER") in end.live()
