"""One test for each thing that must hold whatever a visitor does.

Where the site listens, and that no proxy is believed unless it is named, is in test_serving.py.
"""

import logging
import re
import statistics
import time
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from ctfront.data.models import ClinicRow, OnlineAccountRow, PatientRow
from ctfront.online.safety import LARGEST_BODY, LONGEST_PATH
from ctfront.online.site import OnlineSite, make_app
from ctfront.services.front import Front
from tests.invited import enroll
from tests.online.browser import Browser
from tests.online.conftest import KEY, PASSWORD
from tests.online.test_booking import appointments, choose
from tests.online.test_log_in import try_log_in

PAGES = ("/", "/log-in", "/forgotten", "/register", "/invitation/none", "/reset/none", "/register/none", "/nowhere")
FORMS = ("/log-in", "/log-out", "/forgotten", "/register", "/invitation/x", "/reset/x", "/register/x", "/book",
         "/book/visit", "/book/provider", "/book/day", "/book/time", "/book/confirm")  # fmt: skip


@pytest.fixture
def database_url(sqlite_url):
    """What holds here does not depend on the engine."""
    return sqlite_url


async def test_every_form_needs_the_visits_own_csrf_token(town):
    browser, other = await town.enrolled(), town.browser()
    await other.open("/log-in")
    for path in FORMS:
        for stolen in ("", "x", other.page.forms[0].fields["token"]):
            answer = await browser.client.post(path, data={"token": stolen, "person": "1"})
            assert answer.status_code == 403, path
    assert "logged in as" in await browser.open("/")


async def test_the_csp_is_strict_and_no_page_holds_script_or_style(town):
    browser = await town.enrolled()
    for path in (*PAGES, "/book/visit"):
        await browser.open(path)
        policy = browser.answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"<script|<style|\son\w+=|\sstyle=|javascript:", browser.answer.text)


async def test_cookies_are_httponly_secure_samesite_and_of_this_host_only(town):
    cookie = (await town.browser().client.get("/")).headers["set-cookie"]
    assert cookie.startswith("__Host-visit=")
    assert {part.strip().lower() for part in cookie.split(";")[1:]} == {"httponly", "secure", "path=/", "samesite=lax"}


async def test_hsts_is_sent_over_https_only(town):
    assert "max-age=" in (await town.browser().client.get("/")).headers["strict-transport-security"]
    plain = Browser(town.app, "http://127.0.0.1:8000")
    town.browsers.append(plain)
    assert "strict-transport-security" not in (await plain.client.get("/")).headers


async def test_what_is_too_large_is_refused_before_it_is_read(town):
    client = town.browser().client
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert (await client.post("/log-in", content=b"a" * (LARGEST_BODY + 1), headers=form)).status_code == 413

    async def endless():
        for _ in range(100):
            yield b"a" * 1000

    chunked = await client.post("/log-in", content=endless(), headers=form)
    assert chunked.status_code == 413, "no length was given"
    assert (await client.get("/" + "a" * LONGEST_PATH)).status_code == 414
    assert (
        await client.post("/log-in", content=b"{}", headers={"content-type": "application/json"})
    ).status_code == 415
    many = urlencode([(f"f{n}", "") for n in range(500)])
    assert (await client.post("/log-in", content=many, headers=form)).status_code == 403
    assert (await client.put("/log-in")).status_code == 405


async def test_output_is_escaped_everywhere(town):
    evil = "<script>alert(1)</script>\u202e\"'&"

    def spoil(session):
        session.execute(update(ClinicRow).values(name=evil))
        session.execute(update(PatientRow).values(first_name=evil))

    browser = await town.enrolled()
    await choose(browser)
    town.desk.database.write_now(spoil)
    for path in ("/", "/book/visit", "/book/day", "/book/time", "/book/confirm", "/forgotten", "/nowhere"):
        await browser.open(path)
        assert "<script" not in browser.answer.text
        assert "\u202e" not in browser.answer.text
    await browser.open("/log-in")
    stranger = town.browser()
    await stranger.open("/log-in")
    await stranger.submit(address=evil, password="x")
    assert "<script" not in stranger.answer.text


