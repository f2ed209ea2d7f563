"""Patient Access: what is done from here, and only from here."""

from datetime import date

import pytest

from ctfront.domain.invitations import Change
from ctfront.services import enrolling, inviting
from ctfront.services.enrolling import Registration
from tests.invited import end_consent, enrolled, give_consent, invite, invited, reachable, requested, set_email, settle
from tests.screens.test_invitation_stories import INVITED, REACHABLE, STALE, make_inactive, of_ruiz, ruiz, scene

PARK = Registration(
    last_name="Ruiz", first_name="Ana", birth_date=date(1984, 3, 2), email="ana@home.example.org", phone="555 0101"
)
STRANGER = Registration(
    last_name="Nobody", first_name="Nora", birth_date=date(1990, 1, 1), email="nora@home.example.org"
)
STRANGER_AT_HOME = Registration(
    last_name="Nobody", first_name="Nora", birth_date=date(1990, 1, 1), email="ana@home.example.org"
)


def request_of(who):
    return lambda clinic: requested(clinic, who)


def of(patient, act_on, *what, **how):
    return lambda clinic: act_on(clinic, patient, *what, **how)


def row_with_cursor(end):
    return next(line for line in end.cells if "▸" in line).split("▸")[1]


# -- a corrected address


async def test_a_stale_invitation_is_removed_and_a_new_one_sent(both_ways):
    end = await both_ways("i r x s enter", scene(*STALE))
    assert [(row["state"], row["address"], row["mail"]) for row in end.invitations] == [
        ("removed", "ruiz@example.org", "sent"),
        ("queued", "ana@new.example.org", "queued"),
    ]
    assert end.last_of("RUIZ")["source"] == "patient_access"
    assert row_with_cursor(end).startswith("RUIZ, Ana")
    assert "Queued" in row_with_cursor(end)


@pytest.mark.wire
async def test_an_address_is_corrected_in_the_presses_the_design_allows(both_ways):
    end = await both_ways("i e ana@new.example.org f9 r p y enter", scene(*INVITED))
    assert [(row["state"], row["address"]) for row in end.invitations] == [
        ("removed", "ruiz@example.org"),
        ("queued", "ana@new.example.org"),
    ]


async def test_saving_the_address_of_an_invited_patient_names_the_steps_left(both_ways):
    end = await both_ways("i e ana@new.example.org f9", scene(*INVITED))
    assert end.message == "Saved. Left in Patient Access (r): remove the old invitation, send a new one."
    assert "the address on record is now ana@new.example.org" in end.screen


async def test_the_procedure_step_by_step(both_ways):
    end = await both_ways("i e ana@new.example.org f9 r x s enter", scene(*INVITED))
    assert end.last_of("RUIZ")["address"] == "ana@new.example.org"
    assert end.last_of("RUIZ")["kind"] == "new"


async def test_a_missing_address_is_added_and_the_patient_invited(both_ways):
    end = await both_ways("i s enter e ana@new.example.org f9 s enter", scene(ruiz(give_consent)))
    assert end.last_of("RUIZ")["address"] == "ana@new.example.org"


async def test_a_missing_consent_is_recorded_and_the_patient_invited(both_ways):
    end = await both_ways("i s enter e space f9 s enter", scene(ruiz(set_email, "ana@new.example.org")))
    assert end.last_of("RUIZ")["state"] == "queued"


async def test_remove_says_that_the_link_is_dead(both_ways):
    end = await both_ways("i r x", scene(*STALE))
    assert end.message.startswith("Removed RUIZ, Ana’s invitation; link dead. u takes it back.")
    assert "Removed STALE" in row_with_cursor(end)


async def test_replace_shows_both_addresses_and_does_both_in_one_act(both_ways):
    end = await both_ways("i r p", scene(*STALE))
    assert "Old ruiz@example.org: its link is dead at once" in end.dialog
    assert "New ana@new.example.org, with consent to emails on record" in end.dialog
    end = await both_ways("i r p y enter", scene(*STALE))
    assert [(row["state"], row["address"], row["kind"]) for row in end.invitations] == [
        ("removed", "ruiz@example.org", "invitation"),
        ("queued", "ana@new.example.org", "replaced"),
    ]


@pytest.mark.parametrize("answer", ["enter", "esc"])
async def test_replace_is_not_answered_by_enter(both_ways, answer):
    end = await both_ways(f"i r p {answer}", scene(*STALE))
    assert [row["state"] for row in end.invitations] == ["sent"]


