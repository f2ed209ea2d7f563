"""Free places at a glance: a group per provider, a character per day, a row per half hour."""

from dataclasses import dataclass
from datetime import date

from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ctfront.domain.appointments import Place
from ctfront.domain.glance import NONE, FreePlaces, mark_of, say_count
from ctfront.domain.text import safe
from ctfront.domain.times import minute_of, show_date, show_minute, show_weekday, time_of
from ctfront.widgets.appointment_pane import Facts
from ctfront.widgets.day_cells import fit
from ctfront.widgets.looks import BOLD, CURSOR, DIM, NAMED, PLAIN, TIME_WIDTH
from ctfront.widgets.window import scrolled

HEAD = 3
"""Lines above the rows: providers, Mondays, weekdays."""


class GlanceGrid(Widget, can_focus=True):
    """The counts and the cursor on them; a move draws again only the lines that changed."""

    DEFAULT_CSS = "GlanceGrid { height: 1fr; width: 1fr; display: none; }"

    @dataclass
    class CursorMoved(Message):
        """The cursor stands somewhere else, or what it stands on is new."""

        grid: "GlanceGrid"

    class Resized(Message):
        """Another number of weeks may fit."""

    def __init__(self, *, id: str = "glance") -> None:
        super().__init__(id=id)
        self.shown: FreePlaces = NONE
        self.group = 0
        self.day = 0
        self.row = 0
        self.first_group = 0
        self.first_row = 0

    # -- what the cursor stands on

    @property
    def count(self) -> int | None:
        """The count under the cursor."""
        return self.shown.counts[self.group][self.day][self.row] if self.shown.counts else None

    @property
    def place(self) -> Place | None:
        """Whose, which day, and the first minute of the row; None when nobody has hours."""
        if not self.shown.counts:
            return None
        weeks = self.shown.weeks
        start = time_of(self.shown.rows[self.row])
        return Place(provider_id=weeks.providers[self.group].id, day=weeks.days[self.day], start=start)

    @property
    def days_shown(self) -> set[date]:
        """The days in view."""
        return set(self.shown.weeks.days)

    @property
    def change_seen(self) -> int:
        """Newest change that what is shown includes."""
        return self.shown.change_seen

    def facts(self) -> list[Facts]:
        """Return in words what the cursor is on."""
        place = self.place
        if place is None:
            return [(safe("No provider has office hours."),)]
        start = self.shown.rows[self.row]
        when = f"{show_date(place.day)} {show_minute(start)}–{show_minute(start + self.shown.rows.step)}"
        name = self.shown.weeks.providers[self.group].name
        return [
            (safe(name), safe(when), safe(say_count(self.count))),
            (safe("Enter shows this place on its day, b books there. w goes back to the day."),),
            (safe("Digits: places free · 0 full · a, b overbooked by 1, 2 · dot closed or past"),),
        ]

    # -- showing and moving

    def show(self, shown: FreePlaces, day: date) -> None:
        """Show a reading with the cursor on the day, its provider and time kept."""
        place, self.shown = self.place, shown
        self._clamp()
        if place is not None:
            self._stand_on(Place(provider_id=place.provider_id, day=day, start=place.start))
        else:
            self._stand_on_day(day)
        self._scroll()
        self.refresh()
        self.post_message(self.CursorMoved(self))

    def go_to_place(self, place: Place) -> None:
        """Put the cursor on a place, or on the nearest there is."""
        old = self.group, self.day, self.row
        self._stand_on(place)
        self._moved(*old)

    def move(self, *, columns: int = 0, rows: int = 0) -> None:
        """Move the cursor, over the end of a provider's days to the next provider's."""
        if not self.shown.counts:
            return
        old = self.group, self.day, self.row
        across = len(self.shown.weeks.days)
        at = self.group * across + self.day + columns
        self.group, self.day = divmod(max(0, min(at, across * len(self.shown.counts) - 1)), across)
        self.row = max(0, min(self.row + rows, len(self.shown.rows) - 1))
        self._moved(*old)

    def page(self, direction: int) -> None:
        """Move by what fits in the window."""
        self.move(rows=direction * max(self.body_height - 1, 1))

    def edge(self, *, last: bool) -> None:
        """Move to the first or last row."""
        self.move(rows=len(self.shown.rows) if last else -len(self.shown.rows))

    def next_provider(self, step: int) -> bool:
        """Move to the same day and time of the next provider; tell whether there is one."""
        if not 0 <= self.group + step < len(self.shown.counts):
            return False
        self.move(columns=step * len(self.shown.weeks.days))
        return True

    def _stand_on(self, place: Place) -> None:
        ids = [p.id for p in self.shown.weeks.providers]
        if place.provider_id in ids:
            self.group = ids.index(place.provider_id)
        rows = self.shown.rows
        self.row = (minute_of(place.start) - rows.start) // rows.step
        self._stand_on_day(place.day)

    def _stand_on_day(self, day: date) -> None:
        earlier = [i for i, d in enumerate(self.shown.weeks.days) if d <= day]
        self.day = earlier[-1] if earlier else 0
        self._clamp()

    def _clamp(self) -> None:
        self.group = max(0, min(self.group, len(self.shown.counts) - 1))
        self.day = max(0, min(self.day, len(self.shown.weeks.days) - 1))
        self.row = max(0, min(self.row, len(self.shown.rows) - 1))

    def _moved(self, group: int, day: int, row: int) -> None:
        if self._scroll():
            self.refresh()
        else:
            self._refresh_line(row - self.first_row + HEAD)
            self._refresh_line(self.row - self.first_row + HEAD)
            if group != self.group:
                self._refresh_line(0)
            if (group, day) != (self.group, self.day):
                self._refresh_line(2)
        self.post_message(self.CursorMoved(self))

    def _refresh_line(self, y: int) -> None:
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    # -- the window

    @property
    def body_height(self) -> int:
        """Rows in view below the head."""
        return max(self.size.height - HEAD, 1)

    @property
    def group_width(self) -> int:
        """Width of a provider's group with the gap after it."""
        weeks = self.shown.weeks
        return len(weeks.days) + len(weeks.days) // weeks.days_a_week + 1

    @property
    def groups_in_view(self) -> int:
        """How many providers fit."""
        return max((self.size.width - TIME_WIDTH) // self.group_width, 1)

    @property
    def cursor_at(self) -> Offset:
        """Where the cursor is drawn; the terminal's own stands there too."""
        gaps = self.day // self.shown.weeks.days_a_week if self.shown.counts else 0
        x = TIME_WIDTH + (self.group - self.first_group) * self.group_width + self.day + gaps
        return Offset(x, self.row - self.first_row + HEAD)

    def _scroll(self) -> bool:
        before = self.first_group, self.first_row
        groups, rows = len(self.shown.counts), len(self.shown.rows)
        self.first_group = scrolled(self.first_group, self.group, count=groups, room=self.groups_in_view)
        self.first_row = scrolled(self.first_row, self.row, count=rows, room=self.body_height)
        return before != (self.first_group, self.first_row)

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor in view."""
        self._scroll()
        self.refresh()
        self.post_message(self.Resized())

    # -- drawing

    def render_line(self, y: int) -> Strip:
        """Draw a line of the head or a row."""
        row = self.first_row + y - HEAD
        segments: list[Segment] = []
        if not self.shown.counts:
            segments = [Segment("  No provider has office hours.", PLAIN)] if y == 1 else []
        elif y < HEAD:
            segments = self._head(y)
        elif row < len(self.shown.rows):
            segments = self._counts(row)
        base = self.rich_style
        return Strip(segments).apply_style(base).adjust_cell_length(self.size.width, base)

    def _visible(self) -> range:
        return range(self.first_group, min(self.first_group + self.groups_in_view, len(self.shown.counts)))

    def _head(self, y: int) -> list[Segment]:
        weeks, width = self.shown.weeks, self.group_width
        segments = [Segment((" Time " if y == HEAD - 1 else "").ljust(TIME_WIDTH), BOLD)]
        last = self._visible()[-1]
        for group in self._visible():
            if y == 0:
                more = len(self.shown.counts) - 1 - group
                tail = f" +{more} ›" if group == last and more else ""
                head = "‹" if group == self.first_group > 0 else ""
                name = fit(head + safe(weeks.providers[group].name), width - 2 - len(tail))
                segments.append(Segment(name + tail, NAMED if group == self.group else BOLD))
                segments.append(Segment("  ", PLAIN))
            elif y == 1:
                mondays = weeks.days[:: weeks.days_a_week]
                texts = [_short(day).ljust(weeks.days_a_week + 1) for day in mondays]
                segments.append(Segment("".join(texts) + " ", PLAIN))
            else:
                for index, day in enumerate(weeks.days):
                    under = group == self.group and index == self.day
                    segments.append(Segment("MTWTFSS"[day.weekday()], NAMED if under else PLAIN))
                    segments.append(Segment(self._gap(index), PLAIN))
        return segments

    def _gap(self, index: int) -> str:
        """Return what separates a day from the next: nothing, a week's gap, a provider's."""
        if index == len(self.shown.weeks.days) - 1:
            return "  "
        return " " if (index + 1) % self.shown.weeks.days_a_week == 0 else ""

    def _counts(self, row: int) -> list[Segment]:
        here = row == self.row
        segments = [Segment(f"{show_minute(self.shown.rows[row]):>5} ", BOLD if here else PLAIN)]
        for group in self._visible():
            for index, counts in enumerate(self.shown.counts[group]):
                count = counts[row]
                style = PLAIN if count else DIM
                if here and (group, index) == (self.group, self.day):
                    style = CURSOR
                segments.append(Segment(mark_of(count), style))
                segments.append(Segment(self._gap(index), PLAIN))
        return segments


def _short(day: date) -> str:
    """Return `2Mar`, as wide as a week's days at most."""
    return "".join(show_weekday(day).split()[1:])