async def test_no_patient_data_stands_in_urls_or_logs(town, caplog):
    caplog.set_level(logging.DEBUG)
    browser, seen = town.browser(), []
    browser.client.event_hooks["request"] = [lambda request: _note(seen, str(request.url))]
    await browser.open(town.invite())
    await browser.submit(month="3", day="2", year="1984")
    await browser.submit(password=PASSWORD, again=PASSWORD)
    await choose(browser)
    await browser.press("Book it")
    paths = [url.removeprefix("https://book.example.org") for url in seen]
    assert set(paths[3:]) == {
        "/", "/book", "/book/visit", "/book/provider", "/book/day", "/book/time", "/book/confirm",
    }  # fmt: skip
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    for word in ("ruiz", "ana", "1984", PASSWORD, "invitation/"):
        assert not any(re.search(rf"\b{word}", message.casefold()) for message in ours), word


async def _note(seen, url):
    seen.append(url)


async def test_log_ins_are_rate_limited_by_account_and_by_address(town, monkeypatch):
    await town.enrolled()
    for number in range(4):
        assert "Please wait" not in await try_log_in(town.browser(f"203.0.113.{number}"), password="wrong wrong wrong")
    assert "Please wait" in await try_log_in(town.browser("203.0.113.99")), "one account from everywhere"
    monkeypatch.setattr("ctfront.services.online_accounts.FREE_OF_ORIGIN", 1)
    for number in range(2):
        await try_log_in(town.browser("198.51.100.1"), address=f"nobody{number}@example.org")
    assert "Please wait" in await try_log_in(town.browser("198.51.100.1"), address="nobody9@example.org")
    assert "Please wait" not in await try_log_in(town.browser("198.51.100.2"), address="nobody9@example.org")


async def test_mails_that_anybody_can_ask_for_are_rate_limited(town):
    statuses = []
    for number in range(4):
        browser = town.browser(f"198.51.100.{number}")
        await browser.open("/forgotten")
        await browser.submit(email="ana@example.org")
        statuses.append(browser.answer.status_code)
    assert statuses[0] == 200
    assert (statuses[-1], int(browser.answer.headers["retry-after"]) > 0) == (429, True)


async def test_there_is_no_open_redirect(town):
    browser = await town.enrolled()
    for path in ("/log-in?next=https://evil.example", "//evil.example", "/\\evil.example", "/book?to=//evil.example"):
        answer = await browser.client.get(path, follow_redirects=False)
        assert answer.headers.get("location", "/").startswith("/")
        assert not answer.headers.get("location", "/").startswith("//")
        assert "evil" not in answer.headers.get("location", "")
    wrong = await browser.client.get("/", headers={"host": "evil.example"})
    assert wrong.status_code == 421


async def test_a_session_is_never_the_one_that_was_there_before_the_log_in(town):
    await (await town.enrolled()).press("Log out")
    victim = town.browser()
    await victim.open("/log-in")
    planted = victim.client.cookies["__Host-visit"]
    await try_log_in(victim)
    assert victim.client.cookies["__Host-visit"] != planted
    attacker = town.browser()
    attacker.client.cookies.set("__Host-visit", planted, domain="book.example.org")
    assert "Log in to book" in await attacker.open("/")
    logged_in = victim.client.cookies["__Host-visit"]
    await victim.press("Log out")
    attacker.client.cookies.set("__Host-visit", logged_in, domain="book.example.org")
    assert "Log in to book" in await attacker.open("/")


async def test_nobody_learns_from_outside_whether_somebody_is_a_patient(town):
    """The same words for known and unknown, and as much time."""
    await (await town.enrolled()).press("Log out")
    answers, times = {}, {"ana@example.org": [], "nobody@example.org": []}
    for number in range(12):
        for address, found in times.items():
            browser = town.browser(f"198.51.{number}.{len(found)}")
            await browser.open("/log-in")
            town.wait(town_minute())
            begun = time.perf_counter()
            await browser.submit(address=address, password="a wrong password")
            found.append(time.perf_counter() - begun)
            form = browser.page.forms[0].fields
            answers[address] = browser.answer.text.replace(address, "").replace(form["token"], "")
    assert len(set(answers.values())) == 1
    medians = [statistics.median(found) for found in times.values()]
    assert max(medians) < 2 * min(medians)