async def test_replacing_is_taken_back_whole(both_ways):
    end = await both_ways("i r p y u", scene(*STALE))
    assert [(row["state"], row["mail"], row["is_last"]) for row in end.invitations] == [
        ("sent", "sent", 1),
        ("removed", "withdrawn", 0),
    ]
    assert "Sent STALE" in row_with_cursor(end)


async def test_replacing_needs_the_consent_again(both_ways):
    end = await both_ways("i r p", scene(*STALE, ruiz(end_consent)))
    assert "has opted out of emails" in end.dialog
    assert [row["state"] for row in end.invitations] == ["sent"]


async def test_a_stale_invitation_is_never_sent_again(both_ways):
    end = await both_ways("i r s", scene(*STALE))
    assert "x removes the old invitation, then s sends a new one; p does both" in end.dialog
    assert [row["state"] for row in end.invitations] == ["sent"]


async def test_an_address_that_still_holds_is_not_replaced(both_ways):
    end = await both_ways("i r p", scene(*INVITED))
    assert "The address on record is still ruiz@example.org" in end.dialog


async def test_the_old_address_on_record_again_ends_it(both_ways):
    end = await both_ways("i r s enter", scene(*STALE, ruiz(set_email, "RUIZ@Example.org")))
    assert [(row["state"], row["kind"]) for row in end.invitations] == [
        ("removed", "invitation"),
        ("queued", "again"),
    ]


# -- sending


async def test_sending_again_makes_the_old_link_dead(both_ways):
    end = await both_ways("i r s", scene(*INVITED))
    assert "Invitation queued again for ruiz@example.org, the old link is dead" in end.dialog


async def test_sending_again_is_taken_back_in_the_message(both_ways):
    end = await both_ways("i r s u", scene(*INVITED))
    assert [(row["state"], row["is_last"]) for row in end.invitations] == [("sent", 1), ("removed", 0)]


async def test_a_removed_invitation_is_reactivated(both_ways):
    end = await both_ways("i r s", scene(*INVITED, of_ruiz(inviting.remove)))
    assert "Invitation reactivated for ruiz@example.org with a new link" in end.dialog
    assert end.last_of("RUIZ")["kind"] == "reactivated"


@pytest.mark.parametrize(
    ("came_of_it", "kind"),
    [(Change.FAIL, "new"), (Change.WITHHOLD, "new"), (Change.LOCK, "again")],
)
async def test_what_came_to_nothing_is_sent_anew(both_ways, came_of_it, kind):
    before = [*INVITED] if came_of_it is Change.LOCK else [REACHABLE, ruiz(invite)]
    end = await both_ways("i r s enter", scene(*before, ruiz(settle, came_of_it)))
    assert (end.last_of("RUIZ")["state"], end.last_of("RUIZ")["kind"]) == ("queued", kind)


async def test_a_queued_one_waits_already(both_ways):
    end = await both_ways("i r s", scene(REACHABLE, ruiz(invite)))
    assert "invitation waits to leave already; x removes it" in end.dialog


async def test_an_ended_enrollment_is_followed_by_an_invitation(both_ways):
    before = [REACHABLE, ruiz(enrolled, "ruiz@example.org"), of_ruiz(enrolling.end_enrollment)]
    end = await both_ways("i r s enter", scene(*before))
    assert end.last_of("RUIZ")["state"] == "queued"


# -- removing


@pytest.mark.parametrize("came_of_it", [Change.FAIL, Change.WITHHOLD, Change.LOCK])
async def test_whatever_came_of_it_is_removed(both_ways, came_of_it):
    before = [*INVITED] if came_of_it is Change.LOCK else [REACHABLE, ruiz(invite)]
    end = await both_ways("i r x", scene(*before, ruiz(settle, came_of_it)))
    assert end.last_of("RUIZ")["state"] == "removed"


async def test_a_queued_one_removed_never_leaves(both_ways):
    end = await both_ways("i r x", scene(REACHABLE, ruiz(invite)))
    assert (end.last_of("RUIZ")["state"], end.last_of("RUIZ")["mail"]) == ("removed", "withdrawn")


async def test_removing_is_taken_back_link_and_mail(both_ways):
    end = await both_ways("i r x u", scene(REACHABLE, ruiz(invite)))
    assert (end.last_of("RUIZ")["state"], end.last_of("RUIZ")["mail"]) == ("queued", "queued")
    assert end.message.startswith("Took back: Removed RUIZ, Ana’s invitation")


async def test_removed_twice_says_who_did(both_ways):
    end = await both_ways("i r x x", scene(*INVITED))
    assert "invitation is removed already, since 2 Mar 2026 8:00" in end.message


