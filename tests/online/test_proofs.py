"""Forgotten passwords and registrations: a link in a mail to the address just typed, that works once."""

from datetime import timedelta

from sqlalchemy import select, update

from ctfront.data.models import EnrollmentRequestRow, OnlineLinkRow
from tests.online.conftest import PASSWORD
from tests.online.test_booking import leave, mails

NEW = "seven slow rivers bend"


def link_in(message) -> str:
    body = message.get_body(("plain",)).get_content()
    return next(line for line in body.splitlines() if line.startswith("https://")).removeprefix(
        "https://book.example.org"
    )


async def ask_reset(browser, address="ana@example.org") -> str:
    await browser.open("/forgotten")
    return await browser.submit(email=address)


async def register(browser, **more) -> str:
    await browser.open("/register")
    who = {"first_name": "Soo-jin", "last_name": "Park", "month": "3", "day": "3", "year": "1995",
           "email": "sj@example.net", "phone": "(555) 010-8216", **more}  # fmt: skip
    return await browser.submit_exactly(**who)


async def test_a_new_password_by_a_link_that_works_once(town):
    elsewhere, browser = await town.enrolled(), town.browser()
    await ask_reset(browser)
    (message,) = leave(town)
    assert "Ana" not in message.get_body(("plain",)).get_content(), "no patient data"
    path = link_in(message)
    assert "Choose a password" in await browser.open(path)
    assert "guessed first" in await browser.submit(password="password1234", again="password1234")
    assert "is kept" in await browser.submit(password=NEW, again=NEW)
    assert "Log in to book" in await elsewhere.open("/"), "logged out everywhere"
    assert "does not work any more" in await browser.open(path)
    await browser.open("/log-in")
    assert "do not go together" in await browser.submit(address="ana@example.org", password=PASSWORD)
    assert "logged in as" in await browser.submit(address="ana@example.org", password=NEW)


async def test_known_and_unknown_get_the_same_answer_and_only_the_known_a_mail(town):
    await town.enrolled()
    known, unknown = town.browser(), town.browser()
    await ask_reset(known)
    await ask_reset(unknown, "nobody@example.org")
    assert known.answer.text == unknown.answer.text
    assert [kind for kind, _, _ in mails(town)] == ["reset"]


async def test_a_link_for_a_new_password_works_for_an_hour(town):
    await town.enrolled()
    browser = town.browser()
    await ask_reset(browser)
    (message,) = leave(town)
    town.wait(timedelta(hours=1))
    assert "does not work any more" in await browser.open(link_in(message))


async def test_nobody_is_flooded_with_mails(town):
    await town.enrolled()
    for number in range(6):
        words = await ask_reset(town.browser(f"198.51.100.{number}"))
    assert "Please wait" in words
    assert len(mails(town)) == 3


async def test_who_registers_proves_the_address_and_waits_for_the_desk(town):
    browser = town.browser()
    assert "Look into your mail" in await register(browser)
    requests = select(EnrollmentRequestRow)
    assert town.desk.database.write_now(lambda session: list(session.scalars(requests))) == []
    (message,) = leave(town)
    assert "Park" not in message.as_string(), "nothing but the link"
    path = link_in(message)
    await browser.open(path)
    assert "does not book for anybody yet" in await browser.submit(password=NEW, again=NEW)
    (request,) = town.desk.database.write_now(lambda session: list(session.scalars(requests)))
    assert (request.last_name, request.first_name, request.email, request.state) == (
        "Park", "Soo-jin", "sj@example.net", "open",
    )  # fmt: skip
    assert "does not work any more" in await browser.open(path)
    kept = town.desk.database.write_now(lambda session: session.scalars(select(OnlineLinkRow)).one())
    assert kept.details == ""


async def test_registering_with_an_address_that_has_a_log_in_asks_for_its_password(town):
    await town.enrolled("RUIZ", "sj@example.net")
    browser = town.browser()
    await register(browser)
    (message,) = leave(town)
    assert "Log in to finish" in await browser.open(link_in(message))
    assert "do not go together" in await browser.submit(password="not the password")
    assert "logged in as sj@example.net" in await browser.submit(password=PASSWORD)


async def test_what_is_missing_is_asked_for_on_the_page_and_the_rest_is_kept(town):
    browser = town.browser()
    assert "Enter your last name" in await register(browser, last_name=" ")
    assert browser.page.forms[0].fields["first_name"] == "Soo-jin"
    assert "no email address" in await register(browser, email="sj@")
    assert "does not exist" in await register(browser, month="2", day="30")
    assert "has digits" in await register(browser, phone="none")
    assert mails(town) == []


async def test_a_registration_that_nobody_proves_is_forgotten(town):
    browser = town.browser()
    await register(browser)
    town.wait(timedelta(hours=25))
    await register(town.browser(), email="other@example.net")
    stated = town.desk.database.write_now(lambda session: list(session.scalars(select(OnlineLinkRow.details))))
    assert [bool(details) for details in stated] == [False, True]


async def test_a_locked_log_in_stays_locked(town):
    from ctfront.data.models import OnlineAccountRow

    await town.enrolled()
    lock = update(OnlineAccountRow).values(locked_at=town.clock.now)
    town.desk.database.write_now(lambda session: session.execute(lock) and None)
    browser = town.browser()
    await browser.open("/log-in")
    assert "do not go together" in await browser.submit(address="ana@example.org", password=PASSWORD)
    await ask_reset(browser)
    assert mails(town) == []
