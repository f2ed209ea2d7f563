"""The small clinic with its site, on each engine, and browsers."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from ctfront.domain.invitations import Source
from ctfront.mail.links import LinkKey, digest_of
from ctfront.online.site import OnlineSite, make_app
from ctfront.services import inviting
from ctfront.services.front import Front
from tests.clinics import SmallClinic, small_clinic
from tests.mail.office import Clock
from tests.online.browser import Browser
from tests.sendings import deliver, last_of, reachable

URL = "https://book.example.org"
KEY = LinkKey(bytes(range(32)))
PASSWORD = "three quiet herons fly"


@dataclass
class Town:
    """A clinic, its site, and those who visit it."""

    desk: SmallClinic
    site: OnlineSite
    clock: Clock
    browsers: list[Browser] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.app = make_app(self.site)

    def browser(self, address: str = "192.0.2.7") -> Browser:
        self.browsers.append(Browser(self.app, URL, address))
        return self.browsers[-1]

    def wait(self, by: timedelta) -> None:
        self.clock.now += by

    def invite(self, patient: str = "RUIZ", email: str = "ana@example.org") -> str:
        """Invite a patient and return the path of the link that was mailed."""
        patient_id = reachable(self.desk, patient, email)
        act, source = self.desk.act(at=self.clock.now), Source.PATIENT_INFORMATION
        self.desk.database.write_now(
            lambda session: inviting.invite(session, self.desk.clinic, act, patient_id, source=source)
        )
        deliver(self.desk, patient, self.clock.now)

        def derive(session) -> str:
            row = last_of(session, self.desk, patient)
            secret = KEY.secret(row.id, row.nonce)
            row.secret_digest = digest_of(secret)
            return secret

        return f"/invitation/{self.desk.database.write_now(derive)}"

    async def enrolled(self, patient: str = "RUIZ", email: str = "ana@example.org", born="3/2/1984") -> Browser:
        """Return the browser of a patient who has just accepted an invitation."""
        browser = self.browser()
        await browser.open(self.invite(patient, email))
        month, day, year = born.split("/")
        await browser.submit(month=month, day=day, year=year)
        await browser.submit(password=PASSWORD, again=PASSWORD)
        assert browser.path == "/", browser.words
        return browser


@pytest.fixture
async def town(database_url):
    clock = Clock()
    desk = small_clinic(database_url)
    front = Front(database=desk.database, clinic_id=desk.clinic.id, clock=clock, key=KEY)
    town = Town(desk=desk, site=OnlineSite(front, URL), clock=clock)
    yield town
    for browser in town.browsers:
        await browser.close()
    town.site.hashing.close()
    await desk.database.close()
