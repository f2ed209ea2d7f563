"""An invitation as a message: text and HTML from templates, and the headers that keep it out of the spam folder.

A clinic may have templates of its own in a folder; one that cannot be used never holds a mail back: the shipped one
is used, and why is told beside the message.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ctfront.domain import letters
from ctfront.domain.invitations import Sending
from ctfront.domain.letters import BUILT_IN, INVITATION
from ctfront.domain.mails import InvitationMail
from ctfront.domain.online_mails import AppointmentMail, LinkMail, MailKind
from ctfront.domain.text import safe
from ctfront.domain.times import show_day
from ctfront.mail.calendar import calendar_of, method_of
from ctfront.mail.wire_form import address_of, as_sent

if TYPE_CHECKING:  # 50 ms, and not needed before a mail is due
    from jinja2 import Environment

SHIPPED = Path(__file__).with_name("templates")
TEST, LETTER = "test", "letter"
PARTS = ("subject", "txt", "html")
"""The files of one mail: invitation.subject, invitation.txt, invitation.html."""

BUTTONS = {INVITATION: "Begin", MailKind.REGISTER: "This is my address", MailKind.RESET: "Choose a new password"}
FIRST_OF_ALL = frozenset({Sending.FIRST, Sending.NEW})
REPLACES = "It takes the place of any link that we sent you before."
OFFERING = frozenset({MailKind.DECLINED, MailKind.NOT_BOOKED})
"""They are about a place that is not the patient's: the clinic's address is left out."""

LARGEST = 100_000
"""Bytes of a whole message; larger ones are cut off by mail programs."""

LONGEST_SUBJECT = 150


class TemplateFault(Exception):
    """A template of the clinic's cannot be used; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Composed:
    """A message, and what was wrong with the clinic's own template."""

    message: EmailMessage
    fault: str = ""


