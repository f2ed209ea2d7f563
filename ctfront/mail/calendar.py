"""An appointment as iCalendar (RFC 5545), for the calendars of patients: instants in UTC, so that no zone is lost."""

from datetime import UTC, datetime

from ctfront.domain.online_mails import AppointmentMail
from ctfront.domain.text import safe

LINE = 75
"""Most bytes of a line; longer ones are folded."""


def method_of(mail: AppointmentMail) -> str:
    """Return what a calendar is asked to do."""
    return "CANCEL" if mail.entry is not None and mail.entry.is_cancelled else "REQUEST"


def calendar_of(mail: AppointmentMail, sender: str) -> str:
    """Return the file of a mail's appointment."""
    entry = mail.entry
    assert entry is not None, "this mail brings one"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//ctfront//Online Appointments//EN",
        "CALSCALE:GREGORIAN",
        f"METHOD:{method_of(mail)}",
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTAMP:{_instant(entry.stamp)}",
        f"DTSTART:{_instant(entry.starts_at)}",
        f"DTEND:{_instant(entry.ends_at)}",
        f"SUMMARY:{_text(f'Appointment at {mail.clinic}')}",
        *([f"LOCATION:{_text(entry.place)}"] if entry.place else []),
        f"DESCRIPTION:{_text(f'With {mail.provider}. To cancel or move it, phone {mail.phone or mail.clinic}.')}",
        f"ORGANIZER;CN={_name(mail.clinic)}:mailto:{sender}",
        f"ATTENDEE;CN={_name(mail.first_name)};PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:{mail.address}",
        f"STATUS:{'CANCELLED' if entry.is_cancelled else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """Return a value as a line takes it."""
    for character in "\\;,":
        value = value.replace(character, f"\\{character}")
    return safe(value)


def _name(value: str) -> str:
    """Return a parameter's value, which knows no escape for its quotes."""
    return f'"{safe(value).replace(chr(34), chr(39))}"'


def _folded(line: str) -> str:
    """Return the line cut into pieces of 75 bytes, no letter being cut."""
    pieces: list[str] = []
    piece = ""
    for character in line:
        if len((piece + character).encode()) > LINE - bool(pieces):
            pieces.append(piece)
            piece = ""
        piece += character
    return "\r\n ".join([*pieces, piece])
