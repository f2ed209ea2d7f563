"""What the mails to patients say: the built-in texts, a clinic's own ones, and the placeholders in both.

`{first name}` stands for what is known when the mail leaves; what stands in `[…]` is left out while a placeholder
inside it has nothing to say, as the phone of a clinic without one.
"""

import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ctfront.domain.errors import InputRefused
from ctfront.domain.mails import MailText
from ctfront.domain.online_mails import LINK_KINDS, MailKind
from ctfront.domain.text import clean_line, safe

INVITATION = "invitation"
MOST_PARAGRAPHS = 8
LONGEST_PARAGRAPH = 600
LONGEST_SUBJECT = 120
WIDTH = 76
"""Cells of a line of plain text."""

LINK = "link"
BLOCKS = frozenset({LINK, "appointment", "next times"})
"""Placeholders of several lines, or too long for a subject."""


@dataclass(frozen=True, kw_only=True)
class MailWording:
    """One of the clinic's mails and what it says now."""

    id: int
    kind: str
    text: MailText
    version: int = 0

    @property
    def name(self) -> str:
        """What a sentence about saving calls it."""
        return f"the mail “{TITLES[self.kind]}”"

    @property
    def is_built_in(self) -> bool:
        """Whether it says what ships."""
        return self.text == BUILT_IN[self.kind]


TITLES: Mapping[str, str] = {
    INVITATION: "Invitation",
    MailKind.BOOKED: "Booked",
    MailKind.PENDING: "To be approved",
    MailKind.APPROVED: "Approved",
    MailKind.DECLINED: "Declined",
    MailKind.NOT_BOOKED: "Time was lost",
    MailKind.MOVED: "Moved",
    MailKind.CANCELLED: "Cancelled",
    MailKind.REGISTER: "Prove address",
    MailKind.RESET: "New password",
}
"""The mails in the order of Set-up; the ids count them, so new ones come last."""

HELLO = "Hello {first name},"
TO_MOVE = "To cancel or move it, please phone us[: {phone}]."
OR_PHONE = "[Or phone us: {phone}.]"
IF_NOT_YOU = "If it was not you, please do nothing: without the link nothing changes."


def _about(subject: str, said: str, *more: str) -> MailText:
    return MailText(subject=f"{{clinic}}: {subject}", paragraphs=(HELLO, said, "{appointment}", *more))


def _proof(subject: str, said: str) -> MailText:
    paragraphs = ("Hello,", said, "{link}", "It works once, for {hours}.", IF_NOT_YOU)
    return MailText(subject=f"{{clinic}}: {subject}", paragraphs=paragraphs)


BUILT_IN: Mapping[str, MailText] = {
    INVITATION: MailText(
        subject="{clinic}: book your appointments online",
        paragraphs=(
            HELLO,
            "{clinic} invites you to Online Appointments: with it you book your visits yourself, at any hour, on a "
            "phone or a computer.",
            "Open this link to begin:",
            "{link}",
            "It works for {days} and for you alone: you will be asked for your birth date and then choose a password. "
            "If the time has run out, ask us for a new link[: {phone}].",
            "Was this not meant for you? Then please do nothing; without the birth date the link opens nothing."
            "[ You can also tell us: {phone}.]",
        ),
    ),
    MailKind.BOOKED: _about("your appointment on {day}", "your appointment at {clinic} is booked:", TO_MOVE),
    MailKind.PENDING: _about(
        "we got your request",
        "we got your request for an appointment at {clinic}. We look at it and write again; until then we keep the "
        "time for you:",
        TO_MOVE,
    ),
    MailKind.APPROVED: _about(
        "your appointment is confirmed", "we have confirmed your appointment at {clinic}:", TO_MOVE
    ),
    MailKind.DECLINED: _about(
        "that time was not free",
        "we are sorry: we could not confirm the appointment that you asked for:",
        "{next times}",
        "Find another time here: {site}",
        OR_PHONE,
    ),
    MailKind.NOT_BOOKED: _about(
        "that time was not free",
        "we are sorry: somebody else was quicker, and this time was taken before we could book it for you. Nothing is "
        "booked:",
        "{next times}",
        "Find another time here: {site}",
        OR_PHONE,
    ),
    MailKind.MOVED: _about(
        "your appointment has changed", "your appointment at {clinic} has changed. This is how it stands now:", TO_MOVE
    ),
    MailKind.CANCELLED: _about("your appointment is cancelled", "this appointment at {clinic} is cancelled:", OR_PHONE),
    MailKind.REGISTER: _proof(
        "is this your email address?",
        "somebody, probably you, registered for Online Appointments at {clinic} with this email address. Open this "
        "link to show that it is yours:",
    ),
    MailKind.RESET: _proof(
        "choose a new password",
        "somebody, probably you, asked for a new password for Online Appointments at {clinic}. Open this link to "
        "choose one:",
    ),
}

OF_ALL = ("clinic", "phone")
OF_AN_APPOINTMENT = ("first name", "appointment", "day", "time", "zone", "purpose", "provider", "address", "site")


