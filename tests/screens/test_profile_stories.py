"""Editing a patient's profile from the keyboard, alone and with a colleague at the same patient."""

import re
import shlex
from dataclasses import replace
from datetime import date, timedelta

import pytest

from ctfront.domain.invitations import Change
from ctfront.domain.patients import Alert, Channel, Phone, Sex
from ctfront.domain.staff import Right
from ctfront.services.profile import REMOVING_LEFT, STEPS_LEFT
from tests.hostile import AWKWARD, FOREIGN, TOGETHER, harmful
from tests.invited import give_consent, invited, reachable, set_email, settle
from tests.screens.conftest import cast
from tests.screens.profile_scenes import colleague_edits, edit_now, left
from tests.stories import EIGHT

FORTY_SECONDS_AGO = EIGHT - timedelta(seconds=40)
EMAIL, CONSENT = 5, 8
"""Which of the form's stops that is, from the first."""
TO_EMAIL = "tab tab tab tab tab"
TO_CONSENT = "up up up up up up"
TO_ACTIVE = "up up up up"
TO_ALERT = "up up"


@pytest.fixture
def story(both_ways):
    """Run a script both ways; tell where it ended and what is then on record of the patient.

    The form opens on the field that the block speaks of; from there the story goes up to the first one.
    """

    async def run(script: str, scene=cast, *, record: str = "10001", opens_on: int = EMAIL, **more):
        clinics = []
        script = re.sub(r"(?<!\S)e(?!\S)", f"e{' up' * opens_on}", script, count=1)

        def set_scene(clinic) -> None:
            clinics.append(clinic)
            scene(clinic)

        end = await both_ways(script, set_scene, **more)
        slow, *bursts = [await left(clinic, record) for clinic in clinics]
        assert bursts == [slow] * len(bursts)
        return end, slow[0]

    return run


# -- the form


async def test_e_opens_the_profile(story):
    end, _ = await story("i e")
    assert "RUIZ, Ana · b 2 Mar 1984 · #10001" in end.dialog
    assert "Last name RUIZ First name Ana Birth date 2 Mar 1984 Fri 2 Mar 1984 (42)" in end.dialog
    assert "Phones (555) 010-4431 mobile" in end.dialog
    assert "[ ] Patient consents to texts and emails" in end.dialog
    assert "[x] Active" in end.dialog


async def test_typing_replaces_what_the_field_held(story):
    end, patient = await story("i e Ruiz-Park f9")
    assert patient.last_name == "Ruiz-Park"
    assert end.message == "Saved RUIZ, Ana: last name. u takes it back."
    assert "RUIZ-PARK, Ana" in end.cells[1]


async def test_every_field_is_saved(story):
    end, patient = await story(
        "i e Park tab Anna tab 3/4/1985 tab f tab '555 010 7777 home, 555 010 8888 w' tab anna@example.org "
        "tab chen tab 'likes mornings' tab space tab ph tab tab tab 'Deaf until 4/1/2026 !' f9"
    )
    assert (patient.last_name, patient.first_name, patient.birth_date) == ("Park", "Anna", date(1985, 3, 4))
    assert (patient.sex, patient.email, patient.note) == (Sex.FEMALE, "anna@example.org", "likes mornings")
    assert patient.phones == (
        Phone(kind="home", number="555 010 7777", e164="+15550107777"),
        Phone(kind="work", number="555 010 8888", e164="+15550108888"),
    )
    assert patient.consent_word == "yes"
    assert [(c.how.value, c.recorded_by) for c in patient.consents] == [("phone", "mgarcia")] * 2
    assert patient.alerts == (Alert(text="Deaf", until=date(2026, 4, 1), must_confirm=True, by="mgarcia"),)
    assert "Provider  Dr Chen" in end.screen
    assert "! Deaf" in end.screen


async def test_nothing_typed_saves_nothing(story):
    end, patient = await story("i e f9")
    assert (end.message, patient.version) == ("Nothing was changed.", 1)