async def test_a_row_taken_out_stays_until_the_list_is_opened_anew(both_ways):
    others = [of("LEE", reachable), of("LEE", invited, days_ago=1)]
    end = await both_ways("f4 down x", scene(*INVITED, *others))
    assert [line.split()[0] for line in end.cells[3:5]] == ["LEE,", "▸RUIZ,"]
    end = await both_ways("f4 down x 1", scene(*INVITED, *others))
    assert row_with_cursor(end).startswith("LEE, Min")
    assert "[1 Invited 1]" in end.cells[1]


# -- enrolled


async def test_ending_an_enrollment_is_said_and_taken_back(both_ways):
    before = scene(REACHABLE, ruiz(enrolled, "ruiz@example.org"))
    end = await both_ways("f4 2 x", before)
    assert end.message.startswith("Ended RUIZ, Ana’s enrollment; appointments stay. u takes it back.")
    assert "Ended 8:00" in row_with_cursor(end)
    end = await both_ways("f4 2 x u", before)
    assert end.message == "Took back: Ended RUIZ, Ana’s enrollment."
    assert "Ended" not in row_with_cursor(end)


async def test_one_who_is_enrolled_is_not_invited(both_ways):
    end = await both_ways("f4 2 s", scene(REACHABLE, ruiz(enrolled, "ruiz@example.org")))
    assert "is enrolled already" in end.dialog
    assert end.invitations == []


# -- requests


async def test_a_request_is_linked_and_enrolled(both_ways):
    end = await both_ways("f4 3 l", scene(REACHABLE, request_of(PARK)))
    assert "Link RUIZ, Ana b 2 Mar 1984 (42) ana@home.example.org 555 0101 to" in end.dialog
    assert "same first name, last name, birth date" in end.dialog
    end = await both_ways("f4 3 l enter", scene(REACHABLE, request_of(PARK)))
    assert end.message.startswith("Enrolled RUIZ, Ana as ana@home.example.org")
    end = await both_ways("f4 3 l enter 2", scene(REACHABLE, request_of(PARK)))
    assert "ana@home.example.org" in row_with_cursor(end)


async def test_linking_without_saving_does_nothing(both_ways):
    end = await both_ways("f4 3 l esc 2", scene(REACHABLE, request_of(PARK)))
    assert "Nobody is enrolled yet." in end.screen


async def test_linking_needs_email_and_consent_on_record(both_ways):
    end = await both_ways("f4 3 l 1 enter", scene(request_of(PARK)))
    assert "RUIZ, Ana: no email. Linking needs an email and consent on record" in end.dialog
    end = await both_ways("f4 3 l 1 enter", scene(REACHABLE, ruiz(end_consent), request_of(PARK)))
    assert "RUIZ, Ana: no consent." in end.dialog


async def test_two_requests_for_one_patient_are_told(both_ways):
    other = Registration(last_name="Ruiz", first_name="Ana", birth_date=date(1984, 3, 2), email="ruiz@work.example.org")
    end = await both_ways("f4 3 l", scene(REACHABLE, request_of(PARK), request_of(other)))
    assert "another request fits, too" in end.dialog


async def test_a_stranger_matches_nobody(both_ways):
    end = await both_ways("f4 3 l", scene(request_of(STRANGER)))
    assert end.message == "Nobody on record is like NOBODY, Nora; n adds the patient, then l links."


async def test_a_request_is_declined_with_a_reason(both_ways):
    end = await both_ways("f4 3 x enter", scene(request_of(STRANGER)))
    assert end.message == "Declined the request of NOBODY, Nora. u takes it back."
    assert "Declined" in row_with_cursor(end)
    end = await both_ways("f4 3 x enter 3 h", scene(request_of(STRANGER)))
    assert "Declined" in row_with_cursor(end)
    end = await both_ways("f4 3 x enter u", scene(request_of(STRANGER)))
    assert "Declined" not in row_with_cursor(end)


async def test_enrolling_is_taken_back(both_ways):
    end = await both_ways("f4 3 l enter u 2 h", scene(REACHABLE, request_of(PARK)))
    assert "Nobody is enrolled yet." in end.screen


async def test_a_live_invitation_gives_way_to_an_enrolled_request(both_ways):
    end = await both_ways("f4 3 l enter", scene(*INVITED, request_of(PARK)))
    assert [row["state"] for row in end.invitations] == ["removed"]


