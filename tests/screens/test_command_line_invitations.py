"""Stories of invitations by the command line: `inv` from anywhere, `rm`, `rp` and `re` in Patient Access only."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from ctfront.domain.invitations import Change
from ctfront.services import inviting
from tests.invited import do, invite, invited, reachable, set_email, settle
from tests.screens.conftest import cast

TYPED = ": inv space "
"""How the line begins."""


def ana(clinic) -> None:
    cast(clinic)
    reachable(clinic, "RUIZ", "ana@example.org")


def and_then(more):
    def scene(clinic) -> None:
        ana(clinic)
        more(clinic)

    return scene


def removed(clinic) -> None:
    invited(clinic, "RUIZ")
    do(clinic, inviting.remove, clinic.patients["RUIZ"], who=clinic.tlee)


def locked(clinic) -> None:
    invited(clinic, "RUIZ")
    settle(clinic, "RUIZ", Change.LOCK)


def stale(clinic) -> None:
    invited(clinic, "RUIZ")
    set_email(clinic, "RUIZ", "ana.ruiz@example.org")


@pytest.mark.parametrize("whom", ["rui", "ruiz,an", "'#10001'", "1", "8:00 space alv", ".1"])
async def test_a_patient_is_invited_from_the_scheduler(both_ways, whom):
    end = await both_ways(f"{TYPED}{whom} enter", ana)
    assert end.message == "Invitation queued for ana@example.org; it leaves in 30 s. u takes it back."
    assert end.cells[0].split()[4] == "SCHEDULER"


async def test_the_line_shows_whom_it_means_and_the_address(both_ways):
    end = await both_ways(f"{TYPED}rui", ana)
    assert "RUIZ, Ana b 2 Mar 1984 · → ana@example.org" in end.screen


async def test_an_invitation_by_the_line_is_taken_back(both_ways):
    end = await both_ways(f"{TYPED}rui enter u", ana)
    assert end.message == "Took back: Invitation queued for ana@example.org."


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        (lambda clinic: invite(clinic, "RUIZ"), "RUIZ, Ana is being invited already, by mgarcia"),
        (lambda clinic: invited(clinic, "RUIZ"), "it is sent again in Patient Access only"),
        (removed, "a new one is sent from Patient Access only"),
        (locked, "a new one is sent from Patient Access only"),
        (stale, "the last two in Patient Access"),
    ],
    ids=["queued", "sent", "removed", "locked", "stale"],
)
async def test_what_is_done_in_patient_access_only_is_refused_and_says_so(both_ways, scene, words):
    end = await both_ways(f"{TYPED}rui enter", and_then(scene))
    assert words in end.dialog
    assert end.cells[0].split()[4] == "SCHEDULER"


async def test_whoever_has_no_address_or_no_consent_is_not_invited(both_ways):
    end = await both_ways(f"{TYPED}lee enter", cast)
    assert "LEE, Min has no email address on record; e adds one." in end.dialog

    def with_address(clinic) -> None:
        cast(clinic)
        set_email(clinic, "LEE", "min@example.org")

    end = await both_ways(f"{TYPED}lee enter", with_address)
    assert "LEE, Min has not consented to emails: contact the patient to obtain consent" in end.dialog


async def test_a_name_of_two_patients_is_told_as_for_a_booking(both_ways):
    end = await both_ways(f"{TYPED}smith enter", cast)
    assert "“smith” fits several: SMITH, Joan b 1 May 1962 #10005; b 1 May 1993 #10006" in end.screen


@pytest.mark.parametrize("verb", ["rm", "rp", "re"])
async def test_what_belongs_to_patient_access_is_refused_elsewhere(both_ways, verb):
    end = await both_ways(f": {verb} space rui enter", and_then(stale))
    assert f"{verb} works in Patient Access only (F4; ctfront do --in access)." in end.screen


async def test_in_patient_access_an_invitation_is_removed_and_reactivated(both_ways):
    end = await both_ways("f4 : rm space rui enter", and_then(lambda clinic: invited(clinic, "RUIZ")))
    assert end.message == "Removed RUIZ, Ana’s invitation; link dead. u takes it back."
    assert "PATIENT ACCESS" in end.screen
    end = await both_ways("f4 : re space rui enter", and_then(removed))
    assert end.dialog.startswith("Invitation reactivated for ana@example.org with a new link; it leaves in 30 s.")


async def test_in_patient_access_a_stale_one_is_replaced_and_taken_back(both_ways):
    end = await both_ways("f4 : rp space rui enter u", and_then(stale), size=(120, 40))
    assert end.message.startswith(
        "Took back: The invitation to ana@example.org is removed, a new one queued for ana.ruiz@"
    )


async def test_with_online_appointments_off_one_sentence_says_so(both_ways):
    def off(clinic) -> None:
        ana(clinic)
        clinic.database.write_now(lambda session: session.execute(text("UPDATE clinic SET online = 0")))
        clinic.clinic = replace(clinic.clinic, online=False)

    end = await both_ways(f"{TYPED}rui enter", off)
    assert "Online Appointments are off here" in end.screen


async def test_pa_opens_patient_access(both_ways):
    assert "PATIENT ACCESS" in (await both_ways(": pa enter", ana)).screen


async def test_an_expired_one_may_be_followed_from_anywhere(both_ways):
    expired = and_then(lambda clinic: invited(clinic, "RUIZ", days_ago=8))
    end = await both_ways(f"f6 {TYPED}rui enter", expired)
    assert end.message.startswith("New invitation queued for ana@example.org;")