async def test_enter_goes_to_okay_and_saves(story):
    _, patient = await story("i e Park enter enter")
    assert patient.last_name == "Park"


async def test_esc_asks_once_before_what_was_typed_is_lost(story):
    end, patient = await story(f"i e {TO_CONSENT} space esc")
    assert "What was typed is not saved. Esc again leaves." in end.dialog
    end, patient = await story(f"i e {TO_CONSENT} space esc esc down")
    assert "Okay" not in end.screen
    assert patient.version == 1


async def test_the_cursor_stays_on_its_appointment(story):
    def scene(clinic):
        cast(clinic)
        clinic.book("RUIZ", "Dr Chen", "9:00")
        clinic.book("RUIZ", "Dr Chen", "10:00")

    end, _ = await story("i up e tab Anna f9", scene)
    assert [line.split()[4] for line in end.cells if "▸" in line] == ["9:00"]


async def test_what_cannot_be_stays_beside_its_field(story):
    end, patient = await story(f"i e {TO_EMAIL} ana@b@example.org f9")
    assert "! That is no email address:" in end.dialog
    end, patient = await story(f"i e {TO_EMAIL} ana@b@example.org f9 x")
    assert "ana@b@example.orgx" in end.dialog
    assert patient.email is None


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("' ' f9", "! An answer is needed here."),
        ("tab tab 3/3/2026 f9", "! A birth date lies in the past."),
        ("tab tab 30/30/30 f9", "30"),
        ("tab tab tab q f9", "! No such answer: female, male"),
        ("tab tab tab tab none f9", "! A phone number has"),
        ("tab tab tab tab '555 010 7777 fax' f9", "! No such kind of"),
        (f"{TO_EMAIL} tab zz f9", "! No such provider:"),
        (f"{TO_ALERT} 'Deaf until 31/31' f9", "! "),
    ],
)
async def test_each_field_says_what_is_wrong(story, keys, words):
    end, patient = await story(f"i e {keys}")
    assert words in end.dialog
    assert "Okay" in end.dialog
    assert patient.version == 1


async def test_it_needs_the_right(story):
    def scene(clinic):
        cast(clinic)
        clinic.tlee = replace(clinic.tlee, rights=frozenset({Right.BOOK}))

    end, patient = await story("i e Park f9", scene, who="tlee")
    assert "the right “edit patient” is needed" in end.dialog
    assert patient.last_name == "RUIZ"


async def test_an_awkward_patient_is_edited_like_any(story):
    end, patient = await story("/ oneil enter e tab Zoe f9", record="10007")
    assert (patient.last_name, patient.first_name) == (AWKWARD, "Zoe")
    assert end.message == "Saved O'NEIL-[/X]ŁUKASZ, Zoë: first name. u takes it back."


async def test_a_field_left_alone_keeps_what_an_import_brought(story):
    def scene(clinic):
        cast(clinic)
        alert = Alert(text="Call until Monday, wait !", until=date(2026, 4, 1))
        edit_now(clinic, "RUIZ", note="a  b", phones=(Phone(kind="mobile", number="555, ask 2"),), alerts=(alert,))

    _, before = await story("i", scene)
    _, patient = await story("i e tab Anna f9", scene)
    assert patient == replace(before, first_name="Anna", version=before.version + 1)


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)
async def test_unusual_text_is_kept(story, text):
    _, patient = await story(f"i e tab {paste(text)} f9")
    assert patient.first_name == text


def paste(text: str) -> str:
    return shlex.quote(f"paste={text}")


async def test_hostile_text_in_every_field_drives_nothing(story):
    every = " tab ".join([paste(TOGETHER)] * 8)
    end, patient = await story(f"i e {every} f9")
    assert [line for line in end.cells if harmful(line)] == []
    assert "Last name" in end.dialog
    assert patient.version == 1


