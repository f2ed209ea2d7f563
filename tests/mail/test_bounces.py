"""Reports of mails that came back: what failed for good, and everything that is none."""

import pytest

from ctfront.mail.bounces import Bounce, read_bounce

REPORT = """\
From: MAILER-DAEMON@relay.example
To: desk@clinic.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I'm sorry to have to inform you.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
Arrival-Date: Mon, 2 Mar 2026 16:00:00 +0000

Final-Recipient: rfc822; rory@home.example
Original-Recipient: rfc822;rory@home.example
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; {diagnosis}

--B
Content-Type: {returned}

From: desk@clinic.example
Message-ID: {message_id}
Subject: Hello
{body}
--B--
"""


def report(action="failed", diagnosis="550 5.1.1 no such user", returned="message/rfc822", message_id="<1@c>", body=""):
    text = REPORT.format(action=action, diagnosis=diagnosis, returned=returned, message_id=message_id, body=body)
    return text.encode()


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers", "message/rfc822-headers"])
@pytest.mark.parametrize("lines", ["\n", "\r\n"])
def test_a_failure_names_the_mail_and_what_was_said(returned, lines):
    found = read_bounce(report(returned=returned, body="\nHello\n").replace(b"\n", lines.encode()))
    assert found == Bounce(message_id="<1@c>", recipient="rory@home.example", words="550 5.1.1 no such user")


def test_a_status_that_the_words_lack_is_put_before_them():
    found = read_bounce(report(diagnosis="unknown\n user"))
    assert found is not None
    assert found.words == "5.1.1 unknown user"


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded", ""])
def test_what_has_not_failed_is_no_failure(action):
    assert read_bounce(report(action=action)) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: out of office\n\nI am away.\n",
        b"Content-Type: message/delivery-status\n\nAction: failed\n\n",
        b"Content-Type: multipart/report; boundary=B\n\n--B\n",
        report(message_id=""),
    ],
)
def test_what_is_no_report_is_none(data):
    assert read_bounce(data) is None


def test_words_of_the_other_side_cannot_drive_a_terminal():
    found = read_bounce(report(diagnosis="550 \x1b[2J" + "x" * 1000))
    assert found is not None
    assert found.words.isprintable()
    assert len(found.words) <= 300
