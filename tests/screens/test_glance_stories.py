"""Stories of the free places at a glance."""


async def test_week_again_shows_free_places_of_everybody(monday):
    end = await monday("w w")
    assert end.cells[0].strip().startswith("Mon 2 Mar 2026 · free places")
    assert [name in end.cells[1] for name in ("Dr Alvarez", "Dr Chen", "Osei LMT")] == [True] * 3
    assert end.cells[2].split()[:3] == ["2Mar", "9Mar", "16Mar"]
    assert end.at("8:00").split()[1:4] == ["12222", "22222", "22222"]
    assert "Dr Alvarez" in end.pane
    assert "Mon 2 Mar 2026 8:00–8:30" in end.pane
    assert "1 free" in end.pane
    assert end.cells[-1].strip().startswith("Enter Day  b Book  w Back")


async def test_enter_shows_the_place_on_its_day(monday):
    end = await monday("w w right } down enter")
    assert end.cells[0].strip().startswith("Tue 10 Mar 2026  ")
    assert end.cursor == ("8:30", "·")


async def test_b_books_the_first_free_slot_of_the_half_hour(monday):
    end = await monday("w w b bau enter enter")
    assert (495, "Dr Alvarez", "BAUER") in end.live()


async def test_what_is_in_hand_stays_in_hand(monday):
    end = await monday("m w w tab enter enter")
    assert (480, "Dr Chen", "RUIZ") in end.live()


async def test_w_goes_back_to_the_day_under_the_cursor_and_a_later_week_is_reached(monday):
    end = await monday("w w } } } ] right")
    assert end.cells[0].strip().startswith("Tue 31 Mar 2026 · free places")
    assert end.cells[2].split()[:3] == ["23Mar", "30Mar", "6Apr"]
    assert (await monday("w w right w")).cells[0].strip().startswith("Tue 3 Mar 2026  ")


async def test_an_overbooked_half_hour_is_a_letter_and_other_acts_wait_for_the_day(both_ways):
    def scene(clinic):
        clinic.book("RUIZ", "Dr Alvarez", "8:00")
        clinic.book("BAUER", "Dr Alvarez", "8:00", overbook=True)
        clinic.book("KAPOOR", "Dr Alvarez", "8:15")

    end = await both_ways("w w c", scene)
    assert end.at("8:00").split()[1] == "a2222"
    assert "overbooked by 1" in end.pane
    assert end.message == "No appointment here to cancel."