async def test_long_texts_stay_in_their_place(story):
    def scene(clinic):
        cast(clinic)
        edit_now(clinic, "RUIZ", note="n" * 2000, last_name="R" * 100, alerts=(Alert(text="a" * 200),))

    end, _ = await story("i e tab A", scene)
    assert all(len(line) <= 80 for line in end.cells)
    assert "Okay" in end.dialog
    end, patient = await story("i e tab A f9", scene)
    assert (patient.note, patient.first_name) == ("n" * 2000, "A")


# -- alerts, and who is active


async def test_an_alert_is_ended_by_emptying_its_field(story):
    def scene(clinic):
        cast(clinic)
        edit_now(clinic, "RUIZ", alerts=(Alert(text="Deaf"), Alert(text="Fear of needles", must_confirm=True)))

    end, patient = await story("i e up up up backspace f9", scene)
    assert [alert.text for alert in patient.alerts] == ["Deaf"]
    assert end.message == "Saved RUIZ, Ana: alerts. u takes it back."


async def test_of_many_alerts_each_can_be_reached(story):
    def scene(clinic):
        cast(clinic)
        edit_now(clinic, "RUIZ", alerts=tuple(Alert(text=f"alert {n}") for n in range(8)))

    end, _ = await story("i e", scene)
    assert "Alert 1 alert 0 stands Alert 2 alert 1 stands Alert 3 alert 2 stands Okay" in end.dialog
    end, _ = await story("i e up up", scene)
    assert "Alert 7 alert 6 stands Alert 8 alert 7 stands New alert" in end.dialog
    end, patient = await story("i e up up up up up backspace f9", scene)
    assert [alert.text for alert in patient.alerts] == [f"alert {n}" for n in range(8) if n != 5]
    end, patient = await story("i e up up New f9", scene)
    assert [alert.text for alert in patient.alerts] == [*(f"alert {n}" for n in range(8)), "New"]
    end, _ = await story("i e up up tab tab", scene)
    assert "Last name RUIZ" in end.dialog


async def test_an_until_that_is_no_date_is_text(story):
    _, patient = await story(f"i e {TO_ALERT} 'Wait until he calls' f9")
    assert patient.alerts == (Alert(text="Wait until he calls", by="mgarcia"),)


async def test_who_is_made_inactive_has_a_reason(story):
    end, patient = await story(f"i e {TO_ACTIVE} space f9")
    assert "! Why is the patient inactive?" in end.dialog
    assert patient.active
    end, patient = await story(f"i e {TO_ACTIVE} n enter moved f9")
    assert (patient.active, patient.inactive_reason) == (False, "moved")
    assert "INACTIVE moved" in end.screen


async def test_who_is_made_active_loses_it(story):
    def scene(clinic):
        cast(clinic)
        edit_now(clinic, "RUIZ", active=False, inactive_reason="moved")

    _, patient = await story(f"/ rui enter e {TO_ACTIVE} y f9", scene)
    assert (patient.active, patient.inactive_reason) == (True, "")


# -- consent


@pytest.mark.parametrize(
    ("keys", "word"), [("space", "yes"), ("y", "yes"), ("Y", "yes"), ("y n", "no"), ("space space", "no"), ("x", "no")]
)
async def test_the_box_is_ticked_and_unticked(story, keys, word):
    end, patient = await story(f"i e {TO_CONSENT} {keys}")
    assert ("[x] Patient" in end.dialog) == (word == "yes")
    _, patient = await story(f"i e {TO_CONSENT} {keys} f9")
    assert patient.consent_word == word


async def test_a_consent_ended_keeps_its_record(story):
    def scene(clinic):
        cast(clinic)
        edit_now(clinic, "RUIZ", consent=frozenset(Channel))

    end, patient = await story(f"i e {TO_CONSENT} space tab phone f9", scene)
    assert [(c.how.value, c.ended_how.value, c.ended_by) for c in patient.consents] == [
        ("in person", "phone", "mgarcia")
    ] * 2
    assert "Emails    no: ended 2 Mar 2026 phone by mgarcia" in end.screen


