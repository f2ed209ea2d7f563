"""The lists of Patient Access: who is in them, in which order, what narrows them, and whom a request may mean."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from ctfront.domain.invitations import Change, InvitationState
from ctfront.domain.patient_access import LISTS, SORTS, AccessList, Sort, list_of
from ctfront.domain.staff import Actor, ActorKind
from ctfront.services import enrolling, inviting
from ctfront.services.enrolling import Registration
from ctfront.services.happenings import Happenings, look_at_all
from ctfront.services.inviting import Inviting
from ctfront.services.patient_access import FIRST_PAGE, PatientAccess
from tests.clinics import NOW
from tests.invited import (
    DAY,
    do,
    end_consent,
    enrolled,
    invite,
    invited,
    reachable,
    requested,
    set_email,
    settle,
)

ANA = Registration(last_name="Ruíz", first_name="ana", birth_date=date(1984, 3, 2), email="ana@home.example.org")

NORA = Registration(last_name="Nobody", first_name="Nora", birth_date=date(1990, 1, 1), email="nora@example.org")


@pytest.fixture
def lists(desk):
    return PatientAccess(desk.database, desk.clinic)


async def names(lists, desk, shown, *, sort=None, with_inactive=False, narrow="", now=NOW):
    order = sort or SORTS[shown][0]
    keys = await lists.keys(shown, sort=order, with_inactive=with_inactive, now=now, narrow=narrow)
    rows = await lists.rows(shown, keys, now=now)
    assert set(rows) == set(keys)
    page = await lists.first_page(shown, sort=order, with_inactive=with_inactive, now=now)
    if not narrow:
        assert tuple(page) == keys[:FIRST_PAGE]
    return [(rows[key].request or rows[key].patient).last_name for key in keys]


def fill(desk):
    """One of each: sent, stale, failed, removed, enrolled, ended; the others never invited."""
    for patient in ("RUIZ", "BAUER", "LEE", "KAPOOR", "OKAFOR", "SMITH"):
        reachable(desk, patient)
    invited(desk, "RUIZ", days_ago=2)
    invited(desk, "BAUER", days_ago=3)
    set_email(desk, "BAUER", "tomas@new.example.org")
    invite(desk, "LEE", NOW - DAY)
    settle(desk, "LEE", Change.FAIL, NOW - DAY, error="550 no mailbox")
    invited(desk, "KAPOOR", days_ago=4)
    do(desk, inviting.remove, desk.patients["KAPOOR"])
    enrolled(desk, "OKAFOR", "grace@example.org")
    enrolled(desk, "SMITH", "joan@example.org", NOW - 5 * DAY)
    do(desk, enrolling.end_enrollment, desk.patients["SMITH"])


async def test_everybody_is_in_the_list_that_says_how_they_stand(desk, lists):
    fill(desk)
    assert await names(lists, desk, AccessList.INVITED) == ["LEE", "RUIZ", "BAUER"]
    assert await names(lists, desk, AccessList.INVITED, with_inactive=True) == ["KAPOOR", "LEE", "RUIZ", "BAUER"]
    assert await names(lists, desk, AccessList.ENROLLED) == ["OKAFOR"]
    assert await names(lists, desk, AccessList.ENROLLED, with_inactive=True) == ["OKAFOR", "SMITH"]
    assert await names(lists, desk, AccessList.NOT_INVITED) == ["O'NEIL-[/x]ŁUKASZ", "SMITH"]


async def test_the_list_of_each_patient_holds_them(desk, lists):
    fill(desk)
    accesses = await Inviting(desk.database, desk.clinic).access(desk.patients.values(), now=NOW)
    for patient_id, access in accesses.items():
        shown, with_inactive = list_of(access)
        keys = await lists.keys(shown, sort=SORTS[shown][0], with_inactive=with_inactive, now=NOW)
        assert patient_id in keys
        others = [each for each in LISTS if each is not shown and each is not AccessList.REQUESTS]
        for other in others:
            elsewhere = await lists.keys(other, sort=SORTS[other][0], with_inactive=True, now=NOW)
            assert patient_id not in elsewhere


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (Sort.NEWEST, ["LEE", "RUIZ", "BAUER"]),
        (Sort.NAME, ["BAUER", "LEE", "RUIZ"]),
        (Sort.STATE, ["LEE", "RUIZ", "BAUER"]),
    ],
)
async def test_the_invited_are_sorted(desk, lists, sort, order):
    fill(desk)
    assert await names(lists, desk, AccessList.INVITED, sort=sort) == order


async def test_by_state_those_whose_time_is_over_come_before_those_sent(desk, lists):
    fill(desk)
    later = NOW + 5 * DAY - timedelta(hours=1)  # BAUER's seven days are over, RUIZ's are not
    assert await names(lists, desk, AccessList.INVITED, sort=Sort.STATE, now=later) == ["LEE", "BAUER", "RUIZ"]
    rows = await lists.rows(AccessList.INVITED, [desk.patients["BAUER"]], now=later)
    assert rows[desk.patients["BAUER"]].state is InvitationState.EXPIRED


@pytest.mark.parametrize("typed", ["rui", "ruiz,a", "3/2/84", "4431", "#10001"])
async def test_a_list_is_narrowed_as_everybody_is_found(desk, lists, typed):
    fill(desk)
    assert await names(lists, desk, AccessList.INVITED, narrow=typed) == ["RUIZ"]
    assert await names(lists, desk, AccessList.NOT_INVITED, narrow=typed) == []


async def test_an_inactive_patient_is_shown_on_demand_and_not_ticked(desk, lists):
    reachable(desk, "RUIZ")
    change = text("UPDATE patient SET active = false WHERE id = :id")
    desk.database.write_now(lambda s: s.execute(change, {"id": desk.patients["RUIZ"]}))
    assert "RUIZ" not in await names(lists, desk, AccessList.NOT_INVITED)
    assert "RUIZ" in await names(lists, desk, AccessList.NOT_INVITED, with_inactive=True)
    assert await lists.tickable() == frozenset()


async def test_ticked_are_those_who_may_be_written_to(desk, lists):
    reachable(desk, "RUIZ")
    reachable(desk, "LEE")
    end_consent(desk, "LEE")
    set_email(desk, "KAPOOR", "dev@example.org")
    assert await lists.tickable() == {desk.patients["RUIZ"]}
    invite(desk, "RUIZ")
    assert await lists.tickable() == frozenset()


async def test_a_first_invitation_taken_back_leaves_the_patient_never_invited(desk, lists):
    reachable(desk, "RUIZ")
    invite(desk, "RUIZ")
    await desk.scheduling.undo(desk.act())
    assert "RUIZ" in await names(lists, desk, AccessList.NOT_INVITED)
    assert await names(lists, desk, AccessList.INVITED, with_inactive=True) == []


# -- requests


async def test_whom_a_request_may_mean_best_first(desk, lists):
    reachable(desk, "RUIZ")
    set_email(desk, "LEE", "Ana@Home.example.org")
    request_id = requested(desk, ANA)
    [row] = (await lists.rows(AccessList.REQUESTS, [request_id], now=NOW)).values()
    found = await lists.candidates(row.request, now=NOW)
    assert [(c.patient.last_name, c.fits, c.why_not) for c in found] == [
        ("RUIZ", "first name, last name, birth date", ""),
        ("LEE", "email", "no consent"),
    ]


async def test_requests_are_open_or_declined(desk, lists):
    first, second = requested(desk, ANA), requested(desk, NORA)
    assert sorted(await names(lists, desk, AccessList.REQUESTS)) == ["Nobody", "Ruíz"]
    await lists.decline_request(desk.act(), second, "not a patient here")
    assert await names(lists, desk, AccessList.REQUESTS) == ["Ruíz"]
    assert sorted(await names(lists, desk, AccessList.REQUESTS, with_inactive=True)) == ["Nobody", "Ruíz"]
    assert await names(lists, desk, AccessList.REQUESTS, narrow="home.ex") == ["Ruíz"]
    reachable(desk, "RUIZ")
    await lists.enroll_request(desk.act(), first, desk.patients["RUIZ"])
    assert await names(lists, desk, AccessList.REQUESTS) == []


# -- since I last looked


async def test_what_is_new_is_counted_and_seen(desk):
    happenings = Happenings(desk.database, desk.clinic)
    assert await happenings.count(desk.mgarcia) == 0
    requested(desk, ANA)
    unseen = await happenings.unseen(desk.mgarcia)
    assert [it.sentence for it in unseen] == ["RUÍZ, ana asks to be enrolled."]
    assert (await happenings.count(desk.mgarcia), await happenings.count(desk.tlee)) == (1, 1)
    await happenings.look(desk.mgarcia, NOW, until=unseen[0])
    assert (await happenings.count(desk.mgarcia), await happenings.count(desk.tlee)) == (0, 1)


async def test_what_came_while_the_list_was_open_stays_new(desk):
    happenings = Happenings(desk.database, desk.clinic)
    requested(desk, ANA)
    [seen] = await happenings.unseen(desk.mgarcia)
    enrolled(desk, "OKAFOR", "grace@example.org", NOW)
    await happenings.look(desk.mgarcia, NOW, until=seen)
    assert await happenings.count(desk.mgarcia) == 0  # her own act
    assert await happenings.count(desk.tlee) == 2


async def test_one_who_came_later_has_nothing_to_catch_up_with(desk):
    requested(desk, ANA)
    desk.database.write_now(lambda session: look_at_all(session, desk.tlee, datetime(2026, 3, 2, tzinfo=UTC)))
    assert await Happenings(desk.database, desk.clinic).count(desk.tlee) == 0


async def test_nobody_else_than_staff_has_news(desk):
    nobody = Actor(kind=ActorKind.SYSTEM, id=None, name="mail sender")
    happenings = Happenings(desk.database, desk.clinic)
    requested(desk, ANA)
    assert (await happenings.count(nobody), await happenings.unseen(nobody)) == (0, [])
