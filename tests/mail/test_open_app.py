"""An open app that holds the log-in sends what is due, in the background; without it nothing leaves."""

import mailbox
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from ctfront.app import CTFrontApp
from ctfront.cli.desk import mail_post
from ctfront.cli.mail_sender import make_sending
from ctfront.cli.opening import Desk
from ctfront.domain.invitations import Source
from ctfront.services.mail_post import MailPost
from ctfront.services.mail_sending import system_actor
from ctfront.settings import MailSettings, Settings, SiteSettings
from tests.clinics import small_clinic
from tests.desk import open_desk, until
from tests.mail.office import SENDER, SITE, Office


@pytest.fixture
async def office(sqlite_url, peer, tmp_path):
    desk = small_clinic(sqlite_url)
    yield Office(desk=desk, peer=peer, key_file=tmp_path / "link.key")
    await desk.database.close()


@pytest.fixture
def settings(tmp_path):
    return Settings(
        database=str(tmp_path / "clinic.db"),
        state_folder=tmp_path,
        link_key=tmp_path / "link.key",
        mail=MailSettings(maildir=tmp_path / "mail", sender=SENDER, per_minute=0),
        site=SiteSettings(url=SITE),
    )


def post_of(office, settings) -> MailPost:
    """Make what the app is given, as the command line does."""
    desk = office.desk
    opened = Desk(
        settings=settings,
        database=desk.database,
        clinic=desk.clinic,
        actor=desk.mgarcia,
        clock=office.clock,
        runner=None,
    )
    return mail_post(opened)


def app_of(office, post) -> CTFrontApp:
    desk = office.desk
    return CTFrontApp(desk.database, desk.clinic, desk.mgarcia, office.clock, post=post, hold=timedelta(seconds=2))


async def test_an_invitation_lands_in_the_mailbox_after_its_hold(office, settings, tmp_path):
    ana = office.add("ana@home.example")
    async with open_desk(app_of(office, post_of(office, settings))) as desk:
        await desk.app.inviting.invite(desk.app.act(), ana, source=Source.COMMAND)
        await desk.app.send_mail().wait()
        assert office.states(ana) == ("queued", "queued"), "it is held"
        office.wait(timedelta(seconds=2))
        await until(lambda: office.states(ana) == ("sent", "sent"))
    (message,) = mailbox.Maildir(tmp_path / "mail", create=False)
    assert message["To"] == "ana@home.example"


async def test_no_key_waits_for_mail(office, settings):
    office.invite(*(f"p{number}@home.example" for number in range(5)))
    office.peer.thinking = True
    post = MailPost(
        office.desk.database, office.desk.clinic.id, office.clock, lacking="", make_sending=lambda: office.sender()
    )
    async with open_desk(app_of(office, post)) as desk:
        await until(lambda: office.peer.tried)
        await desk.press("t b")
        assert "Book" in desk.text()
        assert not desk.app.posting.is_finished
        office.peer.thinking = False
        await until(lambda: len(office.peer.mails) == 5)
        await until(lambda: desk.app.posting.is_finished)


async def test_what_is_over_expires_while_the_app_is_open(office, settings):
    (ana,) = office.invite("ana@home.example")
    post = post_of(office, settings)
    await post.send_due()
    assert office.states(ana) == ("sent", "sent")
    office.wait(timedelta(days=7))
    await post.send_due()
    assert office.states(ana) == ("sent", "expired")


async def test_a_mailbox_that_cannot_be_written_stops_the_queue(office, settings, tmp_path):
    (ana,) = office.invite("ana@home.example")
    (tmp_path / "mail").write_text("a file")
    post = post_of(office, settings)
    await post.send_due()
    assert office.states(ana) == ("queued", "queued")
    assert (await post.why_mail_waits()).startswith(f"No mail leaves: the mailbox {tmp_path}/mail cannot be written: ")
    (tmp_path / "mail").unlink()
    sending = make_sending(settings, office.desk.database, office.desk.clinic.id, system_actor(), office.clock)
    assert await sending.prove() == ""
    await post.send_due()
    assert office.states(ana) == ("sent", "sent")


@pytest.mark.parametrize(
    "mail",
    [
        MailSettings(),
        MailSettings(host="mail.example.org", sender=SENDER),
        MailSettings(host="mail.example.org", sender=SENDER, user="desk"),
        MailSettings(maildir=None, host="", sender=SENDER, user="desk", password="hunter2"),
    ],
)
async def test_an_app_without_the_log_in_sends_nothing(office, settings, mail):
    (ana,) = office.invite("ana@home.example")
    post = post_of(office, replace(settings, mail=mail))
    assert not post.sends
    async with open_desk(app_of(office, post)) as desk:
        await desk.press("t")
        assert desk.app.posting is None
    assert office.states(ana) == ("queued", "queued")
    assert (await post.why_mail_waits()).startswith("Mail waits: ")


def test_what_sends_is_not_loaded_before_mail_is_due():
    late = ("aiosmtplib", "jinja2", "ctfront.mail", "ctfront.services.mail_sending")
    code = f"import sys, ctfront.app, ctfront.cli.desk; print([name for name in {late} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
