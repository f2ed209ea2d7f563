"""The rules of an invitation's life, against tables written out by hand from the design."""

import re

import pytest

from ctfront.domain.errors import InvitationRefused, NoConsent, NoEmail
from ctfront.domain.invitations import (
    Change,
    InvitationState,
    Reach,
    Sending,
    Standing,
    access_sending,
    check_reach,
    check_reactivable,
    check_removable,
    check_replaceable,
    desk_sending,
    follow,
)

ARROWS = """
queued    deliver   sent
queued    fail      failed
queued    withhold  withheld
queued    remove    removed
sent      fail      failed
sent      expire    expired
sent      lock      locked
sent      accept    enrolled
sent      remove    removed
failed    remove    removed
withheld  remove    removed
expired   remove    removed
locked    remove    removed
enrolled  end       ended
"""
LEADS_TO = {tuple(line.split()[:2]): line.split()[2] for line in ARROWS.strip().splitlines()}

HELPS = {
    "access": "Patient Access",
    "steps": "remove the old invitation and send a new one; the last two in Patient Access",
    "who": "by tlee",
    "enrolled": "is enrolled already",
    "both": "p does both",
    "list 4": "list 4",
    "list 2": "list 2 ends the enrollment",
    "already": "already, since 1 Mar",
    "s sends": "s sends",
    "still": "is still old@example.org",
    "none": "no removed invitation",
    "changed": "address has changed",
}
"""Short names for the words that help."""

# state, stale | the desk sends | Patient Access sends | removes | replaces | reactivates; a refusal as !its words
RULES = """
none      no    first     first        !list 4    !list 4    !none
queued    no    !who      !already-q   yes        !still     !none
queued    yes   !steps    !both        yes        yes        !none
sent      no    !access   again        yes        !still     !none
sent      yes   !steps    !both        yes        yes        !none
failed    no    new       new          yes        !still     !none
failed    yes   !steps    !both        yes        yes        !none
withheld  no    new       new          yes        !still     !none
withheld  yes   !steps    !both        yes        yes        !none
expired   no    new       new          yes        !still     !none
expired   yes   !steps    !both        yes        yes        !none
locked    no    !access   again        yes        !still     !none
locked    yes   !steps    !both        yes        yes        !none
removed   no    !access   reactivated  !already   !already   yes
removed   yes   !access   new          !already   !s sends   !changed
enrolled  no    !enrolled !enrolled    !list 2    !list 2    !none
enrolled  yes   !enrolled !enrolled    !list 2    !list 2    !none
ended     no    !access   new          !already   !already   !none
ended     yes   !steps    new          !already   !already   !none
"""


def cells(line: str) -> list[str]:
    """Split a line of RULES; `!list 4` is one cell."""
    return [word.replace("_", " ") for word in re.sub(r"(list|s) (4|2|sends)", r"\1_\2", line).split()]


def standing(state: str, stale: str) -> Standing:
    return Standing(
        state=None if state == "none" else InvitationState(state),
        stale=stale == "yes",
        name="RUIZ, Ana",
        address="old@example.org",
        sent_by="tlee",
        since="1 Mar 2026 9:00",
    )


def answer(rule, stands: Standing) -> str:
    """What a rule says: the sending, yes, or its refusal behind an exclamation mark."""
    try:
        said = rule(stands)
    except InvitationRefused as refusal:
        return f"!{refusal}"
    return "yes" if said is None else Sending(said).name.lower()


@pytest.mark.parametrize("state", InvitationState)
@pytest.mark.parametrize("change", Change)
def test_a_change_leads_where_the_drawing_says_or_is_refused(state, change):
    to = LEADS_TO.get((state.value, change.value))
    if to is None:
        with pytest.raises(InvitationRefused):
            follow(state, change)
    else:
        assert follow(state, change).value == to


def test_the_table_has_every_state_fresh_and_stale():
    written = {tuple(cells(line)[:2]) for line in RULES.strip().splitlines()}
    possible = {(state.value, stale) for state in InvitationState for stale in ("no", "yes")}
    assert written == possible | {("none", "no")}


@pytest.mark.parametrize("line", RULES.strip().splitlines())
def test_what_each_standing_allows(line):
    state, stale, *wanted = cells(line)
    stands = standing(state, stale)
    rules = (desk_sending, access_sending, check_removable, check_replaceable, check_reactivable)
    for rule, expected in zip(rules, wanted, strict=True):
        said = answer(rule, stands)
        if expected.startswith("!"):
            words = {"already-q": "waits to leave already"}.get(expected[1:]) or HELPS[expected[1:]]
            assert said.startswith("!"), rule
            assert words in said
            assert "RUIZ, Ana" in said or "old@example.org" in said
            assert "resend" not in said.casefold()
            assert said.endswith(".")
        else:
            assert said == expected, rule


@pytest.mark.parametrize(
    "line", [one for one in RULES.strip().splitlines() if "!" in cells(one)[2] and one.split()[0] != "enrolled"]
)
def test_what_the_desk_may_not_send_names_where_it_is_done(line):
    assert "Patient Access" in answer(desk_sending, standing(*cells(line)[:2]))


@pytest.mark.parametrize(
    ("reach", "refusal", "words"),
    [
        (Reach(active=False, email="a@example.org", consents=True), InvitationRefused, "RUIZ, Ana is inactive; make"),
        (Reach(active=True, email=None, consents=True), NoEmail, "no email address on record; e adds one"),
        (Reach(active=True, email="", consents=True), NoEmail, "no email address"),
        (Reach(active=True, email="a@example.org", consents=False), NoConsent, "has not consented to emails: contact"),
        (
            Reach(active=True, email="a@example.org", consents=False, opted_out="tlee, 1 Mar 2026 9:00"),
            NoConsent,
            re.escape("has opted out of emails (tlee, 1 Mar 2026 9:00): contact the patient to obtain consent"),
        ),
        (Reach(active=False, email=None, consents=False), InvitationRefused, "is inactive"),
    ],
)
def test_who_cannot_be_reached_is_refused_with_the_way_on(reach, refusal, words):
    with pytest.raises(refusal, match=words):
        check_reach(reach, name="RUIZ, Ana")


def test_who_can_be_reached_is_reached_at_the_address_on_record():
    assert check_reach(Reach(active=True, email="a@example.org", consents=True)) == "a@example.org"
