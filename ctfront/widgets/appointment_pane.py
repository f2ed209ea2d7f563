"""Who and what the cursor stands on, in four lines or beside the grid."""

from collections.abc import Sequence
from datetime import date, tzinfo
from itertools import zip_longest
from textwrap import wrap

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from ctfront.domain.appointments import Appointment, Status
from ctfront.domain.patients import Glance
from ctfront.domain.providers import Event
from ctfront.domain.schedule import Column, Opening
from ctfront.domain.series_rule import planned_count
from ctfront.domain.text import Shown, safe
from ctfront.domain.times import age_on, show_date, show_day, show_minute, show_time
from ctfront.widgets.day_cells import fit

BELOW_HEIGHT = 4
"""Rows of the pane below the grid."""

Facts = tuple[Shown, ...]
"""What belongs together: one line below the grid, a block of lines beside it."""


class AppointmentPane(Widget):
    """Facts about the appointment, or about the free place; only the lines that differ are drawn again."""

    DEFAULT_CSS = "AppointmentPane { height: 4; }"

    def __init__(self, *, id: str = "pane") -> None:
        super().__init__(id=id)
        self.groups: tuple[Facts, ...] = ()
        self._lines: list[str] = []

    def show(self, groups: Sequence[Facts]) -> None:
        """Show the groups."""
        self.groups = tuple(groups)
        self._lay_out()

    def on_resize(self) -> None:
        """Fold the facts anew: the pane may stand beside the grid now, or below it."""
        self._lay_out()

    def _lay_out(self) -> None:
        before, self._lines = self._lines, self._folded()
        for y, (old, new) in enumerate(zip_longest(before, self._lines)):
            if old != new:
                self.refresh(Region(0, y, self.size.width, 1))

    def _folded(self) -> list[str]:
        """Return a line for each group; where the pane stands beside the grid, lines for each fact."""
        if self.size.height <= BELOW_HEIGHT:
            return [f" {'  '.join(facts)}" for facts in self.groups]
        room, lines = max(self.size.width - 2, 1), list[str]()
        for facts in self.groups:
            if facts:
                lines += [""] if lines else []
                lines += [line for fact in facts for line in _fold(fact, room)]
        return lines

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        text = self._lines[y] if y < len(self._lines) else ""
        return Strip([Segment(fit(text, self.size.width), self.rich_style)])


def _fold(fact: Shown, room: int) -> list[str]:
    """Return a fact in lines of at most `room` characters, further lines set in."""
    return [f" {fact}"] if len(fact) < room else wrap(fact, room, initial_indent=" ", subsequent_indent="   ")


def appointment_facts(
    appointment: Appointment,
    *,
    today: date,
    zone: tzinfo,
    patient: Glance | None = None,
    nth: tuple[int, int] = (1, 1),
    online: bool = True,
    event: Event | None = None,
    sites: int = 1,
) -> list[Facts]:
    """Return what the pane says of an appointment; `patient` adds consent, enrollment and alerts when read.

    `event` is the one that hits it.
    """
    name = appointment.patient
    born = f"b {show_day(name.birth_date)} ({age_on(name.birth_date, today)})"
    who = [name.name, born, f"#{name.record_number}", name.phone]
    if patient is not None:
        who.append(f"consent {patient.consent_word}")
    who.append(f"no. {appointment.number}")
    what = [
        f"{appointment.purpose} {appointment.minutes} min",
        f"{show_time(appointment.start)}–{show_time(appointment.end)} {appointment.provider}",
        appointment.site if sites > 1 else "",
        _status_words(appointment, zone),
    ]
    if nth[1] > 1:
        what.append(f"{nth[0]} of {nth[1]}")
    if online and patient is not None:
        what.append(f"Online: {patient.online_word}")
    made = appointment.created_at.astimezone(zone)
    by = [f"Created By  {appointment.created_by}", f"{show_day(made.date())} {show_time(made.time())}"]
    if appointment.ordinal is not None:
        by.append(f"{appointment.ordinal} of {planned_count(appointment.series_rule)} in a series")
    if appointment.overbooked:
        by.append("overbooked")
    if appointment.overridden:
        by.append("outside hours")
    away = [f"! Provider away: {event.text}"] if event is not None else []
    return [_facts(who), _facts(what), _facts(by), _facts([*away, *_warnings(appointment, patient, today)])]


def _status_words(appointment: Appointment, zone: tzinfo) -> str:
    at = show_time(appointment.status_at.astimezone(zone).time())
    match appointment.status:
        case Status.ARRIVED | Status.CHECKED_IN | Status.CHECKED_OUT:
            return f"{appointment.status.word} {at}"
        case Status.CANCELLED:
            asked = f"{appointment.asked_by} asked" if appointment.asked_by else ""
            return f"Cancelled: {', '.join(word for word in dict.fromkeys((appointment.cancel_reason, asked)) if word)}"
        case Status.RESCHEDULED if appointment.replaced_by_day is not None:
            return f"Rescheduled to {show_date(appointment.replaced_by_day)}"
        case status:
            return status.word


def _warnings(appointment: Appointment, patient: Glance | None, today: date) -> list[str]:
    alerts = patient.alerts if patient is not None else ()
    words = [f"! {alert.text}" for alert in alerts if alert.until is None or alert.until >= today]
    if appointment.note:
        words.append(f"Note: {appointment.note}")
    return words


def place_facts(column: Column, minute: int) -> list[Facts]:
    """Return what the pane says of a place without an appointment."""
    where = f"{show_minute(minute)} {show_date(column.day)}"
    hold = column.hold_at(minute)
    match column.state_at(minute):
        case _ if hold is not None:
            state = hold.words
        case Opening.EVENT:
            text = next(e.text for e in column.events if e.span.holds(minute))
            state = f"not bookable: {text}"
        case Opening.BREAK:
            label = next(b.label for b in column.breaks if b.span.holds(minute))
            state = f"break: {label}"
        case Opening.CLOSED:
            state = "outside office hours"
        case Opening.OPEN:
            until = next((s.end for s in column.free if s.holds(minute)), minute)
            state = f"free for {until - minute} min" if until > minute else "taken"
    return [_facts([where, column.provider.name, state])]


def _facts(parts: Sequence[str]) -> Facts:
    return tuple(safe(part) for part in parts if part)
