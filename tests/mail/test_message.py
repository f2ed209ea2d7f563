"""An invitation as a message: its headers, its two bodies, its link, and templates of the clinic's own."""

import email
import re
from datetime import UTC, datetime
from email.policy import default

import pytest

from ctfront.domain.errors import InputRefused
from ctfront.domain.invitations import Sending
from ctfront.domain.mails import InvitationMail
from ctfront.mail.message import LARGEST, Composer
from ctfront.mail.wire_form import address_of, as_sent, recipient_of

LINK = f"https://book.example.org/invitation/{'S' * 43}"
OPT_OUT = f"https://book.example.org/opt-out/1.{'T' * 43}"


def mail(**more) -> InvitationMail:
    return InvitationMail(
        **{
            "address": "ana@home.example",
            "message_id": "<1@clinic.example>",
            "sending": Sending.FIRST,
            "clinic": "Main Street Clinic",
            "phone": "(555) 010-4400",
            "first_name": "Ana",
            "works_days": 7,
            "date": datetime(2026, 3, 2, 16, tzinfo=UTC),
            "link": LINK,
            "opt_out_link": OPT_OUT,
            **more,
        }
    )


def received(composed):
    """Return a message as its reader gets it."""
    return email.message_from_bytes(as_sent(composed.message), policy=default)


def bodies(message) -> tuple[str, str]:
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    return text.get_content().replace("\r\n", "\n"), html.get_content().replace("\r\n", "\n")


@pytest.fixture
def composer():
    return Composer("desk@clinic.example")


def test_the_headers_are_what_mail_programs_ask_for(composer):
    message = received(composer.invitation(mail()))
    assert message["From"] == "Main Street Clinic <desk@clinic.example>"
    assert message["To"] == "ana@home.example"
    assert message["Subject"] == "Main Street Clinic: book your appointments online"
    assert message["Date"].datetime == datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert message["Message-ID"] == "<1@clinic.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    token = OPT_OUT.rpartition("/")[2]
    assert message["List-Unsubscribe"] == f"<mailto:desk@clinic.example?subject=unsubscribe%20{token}>, <{OPT_OUT}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.get_content_type() == "multipart/alternative"
    assert all(len(line) <= 998 for line in as_sent(message).split(b"\r\n"))


def test_one_click_is_offered_over_https_only(composer):
    message = received(composer.invitation(mail(opt_out_link="http://127.0.0.1:8000/opt-out/1.t")))
    assert message["List-Unsubscribe"] == "<mailto:desk@clinic.example?subject=unsubscribe%201.t>"
    assert message["List-Unsubscribe-Post"] is None


def test_both_bodies_say_who_what_for_how_long_and_what_if_not(composer):
    message = received(composer.invitation(mail()))
    for body in bodies(message):
        words = " ".join(re.sub(r"<[^>]*>", " ", body).split())
        for said in (
            "Hello Ana", "Main Street Clinic invites you to Online Appointments", LINK, "It works for 7 days",
            "asked for your birth date", "Was this not meant for you? Then please do nothing", "(555) 010-4400",
        ):  # fmt: skip
            assert said in words
        assert OPT_OUT in body
        assert "takes the place" not in words
    assert len(as_sent(message)) <= LARGEST


def test_a_second_link_says_that_it_replaces_the_first(composer):
    for sending in (Sending.AGAIN, Sending.REACTIVATED, Sending.REPLACED):
        for body in bodies(received(composer.invitation(mail(sending=sending)))):
            assert "It takes the place of any link that we sent you before." in body


def test_a_clinic_without_a_phone_is_spoken_of_without_one(composer):
    text, html = bodies(received(composer.invitation(mail(phone="", works_days=1))))
    assert "ask us for a new link." in " ".join(text.split())
    assert "You can also tell us" not in text + html
    assert "It works for 1 day and" in text


