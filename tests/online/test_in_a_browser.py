"""In a real browser: from the link in a mail that was delivered to an appointment that a Scheduler shows by itself."""

import asyncio
import email
import re
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from email.policy import default
from functools import partial
from pathlib import Path

import pytest

from ctfront.cli.opening import start_clock
from ctfront.cli.site_server import listen, served_beside
from ctfront.domain.invitations import Source
from ctfront.mail.links import key_for
from ctfront.mail.message import Composer
from ctfront.mail.smtp import MailServer, SmtpCourier, Tls
from ctfront.services import inviting
from ctfront.services.mail_acts import Rules
from ctfront.services.mail_sending import MailSending, system_actor
from ctfront.settings import Settings
from ctfront.settings.mailing import SiteSettings
from tests.clinics import NOW, small_clinic
from tests.mail.peer import Peer
from tests.sendings import reachable
from tests.wire.terminal_desk import terminal_desk

AXE = Path(__file__).parents[2] / ".venv" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
HEAVIEST = 30_000
"""Bytes of a page with its style sheet."""

LEAST_TARGET = 24
"""Pixels that a button or a box measures each way (WCAG 2.2, 2.5.8)."""


class Visitor:
    """Somebody with Chromium, who looks at every page for what must hold."""

    def __init__(self, page, *, scripts: bool) -> None:
        self.page = page
        self.scripts = scripts
        self.weight = 0
        self.headings: list[str] = []
        page.set_default_timeout(60_000)
        page.on("response", self._weigh)

    def _weigh(self, response) -> None:
        if response.status == 200:
            self.weight += len(response.body())

    def look(self) -> str:
        """Check the page that is shown and return its heading."""
        self.headings.append(self.page.locator("h1").inner_text())
        wide = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide[0] <= wide[1], f"“{self.headings[-1]}” is wider than the screen"
        for control in self.page.locator("button, .button, input:not([type=hidden])").all():
            box = control.bounding_box()
            assert box is None or min(box["width"], box["height"]) >= LEAST_TARGET
        assert self.weight <= HEAVIEST, self.headings[-1]
        self.weight = 0
        if self.scripts and AXE.exists():
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
            found = self.page.evaluate("axe.run().then(result => result.violations.map(v => [v.id, v.nodes[0].html]))")
            assert found == [], self.headings[-1]
        return self.headings[-1]

    def press(self, words: str) -> str:
        """Press a button or follow a link, and look at what follows."""
        self.page.get_by_role("button", name=words).or_(self.page.get_by_role("link", name=words)).first.click()
        self.page.wait_for_load_state("load")
        return self.look()


@pytest.mark.part("chromium")
@pytest.mark.parametrize("scripts", [False, True], ids=["scripts off", "scripts on"])
@pytest.mark.parametrize("width", [320, 1280])
def test_from_the_mail_to_the_scheduler(sqlite_url, tmp_path, width, scripts):
    from playwright.sync_api import sync_playwright

    clinic = small_clinic(sqlite_url)
    database = Path(clinic.database.path)
    clock = start_clock(NOW.isoformat(), clinic.clinic.zone, None)
    with Peer() as peer, closing(listen("127.0.0.1", 0)) as sock:
        url = f"http://127.0.0.1:{sock.getsockname()[1]}"
        settings = Settings(
            database=str(database), state_folder=tmp_path, link_key=tmp_path / "link.key", site=SiteSettings(url=url)
        )
        invite(clinic, clock)
        asyncio.run(deliver(clinic, settings, peer, clock))
        with (
            served_beside(settings, clinic.clinic.id, clock, sock),
            terminal_desk(database, who="mgarcia", size=(80, 24), now=NOW) as desk,
            sync_playwright() as play,
        ):
            desk.press("]")
            browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            context = browser.new_context(
                viewport={"width": width, "height": 700}, java_script_enabled=scripts, bypass_csp=scripts
            )
            visitor = Visitor(context.new_page(), scripts=scripts)
            visitor.page.goto(link_in(peer.mails[0][2]))
            assert visitor.look() == "Welcome to Main Street Clinic"
            book(visitor)
            desk.read_until(lambda: any("9:15" in line and "RUIZ, Ana" in line for line in desk.cells()), "Ana at 9:15")
            assert any("S@" in line for line in desk.cells())
            desk.press("down down down down down")
            assert any("Online Appointment" in line for line in desk.cells())
            context.close()
            browser.close()
        asyncio.run(deliver(clinic, settings, peer, clock))
    message = email.message_from_bytes(peer.mails[1][2], policy=default)
    assert message["Subject"] == "Main Street Clinic: your appointment on Tue 3 Mar 2026"
    assert [part.get_filename() for part in message.iter_attachments()] == ["appointment.ics"]
    clinic.database.close_writer()