async def test_nobody_learns_it_from_the_mails_that_can_be_asked_for_either(town):
    await (await town.enrolled()).press("Log out")
    about = {"first_name": "Ana", "last_name": "Ruiz", "day": "2", "month": "3", "year": "1984", "phone": ""}
    for path, stated in (("/forgotten", {}), ("/register", about)):
        answers = set()
        for number, address in enumerate(("ana@example.org", "nobody@example.org")):
            browser = town.browser(f"198.51.100.{number}")
            await browser.open(path)
            await browser.submit_exactly(email=address, **stated)
            assert browser.answer.status_code == 200
            answers.add(re.sub(r'value="[^"]*"', "", browser.answer.text.replace(address, "")))
        assert len(answers) == 1, path


def town_minute():
    from datetime import timedelta

    return timedelta(minutes=16)


async def test_nobody_books_for_somebody_elses_patient(town):
    ana = await town.enrolled()
    await town.enrolled("BAUER", "tomas@example.org", "8/23/1975")
    await choose(ana)
    await ana.open("/book/visit")
    form = {"token": ana.page.forms[-1].fields["token"], "person": "2"}
    await ana.client.post("/book", data=form)
    await choose(ana)
    await ana.press("Book it")
    assert {row.patient_id for row in appointments(town)} == {town.desk.patients["RUIZ"]}


async def test_nobody_sees_somebody_elses_appointments(town):
    await choose(ana := await town.enrolled())
    await ana.press("Book it")
    tomas = await town.enrolled("BAUER", "tomas@example.org", "8/23/1975")
    assert "There are no appointments to come" in await tomas.open("/")


ANYTHING = st.dictionaries(
    st.sampled_from(["token", "address", "password", "again", "known", "email", "day", "month", "year", "step",
                     "first_name", "last_name", "phone", "person", "purpose", "provider", "at", "page", "named",
                     "other-1", "x"]),
    st.one_of(st.text(max_size=60), st.integers().map(str), st.dates().map(str),
              st.sampled_from(["0", "1", "-1", "birth-date", "log-in", "1 2026-03-03 540", "1 2026-03-03 9999"])),
    max_size=8,
)  # fmt: skip


@pytest.mark.parametrize("path", [*FORMS, "/opt-out/1.x"])
def test_whatever_is_posted_is_answered(path, sqlite_url, pytestconfig):
    """No form makes the site fail; with --soak 2,000 are posted to each page."""
    import asyncio

    from tests.clinics import NOW, small_clinic

    desk = small_clinic(sqlite_url)
    with asyncio.Runner() as runner:
        front = Front(database=desk.database, clinic_id=desk.clinic.id, clock=lambda: NOW, key=KEY)
        site = OnlineSite(front, "https://book.example.org")
        browser = Browser(make_app(site), "https://book.example.org")
        runner.run(_logged_in(site, desk, browser))

        @settings(
            max_examples=2000 if pytestconfig.getoption("--soak") else 60,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(fields=ANYTHING, honest=st.booleans())
        def post(fields, honest):
            token = KEY.form_token(browser.client.cookies.get("__Host-visit", ""))
            data = {**fields, **({"token": token} if honest else {})}
            body = urlencode(data, errors="surrogatepass")
            form = {"content-type": "application/x-www-form-urlencoded"}
            answer = runner.run(browser.client.post(path, content=body, headers=form, follow_redirects=False))
            assert answer.status_code < 500

        post()
        runner.run(browser.close())
        runner.run(desk.database.close())
    site.hashing.close()


async def _logged_in(site, desk, browser) -> None:
    """Log in as somebody who books for Ana, without the way there."""

    def begin(session) -> int:
        enroll(session, desk.clinic, desk.act(), desk.patients["RUIZ"], "ana@example.org")
        return session.execute(select(OnlineAccountRow.id)).scalar_one()

    account = await desk.database.write(begin)
    token = await site.accounts.begin(account, token="")
    browser.client.cookies.set("__Host-visit", token, domain="book.example.org")
