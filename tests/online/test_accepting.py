"""From the link in an invitation to an account: once, with the birth date, and never a word too many."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ctfront.data.models import ActRow, EnrollmentRow, InvitationRow, OnlineAccountRow
from ctfront.domain.invitations import EXPIRES_AFTER, Change, InvitationState
from tests.online.conftest import PASSWORD
from tests.sendings import finish, last_of, put_on_record

BORN = {"month": "3", "day": "2", "year": "1984"}
WRONG = {"month": "2", "day": "3", "year": "1984"}


def state_of(town, patient="RUIZ"):
    return town.desk.database.write_now(lambda session: last_of(session, town.desk, patient).state)


def people(town) -> list[tuple[str, int]]:
    """Return log-in and patient of each enrollment."""
    query = select(OnlineAccountRow.login_address, EnrollmentRow.patient_id).join(
        EnrollmentRow, EnrollmentRow.account_id == OnlineAccountRow.id
    )
    return town.desk.database.write_now(lambda session: [tuple(row) for row in session.execute(query)])


async def test_link_birth_date_and_password_enroll(town):
    browser = town.browser()
    assert "Main Street Clinic" in await browser.open(town.invite())
    assert "Choose a password" in await browser.submit(**BORN)
    assert "You are logged in as ana@example.org" in await browser.submit(password=PASSWORD, again=PASSWORD)
    assert people(town) == [("ana@example.org", town.desk.patients["RUIZ"])]
    assert state_of(town) == InvitationState.ENROLLED


async def test_the_page_tells_nothing_before_the_birth_date(town):
    browser = town.browser()
    words = await browser.open(town.invite())
    assert "Ana" not in words
    assert "ana@" not in browser.answer.text


@pytest.mark.parametrize(
    ("password", "again", "why"),
    [
        ("short", "short", "longer password"),
        ("password12345", "password12345", "guessed first"),
        ("abcabcabcabcabc", "abcabcabcabcabc", "guessed first"),
        ("ana@example.org", "ana@example.org", "guessed first"),
        ("x" * 201, "x" * 201, "shorter password"),
        (PASSWORD, "three quiet herons", "differ"),
    ],
)
async def test_a_password_that_may_not_be_chosen_is_refused_on_its_page(town, password, again, why):
    browser = town.browser()
    await browser.open(town.invite())
    await browser.submit(**BORN)
    assert why in await browser.submit(password=password, again=again)
    assert state_of(town) == InvitationState.SENT
    assert "You are logged in" in await browser.submit(password=PASSWORD, again=PASSWORD)


async def test_five_wrong_birth_dates_lock_it_and_tell_the_desk(town):
    browser, path = town.browser(), town.invite()
    await browser.open(path)
    for _ in range(4):
        assert "not the birth date" in await browser.submit(**WRONG)
    assert "does not work any more" in await browser.submit(**WRONG)
    assert state_of(town) == InvitationState.LOCKED
    assert "does not work any more" in await browser.open(path)
    kinds = town.desk.database.write_now(lambda session: list(session.scalars(select(ActRow.kind))))
    assert kinds.count("lock_invitation") == 1


async def test_a_birth_date_that_is_none_does_not_count(town):
    browser = town.browser()
    await browser.open(town.invite())
    for _ in range(6):
        assert "as a number" in await browser.submit(month="March", day="2", year="1984")
    assert "Choose a password" in await browser.submit(**BORN)


async def test_every_dead_link_answers_alike(town):
    """Used, stale, expired, removed, locked and unknown: the same bytes but for the visit's own token."""
    answers = {}

    async def look(name: str, path: str) -> None:
        browser = town.browser()
        await browser.open(path)
        answers[name] = (browser.answer.status_code, browser.answer.text, sorted(browser.answer.headers))

    await look("unknown", "/invitation/nothing")
    used = town.invite("RUIZ", "ana@example.org")
    browser = town.browser()
    await browser.open(used)
    await browser.submit(**BORN)
    await browser.submit(password=PASSWORD, again=PASSWORD)
    await look("used", used)
    stale = town.invite("KAPOOR", "dev@example.org")
    put_on_record(town.desk, "KAPOOR", email="dev.kapoor@example.org")
    await look("stale", stale)
    locked, removed = town.invite("LEE", "min@example.org"), town.invite("OKAFOR", "grace@example.org")
    finish(town.desk, "LEE", Change.LOCK, "sent")
    finish(town.desk, "OKAFOR", Change.REMOVE, "sent")
    await look("locked", locked)
    await look("removed", removed)
    expired = town.invite("BAUER", "tomas@example.org")
    town.wait(EXPIRES_AFTER + timedelta(minutes=1))
    await look("expired", expired)
    assert len(set(map(str, answers.values()))) == 1
    assert answers["unknown"][0] == 404


async def test_who_has_a_log_in_adds_a_family_member_to_it(town):
    await town.enrolled("RUIZ", "family@example.org")
    browser = town.browser("192.0.2.8")
    await browser.open(town.invite("BAUER", "family@example.org"))
    assert "There is a log-in for your email address" in await browser.submit(month="8", day="23", year="1975")
    assert "do not go together" in await browser.submit(known="wrong password here")
    assert "You are logged in as family@example.org" in await browser.submit(known=PASSWORD)
    both = {town.desk.patients["RUIZ"], town.desk.patients["BAUER"]}
    assert {patient for _, patient in people(town)} == both
    assert {address for address, _ in people(town)} == {"family@example.org"}


async def test_a_person_is_added_to_a_log_in_under_another_address(town):
    await town.enrolled("RUIZ", "ana@example.org")
    browser = town.browser("192.0.2.8")
    await browser.open(town.invite("BAUER", "tomas@example.org"))
    await browser.submit(month="8", day="23", year="1975")
    await browser.submit(1, address="ana@example.org", known=PASSWORD)
    assert {address for address, _ in people(town)} == {"ana@example.org"}


async def test_nothing_is_accepted_twice_by_two_at_once(town):
    path = town.invite()
    browsers = [town.browser(), town.browser()]
    for browser in browsers:
        await browser.open(path)
        await browser.submit(**BORN)
    import asyncio

    words = await asyncio.gather(*(b.submit(password=PASSWORD, again=PASSWORD) for b in browsers))
    assert sorted("You are logged in" in said for said in words) == [False, True]
    states = town.desk.database.write_now(lambda session: list(session.scalars(select(InvitationRow.state))))
    assert (len(people(town)), states) == (1, ["enrolled"])
