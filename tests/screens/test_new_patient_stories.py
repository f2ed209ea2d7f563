"""Adding a patient with consent and invitation, and whom the clinic knows already."""

import shlex
from dataclasses import replace

import pytest

from ctfront.domain.invitations import Change
from tests.hostile import AWKWARD, TOGETHER, harmful
from tests.invited import invited, reachable, set_email, settle
from tests.screens.conftest import cast
from tests.screens.profile_scenes import left

WHO = "n Nguyen enter Linh enter 5/6/1991 enter"
"""Typed up to Okay."""
RUIZ = "n Ruiz enter Ana enter 3/2/1984 enter"
TICKED = "up space enter linh@example.org enter space enter"
"""From Okay: the invitation wanted, what it needs answered in turn, back on Okay."""


@pytest.fixture
def story(both_ways):
    """Run a script both ways; tell where it ended, and the new patient, invitations and mails there then are."""

    async def run(script: str, scene=cast, *, record: str = "10009", **more):
        clinics = []

        def set_scene(clinic) -> None:
            clinics.append(clinic)
            scene(clinic)

        end = await both_ways(script, set_scene, **more)
        slow, *bursts = [await left(clinic, record) for clinic in clinics]
        assert bursts == [slow] * len(bursts)
        return end, *slow

    return run


async def test_the_boxes_stand_below_the_fields(story):
    end, patient, invitations, _ = await story("n")
    assert "[ ] Patient consents to texts and emails [ ] Send Online Appointments invitation Okay" in end.dialog
    assert (patient, invitations) == (None, [])


async def test_a_patient_is_added_without_either(story):
    end, patient, invitations, _ = await story(f"{WHO} enter")
    assert (patient.last_name, patient.consent_word, invitations) == ("Nguyen", "no", [])
    assert end.message == "NGUYEN, Linh is on record as #10009."


async def test_the_consent_is_recorded_for_both_channels(story):
    end, patient, invitations, _ = await story(f"{WHO} up up y enter enter")
    assert [(c.channel.value, c.how.value, c.recorded_by) for c in patient.consents] == [
        ("email", "in person", "mgarcia"),
        ("text", "in person", "mgarcia"),
    ]
    assert "Emails    yes: 2 Mar 2026 in person, mgarcia" in end.screen
    assert invitations == []


async def test_patient_and_invitation_in_one(story):
    end, patient, invitations, mails = await story(f"{WHO} {TICKED} enter")
    assert (patient.email, patient.consent_word) == ("linh@example.org", "yes")
    assert invitations == [("Nguyen", "queued", "linh@example.org", True)]
    assert mails == [("invitation", "queued", "linh@example.org")]
    assert end.message == "Added #10009. Invitation queued for linh@example.org. u takes that back."
    assert "Invited on 2 Mar 2026 8:00 by mgarcia; queued" in end.screen


async def test_u_takes_the_invitation_back(story):
    end, patient, _, mails = await story(f"{WHO} {TICKED} enter u")
    assert patient is not None
    assert mails == [("invitation", "withdrawn", "linh@example.org")]
    assert "Not invited" in end.screen


async def test_a_ticked_box_wants_address_and_consent_and_says_why(story):
    end, *_ = await story(f"{WHO} up space")
    assert "Email ! The invitation needs an address." in end.dialog
    assert "Patient consents to texts and emails ! Needed to invite." in end.dialog
    end, patient, *_ = await story(f"{WHO} up space f9 linh@example.org f9")
    assert "Email linh@example.org Provider" in end.dialog
    assert "! Needed to invite." in end.dialog
    assert patient is None
    end, patient, invitations, _ = await story(f"{WHO} up space f9 linh@example.org f9 space f9")
    assert [state for _, state, *_ in invitations] == ["queued"]


async def test_unticked_again_it_wants_nothing(story):
    end, patient, invitations, _ = await story(f"{WHO} up space space")
    assert "! " not in end.dialog
    end, patient, invitations, _ = await story(f"{WHO} up space space enter enter")
    assert (patient.last_name, invitations) == ("Nguyen", [])


async def test_enter_stays_on_a_box_that_is_needed(story):
    end, patient, *_ = await story(f"{WHO} up space enter linh@example.org enter enter enter enter")
    assert "! Needed to invite." in end.dialog
    assert patient is None


async def test_a_box_ticked_counts_as_typed(story):
    end, *_ = await story("n up up space esc")
    assert "What was typed is not saved. Esc again leaves." in end.dialog


async def test_without_online_appointments_there_is_no_box(both_ways):
    end = await both_ways("n", without_online)
    assert "[ ] Patient consents to texts and emails Okay" in end.dialog
    assert "invitation" not in end.screen


def without_online(clinic) -> None:
    cast(clinic)
    clinic.clinic = replace(clinic.clinic, online=False)


async def test_two_phones(story):
    _, patient, *_ = await story("n Nguyen enter Linh enter 5/6/1991 tab tab '555 010 1111, 555 010 2222 h' f9")
    assert [(phone.kind, phone.number) for phone in patient.phones] == [
        ("mobile", "555 010 1111"),
        ("home", "555 010 2222"),
    ]


# -- a slip


async def test_a_slip_asks_back(story):
    keys = f"{WHO} up space enter linh@gmial.com enter space f9"
    end, patient, *_ = await story(keys)
    assert "Did you mean linh@gmail.com?" in end.dialog
    assert patient is None
    _, patient, invitations, _ = await story(f"{keys} y")
    assert invitations == [("Nguyen", "queued", "linh@gmail.com", True)]
    end, patient, *_ = await story(f"{keys} enter")
    assert "Email linh@gmial.com" in end.dialog
    assert patient is None
    _, patient, invitations, _ = await story(f"{keys} enter f9")
    assert invitations == [("Nguyen", "queued", "linh@gmial.com", True)]