def test_names_cannot_break_out_of_their_place(composer):
    hostile = mail(clinic='Clinic "X" <b>\r\nBcc: x@example.org', first_name="</p><script>alert(1)</script>\x1b[2J")
    message = received(composer.invitation(hostile))
    assert message["Bcc"] is None
    assert message["From"].addresses[0].addr_spec == "desk@clinic.example"
    text, html = bodies(message)
    assert "<script>" not in html
    assert "\x1b" not in text + html


@pytest.mark.parametrize(
    "address",
    [
        "a@b\r\nBcc: x@example.org",
        "a@b\nc",
        "",
        "a",
        "@home.example",
        "a@",
        "a b@home.example",
        "a@b@c",
        "<a@b.example>",
    ],
)
def test_what_is_no_address_is_refused(composer, address):
    with pytest.raises(InputRefused, match="is no address that mail can be sent to"):
        composer.invitation(mail(address=address))


@pytest.mark.parametrize(
    ("address", "on_the_envelope"),
    [
        ("ana+mail@home.example", "ana+mail@home.example"),
        ('"a b"@home.example', '"a b"@home.example'),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("zoë@bücher.example", "zoë@xn--bcher-kva.example"),
    ],
)
def test_addresses_go_on_the_envelope_with_their_domain_in_ascii(composer, address, on_the_envelope):
    assert recipient_of(composer.invitation(mail(address=address)).message) == on_the_envelope
    assert address_of(address).addr_spec == on_the_envelope


# -- the clinic's own templates


@pytest.fixture
def own(tmp_path):
    """Compose with templates of the clinic's own."""

    def compose(**files: str):
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text, encoding="utf-8")
        return Composer("desk@clinic.example", tmp_path).invitation(mail())

    return compose


def test_a_template_of_the_clinics_is_used_and_the_others_stay(own):
    composed = own(invitation_txt="Come in, {{ first_name }}: {{ link }}\n")
    text, html = bodies(received(composed))
    assert (text.strip(), composed.fault) == (f"Come in, Ana: {LINK}", "")
    assert "invites you to Online Appointments" in html
    assert received(own(invitation_subject="Hello\nworld"))["Subject"] == "Hello world"


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{% if %}{{ link }}", "invitation.txt, line 1: Expected an expression"),
        ("{{ link }}{{ nmae }}", "invitation.txt: 'nmae' is undefined"),
        ("{{ link }}{{ 1 / 0 }}", "invitation.txt: division by zero"),
        ("{{ link }}{{ clinic + 1 }}", "invitation.txt: can only concatenate str"),
        ("{{ link }}{% include 'other.txt' %}", "invitation.txt: 'other.txt' not found"),
        ("{{ link }}{% include '../../secret' %}", "invitation.txt: "),
        ("{{ link.__class__.__mro__ }}", "invitation.txt: access to attribute '__class__'"),
        ("{% for i in range(10 ** 9) %}x{% endfor %}{{ link }}", "invitation.txt: Range too big"),
        ("Hello {{ first_name }}", "invitation.txt does not show the link"),
        ("{{ link }}{{ 'x' * 100001 }}", "the mail is larger than 100,000 bytes"),
        ("{{ {}[link] }}", "invitation.txt: "),
    ],
)
def test_a_template_that_cannot_be_used_gives_way_to_the_shipped_one(own, template, why):
    composed = own(invitation_txt=template)
    assert composed.fault.startswith(why)
    assert "S" * 43 not in composed.fault, "the fault is shown, the link never is"
    text, _ = bodies(received(composed))
    assert text.startswith("Hello Ana,")


def test_a_template_that_is_no_text_gives_way_too(own, tmp_path):
    (tmp_path / "invitation.html").write_bytes(b"\xff\xfe")
    composed = own()
    assert composed.fault.startswith("invitation.html: 'utf-8' codec can't decode")
    assert bodies(received(composed))[1].startswith("<!DOCTYPE html>")
