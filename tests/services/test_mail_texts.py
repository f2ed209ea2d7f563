"""Mails say what the clinic has set, in both bodies, and what ships where it has set nothing."""

from dataclasses import replace

import pytest

from ctfront.domain import letters
from ctfront.domain.errors import ChangedElsewhere, InputRefused, NotAllowed
from ctfront.domain.letters import BUILT_IN, INVITATION, TITLES
from ctfront.domain.mails import MailText
from ctfront.mail.message import Composer
from ctfront.services.clinic_setup import ClinicSetup
from tests.clinics import MONDAY
from tests.mail.test_message import LINK, bodies, mail, received


@pytest.fixture
def setup(desk) -> ClinicSetup:
    return ClinicSetup(desk.database, desk.clinic)


async def wording(setup, kind=INVITATION):
    return next(it for it in (await setup.everything(MONDAY)).mails if it.kind == kind)


def test_every_mail_has_its_title_and_a_text_that_may_be_saved():
    assert list(TITLES) == list(BUILT_IN)
    for kind, text in BUILT_IN.items():
        assert letters.check_text(kind, text) == text


async def test_own_words_are_kept_taken_back_and_given_up(desk, setup):
    own = MailText(subject="Come in", paragraphs=("", "Dear {First name},", "{link}"))
    saved = await setup.save_mail(desk.act(desk.manager), (await wording(setup)).id, own)
    assert saved.text.paragraphs == ("Dear {first name},", "{link}")
    assert not saved.is_built_in
    with pytest.raises(ChangedElsewhere):
        await setup.save_mail(desk.act(desk.manager), saved.id, own, version=0)
    await setup.save_mail(desk.act(desk.manager), saved.id, BUILT_IN[INVITATION], version=saved.version)
    assert (await wording(setup)).is_built_in
    await desk.scheduling.undo(desk.act(desk.manager))
    assert (await wording(setup)).text == saved.text


async def test_only_who_may_set_up_may(desk, setup):
    with pytest.raises(NotAllowed):
        await setup.save_mail(desk.act(), 1, BUILT_IN[INVITATION])
    with pytest.raises(InputRefused):
        await setup.save_mail(desk.act(desk.manager), 1, replace(BUILT_IN[INVITATION], paragraphs=("No way in",)))


def test_own_words_stand_in_both_bodies_and_nothing_in_them_is_markup():
    own = MailText(subject="Hi {first name}", paragraphs=("<b>{first name}</b>[, call {phone}]", "Go: {link}."))
    message = received(Composer("desk@clinic.example").invitation(mail(words=own, phone="")))
    assert message["Subject"] == "Hi Ana"
    text, html = bodies(message)
    assert text.startswith(f"<b>Ana</b>\n\nGo:\n{LINK}.\n")
    assert "&lt;b&gt;Ana&lt;/b&gt;" in html
    assert f'Go: <a href="{LINK}">{LINK}</a>.' in html
    assert "call" not in text
