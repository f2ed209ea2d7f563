"""The day on paper: a page per provider with lines to write on, for when there is no screen; whom to call."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import zip_longest

from ctfront.domain.appointments import Appointment, Status
from ctfront.domain.patients import Alert
from ctfront.domain.schedule import Column, DaySchedule
from ctfront.domain.text import safe
from ctfront.domain.times import Span, show_date, show_day, show_minute, show_time

WIDTHS = (80, 132)
"""Columns that printers have."""

PAGE_BREAK = "\f"
NUMBER, TIME, BIRTH = 5, 5, 11
CELLS = {
    80: (NUMBER, TIME, 24, BIRTH, 15, 15),
    132: (NUMBER, TIME, 28, BIRTH, 18, 22, 37),
}
"""Columns of each cell: day number, time, name, birth date, phone, purpose; the alert, where there is room for it."""

LIST_WIDTH = 80
LIST_CELLS = (NUMBER, TIME, 22, BIRTH, 15, 17)
"""Columns of a list's cells: place in the list, time, name, birth date, phone, purpose."""

INDENT = NUMBER + TIME + 2
"""Where that stands which has no column of its own."""


def day_sheet(
    schedule: DaySchedule, alerts: Mapping[int, Sequence[Alert]], *, clinic: str, printed: datetime, width: int = 80
) -> str:
    """Return the pages of a day, each line ended, none wider than `width`, which is one of `WIDTHS`.

    `alerts` are by patient; those over before the day are left out. `printed` is the clinic's clock.
    """
    heading = _stamp(clinic, printed)
    pages = [
        [
            *_wrapped(heading, width),
            *_wrapped(f"{show_date(column.day)} · {safe(column.provider.name)}", width),
            "",
            *_rows(column, alerts, slot=schedule.slot_minutes, width=width),
        ]
        for column in schedule.columns
    ] or [[*_wrapped(heading, width), show_date(schedule.day), "", "No appointments and no office hours."]]
    return PAGE_BREAK.join("".join(f"{line}\n" for line in page) for page in pages)


def call_list(
    heading: str, whom: Iterable[Appointment], *, clinic: str, printed: datetime, why: Mapping[int, str]
) -> str:
    """Return whom to call, each line ended, none wider than 80: by day and provider, then by time.

    `why` each is in the list stands below it, by id. `printed` is the clinic's clock.
    """
    lines = [*_wrapped(_stamp(clinic, printed), LIST_WIDTH), *_wrapped(safe(heading), LIST_WIDTH)]
    by_column = sorted(whom, key=lambda a: (a.day, a.provider, a.provider_id, a.start, a.number))
    column = None
    for place, a in enumerate(by_column, 1):
        if (a.day, a.provider_id) != column:
            column = a.day, a.provider_id
            lines += ["", *_wrapped(f"{show_date(a.day)} · {safe(a.provider)}", LIST_WIDTH)]
        born, phone = show_day(a.patient.birth_date), a.patient.phone or "no phone"
        lines += _row(LIST_CELLS, (f"{place}.", show_time(a.start), a.patient.name, born, phone, a.purpose))
        lines += _below(why.get(a.id, ""), LIST_WIDTH)
    return "".join(f"{line}\n" for line in lines)


def _row(widths: Sequence[int], cells: Iterable[str]) -> list[str]:
    """Return the cells in as many lines as the longest needs."""
    columns = [_wrapped(safe(cell), room) for cell, room in zip(cells, widths, strict=True)]
    return [_line(widths, parts) for parts in zip_longest(*columns, fillvalue="")]


def standing(alerts: Iterable[Alert], day: date) -> tuple[Alert, ...]:
    """Return the alerts that are in force on the day."""
    return tuple(alert for alert in alerts if alert.until is None or alert.until >= day)


def _rows(column: Column, alerts: Mapping[int, Sequence[Alert]], *, slot: int, width: int) -> Iterator[str]:
    """Yield the lines of a provider's day by time, an empty one under everything that is written beside."""
    closed = [(pause.span, pause.label) for pause in column.breaks] + [(e.span, e.text) for e in column.events]
    rows = [
        *((span.start, 0, _closed_row(span, label, width)) for span, label in closed),
        *((a.span.start, 1, _appointment_row(a, alerts, width)) for a in column.appointments if a.live),
        *((start, 2, [_line(CELLS[width], ["", show_minute(start), "free"])]) for start in _free_starts(column, slot)),
    ]
    for _, _, lines in sorted(rows, key=lambda row: row[:2]):
        yield from lines
        yield ""
    if not rows:
        yield "No appointments and no office hours."


def _free_starts(column: Column, slot: int) -> Iterator[int]:
    """Yield where free time begins, and every slot of the day's grid in it."""
    for span in column.free:
        yield span.start
        yield from range((span.start // slot + 1) * slot, span.end, slot)


def _closed_row(span: Span, label: str, width: int) -> list[str]:
    room = width - INDENT
    said = _wrapped(f"{safe(label)} (until {show_minute(span.end)})", room)
    return [
        _line((NUMBER, TIME, room), ["", show_minute(span.start) if at == 0 else "", t]) for at, t in enumerate(said)
    ]


def _appointment_row(a: Appointment, alerts: Mapping[int, Sequence[Alert]], width: int) -> list[str]:
    warned = "; ".join(f"! {alert.text}" for alert in standing(alerts.get(a.patient.id, ()), a.day))
    cells = [
        f"{a.number}.",
        show_time(a.start),
        a.patient.name,
        show_day(a.patient.birth_date),
        a.patient.phone,
        f"{a.purpose}, requested" if a.status is Status.REQUESTED else a.purpose,
    ]
    widths = CELLS[width]
    beside = len(widths) > len(cells)
    if beside:
        cells.append(warned)
    lines = _row(widths, cells)
    return lines if beside else [*lines, *_below(warned, width)]


def _stamp(clinic: str, printed: datetime) -> str:
    return f"{safe(clinic)} · printed {show_day(printed.date())} {show_time(printed.time())}"


def _below(text: str, width: int) -> list[str]:
    """Return what is said under a row, set in below the name; nothing for no text."""
    return [" " * INDENT + line for line in _wrapped(safe(text), width - INDENT) if line]


def _line(widths: Sequence[int], parts: Iterable[str]) -> str:
    """Return the parts in their columns; day number and time stand at the right of theirs."""
    padded = []
    for at, (width, part) in enumerate(zip(widths, parts, strict=False)):
        space = " " * (width - cells_of(part))
        padded.append(space + part if at < 2 else part + space)
    return " ".join(padded).rstrip()


def cells_of(text: str) -> int:
    """Return how many columns of a printer the text takes."""
    return sum(map(_cell_width, text))


def _cell_width(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _wrapped(text: str, width: int) -> list[str]:
    """Return the text in lines of at most `width` columns, cut between words where that is possible."""
    lines, line, taken = [], "", 0
    for character in text:
        size = _cell_width(character)
        if taken + size > width:
            head, gap, tail = line.rpartition(" ")
            if character == " " or not gap or not head.strip():
                head, tail = line, ""
            lines.append(head.rstrip())
            line = tail if character != " " else ""
            taken = cells_of(line)
            if character == " ":
                continue
        line += character
        taken += size
    return [*lines, line.rstrip()]
