"""Stories of the mails in Set-up: seen, changed, looked at as they leave, restored and taken back."""

import pytest

from ctfront.data.database import Database
from ctfront.domain.letters import BUILT_IN, INVITATION, MailWording
from ctfront.services.clinic_setup import ClinicSetup
from tests.clinics import MONDAY

TO_INVITATION = "f6 8 end up up up up up up up up up enter"


@pytest.fixture
def story(both_ways):
    """Run a script as the manager, both ways; tell where it ended and what the invitation then says."""

    async def run(script: str):
        clinics = []
        end = await both_ways(script, clinics.append, who="manager")
        slow, burst = [await read(clinic) for clinic in clinics]
        assert burst == slow
        return end, slow

    return run


async def read(clinic) -> MailWording:
    database = Database(f"sqlite:///{clinic.database.path}")
    try:
        mails = (await ClinicSetup(database, clinic.clinic).everything(MONDAY)).mails
    finally:
        await database.close()
    return next(wording for wording in mails if wording.kind == INVITATION)


async def test_a_paragraph_is_changed_and_taken_back(story):
    end, wording = await story(f"{TO_INVITATION} tab tab 'Book with {{ First  Name }}, at {{clinic}}.'")
    assert "Book with Ana, at Main Street Clinic." in end.screen
    end, wording = await story(f"{TO_INVITATION} tab tab 'Book at {{clinic}}.' f9")
    assert wording.text.paragraphs[1] == "Book at {clinic}."
    assert wording.text.paragraphs[2:] == BUILT_IN[INVITATION].paragraphs[2:]
    assert end.message == "Saved the mail “Invitation”. u takes it back."
    assert "▸Mail: Invitation     own words" in end.screen
    end, wording = await story(f"{TO_INVITATION} tab tab 'Book at {{clinic}}.' f9 u")
    assert wording.is_built_in


async def test_the_whole_mail_is_shown_as_it_leaves(story):
    end, _ = await story(f"{TO_INVITATION} f7")
    assert "Subject: Main Street Clinic: book your appointments online" in end.screen
    assert "Hello Ana," in end.screen
    assert "https://book.example.org/…" in end.screen
    end, _ = await story(f"{TO_INVITATION} ctrl+t end")
    assert "You get this mail because you agreed" in end.screen
    end, _ = await story(f"{TO_INVITATION} f7 esc x")
    assert "Subject     x" in end.screen


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("tab 'Dear {frist name},' f9", "! Nothing is called {frist name} here, only {first name}, {link},"),
        ("'Begin: {link}' f9", "! Nothing is called {link} here, only {first name}, {days},"),
        ("tab 'Dear [{first name},' f9", "! The [ has no partner; {…} and […] stand in pairs."),
        ("tab tab tab tab ctrl+u f9", "! The text needs {link}: without it nobody gets in."),
        ("tab tab tab tab ctrl+u f7", "! The text needs {link}: without it nobody gets in."),
        ("tab tab tab tab '[{link}]' f9", "! The text needs {link}: without it nobody gets in."),
        ("ctrl+u f9", "! An answer is needed here."),
    ],
)
async def test_a_text_that_would_not_do_keeps_the_form_open(story, typed, why):
    end, wording = await story(f"{TO_INVITATION} {typed}")
    assert why in end.screen
    assert wording.version == 0


async def test_the_built_in_text_is_restored(story):
    end, wording = await story(f"{TO_INVITATION} 'Come in' f9 enter f8 f9")
    assert wording.is_built_in
    assert "▸Mail: Invitation     built-in words" in end.screen