async def test_one_channel_alone_stays_until_the_box_is_touched(story):
    def scene(clinic):
        cast(clinic)
        give_consent(clinic, "RUIZ")

    end, patient = await story("i e tab Anna", scene)
    assert "[-] Patient consents to texts and emails" in end.dialog
    end, patient = await story("i e tab Anna f9", scene)
    assert (patient.consent_word, len(patient.consents)) == ("email only", 1)
    end, patient = await story(f"i e {TO_CONSENT} space f9", scene)
    assert (patient.consent_word, len(patient.consents)) == ("yes", 2)
    end, patient = await story(f"i e {TO_CONSENT} n f9", scene)
    assert (patient.consent_word, len(patient.consents)) == ("no", 1)


# -- a slip in the address


async def test_a_slip_asks_back_and_y_takes_it(story):
    end, _ = await story(f"i e {TO_EMAIL} ana@gmial.com f9")
    assert "Did you mean ana@gmail.com?" in end.dialog
    end, patient = await story(f"i e {TO_EMAIL} ana@gmial.com f9 y")
    assert patient.email == "ana@gmail.com"


@pytest.mark.parametrize("answer", ["enter", "esc"])
async def test_not_now_keeps_the_slip_and_a_second_save_takes_it(story, answer):
    end, patient = await story(f"i e {TO_EMAIL} ana@gmail.con f9 {answer}")
    assert "Email ana@gmail.con" in end.dialog
    assert patient.email is None
    end, patient = await story(f"i e {TO_EMAIL} ana@gmail.con f9 {answer} f9")
    assert patient.email == "ana@gmail.con"


async def test_a_slip_on_record_is_not_asked_about_again(story):
    def scene(clinic):
        cast(clinic)
        set_email(clinic, "RUIZ", "ana@yahoo.co")

    _, patient = await story("i e tab Anna f9", scene, opens_on=CONSENT)
    assert (patient.first_name, patient.email) == ("Anna", "ana@yahoo.co")


# -- an invited patient's address


def was_invited(clinic):
    cast(clinic)
    reachable(clinic, "RUIZ", "ana@old.example.org")
    invited(clinic, "RUIZ")


@pytest.mark.parametrize("after", [None, Change.FAIL, Change.EXPIRE, Change.LOCK])
async def test_a_changed_address_names_the_two_steps_left(story, after):
    def scene(clinic):
        was_invited(clinic)
        if after is not None:
            settle(clinic, "RUIZ", after)

    end, patient = await story(f"i e {TO_EMAIL} ana@new.example.org f9", scene)
    assert end.message == STEPS_LEFT
    assert patient.email == "ana@new.example.org"
    assert "Invited at ana@old.example.org" in end.screen


async def test_an_address_taken_away_leaves_the_removing(story):
    end, patient = await story(f"i e {TO_EMAIL} backspace f9", was_invited)
    assert (end.message, patient.email) == (REMOVING_LEFT, None)


async def test_the_address_in_another_case_leaves_nothing_to_do(story):
    end, _ = await story(f"i e {TO_EMAIL} ana@OLD.Example.org f9 down", was_invited)
    assert "Invited at" not in end.screen


# -- a colleague at the same patient


def colleague(*saves, at=FORTY_SECONDS_AGO):
    def scene(clinic):
        cast(clinic)
        colleague_edits(clinic, "RUIZ", *saves, at=at)

    return scene


PHONE = (Phone(kind="mobile", number="555 010 7777"),)


async def test_what_only_one_changed_is_merged_with_one_key(story):
    scene = colleague({"phones": PHONE})
    end, patient = await story("i e tab Anna f9", scene)
    assert "tlee changed this patient 40 s ago." in end.dialog
    assert "Phones ▸ 555 010 7777 mobile (555) 010-4431 mobile" in end.dialog
    assert "First name Ana ▸ Anna" in end.dialog
    assert "both" not in end.dialog
    assert patient.first_name == "Ana"
    end, patient = await story("i e tab Anna f9 y", scene)
    assert (patient.first_name, patient.phone) == ("Anna", "555 010 7777")
    assert end.message == "Saved RUIZ, Ana: first name. u takes it back."


