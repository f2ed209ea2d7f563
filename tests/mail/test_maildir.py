"""Delivery into a Maildir: whole, once, and with a sentence when it cannot be."""

import mailbox
from email.message import EmailMessage

import pytest

from ctfront.domain.mails import Outcome, Verdict
from ctfront.mail.maildir import MaildirCourier


def message(number: int) -> EmailMessage:
    made = EmailMessage()
    made["To"], made["Subject"], made["Message-ID"] = "ana@home.example", "Hällo", f"<{number}@clinic.example>"
    made.set_content("Hällo\n")
    return made


async def test_a_mailbox_is_made_and_filled(tmp_path):
    courier = MaildirCourier(tmp_path / "mail")
    for number in (1, 2, 1):
        outcome = await courier.deliver(message(number), sender="desk@clinic.example", to="ana@home.example")
        assert outcome == Outcome(verdict=Verdict.DELIVERED)
    await courier.close()
    found = sorted(str(m["Message-ID"]) for m in mailbox.Maildir(tmp_path / "mail", create=False))
    assert found == ["<1@clinic.example>", "<2@clinic.example>"], "the same mail again takes its own place"
    assert list((tmp_path / "mail" / "tmp").iterdir()) == []


@pytest.mark.parametrize("act", ["deliver", "prove"])
async def test_a_mailbox_that_cannot_be_written_is_our_fault(tmp_path, act):
    (tmp_path / "mail").write_text("a file")
    courier = MaildirCourier(tmp_path / "mail")
    sender = "desk@clinic.example"
    outcome = await (
        courier.prove(sender) if act == "prove" else courier.deliver(message(1), sender=sender, to="a@b.c")
    )
    assert outcome.verdict is Verdict.OURS
    assert outcome.words.startswith(f"the mailbox {tmp_path}/mail cannot be written: ")