@pytest.mark.part("chromium")
@pytest.mark.parametrize("width", [320, 1280])
def test_every_other_page_holds_what_it_must(sqlite_url, tmp_path, width):
    from playwright.sync_api import sync_playwright

    clinic = small_clinic(sqlite_url)
    clock = start_clock(NOW.isoformat(), clinic.clinic.zone, None)
    with closing(listen("127.0.0.1", 0)) as sock, sync_playwright() as play:
        url = f"http://127.0.0.1:{sock.getsockname()[1]}"
        database, key = str(clinic.database.path), tmp_path / "link.key"
        settings = Settings(database=database, state_folder=tmp_path, link_key=key, site=SiteSettings(url=url))
        with served_beside(settings, clinic.clinic.id, clock, sock):
            browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": width, "height": 700}, bypass_csp=True)
            visitor = Visitor(page, scripts=True)
            for path in ("/", "/forgotten", "/register", "/invitation/none", "/nowhere"):
                page.goto(url + path)
                visitor.look()
            page.goto(f"{url}/register")
            page.get_by_label("First name").fill("Ana")
            page.locator("form").last.evaluate("form => form.noValidate = true")
            assert visitor.press("Register") == "Register", "the last name is missing"
            page.goto(f"{url}/forgotten")
            page.get_by_label("Email address").fill("ana@example.org")
            assert visitor.press("Send the link") == "Look into your mail"
            page.goto(f"{url}/log-in")
            page.get_by_label("Email address").fill("ana@example.org")
            page.get_by_label("Password").fill("this is not known")
            assert visitor.press("Log in") == "Log in to book an appointment"
            assert "do not go together" in page.get_by_role("alert").inner_text()
            browser.close()
    clinic.database.close_writer()


def invite(clinic, clock) -> None:
    patient_id, act = reachable(clinic), replace(clinic.act(), at=clock())
    how = {"source": Source.PATIENT_INFORMATION, "hold": timedelta(0)}
    clinic.database.write_now(lambda session: inviting.invite(session, clinic.clinic, act, patient_id, **how))


async def deliver(clinic, settings, peer, clock) -> None:
    """Hand in what is due."""
    composer = Composer("desk@clinic.example")
    rules = Rules(
        site=settings.site.url, domain=composer.domain, key_for=partial(key_for, settings.link_key), per_minute=0,
        owner="test",
    )  # fmt: skip
    courier = SmtpCourier(MailServer(host="127.0.0.1", port=peer.port, tls=Tls.NONE))
    sending = MailSending(
        clinic.database, clinic.clinic.id, system_actor(), clock, courier=courier, composer=composer, rules=rules
    )
    sent = await sending.send_due()
    await sending.close()
    assert sent.counts == {"sent": 1}


def link_in(mail: bytes) -> str:
    body = email.message_from_bytes(mail, policy=default).get_body(("plain",)).get_content()
    return re.search(r"http\S+/invitation/\S+", body).group()


def book(visitor: Visitor) -> None:
    """Go all the way as a patient does, by words and labels only."""
    page = visitor.page
    for label, value in (("Month", "3"), ("Day", "2"), ("Year", "1984")):
        page.get_by_label(label, exact=True).fill(value)
    assert visitor.press("Continue") == "Choose a password"
    page.get_by_label("Password", exact=True).fill("three quiet herons fly")
    page.get_by_label("The same password again").fill("three quiet herons")
    assert visitor.press("Finish") == "Choose a password", "they differ, and the page says so"
    assert page.get_by_role("alert").inner_text().startswith("The two passwords differ")
    page.get_by_label("Password", exact=True).fill("three quiet herons fly")
    page.get_by_label("The same password again").fill("three quiet herons fly")
    assert visitor.press("Finish") == "Your appointments"
    assert visitor.press("Book an appointment") == "What is the visit for?"
    assert visitor.press("Adjustment") == "With whom?"
    assert visitor.press("Dr Alvarez") == "Which day?"
    assert visitor.press("Tue 3 Mar 2026") == "What time?"
    assert "Los Angeles time" in page.locator("main").inner_text()
    assert visitor.press("9:15 am") == "Book this appointment?"
    assert visitor.press("Book it") == "It is booked"
    assert visitor.press("Your appointments") == "Your appointments"