async def test_s_on_a_request_says_what_is_done_with_it(both_ways):
    end = await both_ways("f4 3 s", scene(request_of(PARK)))
    assert end.message == "A request is linked (l) or declined (x)."


# -- inviting many


MANY = [of(patient, reachable) for patient in ("RUIZ", "LEE", "KAPOOR")]


async def test_all_who_can_be_are_ticked_and_invited(both_ways):
    end = await both_ways("f4 4 * s", scene(*MANY))
    assert "Send 3 invitations?" in end.dialog
    end = await both_ways("f4 4 * s y enter", scene(*MANY))
    assert sorted((row["patient"], row["state"]) for row in end.invitations) == [
        ("KAPOOR", "queued"),
        ("LEE", "queued"),
        ("RUIZ", "queued"),
    ]


async def test_more_than_one_is_not_answered_by_enter(both_ways):
    end = await both_ways("f4 4 * s enter", scene(*MANY))
    assert end.invitations == []
    assert end.screen.count("[x]") == 3


async def test_one_ticked_is_sent_without_asking(both_ways):
    end = await both_ways("f4 4 / kap enter space s enter", scene(*MANY))
    assert [row["patient"] for row in end.invitations] == ["KAPOOR"]


async def test_one_who_cannot_be_ticked_says_why(both_ways):
    end = await both_ways("f4 4 / oka enter space", scene(*MANY))
    assert end.message.startswith("Cannot be ticked: no email")
    end = await both_ways("f4 4 / oka enter", scene(of("OKAFOR", set_email, "grace@example.org")))
    assert "no consent" in row_with_cursor(end)


async def test_inactive_ones_are_shown_and_cannot_be_ticked(both_ways):
    end = await both_ways("f4 4 h / ruiz enter space", scene(REACHABLE, ruiz(make_inactive)))
    assert "inactive" in row_with_cursor(end)
    assert end.message.startswith("Cannot be ticked: inactive")


async def test_ticks_are_for_the_fourth_list(both_ways):
    end = await both_ways("f4 space", scene(*INVITED))
    assert end.message == "Ticks are for list 4, patients to invite."


async def test_ticks_that_are_narrowed_away_are_told(both_ways):
    end = await both_ways("f4 4 * / kap enter s", scene(*MANY))
    assert "Send 3 invitations? 2 of them are narrowed away." in end.dialog


# -- looking


async def test_z_sorts_the_next_way_and_keeps_the_row(both_ways):
    before = scene(*INVITED, of("LEE", reachable), of("LEE", invited, days_ago=1))
    assert row_with_cursor(await both_ways("f4", before)).startswith("LEE")
    end = await both_ways("f4 z", before)
    assert end.message == "Sorted by name."
    assert row_with_cursor(end).startswith("LEE")
    assert "Sorted by state" in (await both_ways("f4 z z", before)).message


async def test_esc_ends_the_narrowing_and_then_goes_back(both_ways):
    end = await both_ways("f4 4 / kap enter esc", scene(*MANY))
    assert "[4 Not invited 8]" in end.cells[1]
    assert row_with_cursor(end).startswith("[ ] KAPOOR")
    assert "SCHEDULER" in (await both_ways("f4 4 / kap enter esc esc", scene(*MANY))).cells[0]


async def test_nobody_fits(both_ways):
    end = await both_ways("f4 4 / xyz enter", scene(*MANY))
    assert "Nobody in this list fits; Esc shows all." in end.screen


async def test_i_goes_to_the_patient_and_f4_comes_back_to_the_row(both_ways):
    end = await both_ways("f4 4 down down i f4", scene(*MANY))
    assert row_with_cursor(end) == row_with_cursor(await both_ways("f4 4 down down", scene(*MANY)))
    assert "PATIENT INFORMATION" in (await both_ways("f4 4 down down i", scene(*MANY))).cells[0]


async def test_b_takes_the_patient_to_the_scheduler(both_ways):
    end = await both_ways("f4 b", scene(*INVITED))
    assert end.message.startswith("In hand: RUIZ, Ana")


async def test_the_whole_way_of_a_corrected_address_in_a_burst(both_ways):
    end = await both_ways("i r p y enter f2", scene(*STALE))
    assert end.last_of("RUIZ")["address"] == "ana@new.example.org"
    assert "SCHEDULER" in end.cells[0]


# -- the right patient, whatever was shown before


async def test_another_patient_is_shown_whoever_stood_there_before(both_ways):
    end = await both_ways("i f2 / oka enter", scene(REACHABLE))
    assert end.cells[1].startswith(" OKAFOR, Grace")
    end = await both_ways("/ oka enter f2 i", scene(REACHABLE))
    assert end.cells[1].startswith(" RUIZ, Ana")


