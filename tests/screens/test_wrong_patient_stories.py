"""Stories of an appointment that was booked for the wrong patient."""


async def test_the_right_patient_gets_the_place_and_both_histories_keep_it(monday):
    end = await monday("e up bau enter enter")
    kept = {r["patient"]: (r["minute"], r["status"], r["cancel_reason"]) for r in end.rows}
    assert kept["RUIZ"] == (480, "cancelled", "entered in error")
    assert kept["BAUER"] == (480, "scheduled", "")
    assert end.message == "Now BAUER, Tomás for 8:00 with Dr Alvarez. u takes it back."
    assert end.cursor == ("8:00", "BAUER, Tomás")


async def test_it_is_taken_back_in_one(monday):
    end = await monday("e up bau enter enter u")
    assert (end.status_of("RUIZ"), end.status_of("BAUER")) == (["scheduled"], ["deleted"])


async def test_a_name_typed_but_not_picked_saves_nothing(monday):
    end = await monday("e up bau f9")
    assert (end.status_of("RUIZ"), end.status_of("BAUER")) == (["scheduled"], [])
    assert "BAUER, Tomás" in end.dialog


async def test_a_patient_who_is_elsewhere_then_is_asked_about(monday):
    end = await monday("e up lee enter enter enter")
    assert end.status_of("RUIZ") == ["scheduled"]
    end = await monday("e up lee enter enter y")
    assert (end.status_of("RUIZ"), end.status_of("LEE")) == (["cancelled"], ["scheduled", "scheduled"])


async def test_from_checked_in_on_it_stays_whose_it_is(monday):
    end = await monday("k c e up bau enter enter")
    assert (end.status_of("RUIZ"), end.status_of("BAUER")) == (["checked_in"], [])
    assert "its place stays as it was" in end.dialog
