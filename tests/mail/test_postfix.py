"""An invitation through Debian's Postfix into a mailbox, and the report of one that comes back."""

import re
import subprocess
import sys

import pytest

from ctfront.mail.links import digest_of
from tests.clinics import small_clinic
from tests.mail.office import SENDER, SITE, Office
from tests.mail.peer import Peer
from tests.mail.postfix import running_postfix
from tests.mail.service import Service, environment, write_settings

pytestmark = [pytest.mark.part(name) for name in ("postfix", "openssl", "root")]


@pytest.fixture(scope="module")
def postfix(certificate):
    with Peer() as beyond, running_postfix(*certificate, beyond.port) as running:
        yield running


@pytest.fixture
def office(sqlite_url, peer, postfix, certificate, tmp_path):
    desk = small_clinic(sqlite_url)
    write_settings(tmp_path, postfix.port)
    settings = tmp_path / "settings.toml"
    encrypted = f'tls = "starttls"\nca_file = "{certificate[0]}"'
    settings.write_text(settings.read_text().replace('tls = "none"', encrypted).replace("127.0.0.1", "localhost"))
    yield Office(desk=desk, peer=peer, key_file=tmp_path / "link.key")
    desk.database.close_writer()


def send(office, tmp_path, *arguments) -> tuple[int, str]:
    return Service(tmp_path / "clinic.db", office.now, *arguments).finish()


def test_an_invitation_arrives_whole_and_its_link_works(office, postfix, tmp_path):
    (ana,) = office.invite("ana@home.example")
    assert send(office, tmp_path) == (0, "1 sent.\n")
    message = postfix.wait_for_mail("ana")
    assert message["To"] == message["Delivered-To"] == "ana@home.example"
    assert message["Return-Path"] == f"<{SENDER}>"
    assert message["From"].addresses[0].addr_spec == SENDER, "aligned with the envelope"
    assert message["From"].addresses[0].display_name == "Main Street Clinic"
    assert abs((message["Date"].datetime - office.now).total_seconds()) < 60
    assert message["Message-ID"] == office.mail(ana).message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    mailto, https = re.fullmatch(r"<mailto:([^>]+)>,\s*<https:([^>]+)>", message["List-Unsubscribe"]).groups()
    assert mailto.startswith(f"{SENDER}?subject=unsubscribe%20")
    assert https.rpartition("/")[2] == mailto.rpartition("%20")[2]
    assert "with ESMTPS id" in message["Received"], "over STARTTLS"
    assert len(message.as_bytes()) <= 100_000
    text, html = (part.get_content() for part in message.iter_parts())
    (secret,) = set(re.findall(rf"{SITE}/invitation/([\w-]+)", text + html))
    assert digest_of(secret) == office.invitation(ana).secret_digest
    for clinical in ("Adjustment", "Dr ", "appointment at", "1980"):
        assert clinical not in text + html, "no clinical detail"


def test_an_unknown_mailbox_is_refused_at_once(office, tmp_path):
    (rory,) = office.invite("rory@home.example")
    assert send(office, tmp_path) == (0, "1 failed.\n")
    assert office.states(rory) == ("failed", "failed")
    assert re.match(r"550 5\.1\.1 <rory@home\.example>.*User unknown", office.invitation(rory).error)


def test_a_mail_that_comes_back_fails_its_invitation(office, postfix, tmp_path):
    (kim,) = office.invite("kim.550@elsewhere.example")
    assert send(office, tmp_path) == (0, "1 sent.\n")
    assert office.states(kim) == ("sent", "sent")
    report = tmp_path / "report.eml"
    report.write_bytes(postfix.wait_for_mail("desk").as_bytes())
    said = "The invitation to kim.550@elsewhere.example has failed: 550 5.1.1 mailbox unknown"
    assert send(office, tmp_path, "--bounce", str(report)) == (0, f"{said}\n")
    assert office.states(kim) == ("failed", "failed")
    assert office.invitation(kim).error == "550 5.1.1 mailbox unknown"
    again = subprocess.run(
        [sys.executable, "-m", "ctfront", "--db", str(tmp_path / "clinic.db"), "mail", "--bounce", "-"],
        input=report.read_bytes(), capture_output=True, env=environment(tmp_path, office.now), check=True,
    )  # fmt: skip
    assert (
        again.stdout.decode() == "The mail to kim.550@elsewhere.example has failed already: 550 5.1.1 mailbox unknown\n"
    )
