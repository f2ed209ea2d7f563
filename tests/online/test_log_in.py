"""In and out: sessions that end, waits that grow, and answers that tell nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ctfront.data.models import OnlineSessionRow
from tests.online.conftest import PASSWORD

MINUTE = timedelta(minutes=1)
ANA = "ana@example.org"


async def try_log_in(browser, address=ANA, password=PASSWORD) -> str:
    await browser.open("/log-in")
    return await browser.submit(address=address, password=password)


@pytest.fixture
async def known(town):
    """A town in which Ana has a log-in, and is not logged in."""
    browser = await town.enrolled()
    await browser.press("Log out")
    return town


async def test_log_in_and_out(known):
    browser = known.browser()
    assert "You are logged in as ana@example.org" in await try_log_in(browser, "ANA@Example.org")
    assert "Log in to book" in await browser.press("Log out")
    assert "Log in to book" in await browser.open("/")


async def test_fifteen_idle_minutes_log_out_and_pages_keep_it_alive(known):
    browser = known.browser()
    await try_log_in(browser)
    for _ in range(3):
        known.wait(14 * MINUTE)
        assert "logged in as" in await browser.open("/")
    known.wait(15 * MINUTE)
    assert "Log in to book" in await browser.open("/")


async def test_twelve_hours_are_the_longest(known):
    browser = known.browser()
    await try_log_in(browser)
    for _ in range(71):
        known.wait(10 * MINUTE)
        await browser.open("/")
    assert "logged in as" in browser.words
    known.wait(10 * MINUTE)
    assert "Log in to book" in await browser.open("/")


async def test_the_wait_grows_with_every_try_and_a_right_password_ends_it(known):
    browser, waits = known.browser(), []
    for _ in range(7):
        words = await try_log_in(browser, password="not this one at all")
        if browser.answer.status_code == 429:
            waits.append(int(browser.answer.headers["retry-after"]))
            known.wait(timedelta(seconds=waits[-1]))
        else:
            assert "do not go together" in words
    assert waits == [2, 4]
    for _ in range(3):
        known.wait(timedelta(minutes=15))
        await try_log_in(browser, password="not this one at all")
    known.wait(timedelta(minutes=15))
    assert "logged in as" in await try_log_in(browser)
    await browser.press("Log out")
    assert "do not go together" in await try_log_in(browser, password="wrong again, but no wait")


async def test_the_right_password_is_not_looked_at_during_a_wait(known):
    browser = known.browser()
    for _ in range(4):
        await try_log_in(browser, password="not this one at all")
    assert "Please wait" in await try_log_in(browser)
    assert "Please wait" in await try_log_in(known.browser("198.51.100.9")), "by account, not by browser"


async def test_many_log_ins_from_one_address_wait_too(known):
    browser = known.browser("203.0.113.5")
    for number in range(21):
        await try_log_in(browser, f"somebody{number}@example.org", "any password there is")
    assert "Please wait" in await try_log_in(browser, "another@example.org")
    assert "logged in as" in await try_log_in(known.browser("203.0.113.6"))


async def test_the_database_keeps_no_token(known):
    browser = known.browser()
    await try_log_in(browser)
    token = browser.client.cookies["__Host-visit"]
    rows = known.desk.database.write_now(lambda session: list(session.scalars(select(OnlineSessionRow.token_digest))))
    assert len(rows) == 1
    assert token not in rows
