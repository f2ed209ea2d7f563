"""Patient Information: how a patient stands with Online Appointments, and sending from the desk."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from ctfront.domain.invitations import Change
from ctfront.services import enrolling, inviting
from tests.invited import (
    do,
    end_consent,
    enrolled,
    give_consent,
    invite,
    invited,
    reachable,
    set_email,
    settle,
)
from tests.screens.conftest import cast


def scene(*steps):
    """A Monday morning with RUIZ at 8:00, and what happened before."""

    def set_scene(clinic):
        cast(clinic)
        for step in steps:
            step(clinic)

    return set_scene


def ruiz(act_on, *what, **how):
    return lambda clinic: act_on(clinic, "RUIZ", *what, **how)


def of_ruiz(act_on, **how):
    return lambda clinic: do(clinic, act_on, clinic.patients["RUIZ"], **how)


def make_inactive(clinic, patient):
    change = text("UPDATE patient SET active = false, inactive_reason = 'moved away' WHERE id = :id")
    clinic.database.write_now(lambda s: s.execute(change, {"id": clinic.patients[patient]}))


REACHABLE = ruiz(reachable)
INVITED = [REACHABLE, ruiz(invited)]
STALE = [*INVITED, ruiz(set_email, "ana@new.example.org")]


@pytest.mark.wire
async def test_an_invitation_from_an_appointment_takes_three_keys(both_ways):
    end = await both_ways("i s enter", scene(REACHABLE))
    assert end.last_of("RUIZ") == {
        "patient": "RUIZ", "state": "queued", "address": "ruiz@example.org", "is_last": 1,
        "source": "patient_information", "sent_by": "mgarcia", "kind": "invitation", "mail": "queued",
    }  # fmt: skip
    assert "Online    Invited on 2 Mar 2026 8:00 by mgarcia; queued" in end.screen
    assert "at ruiz@example.org" in end.screen
    assert "r Review Account" in end.screen


async def test_the_message_names_the_address_and_when_it_leaves(both_ways):
    end = await both_ways("i s", scene(REACHABLE))
    assert end.dialog.startswith("Invitation queued for ruiz@example.org; it leaves in 30 s. u takes it back.")


async def test_u_in_the_message_takes_the_sending_back(both_ways):
    end = await both_ways("i s u", scene(REACHABLE))
    assert end.message == "Took back: Invitation queued for ruiz@example.org."
    assert end.last_of("RUIZ") is None
    assert [row["mail"] for row in end.invitations] == ["withdrawn"]
    assert "Online    Not invited" in end.screen


async def test_u_later_takes_it_back_too(both_ways):
    end = await both_ways("i s enter u", scene(REACHABLE))
    assert end.last_of("RUIZ") is None


TABLE = {
    "never": ([REACHABLE], ["Not invited"], "Invitation queued for ruiz@example.org"),
    "no email": ([ruiz(give_consent)], ["Not invited: no email address"], "has no email address on record; e adds one"),
    "no consent": (
        [ruiz(set_email, "ana@example.org")],
        ["Not invited: no consent to emails"],
        "RUIZ, Ana has not consented to emails: contact the patient to obtain consent, then e records it.",
    ),
    "opted out": (
        [REACHABLE, ruiz(end_consent)],
        ["Not invited: no consent to emails", "opted out, recorded by tlee, 2 Mar 2026 7:50"],
        "has opted out of emails (tlee, 2 Mar 2026 7:50): contact the patient to obtain consent",
    ),
    "queued": (
        [REACHABLE, ruiz(invite)],
        ["Invited on 2 Mar 2026 7:50 by mgarcia; queued", "at ruiz@example.org"],
        "is being invited already, by mgarcia; Patient Access (r) shows what waits",
    ),
    "sent": (
        INVITED,
        ["Invited on 27 Feb 2026 7:50 by mgarcia; sent 27 Feb 2026 7:51", "at ruiz@example.org"],
        "was invited already, 27 Feb 2026 7:51 by mgarcia; it is sent again in Patient Access only (r)",
    ),
    "failed": (
        [REACHABLE, ruiz(invite), ruiz(settle, Change.FAIL, error="550 mailbox unknown")],
        ["by mgarcia; failed", "at ruiz@example.org: 550 mailbox unknown"],
        "New invitation queued for ruiz@example.org",
    ),
    "withheld": (
        [REACHABLE, ruiz(invite), ruiz(settle, Change.WITHHOLD, error="the consent was ended before it left")],
        ["by mgarcia; withheld", "at ruiz@example.org: the consent was ended before it left"],
        "New invitation queued for ruiz@example.org",
    ),
    "expired": (
        [REACHABLE, ruiz(invited, days_ago=8)],
        ["Invited on 22 Feb 2026 7:50 by mgarcia; expired 1 Mar 2026 7:51"],
        "New invitation queued for ruiz@example.org",
    ),
    "stale": (
        STALE,
        ["Invited at ruiz@example.org", "the address on record is now ana@new.example.org"],
        "remove the old invitation and send a new one; the last two in Patient Access (r)",
    ),
    "expired and stale": (
        [REACHABLE, ruiz(invited, days_ago=8), ruiz(set_email, "ana@new.example.org")],
        ["Invited at ruiz@example.org", "the address on record is now ana@new.example.org"],
        "in Patient Access (r)",
    ),
    "locked": (
        [*INVITED, ruiz(settle, Change.LOCK)],
        ["Invitation locked 2 Mar 2026 7:50: too many wrong birth dates"],
        "a new one is sent from Patient Access only (r)",
    ),
    "removed": (
        [*INVITED, of_ruiz(inviting.remove)],
        ["Invitation removed 2 Mar 2026 7:50 by mgarcia"],
        "a new one is sent from Patient Access only (r)",
    ),
    "enrolled": (
        [REACHABLE, ruiz(enrolled, "ruiz@example.org")],
        ["Enrolled since 28 Feb 2026 as ruiz@example.org"],
        "is enrolled already, since 28 Feb 2026 7:50",
    ),
    "enrolled elsewhere": (
        [REACHABLE, ruiz(enrolled, "ana@home.example.org")],
        ["Enrolled since 28 Feb 2026 as ana@home.example.org", "the record says ruiz@example.org"],
        "is enrolled already",
    ),
    "ended": (
        [REACHABLE, ruiz(enrolled, "ruiz@example.org"), of_ruiz(enrolling.end_enrollment)],
        ["Enrollment ended 2 Mar 2026 7:50 by mgarcia"],
        "enrollment was ended 2 Mar 2026 7:50; a new one is sent from Patient Access only (r)",
    ),
    "inactive": (
        [REACHABLE, ruiz(make_inactive)],
        ["Not invited; no invitation while the patient is inactive"],
        "RUIZ, Ana is inactive; make the patient active again first.",
    ),
}


@pytest.mark.parametrize(("before", "block", "answer"), TABLE.values(), ids=TABLE)
async def test_every_row_of_the_table_has_its_words_and_its_answer(both_ways, before, block, answer):
    before_it = await both_ways("i", scene(*before))
    for words in block:
        assert words in before_it.screen
    end = await both_ways("i s", scene(*before))
    assert answer in end.dialog
    was_sent = "queued for" in answer
    assert (len(end.invitations) > len(before_it.invitations)) == was_sent


@pytest.mark.parametrize(
    ("before", "shown"),
    [
        (INVITED, "[1 Invited 1]"),
        (STALE, "[1 Invited 1]"),
        ([*INVITED, of_ruiz(inviting.remove)], "[1 Invited 1]"),
        ([REACHABLE, ruiz(enrolled, "ruiz@example.org")], "[2 Enrolled 1]"),
        ([REACHABLE, ruiz(enrolled, "ruiz@example.org"), of_ruiz(enrolling.end_enrollment)], "[2 Enrolled 1]"),
        ([REACHABLE], "[4 Not invited 8]"),
        ([REACHABLE, ruiz(make_inactive)], "[4 Not invited 8]"),
    ],
)
async def test_review_account_opens_the_list_that_holds_the_patient(both_ways, before, shown):
    end = await both_ways("i r", scene(*before))
    assert shown in end.cells[1]
    assert next(line for line in end.cells if "▸" in line).split("▸")[1].replace("[ ]", "").strip().startswith("RUIZ")


async def test_online_appointments_off_says_so_once(both_ways):
    def off(clinic):
        clinic.clinic = replace(clinic.clinic, online=False)

    for keys in ("f4", "i s", "i r", ": pa enter"):
        end = await both_ways(keys, scene(REACHABLE, off))
        assert end.message.startswith("Online Appointments are off here")
        assert "Online " not in end.screen.replace("Online Appointments", "")
        assert end.invitations == []


async def test_the_switch_in_set_up_takes_online_appointments_away_at_once(both_ways):
    end = await both_ways("f6 5 down down down enter no f9 f4", scene(REACHABLE), who="manager")
    assert end.message.startswith("Online Appointments are off here")
    end = await both_ways("f6 5 down down down enter no f9 f2 i", scene(REACHABLE), who="manager")
    assert "Send Invitation" not in end.screen
    assert "Not invited" not in end.screen


async def test_online_appointments_off_leaves_its_keys_out(both_ways):
    def off(clinic):
        clinic.clinic = replace(clinic.clinic, online=False)

    end = await both_ways("i", scene(REACHABLE, off))
    assert "Send Invitation" not in end.cells[-1]
    assert "Review Account" not in (await both_ways("i ?", scene(REACHABLE, off))).screen
    assert "Patient Access" not in (await both_ways("i ? access", scene(REACHABLE, off))).screen
    assert "Review Account" in (await both_ways("i ? review", scene(REACHABLE))).screen
    end = await both_ways("n", scene(REACHABLE, off))
    assert "Send Online Appointments invitation" not in end.screen


async def test_one_who_may_not_edit_patients_is_told(both_ways):
    def without_right(clinic):
        clinic.tlee = replace(clinic.tlee, rights=frozenset())

    end = await both_ways("i s", scene(REACHABLE, without_right), who="tlee")
    assert "the right “edit patient” is needed" in end.dialog
    assert end.invitations == []


async def test_a_sent_mail_is_not_taken_back(both_ways):
    def begun(clinic):
        settle(clinic, "RUIZ", Change.DELIVER)

    end = await both_ways("i u", scene(REACHABLE, ruiz(invite), begun))
    assert end.message.startswith("The mail has left; Remove (x) in Patient Access (F4)")
    assert end.last_of("RUIZ")["state"] == "sent"