@dataclass
class Composer:
    """Writes the clinic's mails."""

    sender: str
    """The address in From and on the envelope."""
    own_templates: Path | None = None
    _environments: dict[Path, "Environment"] = field(default_factory=dict, repr=False)

    @property
    def domain(self) -> str:
        """The sender's domain, in which its Message-IDs are."""
        return address_of(self.sender).domain

    def invitation(self, mail: InvitationMail) -> Composed:
        """Return an invitation. Raises `InputRefused` when the address can stand in no header."""
        values = {
            **self._letter(
                INVITATION,
                mail,
                {"first name": mail.first_name, "days": f"{mail.works_days} day{'' if mail.works_days == 1 else 's'}"},
                link=mail.link,
                opt_out_link=mail.opt_out_link,
                after_link="" if mail.sending in FIRST_OF_ALL else REPLACES,
            ),
            "first_name": safe(mail.first_name),
            "kind": mail.sending.value,
            "days": mail.works_days,
            "sender": self.sender,
        }
        fault = ""
        if self.own_templates is not None:
            try:
                return Composed(message=self._checked(self._invitation(self.own_templates, mail, values), mail))
            except TemplateFault as problem:
                fault = _without_secrets(str(problem), mail)
        return Composed(message=self._invitation(SHIPPED, mail, values), fault=fault)

    def compose(self, mail: InvitationMail | AppointmentMail | LinkMail) -> Composed:
        """Return any mail of the clinic's. Raises `InputRefused` when the address can stand in no header."""
        match mail:
            case InvitationMail():
                return self.invitation(mail)
            case AppointmentMail():
                return Composed(message=self._appointment(mail))
            case LinkMail():
                return Composed(message=self._link(mail))

    def _appointment(self, mail: AppointmentMail) -> EmailMessage:
        place = mail.place if mail.kind not in OFFERING else ""
        lines = (f"{mail.day}, {mail.clock} ({mail.zone})", f"{mail.purpose} with {mail.provider}", place)
        next_times = ("The next free times:", *mail.next_times) if mail.next_times else ()
        said = {
            "first name": mail.first_name,
            "appointment": "\n".join(filter(None, map(safe, lines))),
            "day": mail.day,
            "time": mail.clock,
            "zone": mail.zone,
            "purpose": mail.purpose,
            "provider": mail.provider,
            "address": mail.place,
            "next times": "\n".join(map(safe, next_times)),
            "site": mail.site,
        }
        values = self._letter(mail.kind, mail, said, link=mail.site, opt_out_link=mail.opt_out_link)
        message = self._with_bodies(SHIPPED, LETTER, values)
        self._head(message, to=mail.address, clinic=mail.clinic, message_id=mail.message_id, date=mail.date)
        self._add_ways_out(message, mail.opt_out_link)
        if mail.entry is not None:
            entry = calendar_of(mail, self.sender)
            message.add_attachment(
                entry, subtype="calendar", filename="appointment.ics", cte="base64", params={"method": method_of(mail)}
            )
        return message

    def _link(self, mail: LinkMail) -> EmailMessage:
        hours = f"{mail.works_hours} hour{'' if mail.works_hours == 1 else 's'}"
        values = self._letter(mail.kind, mail, {"hours": hours}, link=mail.link)
        message = self._with_bodies(SHIPPED, LETTER, values)
        self._head(message, to=mail.address, clinic=mail.clinic, message_id=mail.message_id, date=mail.date)
        return message

    def _letter(
        self,
        kind: str,
        mail: InvitationMail | AppointmentMail | LinkMail,
        said: Mapping[str, str],
        *,
        link: str,
        opt_out_link: str = "",
        after_link: str = "",
    ) -> dict[str, object]:
        """Return what the templates are given of a mail in the clinic's words, or in the built-in ones."""
        clinic, phone, words = safe(mail.clinic), safe(mail.phone), mail.words or BUILT_IN[kind]
        shown = {name: value if name in letters.BLOCKS else safe(value) for name, value in said.items()}
        known = {"clinic": clinic, "phone": phone, letters.LINK: link, **shown}
        paragraphs = letters.paragraphs_of(words, known, after_link=after_link)
        return {
            "subject": letters.fill(words.subject, known),
            "paragraphs": paragraphs,
            "text": letters.plain([*paragraphs, *letters.foot(clinic, phone, opt_out_link)]),
            "button": BUTTONS.get(kind, ""),
            "clinic": clinic,
            "phone": phone,
            "link": link,
            "opt_out_link": opt_out_link,
        }

    def test(self, to: str, *, clinic: str, message_id: str, date: Any) -> EmailMessage:
        """Return the mail that shows whether mail leaves. Raises `InputRefused` for an address that is none."""
        values = {"clinic": safe(clinic), "sender": self.sender, "date": show_day(date.date())}
        message = self._with_bodies(SHIPPED, TEST, values)
        self._head(message, to=to, clinic=clinic, message_id=message_id, date=date)
        return message

    def report(self, to: str, *, clinic: str, subject: str, text: str, message_id: str, date: Any) -> EmailMessage:
        """Return a mail of plain lines for whoever keeps the machine. Raises `InputRefused` as `test` does."""
        message = EmailMessage(policy=SMTPUTF8)
        message["Subject"] = safe(f"{clinic}: {subject}")[:LONGEST_SUBJECT]
        message.set_content(text, cte="quoted-printable")
        self._head(message, to=to, clinic=clinic, message_id=message_id, date=date)
        return message

    def _invitation(self, folder: Path, mail: InvitationMail, values: Mapping[str, object]) -> EmailMessage:
        message = self._with_bodies(folder, INVITATION, values)
        self._head(message, to=mail.address, clinic=mail.clinic, message_id=mail.message_id, date=mail.date)
        self._add_ways_out(message, mail.opt_out_link)
        return message

    def _add_ways_out(self, message: EmailMessage, opt_out_link: str) -> None:
        subject = quote(f"unsubscribe {opt_out_link.rpartition('/')[2]}")
        ways = f"<mailto:{quote(self.sender, safe='@')}?subject={subject}>"
        if opt_out_link.startswith("https:"):
            ways = f"{ways}, <{opt_out_link}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message["List-Unsubscribe"] = ways

    def _checked(self, message: EmailMessage, mail: InvitationMail) -> EmailMessage:
        """Return a message from a template of the clinic's if it says what matters. Raises `TemplateFault`."""
        for part in message.iter_parts():
            if mail.link not in part.get_content().replace("&amp;", "&"):
                raise TemplateFault(f"{INVITATION}.{_suffix(part)} does not show the link")
        if len(as_sent(message)) > LARGEST:
            raise TemplateFault(f"the mail is larger than {LARGEST:,} bytes")
        return message

    def _head(self, message: EmailMessage, *, to: str, clinic: str, message_id: str, date: Any) -> None:
        message["From"] = address_of(self.sender, name=safe(clinic))
        message["To"] = address_of(to)
        message["Date"] = date
        message["Message-ID"] = message_id
        message["Auto-Submitted"] = "auto-generated"

    def _with_bodies(self, folder: Path, name: str, values: Mapping[str, object]) -> EmailMessage:
        subject, text, html = (self._render(folder, f"{name}.{part}", values) for part in PARTS)
        message = EmailMessage(policy=SMTPUTF8)
        message["Subject"] = safe(" ".join(subject.split()))[:LONGEST_SUBJECT]
        message.set_content(text, cte="quoted-printable")
        message.add_alternative(html, subtype="html", cte="quoted-printable")
        return message

    def _render(self, folder: Path, name: str, values: Mapping[str, object]) -> str:
        """Return one part; what the folder lacks is the shipped one. Raises `TemplateFault`."""
        import jinja2

        try:
            return self._environment(folder).get_template(name).render(values)
        except jinja2.TemplateSyntaxError as error:
            raise TemplateFault(f"{error.name or name}, line {error.lineno}: {error.message}") from None
        except (
            jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError,
            ValueError,
        ) as error:  # fmt: skip
            raise TemplateFault(f"{name}: {error}") from None  # a template can raise whatever an expression can

    def _environment(self, folder: Path) -> "Environment":
        if folder not in self._environments:
            from jinja2 import FileSystemLoader, StrictUndefined, select_autoescape
            from jinja2.sandbox import SandboxedEnvironment

            self._environments[folder] = SandboxedEnvironment(
                loader=FileSystemLoader([folder, SHIPPED]),
                autoescape=select_autoescape(["html"]),
                undefined=StrictUndefined,
                trim_blocks=True,
                lstrip_blocks=True,
                keep_trailing_newline=True,
            )
        return self._environments[folder]


def _suffix(part: Any) -> str:
    return "html" if part.get_content_subtype() == "html" else "txt"


def _without_secrets(words: str, mail: InvitationMail) -> str:
    """Return an error's words; a template's mistake may quote what it was given."""
    for link in (mail.link, mail.opt_out_link):
        for secret in (link, link.rpartition("/")[2]):
            words = words.replace(secret, "…")
    return safe(words)[:300]
