"""Finding, showing and adding patients from the keyboard."""

import pytest
from sqlalchemy import text


async def test_finding_a_patient_opens_patient_information(monday):
    end = await monday("/ kap enter")
    assert "KAPOOR, Dev   b 14 Feb 1984 (42)   #10002" in end.screen
    assert "▸Mon 2 Mar 2026    8:15  Adjustment" in end.screen


async def test_namesakes_want_their_digit(monday):
    end = await monday("/ smi enter")
    assert "More than one has that name: type the digit." in end.screen
    end = await monday("/ smi enter 2")
    assert "SMITH, Joan   b 1 May 1993 (32)" in end.screen


async def test_a_digit_picks_at_once_behind_letters(monday):
    assert "SMITH, Joan   b 1 May 1962 (63)" in (await monday("/ smi 1")).screen


async def test_a_phone_tail_is_digits(monday):
    assert "OKAFOR, Grace" in (await monday("/ 4434 enter")).cells[1]


async def test_a_record_number_finds(monday):
    assert "LEE, Min" in (await monday('/ "#10003" enter')).cells[1]


async def test_a_near_miss_is_offered(monday):
    end = await monday("/ kapor")
    assert "Nobody matches exactly; perhaps:" in end.screen
    assert "1 KAPOOR, Dev" in end.screen


async def test_enter_on_nobody_stays(monday):
    end = await monday("/ qqqq enter enter")
    assert "Nobody found. Ctrl+N adds a new patient." in end.screen


async def test_esc_leaves_the_find_box(monday):
    end = await monday("/ kap esc down")
    assert end.cursor[0] == "8:15"


async def test_info_shows_the_patient_of_the_appointment(monday):
    end = await monday("i")
    assert "RUIZ, Ana   b 2 Mar 1984 (42)   #10001" in end.screen
    assert "Emails    no consent" in end.screen


async def test_enter_shows_the_appointment_on_the_scheduler(monday):
    end = await monday("/ kap enter enter")
    assert end.cursor == ("8:15", "KAPOOR, Dev")


async def test_f3_shows_the_last_patient_again(monday):
    end = await monday("i f2 down f3")
    assert "RUIZ, Ana" in end.cells[1]


async def test_esc_goes_back_to_the_scheduler_and_no_further(monday):
    end = await monday("down i / kap enter esc esc a")
    assert end.cursor == ("8:15", "·")
    assert end.message == "No appointment here to mark."


async def test_the_line_works_from_a_patient_s_screen(monday):
    end = await monday("/ kap enter : 'ar ruiz' enter")
    assert end.status_of("RUIZ") == ["arrived"]
    assert end.cursor == ("8:00", "RUIZ, Ana")
    assert "PATIENT INFORMATION" in (await monday("/ kap enter f6 : pi enter")).cells[0]


async def test_b_takes_the_patient_in_hand(monday):
    end = await monday("/ oka enter b right enter enter")
    assert (480, "Dr Chen", "OKAFOR") in end.live()


async def test_a_new_patient_is_shown(monday):
    end = await monday("n Nguyen enter Linh enter 5/6/1991 enter enter")
    assert "NGUYEN, Linh   b 6 May 1991 (34)   #10009" in end.screen


async def test_what_is_typed_is_read_back(monday):
    end = await monday("n Nguyen enter Linh enter 5/6/91")
    assert "Mon 6 May 1991 (34)" in end.screen


async def test_a_birth_date_that_does_not_exist_stays_in_its_field(monday):
    end = await monday("n Nguyen enter Linh enter 2/30/91 enter")
    assert "February 1991 has no day 30" in end.screen


async def test_an_email_that_is_none_stays_in_its_field(monday):
    end = await monday("n Nguyen enter Linh enter 5/6/91 down down down linh.at.home f9")
    assert "linh.at.home" in end.screen
    assert "! That is no email" in end.screen


async def test_a_likely_duplicate_is_shown_and_not_saved(monday):
    end = await monday("n Ruiz enter Anna enter 3/2/1984 enter enter")
    assert "1 RUIZ, Ana" in end.screen
    assert "y another person" in end.screen


async def test_enter_is_not_yes_to_a_duplicate(monday):
    end = await monday("n Ruiz enter Anna enter 3/2/1984 enter enter enter esc esc")
    assert end.cursor == ("8:00", "RUIZ, Ana")


async def test_y_is_another_person(monday):
    end = await monday("n Ruiz enter Anna enter 3/2/1984 enter enter y")
    assert "RUIZ, Anna   b 2 Mar 1984 (42)   #10009" in end.screen


async def test_a_digit_takes_the_patient_on_record(monday):
    end = await monday("n Ruiz enter Anna enter 3/2/1984 enter enter 1")
    assert "RUIZ, Ana   b 2 Mar 1984 (42)   #10001" in end.screen


@pytest.mark.wire
async def test_nobody_matches_so_the_booking_form_adds_one(monday):
    end = await monday("right b Zzy ctrl+n Bob enter 1/2/1990 enter enter enter")
    assert (480, "Dr Chen", "Zzy") in end.live()
    assert end.message == "Booked ZZY, Bob for 8:00 with Dr Chen. u takes it back."


async def test_a_name_that_breaks_careless_software(monday):
    end = await monday("/ oneil enter")
    assert "O'NEIL-[/X]ŁUKASZ, Zoë" in end.screen


async def test_an_alert_stands_under_the_name(both_ways):
    def scene(clinic):
        alert = text(
            "INSERT INTO patient_alert"
            " (clinic_id, patient_id, text, shown_when, must_confirm, by_kind, by_name, made_at)"
            f" VALUES (1, {clinic.patients['RUIZ']}, 'Fear of needles \x1b[31m', 'always', 0, 'staff', 'mgarcia', 0)"
        )
        clinic.database.write_now(lambda session: session.execute(alert))

    end = await both_ways("/ rui enter", scene)
    assert end.cells[2].strip().startswith("! Fear of needles ?[31m")