async def test_another_slip_asks_again(story):
    end, *_ = await story(f"{WHO} up space enter linh@gmial.com enter space f9 enter linh@yahoo.co f9")
    assert "Did you mean linh@yahoo.com?" in end.dialog


# -- whom the clinic knows


def ruiz_reachable(clinic):
    cast(clinic)
    reachable(clinic, "RUIZ", "ana@example.org")


async def test_the_patient_on_record_is_invited_by_the_desk_s_rule(story):
    end, patient, invitations, _ = await story(f"{RUIZ} {TICKED} enter 1", ruiz_reachable)
    assert patient is None
    assert invitations == [("RUIZ", "queued", "ana@example.org", True)]
    assert end.message == "Invitation queued for ana@example.org; it leaves in 30 s. u takes it back."
    assert "RUIZ, Ana" in end.cells[1]


async def test_without_the_box_the_patient_on_record_is_only_shown(story):
    end, patient, invitations, _ = await story(f"{RUIZ} enter 1", ruiz_reachable)
    assert (patient, invitations) == (None, [])
    assert end.message == "RUIZ, Ana is on record as #10001."


def already(change):
    def scene(clinic):
        ruiz_reachable(clinic)
        invited(clinic, "RUIZ")
        if change is not None:
            settle(clinic, "RUIZ", change)

    return scene


def stale(clinic):
    already(None)(clinic)
    set_email(clinic, "RUIZ", "ana@new.example.org")


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        (cast, "RUIZ, Ana has no email address on record; e adds one."),
        (already(None), "RUIZ, Ana was invited already"),
        (already(Change.LOCK), "invitation was locked"),
        (already(Change.REMOVE), "invitation was removed"),
        (stale, "was invited at ana@example.org, and the address on record is another one now"),
    ],
    ids=["no email", "sent", "locked", "removed", "stale"],
)
async def test_the_desk_s_rule_refuses_the_patient_on_record(story, scene, words):
    end, patient, invitations, _ = await story(f"{RUIZ} {TICKED} enter 1", scene)
    assert words in end.dialog
    end, patient, after, _ = await story(f"{RUIZ} {TICKED} enter 1 enter", scene)
    assert "RUIZ, Ana" in end.cells[1]
    assert end.message == "RUIZ, Ana is on record; no invitation was sent."
    assert (patient, after) == (None, invitations)


async def test_y_is_another_person_and_invited(story):
    _, patient, invitations, _ = await story(f"{RUIZ} {TICKED} enter y", ruiz_reachable)
    assert (patient.first_name, patient.email) == ("Ana", "linh@example.org")
    assert invitations == [("Ruiz", "queued", "linh@example.org", True)]


@pytest.mark.parametrize("answer", ["enter", "esc"])
async def test_not_now_keeps_the_form_as_it_was(story, answer):
    end, patient, invitations, _ = await story(f"{RUIZ} {TICKED} enter {answer}", ruiz_reachable)
    assert "[x] Send Online Appointments invitation" in end.dialog
    assert "Email linh@example.org" in end.dialog
    assert (patient, invitations) == (None, [])


# -- from the booking form


BOOKING = "right b Zzy ctrl+n Bob enter 1/2/1990 enter"


async def test_from_the_booking_form_the_new_patient_is_booked_and_invited(story):
    end, _, invitations, _ = await story(f"{BOOKING} up space enter bob@example.org enter space enter enter enter")
    assert invitations == [("Zzy", "queued", "bob@example.org", True)]
    assert (480, "Dr Chen", "Zzy") in end.live()
    assert end.message == "Booked ZZY, Bob for 8:00 with Dr Chen. u takes it back."


async def test_back_in_the_booking_form_the_new_patient_is_picked(story):
    end, patient, *_ = await story(f"{BOOKING} up space enter bob@example.org enter space enter enter")
    assert "Patient ZZY, Bob" in end.dialog
    assert patient.email == "bob@example.org"
    assert end.message == "Added #10009. Invitation queued for bob@example.org. u takes that back."


async def test_from_the_booking_form_the_patient_on_record_comes_back(story):
    keys = "down b Ruizz ctrl+n Ana enter 3/2/1984 enter up space enter a@example.org enter y enter enter 1"
    end, patient, invitations, _ = await story(keys, ruiz_reachable)
    assert "Patient RUIZ, Ana" in end.dialog
    assert (patient, [state for _, state, *_ in invitations]) == (None, ["queued"])
    end, *_ = await story(f"{keys} enter", cast)
    assert "Patient RUIZ, Ana" in end.dialog


# -- bad input


async def test_hostile_text_in_every_field_drives_nothing(story):
    every = " tab ".join([shlex.quote(f"paste={TOGETHER}")] * 8)
    end, patient, *_ = await story(f"n {every} f9")
    assert [line for line in end.cells if harmful(line)] == []
    assert patient is None


async def test_an_awkward_name_is_added_and_invited(story):
    end, patient, invitations, _ = await story(
        f"n {shlex.quote(AWKWARD)} enter Ana enter 5/6/1991 enter {TICKED} enter"
    )
    assert patient.last_name == AWKWARD
    assert [name for name, *_ in invitations] == [AWKWARD]
    assert "O'NEIL-[/X]ŁUKASZ, Ana" in end.screen
