"""The day as a grid: one column per provider, one row per slot, drawn line by line."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, date, tzinfo

from rich.segment import Segment
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ctfront.domain.appointments import Appointment, Place
from ctfront.domain.providers import COLORS
from ctfront.domain.schedule import Column, DaySchedule
from ctfront.domain.text import safe
from ctfront.domain.times import minute_of, show_time, show_weekday, time_of
from ctfront.widgets.day_cells import Cell, cell_text, fit, lay_out, purpose_in
from ctfront.widgets.looks import BOLD, CURSOR, DIM, PLAIN, TIME_WIDTH, painted
from ctfront.widgets.window import scrolled

NARROWEST = 22
"""Columns of the terminal that a provider's column of a day needs."""
NARROWEST_OF_WEEK = 14
"""The same for a day of a week: five stand side by side on 80."""
WIDEST = 44
EMPTY = DaySchedule(day=date(2000, 1, 1), columns=())


class DayGrid(Widget, can_focus=True):
    """The cells of a day and the cursor on them; the line API keeps a move at two lines."""

    DEFAULT_CSS = "DayGrid { height: 1fr; }"

    @dataclass
    class CursorMoved(Message):
        """The cursor stands somewhere else, or what it stands on is new."""

        grid: "DayGrid"

    def __init__(self, zone: tzinfo = UTC, *, id: str = "grid") -> None:
        super().__init__(id=id)
        self.zone = zone
        self.schedule = EMPTY
        self.cells: list[list[Cell]] = []
        self.column = 0
        self.row = 0
        self.picked_id: int | None = None
        """The appointment picked in the cell with Tab, else None for its first."""
        self.first_row = 0
        self.first_column = 0
        self.numbers = False
        self.ticked: frozenset[int] = frozenset()
        """Appointments of the day that the next act takes together."""
        self._rows = self.schedule.rows()

    # -- what the cursor stands on

    @property
    def cell(self) -> Cell | None:
        """The cell under the cursor; None on a day without columns."""
        return self.cells[self.column][self.row] if self.cells else None

    @property
    def appointment(self) -> Appointment | None:
        """The appointment that every key but `b` goes by."""
        cell = self.cell
        if cell is None:
            return None
        return next((a for a in cell.appointments if a.id == self.picked_id), cell.first)

    @property
    def provider_column(self) -> Column | None:
        """The column under the cursor."""
        return self.schedule.columns[self.column] if self.schedule.columns else None

    @property
    def minute(self) -> int:
        """First minute of the row under the cursor."""
        return self._rows[self.row]

    @property
    def place(self) -> Place | None:
        """Whose column, which day, what time."""
        column = self.provider_column
        if column is None:
            return None
        return Place(provider_id=column.provider.id, day=column.day, start=time_of(self.minute))

    @property
    def days_shown(self) -> set[date]:
        """The days in view."""
        return {column.day for column in self.schedule.columns}

    @property
    def change_seen(self) -> int:
        """Newest change that what is shown includes."""
        return self.schedule.change_seen

    # -- showing

    def show(self, schedule: DaySchedule) -> None:
        """Show a reading; the cursor stays on its place, and on the appointment picked there."""
        place = self.place
        self.schedule = schedule
        # An appointment stands on one day only, so ticks end where the day is left.
        self.ticked = frozenset() if schedule.is_week else frozenset(a.id for a in self.all_ticked)
        self._rows = schedule.rows()
        self.cells = lay_out(schedule)
        self.column = min(self.column, max(len(self.cells) - 1, 0))
        self.row = min(self.row, len(self._rows) - 1)
        if place is not None:
            self._stand_on(place.provider_id, place.day, minute_of(place.start))
        self._scroll_to_cursor()
        self.refresh()
        self.post_message(self.CursorMoved(self))

    @property
    def all_ticked(self) -> list[Appointment]:
        """The ticked appointments in the order of the schedule."""
        return [a for c in self.schedule.columns for a in c.appointments if a.id in self.ticked]

    def tick(self, ticked: Set[int]) -> None:
        """Tick these and no others."""
        self.ticked = frozenset(ticked)
        self.refresh()

    def show_numbers(self, on: bool) -> None:
        """Show day numbers in the cells, or hide them."""
        if on != self.numbers:
            self.numbers = on
            self.refresh()

    # -- moving

    def _stand_on(self, provider_id: int, day: date | None, minute: int) -> None:
        columns = self.schedule.columns
        here = [i for i, c in enumerate(columns) if c.provider.id == provider_id]
        here = [i for i in here if columns[i].day == day] or here[:1]
        if self.schedule.is_week and day is not None:
            here = [i for i, c in enumerate(columns) if c.day == day] or [
                i for i, c in enumerate(columns) if c.day.weekday() == day.weekday()
            ]
        if here:
            self.column = here[0]
        self.row = max(0, min((minute - self._rows[0]) // self.schedule.slot_minutes, len(self._rows) - 1))

    def go_to_place(self, place: Place) -> None:
        """Put the cursor on a place of the shown schedule."""
        row, column = self.row, self.column
        self._stand_on(place.provider_id, place.day, minute_of(place.start))
        self._moved(row, column)

    def go_to_minute(self, minute: int, *, column: int | None = None) -> None:
        """Put the cursor on the row of a minute of the day."""
        slot = self.schedule.slot_minutes
        self.move_to(
            self.column if column is None else column,
            max(0, min((minute - self._rows[0]) // slot, len(self._rows) - 1)),
        )

    def go_to_appointment(self, appointment_id: int) -> bool:
        """Put the cursor on an appointment; tell whether it is on the shown schedule."""
        appointment = self.schedule.appointment(appointment_id)
        if appointment is None:
            return False
        self.go_to_place(appointment.place)
        self.picked_id = appointment_id
        self._announce(self.row)
        return True

    def move(self, *, columns: int = 0, rows: int = 0) -> None:
        """Move the cursor, stopping at the edges."""
        self.move_to(self.column + columns, self.row + rows)

    def move_to(self, column: int, row: int) -> None:
        """Put the cursor on a column and row, or on the nearest there is."""
        if not self.cells:
            return
        old = self.row, self.column
        self.column = max(0, min(column, len(self.cells) - 1))
        self.row = max(0, min(row, len(self._rows) - 1))
        self._moved(*old)

    def page(self, direction: int) -> None:
        """Move by what fits in the window."""
        self.move(rows=direction * max(self.body_height - 1, 1))

    def edge(self, *, last: bool) -> None:
        """Move to the first or last row."""
        self.move_to(self.column, len(self._rows) - 1 if last else 0)

    def next_appointment(self, step: int) -> bool:
        """Pick the next (1) or previous (-1) appointment of the column, also inside the cell."""
        if not self.cells:
            return False
        stops = [
            (row, index, appointment)
            for row, cell in enumerate(self.cells[self.column])
            for index, appointment in enumerate(cell.appointments)
            if not appointment.live or appointment.span.start >= self._rows[row]
        ]
        current = self.appointment
        index = -1
        if current is not None and self.cell is not None:
            index = next((i for i, a in enumerate(self.cell.appointments) if a.id == current.id), -1)
        here = (self.row, index)
        after = [s for s in stops if s[:2] > here] if step > 0 else [s for s in reversed(stops) if s[:2] < here]
        if not after:
            return False
        row, _, appointment = after[0]
        old = self.row, self.column
        self.row = row
        self._moved(*old)
        self.picked_id = appointment.id
        self._announce(row)
        return True

    def _moved(self, old_row: int, old_column: int) -> None:
        if (old_row, old_column) != (self.row, self.column):
            self.picked_id = None
        if self._scroll_to_cursor():
            self.refresh()
        else:
            self._refresh_row(old_row)
        self._announce(self.row)

    def _announce(self, row: int) -> None:
        self._refresh_row(row)
        self.post_message(self.CursorMoved(self))

    # -- the window on the grid

    @property
    def body_height(self) -> int:
        """Rows in view below the names."""
        return max(self.size.height - 1, 1)

    @property
    def columns_in_view(self) -> int:
        """How many columns fit."""
        narrowest = NARROWEST_OF_WEEK if self.schedule.is_week else NARROWEST
        fitting = max((self.size.width - TIME_WIDTH) // narrowest, 1)
        return max(min(fitting, len(self.schedule.columns)), 1)

    @property
    def column_width(self) -> int:
        """Width of a column with its cursor mark."""
        return min((self.size.width - TIME_WIDTH) // self.columns_in_view, WIDEST)

    @property
    def cursor_at(self) -> Offset:
        """Where the cursor is drawn; the terminal's own stands there too."""
        x = TIME_WIDTH + (self.column - self.first_column) * self.column_width
        return Offset(x, self.row - self.first_row + 1)

    def _scroll_to_cursor(self) -> bool:
        before = self.first_row, self.first_column
        across = self.columns_in_view
        self.first_row = scrolled(self.first_row, self.row, count=len(self._rows), room=self.body_height)
        self.first_column = scrolled(self.first_column, self.column, count=len(self.cells), room=across)
        return before != (self.first_row, self.first_column)

    def on_resize(self) -> None:
        """Keep the cursor in view when the window changes."""
        self._scroll_to_cursor()
        self.refresh()

    # -- drawing

    def _refresh_row(self, row: int) -> None:
        y = row - self.first_row + 1
        if 1 <= y <= self.body_height:
            self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """Draw the provider names or one row of slots."""
        width = self.size.width
        row = self.first_row + y - 1
        if y == 0:
            segments = self._names()
        elif row < len(self._rows) and self.cells:
            segments = self._slots(row)
        elif y == 1 and self.schedule is not EMPTY:  # nothing has been read yet
            segments = [Segment("  No provider has hours or appointments on this day.", PLAIN)]
        else:
            segments = []
        base = self.rich_style
        return Strip(segments).apply_style(base).adjust_cell_length(width, base)

    def _visible(self) -> range:
        return range(self.first_column, min(self.first_column + self.columns_in_view, len(self.cells)))

    def _names(self) -> list[Segment]:
        width = self.column_width
        segments = [Segment(" Time ", BOLD)]
        for index in self._visible():
            column = self.schedule.columns[index]
            name = show_weekday(column.day) if self.schedule.is_week else safe(column.provider.name)
            hidden_left = index == self.first_column > 0
            hidden_right = index == self._visible()[-1] < len(self.cells) - 1
            tail = f"{len(self.cells) - 1 - index} more ›" if hidden_right else ""
            head = "‹" if hidden_left else " "
            text = fit(head + name, width - len(tail)) + tail
            segments.append(Segment(text, BOLD))
        return segments

    def _slots(self, row: int) -> list[Segment]:
        minute = self._rows[row]
        width = self.column_width - 1
        here = row == self.row
        segments = [Segment(f"{show_time(time_of(minute)):>5} ", BOLD if here else PLAIN)]
        for index in self._visible():
            cell = self.cells[index][row]
            under = here and index == self.column
            shown = self.appointment if under else None
            text = cell_text(cell, minute, width, self.zone, shown=shown, numbers=self.numbers, ticked=self.ticked)
            if under:
                segments.append(Segment("▸" + text, CURSOR))
                continue
            if _is_quiet(cell, minute):
                segments.append(Segment(" " + text, DIM))
            else:
                segments += self._painted(" " + text, cell.appointments[0])
        return segments

    def _painted(self, text: str, appointment: Appointment) -> list[Segment]:
        """Return a cell's text with the purpose's letters in their colour, where colours are shown."""
        color = appointment.purpose_color
        letters = purpose_in(text, appointment, self.zone) if color in COLORS and not self.app.no_color else None
        if letters is None:
            return [Segment(text, PLAIN)]
        before, after = text[: letters.start], text[letters.stop :]
        return [Segment(before, PLAIN), Segment(text[letters], painted(color)), Segment(after, PLAIN)]


def _is_quiet(cell: Cell, minute: int) -> bool:
    """Tell whether nothing begins in the cell."""
    return not cell.live or cell.appointments[0].span.start < minute