@pytest.mark.parametrize("answer", ["enter", "esc"])
async def test_not_now_goes_back_to_the_form_as_it_was(story, answer):
    scene = colleague({"email": "theirs@example.org"})
    keys = f"i e {TO_EMAIL} mine@example.org f9 {answer}"
    end, patient = await story(keys, scene)
    assert "Email mine@example.org" in end.dialog
    assert "! tlee changed this patient 40 s ago. What you typed is not saved yet." in end.dialog
    assert patient.email == "theirs@example.org"
    end, patient = await story(f"{keys} f9 m y", scene)
    assert patient.email == "mine@example.org"


@pytest.mark.parametrize(("pick", "email"), [("t", "theirs@example.org"), ("m", "mine@example.org")])
async def test_a_clash_is_picked(story, pick, email):
    scene = colleague({"email": "theirs@example.org"})
    _, patient = await story(f"i e tab Anna tab tab tab tab mine@example.org f9 {pick} y", scene)
    assert (patient.first_name, patient.email) == ("Anna", email)


async def test_y_waits_until_each_clash_is_picked(story):
    scene = colleague({"email": "theirs@example.org", "note": "theirs"})
    keys = f"i e {TO_EMAIL} mine@example.org tab tab mine f9"
    end, _ = await story(f"{keys} y", scene)
    assert "2 fields were changed by both: pick one version." in end.dialog
    end, patient = await story(f"{keys} m y", scene)
    assert "1 field was changed by both: pick one version." in end.dialog
    assert patient.note == "theirs"
    end, patient = await story(f"{keys} m t y", scene)
    assert (patient.email, patient.note) == ("mine@example.org", "theirs")
    end, patient = await story(f"{keys} m t up t y", scene)
    assert (patient.email, patient.note) == ("theirs@example.org", "theirs")
    assert end.message == "Nothing was changed."


async def test_a_second_save_in_between_is_shown_again(story):
    scene = colleague({"phones": PHONE}, {"email": "theirs@example.org"})
    end, _ = await story("i e tab Anna f9 y", scene)
    assert "Email ▸ theirs@example.org none" in end.dialog
    _, patient = await story("i e tab Anna f9 y y", scene)
    assert (patient.first_name, patient.phone, patient.email) == ("Anna", "555 010 7777", "theirs@example.org")


async def test_an_awkward_value_is_shown_harmlessly(story):
    scene = colleague({"last_name": AWKWARD, "note": "[/] [bold red]Eve[/] " + "x" * 300, "active": False,
                       "inactive_reason": "[/nope]", "birth_date": date(1985, 1, 1)})  # fmt: skip
    end, _ = await story("i e Ruiz f9", scene)
    assert "O'NEIL-[/x]ŁUKASZ" in end.dialog
    assert "[/] [bold red]Eve[/]" in end.dialog
    assert all(len(line) <= 80 for line in end.cells)


# -- taken back


async def test_u_takes_the_edit_back(story):
    end, patient = await story(f"i e tab Anna tab tab tab tab ana@example.org {TO_CONSENT[:2]} f9 u")
    assert (patient.first_name, patient.email) == ("Ana", None)
    assert end.message == "Took back: Saved RUIZ, Ana: first name, email."


async def test_u_is_refused_after_a_colleagues_save(story):
    def scene(clinic):
        cast(clinic)
        edit_now(clinic, "RUIZ", note="mine")
        edit_now(clinic, "RUIZ", clinic.tlee, note="theirs")

    end, patient = await story("i u", scene)
    assert end.message.startswith("A colleague has changed it since:")
    assert patient.note == "theirs"


async def test_a_name_corrected_from_the_schedule(story):
    end, patient = await story("i e tab Anna enter enter esc")
    assert patient.first_name == "Anna"
    assert end.cursor == ("8:00", "RUIZ, Anna")
