"""Stories of Set-up's online part: the rules and the providers, key by key and in a burst."""

import pytest

from ctfront.data.database import Database
from ctfront.domain.online import OnlineBook, OnlineRules
from ctfront.domain.times import Span
from ctfront.services.clinic_setup import ClinicSetup
from tests.screens.conftest import cast

NO_RIGHT = "tlee may not do that: the right “set-up” is needed; a manager can give it."


@pytest.fixture
def story(both_ways):
    """Run a script as the manager, both ways; tell where it ended and what patients are then offered."""

    async def run(script: str, *, who: str = "manager", **more):
        clinics = []

        def set_scene(clinic) -> None:
            clinics.append(clinic)
            cast(clinic)

        end = await both_ways(script, set_scene, who=who, **more)
        slow, burst = [await read(clinic) for clinic in clinics]
        assert burst == slow
        return end, slow

    return run


async def read(clinic) -> OnlineBook:
    database = Database(f"sqlite:///{clinic.database.path}")
    try:
        return await ClinicSetup(database, clinic.clinic).online()
    finally:
        await database.close()


def provider(book: OnlineBook, name: str = "Dr Alvarez"):
    return next(one for one in book.providers if one.provider.name == name)


async def test_the_list_is_behind_8_and_says_what_is_offered(story):
    end, _ = await story("f6 8")
    assert "[8 Online]" in end.cells[1]
    assert "▸Notice               2 h                      before its start, at the latest" in end.screen
    assert " Dr Alvarez           Adj NPE Rex              office hours" in end.screen
    end, _ = await story("f6 8 h")
    assert end.message == "Nothing in the list “Online” is ever inactive."


async def test_the_rules_are_changed_where_the_cursor_is(story):
    end, book = await story("f6 8 down enter 90 tab 2 tab mas,npe tab 'Closed on the 24th.' f9")
    approved = {purpose.name for purpose in book.purposes if purpose.id in book.rules.to_approve}
    assert (book.rules.days_ahead, book.rules.most_coming, approved) == (90, 2, {"New Patient Exam", "Massage"})
    assert book.rules.welcome == "Closed on the 24th."
    assert end.message == "Saved the rules of Online Appointments. u takes it back."
    assert "▸Days ahead           90" in end.screen
    end, book = await story("f6 8 enter 0 f9 u")
    assert book.rules == OnlineRules()
    assert end.message == "Took back: Saved the rules of Online Appointments."


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("enter 50000 f9", "! A number from 0 to 43,200."),
        ("enter soon f9", "! A whole number."),
        ("down enter 0 f9", "! A number from 1 to 366."),
        ("down down enter 51 f9", "! A number from 1 to 50."),
        ("down down down enter x-ray f9", "! “x-ray” is no visit purpose."),
    ],
)
async def test_rules_that_make_no_sense_keep_the_form_open(story, typed, why):
    end, book = await story(f"f6 8 {typed}")
    assert why in end.screen
    assert book.rules == OnlineRules()


async def test_a_provider_is_narrowed_and_described(story):
    script = (
        "f6 8 down down down down down enter tab 1 tab rex tab 'Speaks Spanish.' tab 9-12 tab = tab - tab - tab - f9"
    )
    end, book = await story(script.replace(" - ", " closed "))
    one, nine = provider(book), (Span(540, 720),)
    assert (one.available, one.governor, one.hours) == (True, 1, {0: nine, 1: nine})
    assert (one.description, [p.name for p in book.purposes if p.id in one.purpose_ids]) == (
        "Speaks Spanish.", ["Re-exam"],
    )  # fmt: skip
    assert end.message == "Saved Dr Alvarez for Online Appointments. u takes it back."
    assert "▸Dr Alvarez           Rex                      Mon, Tue 9-12" in end.screen
    assert "online at most 1 at a time" in end.screen


TO_ALVAREZ = "f6 8 down down down down down enter"
TO_MONDAY = f"{TO_ALVAREZ} tab tab tab tab"


async def test_hours_outside_the_office_hours_say_what_is_left_of_them(story):
    end, _ = await story(f"{TO_MONDAY} 7-12:30")
    assert "offered: 8:00–12:00" in end.screen


async def test_f8_restores_the_office_hours_and_they_are_followed_from_then_on(story):
    end, book = await story(f"{TO_MONDAY} 9-12 f8")
    assert "Monday      8-12, 13-18" in end.screen
    assert "The office hours are filled in; Okay saves them." in end.screen
    assert provider(book).hours is None
    end, book = await story(f"{TO_MONDAY} 9-12 f9 enter ctrl+r f9")
    assert provider(book).hours is None
    assert "▸Dr Alvarez           Adj NPE Rex              office hours" in end.screen


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("tab 2 f9", "! At most 1, as at the desk."),
        ("tab tab mas f9", "! “mas” is no visit purpose."),
        ("tab tab tab tab '2x 9-10' f9", "! "),
    ],
)
async def test_what_the_desk_does_not_allow_is_not_offered(story, typed, why):
    end, book = await story(f"{TO_ALVAREZ} {typed}")
    assert why in end.screen
    assert provider(book).version == 0


async def test_a_provider_is_taken_off_the_site_and_put_back(story):
    end, book = await story(f"{TO_ALVAREZ} no f9")
    assert not provider(book).available
    assert "hidden (Adj NPE Rex)" in end.screen
    end, book = await story(f"{TO_ALVAREZ} no f9 u")
    assert provider(book).available


async def test_without_the_right_it_can_be_read_only(story):
    for script in ("f6 8 enter", "f6 8 pgdn enter", "f6 8 end enter"):
        end, book = await story(script, who="tlee")
        assert end.message == NO_RIGHT
        assert (book.version, "Okay" in end.screen) == (0, False)
