"""What each cell of the day grid says: pure layout, no widget."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import tzinfo

from rich.cells import cell_len, set_cell_size

from ctfront.domain.appointments import Appointment, Status
from ctfront.domain.schedule import Column, DaySchedule, Hold, Opening
from ctfront.domain.text import Shown, safe
from ctfront.domain.times import show_time
from ctfront.widgets.lines import cut

FREE = "·"
CONTINUED = "┆"
CLOSED = "░░"
BREAK = "~"
EVENT = "■"
TICK = "*"
HIT = "!"

ROOM_FOR_PURPOSE = 18
"""Width from which a cell also says the visit purpose; a narrower one leaves the room to the name."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One provider's slot."""

    opening: Opening
    label: str = ""
    """Name of the break or event, in its first row."""
    hold: Hold | None = None
    """Who holds the place."""
    appointments: tuple[Appointment, ...] = ()
    """The ones that count first: starting here, then running on, then those that hold no seat."""
    starts: int = 0
    """How many of them start in this row and are live."""
    hit: frozenset[int] = frozenset()
    """Ids of the column's appointments that an event hits."""

    @property
    def first(self) -> Appointment | None:
        """The appointment the cell stands for."""
        return self.appointments[0] if self.appointments else None

    @property
    def live(self) -> bool:
        """Whether any appointment holds its seat here."""
        return bool(self.appointments) and self.appointments[0].live


def lay_out(schedule: DaySchedule) -> list[list[Cell]]:
    """Return the cells of every column, row by row."""
    rows = schedule.rows()
    return [_lay_out_column(column, rows, schedule.slot_minutes) for column in schedule.columns]


def _lay_out_column(column: Column, rows: Sequence[int], slot: int) -> list[Cell]:
    starting: list[list[Appointment]] = [[] for _ in rows]
    running: list[list[Appointment]] = [[] for _ in rows]
    gone: list[list[Appointment]] = [[] for _ in rows]
    for appointment in column.appointments:
        row = (appointment.span.start - rows[0]) // slot
        if not 0 <= row < len(rows):
            continue
        if not appointment.live:
            gone[row].append(appointment)
            continue
        starting[row].append(appointment)
        row += 1
        while row < len(rows) and rows[row] < appointment.span.end:
            running[row].append(appointment)
            row += 1
    hit = frozenset(a.id for a in column.appointments if column.event_over(a) is not None)
    return [
        _cell(column, minute, slot, (*starting[row], *running[row], *gone[row]), len(starting[row]), hit)
        for row, minute in enumerate(rows)
    ]


def _cell(
    column: Column, minute: int, slot: int, appointments: tuple[Appointment, ...], starts: int, hit: frozenset[int]
) -> Cell:
    opening = column.state_at(minute)
    label = ""
    if opening is Opening.BREAK or opening is Opening.EVENT:
        named = [(e.span, e.text) for e in column.events] + [(b.span, b.label) for b in column.breaks]
        label = next((text for span, text in named if minute <= span.start < minute + slot), "")
    hold = column.hold_at(minute)
    return Cell(opening=opening, label=label, hold=hold, appointments=appointments, starts=starts, hit=hit)


def status_mark(appointment: Appointment, zone: tzinfo) -> str:
    """Return the status letter, for an arrival with its clock time."""
    if appointment.status is Status.ARRIVED:
        return f"A {show_time(appointment.status_at.astimezone(zone).time())}"
    return appointment.status.letter


def cell_text(
    cell: Cell,
    minute: int,
    width: int,
    zone: tzinfo,
    *,
    shown: Appointment | None = None,
    numbers: bool = False,
    ticked: Set[int] = frozenset(),
) -> str:
    """Return what the cell says in `width` columns; `shown` is the one picked with Tab."""
    appointment = shown or cell.first
    if appointment is None:
        return set_cell_size(_empty_text(cell, minute), width)
    others = [a for a in cell.appointments if a is not appointment]
    more = f" +{len(others)}" if others else ""
    if any(a.id in ticked and a.span.start >= minute for a in others):
        more += TICK
    if appointment.live and appointment.span.start < minute:
        number = f"{appointment.number} " if numbers else ""
        return set_cell_size(f"{CONTINUED} {number}{more}".rstrip(), width)
    tick = TICK if appointment.id in ticked else ""
    hit = appointment.id in cell.hit
    return _appointment_text(appointment, more, width, minute, zone, numbers=numbers, tick=tick, hit=hit)


def _empty_text(cell: Cell, minute: int) -> str:
    if cell.hold is not None:
        return f"held {safe(cell.hold.by)}" if cell.hold.span.start >= minute else CONTINUED
    match cell.opening:
        case Opening.OPEN:
            return FREE
        case Opening.CLOSED:
            return CLOSED
        case Opening.BREAK:
            return f"{BREAK} {safe(cell.label)}".rstrip()
        case Opening.EVENT:
            return f"{EVENT} {safe(cell.label)}".rstrip()


def _appointment_text(
    appointment: Appointment, more: str, width: int, minute: int, zone: tzinfo, *, numbers: bool, tick: str, hit: bool
) -> str:
    flags = (("@", appointment.online), ("+", appointment.overbooked), (HIT, hit))
    flag = "".join(mark for mark, is_so in flags if is_so) or " "
    purpose = f"{safe(appointment.purpose_letter):>3} " if width >= ROOM_FOR_PURPOSE else ""
    right = f"{purpose}{status_mark(appointment, zone)}{flag}"
    name: str = appointment.patient.name
    if appointment.span.start != minute:
        name = f":{appointment.span.start % 60:02} {name}"
    if numbers:
        name = f"{appointment.number} {name}"
    name = tick + name
    room = width - cell_len(right) - cell_len(more) - 1
    return set_cell_size(fit(name, room) + more + " " + right, width)


def purpose_in(text: str, appointment: Appointment, zone: tzinfo) -> slice | None:
    """Return where the purpose's letters stand in a cell's text; None where it does not say them."""
    letters, mark = f" {safe(appointment.purpose_letter):>3} ", status_mark(appointment, zone)
    start = text.rfind(f"{letters}{mark}")
    return None if start < 0 else slice(start + 1, start + len(letters) - 1)


def fit(text: str, width: int) -> Shown:
    """Return the text cut or padded to the width, with `…` where it was cut."""
    return Shown(set_cell_size(cut(text, width), width)) if width > 0 else Shown("")