async def test_what_is_sent_is_for_the_patient_asked_for(both_ways):
    end = await both_ways("/ oka enter f2 / rui enter s enter", scene(REACHABLE, of("OKAFOR", reachable)))
    assert [row["patient"] for row in end.invitations] == ["RUIZ"]


async def test_info_from_patient_access_shows_that_patient(both_ways):
    end = await both_ways("/ oka enter f4 i", scene(*INVITED))
    assert end.cells[1].startswith(" RUIZ, Ana")


async def test_review_opens_the_row_whatever_list_stood_there_before(both_ways):
    before = scene(*INVITED, of("LEE", reachable), of("LEE", invited, days_ago=1))
    end = await both_ways("f4 4 down f2 i r", before)
    assert row_with_cursor(end).startswith("RUIZ, Ana")
    end = await both_ways("f4 f2 i r x", before)
    assert [(row["patient"], row["state"]) for row in end.invitations] == [("RUIZ", "removed"), ("LEE", "sent")]


# -- a row that was acted on stays


@pytest.mark.parametrize("between", ["z", "h", "h h", "/ r enter", "/ r enter esc"])
async def test_the_next_key_meets_the_same_patient(both_ways, between):
    before = scene(*INVITED, of("LEE", reachable), of("LEE", invited, days_ago=1))
    end = await both_ways(f"f4 down x {between} s enter", before)
    assert row_with_cursor(end).startswith("RUIZ, Ana")
    assert [(row["patient"], row["kind"]) for row in end.invitations] == [
        ("RUIZ", "invitation"),
        ("LEE", "invitation"),
        ("RUIZ", "reactivated"),
    ]


async def test_a_row_removed_on_the_line_stays_too(both_ways):
    end = await both_ways("f4 : 'rm ruiz' enter", scene(*INVITED))
    assert "Removed" in row_with_cursor(end)


# -- ticks


async def test_all_under_a_narrowing_keeps_the_other_ticks(both_ways):
    end = await both_ways("f4 4 / kap enter space esc / rui enter * esc", scene(*MANY))
    assert end.screen.count("[x]") == 2
    end = await both_ways("f4 4 * / kap enter * esc", scene(*MANY))
    assert end.screen.count("[x]") == 2


async def test_all_where_nobody_can_be_invited_says_so(both_ways):
    end = await both_ways("f4 4 * / oka enter *", scene(*MANY))
    assert end.message == "Nobody here can be invited: each row says why."


async def test_one_ticked_elsewhere_is_named(both_ways):
    end = await both_ways("f4 4 / kap enter space esc home s", scene(*MANY))
    assert "KAPOOR, Dev b 14 Feb 1984" in end.dialog
    assert "Invitation queued for kapoor@example.org" in end.dialog


async def test_what_came_of_it_is_forgotten_when_it_is_taken_back(both_ways):
    end = await both_ways("f4 4 / kap enter space esc * s y u", scene(*MANY))
    assert "Invited with the others" not in end.screen
    assert end.last_of("KAPOOR") is None


# -- a request that may mean somebody else


async def test_a_weak_match_wants_its_digit_and_y(both_ways):
    same_email = of("LEE", reachable, "ana@home.example.org")
    end = await both_ways("f4 3 l enter", scene(same_email, request_of(STRANGER_AT_HOME)))
    assert "[2 Enrolled" not in end.screen
    assert "! An answer is needed here." in end.screen
    end = await both_ways("f4 3 l 1 enter enter", scene(same_email, request_of(STRANGER_AT_HOME)))
    assert "The same person?" in end.dialog
    end = await both_ways("f4 3 l 1 enter enter enter esc esc 2", scene(same_email, request_of(STRANGER_AT_HOME)))
    assert "Nobody is enrolled yet." in end.screen
    end = await both_ways("f4 3 l 1 enter enter y", scene(same_email, request_of(STRANGER_AT_HOME)))
    assert end.message.startswith("Enrolled LEE, Min as ana@home.example.org")


async def test_removed_and_stale_says_what_is_left(both_ways):
    end = await both_ways("i", scene(*STALE, of_ruiz(inviting.remove)))
    assert "Invitation removed 2 Mar 2026 7:50 by mgarcia" in end.screen
    assert "r Review Account: send a new one" in end.screen
    end = await both_ways("i s", scene(*STALE, of_ruiz(inviting.remove)))
    assert "a new one is sent from Patient Access only (r)" in end.dialog