def placeholders(kind: str) -> tuple[str, ...]:
    """Return what a mail can stand for."""
    if kind == INVITATION:
        return ("first name", LINK, "days", *OF_ALL)
    if kind in LINK_KINDS:
        return (LINK, "hours", *OF_ALL)
    next_times = ("next times",) if kind in {MailKind.DECLINED, MailKind.NOT_BOOKED} else ()
    return (*OF_AN_APPOINTMENT, *next_times, *OF_ALL)


# -- what may be said


def check_text(kind: str, text: MailText) -> MailText:
    """Return the text cleaned, without empty paragraphs. Raises `InputRefused` naming the field at fault."""
    subject = check_line(kind, text.subject, field="subject")
    if not subject:
        raise InputRefused("A mail needs a subject.", field="subject")
    if len(text.paragraphs) > MOST_PARAGRAPHS:
        raise InputRefused(f"At most {MOST_PARAGRAPHS} paragraphs.", field="subject")
    paragraphs = [check_line(kind, it, field=f"paragraph-{n}") for n, it in enumerate(text.paragraphs)]
    if LINK in placeholders(kind) and not any("{link}" in _without_options(it) for it in paragraphs):
        empty = next((n for n, it in enumerate(paragraphs) if not it), 0)
        raise InputRefused("The text needs {link}: without it nobody gets in.", field=f"paragraph-{empty}")
    return MailText(subject=subject, paragraphs=tuple(filter(None, paragraphs)))


def check_line(kind: str, line: str, *, field: str) -> str:
    """Return a subject or paragraph with its placeholders as they are written. Raises `InputRefused`."""
    limit = LONGEST_SUBJECT if field == "subject" else LONGEST_PARAGRAPH
    clean = clean_line(line, field=field, limit=limit)
    known = [name for name in placeholders(kind) if field != "subject" or name not in BLOCKS]

    def written(match: re.Match[str]) -> str:
        name = " ".join(match[1].split()).casefold()
        if name not in known:
            names = ", ".join(f"{{{each}}}" for each in known)
            raise InputRefused(f"Nothing is called {{{safe(match[1])}}} here, only {names}.", field=field)
        return f"{{{name}}}"

    clean = _PLACEHOLDER.sub(written, clean)
    left = _OPTION.sub(r"\1", _PLACEHOLDER.sub("", clean))
    for sign in "{}[]":
        if sign in left:
            raise InputRefused(f"The {sign} has no partner; {{…}} and […] stand in pairs.", field=field)
    return clean


_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_OPTION = re.compile(r"\[([^\[\]]*)\]")


def _without_options(line: str) -> str:
    return _OPTION.sub("", line)


# -- what is said


def fill(line: str, values: Mapping[str, str]) -> str:
    """Return a line with what its placeholders stand for; a value may hold several lines."""

    def option(match: re.Match[str]) -> str:
        said = [values[name] for name in _PLACEHOLDER.findall(match[1])]
        return match[1] if all(said) else ""

    return _PLACEHOLDER.sub(lambda match: values[match[1]], _OPTION.sub(option, line)).strip()


def paragraphs_of(text: MailText, values: Mapping[str, str], *, after_link: str = "") -> list[list[str]]:
    """Return the paragraphs that say something, each as its lines; `after_link` follows the one with the link."""
    paragraphs: list[list[str]] = []
    for line in text.paragraphs:
        if said := fill(line, values):
            paragraphs.append(said.splitlines())
            if after_link and "{link}" in line:
                paragraphs.append([after_link])
                after_link = ""
    return paragraphs


def plain(paragraphs: Iterable[Iterable[str]]) -> str:
    """Return paragraphs as plain text; links are never broken."""
    return "\n\n".join("\n".join(map(_wrapped, lines)) for lines in paragraphs)


def _wrapped(line: str) -> str:
    return textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)


def foot(clinic: str, phone: str, opt_out_link: str) -> list[list[str]]:
    """Return what ends every mail about a patient; nobody can take it out."""
    why = (
        f"You get this mail because you agreed to receive emails from {clinic}. To receive no more of them, open this "
    )
    ways = [[f"{why}link, or answer this mail:"], [opt_out_link]] if opt_out_link else []
    return [*ways, [clinic, *([phone] if phone else [])]]


def example(clinic: str, phone: str, address: str) -> dict[str, str]:
    """Return what placeholders stand for in a preview."""
    day, time, zone, what = "Tue 3 Mar 2026", "9:15 am", "our time", "Adjustment with Dr Chen"
    place = f"\n{address}" if address else ""
    return {
        "first name": "Ana",
        "link": "https://book.example.org/…",
        "days": "7 days",
        "hours": "24 hours",
        "appointment": f"{day}, {time} ({zone})\n{what}{place}",
        "day": day,
        "time": time,
        "zone": zone,
        "purpose": "Adjustment",
        "provider": "Dr Chen",
        "address": address,
        "next times": "The next free times:\nWed 4 Mar 2026, 9:15 am, Dr Chen\nWed 4 Mar 2026, 10:00 am, Dr Chen",
        "site": "https://book.example.org",
        "clinic": clinic,
        "phone": phone,
    }
