"""What Patient Access shows of each row, in the list and in the pane below it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from ctfront.domain.invitations import InvitationState
from ctfront.domain.patient_access import AccessList, AccessRow, EnrollmentRequest
from ctfront.domain.text import Shown, safe
from ctfront.domain.times import age_on, show_day, show_moment, show_time
from ctfront.widgets.online_block import online_words


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """What the rows of a screen have in common."""

    shown: AccessList
    zone: tzinfo
    now: datetime
    ticked: frozenset[int] = frozenset()


Cell = Callable[[AccessRow, Shelf], str]


def columns_of(shown: AccessList) -> tuple[tuple[str, int, Cell], ...]:
    """Return heading, width and text of each column of a list."""
    return _COLUMNS[shown]


def _name(row: AccessRow, shelf: Shelf) -> str:
    if row.request is not None:
        return row.request.name
    return row.patient.name if row.patient is not None else ""


def _born(row: AccessRow, shelf: Shelf) -> str:
    who = row.request or row.patient
    return show_day(who.birth_date) if who is not None else ""


def _invited_at(row: AccessRow, shelf: Shelf) -> str:
    it = row.access.invitation if row.access is not None else None
    return it.address if it is not None else ""


def _state(row: AccessRow, shelf: Shelf) -> str:
    if row.state is None:
        return "" if shelf.shown is AccessList.NOT_INVITED else "taken back"
    stale = row.access is not None and row.access.standing.stale and row.state is not InvitationState.ENROLLED
    return f"{row.state.word}{' STALE' if stale else ''}"


def _state_at(row: AccessRow, shelf: Shelf) -> str:
    it = row.access.invitation if row.access is not None else None
    return _short(it.state_at, shelf) if it is not None else ""


def _short(at: datetime, shelf: Shelf) -> str:
    """Return `14:05` of today, else `28 Feb`, with the year when it is another."""
    here, today = at.astimezone(shelf.zone), shelf.now.astimezone(shelf.zone).date()
    if here.date() == today:
        return show_time(here.time())
    return show_day(here.date()).removesuffix(f" {today.year}")


def _sent_by(row: AccessRow, shelf: Shelf) -> str:
    it = row.access.invitation if row.access is not None else None
    return it.sent_by if it is not None else ""


def _log_in(row: AccessRow, shelf: Shelf) -> str:
    it = row.access.enrollment if row.access is not None else None
    return it.login_address if it is not None else ""


def _since(row: AccessRow, shelf: Shelf) -> str:
    it = row.access.enrollment if row.access is not None else None
    return _short(it.since, shelf) if it is not None else ""


def _ended(row: AccessRow, shelf: Shelf) -> str:
    it = row.access.enrollment if row.access is not None else None
    if it is None or it.ended_at is None:
        return "" if row.state is InvitationState.ENROLLED else _state(row, shelf)
    return f"Ended {_short(it.ended_at, shelf)}"


def _email(row: AccessRow, shelf: Shelf) -> str:
    if row.request is not None:
        return row.request.email
    return (row.access.reach.email or "") if row.access is not None else ""


def _asked(row: AccessRow, shelf: Shelf) -> str:
    it = row.request
    if it is None:
        return ""
    return _short(it.asked_at, shelf) if it.state == "open" else f"{it.state.capitalize()}"


def _tick(row: AccessRow, shelf: Shelf) -> str:
    if row.state is not None or row.why_not_ticked:
        return ""
    return "[x]" if row.key in shelf.ticked else "[ ]"


def _ready(row: AccessRow, shelf: Shelf) -> str:
    return _state(row, shelf) if row.state is not None else row.why_not_ticked


_COLUMNS: dict[AccessList, tuple[tuple[str, int, Cell], ...]] = {
    AccessList.INVITED: (
        ("Patient", 22, _name),
        ("State", 14, _state),
        ("Since", 6, _state_at),
        ("By", 8, _sent_by),
        ("Invited at", 0, _invited_at),
    ),
    AccessList.ENROLLED: (
        ("Patient", 22, _name),
        ("Since", 11, _since),
        ("", 13, _ended),
        ("Logs in as", 0, _log_in),
    ),
    AccessList.REQUESTS: (
        ("Who asks", 22, _name),
        ("Born", 11, _born),
        ("Asked", 8, _asked),
        ("Email", 0, _email),
    ),
    AccessList.NOT_INVITED: (
        ("", 3, _tick),
        ("Patient", 22, _name),
        ("Born", 11, _born),
        ("", 10, _ready),
        ("Email", 0, _email),
    ),
}


def details_of(row: AccessRow, *, today: date, shelf: Shelf, result: str = "") -> tuple[Shown, ...]:
    """Return what the pane says of a row: who it is, and how things stand."""
    if row.request is not None:
        return _request_lines(row.request, today, shelf)
    if row.patient is None or row.access is None:
        return ()
    it = row.patient
    online = online_words(row.access, now=shelf.now, zone=shelf.zone)
    who = f"{it.name}   b {show_day(it.birth_date)} ({age_on(it.birth_date, today)})   #{it.record_number}   {it.phone}"
    if result:
        return safe(who), safe(result)
    record = f"On record: {row.access.reach.email or 'no email'}, {_consent_words(row)}"
    return safe(who), online.what, online.where, safe(record)


def _consent_words(row: AccessRow) -> str:
    assert row.access is not None, "asked of patients only"
    return "consents to emails" if row.access.reach.consents else "no consent to emails"


def _request_lines(it: EnrollmentRequest, today: date, shelf: Shelf) -> tuple[Shown, ...]:
    born = f"b {show_day(it.birth_date)} ({age_on(it.birth_date, today)})"
    lines = [f"{it.name}   {born}   {it.phone}".rstrip(), f"{it.email}, asked {show_moment(it.asked_at, shelf.zone)}"]
    if it.state == "open":
        lines.append("l links it to a patient   x declines it")
    else:
        lines.append(f"{it.state.capitalize()} {show_moment(it.state_at, shelf.zone)} by {it.state_by}: {it.reason}")
    return tuple(safe(line.removesuffix(": ")) for line in lines)
