"""The table of presses: each of a clerk's acts takes no more of them than it says."""

from tests.desk import read_keys
from tests.screens.test_invitation_stories import INVITED, REACHABLE, scene


def presses(script: str, typed: str = "") -> int:
    """Count the keys of a script but for the letters that no program can spare, those of a name or an address."""
    return len(list(read_keys(script))) - len(typed)


async def test_book_a_known_patient_on_the_free_place_under_the_cursor(monday):
    before = "down"
    script = "b bau enter enter"
    assert presses(script, "bau") <= 3
    end = await monday(f"{before} {script}")
    assert (495, "Dr Alvarez", "BAUER") in end.live()
    assert [row["purpose"] for row in end.rows if row["patient"] == "BAUER"] == ["Adjustment"]


async def test_mark_arrived_in_one(monday):
    assert presses("a") <= 1
    assert (await monday("a")).status_of("RUIZ") == ["arrived"]


async def test_see_who_made_an_appointment_in_none(monday):
    assert presses("") == 0
    assert "Created By  mgarcia" in (await monday("")).pane


async def test_send_an_invitation_and_acknowledge_it_in_three(both_ways):
    script = "i s enter"
    assert presses(script) <= 3
    end = await both_ways(script, scene(REACHABLE))
    sent = end.last_of("RUIZ")
    assert sent["state"] == "queued"
    assert not end.dialog


async def test_move_one_week_on_in_four(monday):
    script = "m } enter enter"
    assert presses(script) <= 4
    end = await monday(script)
    assert [(str(row["day"]), row["status"]) for row in end.rows if row["patient"] == "RUIZ"] == [
        ("2026-03-02", "rescheduled"),
        ("2026-03-09", "scheduled"),
    ]


async def test_find_and_book_the_next_opening_in_eight_and_the_name(monday):
    script = "f adj enter enter bau enter enter"
    assert presses(script, "bau") <= 8
    assert (480, "Dr Chen", "BAUER") in (await monday(script)).live()


async def test_correct_an_invited_address_in_six_and_the_address(both_ways):
    address = "ana@right.example.org"
    script = f"e {address} f9 r p y enter"
    assert presses(script, address) <= 6
    end = await both_ways(f"i {script}", scene(*INVITED))
    sent = end.last_of("RUIZ")
    assert (sent["state"], sent["address"]) == ("queued", address)
    assert not end.dialog
