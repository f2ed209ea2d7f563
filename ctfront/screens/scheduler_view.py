"""Showing and walking the schedule: a day of the clinic, or one provider's week, under a cursor."""

from datetime import date, timedelta
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from ctfront.domain.appointments import Appointment, Place
from ctfront.domain.errors import ClinicError
from ctfront.domain.patients import Glance
from ctfront.domain.text import safe
from ctfront.domain.times import minute_of, show_date
from ctfront.screens.desk_screen import DeskScreen
from ctfront.services.patients import Patients
from ctfront.services.scheduling import Scheduling
from ctfront.widgets.appointment_pane import AppointmentPane, appointment_facts, place_facts
from ctfront.widgets.day_grid import EMPTY, DayGrid
from ctfront.widgets.glance_grid import GlanceGrid
from ctfront.widgets.key_line import KeyLine
from ctfront.widgets.looks import TIME_WIDTH
from ctfront.widgets.words import Words

GLANCE_KEYS = (
    ("Enter", "Day"),
    ("b", "Book"),
    ("w", "Back"),
    ("Tab", "Provider"),
    ("[ ]", "Day"),
    ("{ }", "Week"),
    ("g", "Go to"),
    ("?", "Keys"),
)
ALL = 0
"""Stands for every provider where a provider's id may stand."""


def key(keys: str, action: str, words: str, tooltip: str, id: str) -> Binding:
    """Make a binding of the Scheduler; its id lets a clinic remap it."""
    return Binding(keys, action, words, tooltip=tooltip, id=f"scheduler.{id}", show=True)


class SchedulerView(DeskScreen):
    """Showing and walking the schedule; the acts are built on it."""

    NAME = "SCHEDULER"
    BINDINGS: ClassVar[list[BindingType]] = [
        key("up", "move(0,-1)", "Up", "One slot earlier", "up"),
        key("down", "move(0,1)", "Down", "One slot later", "down"),
        key("left", "move(-1,0)", "Left", "Provider to the left", "left"),
        key("right", "move(1,0)", "Right", "Provider to the right", "right"),
        key("pageup", "page(-1)", "Page up", "A window earlier", "page_up"),
        key("pagedown", "page(1)", "Page down", "A window later", "page_down"),
        key("home", "edge(False)", "First", "First row of the day", "first"),
        key("end", "edge(True)", "Last", "Last row of the day", "last"),
        key("tab", "next_appointment(1)", "Next", "Next appointment of the column", "next"),
        key("shift+tab", "next_appointment(-1)", "Previous", "Previous appointment of the column", "previous"),
        key("t,T", "today", "Today", "Show today, the cursor at the present time", "today"),
        key("left_square_bracket,comma", "turn_days(-1)", "Day back", "Show the day before", "day_back"),
        key("right_square_bracket,full_stop", "turn_days(1)", "Day on", "Show the day after", "day_on"),
        key("left_curly_bracket,less_than_sign", "turn_days(-7)", "Week back", "A week earlier", "week_back"),
        key("right_curly_bracket,greater_than_sign", "turn_days(7)", "Week on", "A week later", "week_on"),
        key("w,W", "week", "Week", "This provider's week, again: free places at a glance, again: the day", "week"),
    ]

    def __init__(self, scheduling: Scheduling, patients: Patients) -> None:
        super().__init__()
        self.scheduling = scheduling
        self.patients = patients
        self.day = date(2000, 1, 1)
        self.week_of: int | None = None
        """Whose week is shown; `ALL` for the free places of everybody at a glance, None for the day of everybody."""
        self.wanted_id: int | None = None
        """The appointment that the cursor goes to as soon as a reading has it; outlives a reading given up."""
        self.wanted_ticks: frozenset[int] = frozenset()
        """What is ticked as soon as a reading has it."""
        self.known: dict[int, Glance] = {}
        """What the pane adds about the patients in view, read with them."""

    # -- layout

    def compose_body(self) -> ComposeResult:
        """Lay out grid and pane: below it when narrow, beside it when wide."""
        with Container(id="day"):
            yield DayGrid(self.desk.clinic.tz)
            yield GlanceGrid()
            yield Words(safe("─" * 400), id="rule")
            yield AppointmentPane()

    @property
    def grid(self) -> DayGrid:
        """The grid."""
        return self.query_one(DayGrid)

    @property
    def glance(self) -> GlanceGrid:
        """The free places at a glance."""
        return self.query_one(GlanceGrid)

    @property
    def in_view(self) -> DayGrid | GlanceGrid:
        """The one of the two that is shown."""
        return self.glance if self.glance.display else self.grid

    def on_mount(self) -> None:
        """Open on today, the cursor at the present time."""
        self.grid.focus()
        self.action_today()

    def on_screen_resume(self) -> None:
        """Read again what another screen may have changed."""
        if self.day.year > 2000:
            self.reload()

    # -- reading

    @work(group="load", exclusive=True)
    async def reload(self, place: Place | None = None) -> None:
        """Read the shown day again, keeping the cursor or putting it on the place."""
        await self.load(place=place)

    async def read_again(self) -> None:
        """Read the shown day again."""
        await self.load()

    async def load(self, *, appointment_id: int | None = None, place: Place | None = None) -> None:
        """Read and show the day or week; the cursor goes to the appointment or place given."""
        if self.week_of == ALL:
            await self._load_glance(place)
            return
        asked = self.day, self.week_of
        try:
            if self.week_of is None:
                schedule = await self.scheduling.day(self.day, now=self.desk.wall_now)
            else:
                schedule = await self.scheduling.week(self.week_of, self.day, now=self.desk.wall_now)
            known = await self.patients.glances({a.patient.id for c in schedule.columns for a in c.appointments})
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        if asked != (self.day, self.week_of) or not self.query(DayGrid):
            return  # another day was asked for meanwhile, or the app was left
        if not schedule.is_older_than(self.grid.schedule):  # a watcher's may have been overtaken by an act's
            self.known = known
            self.grid.zone = self.desk.clinic.tz
            self.grid.show(schedule)
        self._show_glance(False)
        wanted = appointment_id or self.wanted_id
        ticks, self.wanted_ticks = self.wanted_ticks, frozenset()
        self.wanted_id = None
        if self.desk.gone_on():
            place = wanted = None
            ticks = frozenset()
        if place is not None:
            self.grid.go_to_place(place)
        if wanted is not None:
            self.grid.go_to_appointment(wanted)
        if ticks:
            self.grid.tick(ticks)
            self.say(self.standing_message())
        self.refresh_title()

    async def _load_glance(self, place: Place | None) -> None:
        """Read and show the free places; the weeks stay while the day asked for is among them."""
        glance, asked = self.glance, (self.day, self.week_of)
        there = glance.shown.weeks.days if glance.display else ()
        start = there[0] if there and there[0] <= self.day <= there[-1] else self.day
        width = glance.size.width if glance.display else self.grid.size.width
        try:
            shown = await self.scheduling.glance(start, room=width - TIME_WIDTH, now=self.desk.wall_now)
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        if asked != (self.day, self.week_of) or not self.query(GlanceGrid):
            return  # another day was asked for meanwhile, or the app was left
        if not shown.is_older_than(glance.shown):
            glance.show(shown, self.day)
        self.wanted_id = None
        self._show_glance(True)
        if place is not None and not self.desk.gone_on():
            glance.go_to_place(place)
        self.refresh_title()

    def _show_glance(self, on: bool) -> None:
        """Show the glance instead of the day, or the day; what is not shown is under no cursor."""
        if self.glance.display == on:
            return
        self.glance.display, self.grid.display = on, not on
        if on:
            self.grid.show(EMPTY)
        self.in_view.focus()
        self.show_keys()

    def show_keys(self) -> None:
        """Show the keys that work in what is shown."""
        self.query_one(KeyLine).show(GLANCE_KEYS if self.glance.display else self.KEYS)

    @on(GlanceGrid.Resized)
    def fit_weeks(self) -> None:
        """Show as many weeks as fit now."""
        if self.glance.display and self.week_of == ALL:
            self.reload()

    def go_to_day(self, day: date, *, appointment_id: int | None = None, ticked: frozenset[int] = frozenset()) -> None:
        """Show a day; with an id the cursor goes to that appointment; these and no others are ticked."""
        self.day = day
        self.wanted_ticks = ticked
        self.wanted_id = appointment_id
        self.reload()

    @on(DayGrid.CursorMoved)
    @on(GlanceGrid.CursorMoved)
    def show_cursor(self) -> None:
        """Say in the pane what the cursor stands on."""
        self.show_pane()
        place = self.in_view.place
        # The day asked for may be another by now, with its reading under way: only a walk in what is shown changes it.
        if place is not None and self.day in self.in_view.days_shown and place.day != self.day:
            self.day = place.day
            self.refresh_title()

    def show_pane(self) -> None:
        """Fill the pane from what is known."""
        grid, appointment, column = self.grid, self.grid.appointment, self.grid.provider_column
        pane = self.query_one(AppointmentPane)
        if self.glance.display:
            pane.show(self.glance.facts())
        elif appointment is not None and grid.cell is not None:
            ids = [a.id for a in grid.cell.appointments]
            facts = appointment_facts(
                appointment,
                today=self.desk.today,
                zone=self.desk.clinic.tz,
                patient=self.known.get(appointment.patient.id),
                nth=(ids.index(appointment.id) + 1, len(ids)),
                online=self.desk.clinic.online,
                event=column.event_over(appointment) if column is not None else None,
                sites=self.desk.clinic.sites,
            )
            pane.show(facts)
        elif column is not None:
            pane.show(place_facts(column, grid.minute))
        else:
            pane.show([(safe("Nobody works on this day."),)])

    def title_left(self) -> str:
        """Return the day in view."""
        column = self.grid.provider_column
        if self.week_of == ALL:
            return f"{show_date(self.day)} · free places"
        if self.week_of is not None and column is not None:
            return f"{show_date(self.day)} · {column.provider.name}"
        return show_date(self.day)

    # -- walking

    def action_move(self, columns: int, rows: int) -> None:
        """Move the cursor."""
        self.in_view.move(columns=columns, rows=rows)

    def action_page(self, direction: int) -> None:
        """Move by a window."""
        self.in_view.page(direction)

    def action_edge(self, last: bool) -> None:
        """Move to the first or last row."""
        self.in_view.edge(last=last)

    def action_next_appointment(self, step: int) -> None:
        """Walk the appointments of the column."""
        if self.glance.display:
            if not self.glance.next_provider(step):
                self.say("No further provider.")
        elif not self.grid.next_appointment(step):
            self.say("No further appointment in this column.")

    @work(group="load", exclusive=True)
    async def action_today(self) -> None:
        """Show today; the cursor goes to the first column and the present time, else the first office hour."""
        now = self.desk.wall_now
        self.day = now.date()
        self.refresh_title()
        if self.glance.display and (here := self.in_view.place) is not None:
            await self.load(place=Place(provider_id=here.provider_id, day=self.day, start=now.time()))
            return
        await self.load()
        grid = self.grid
        if not grid.cells:
            return
        rows = grid.schedule.rows()
        minute = minute_of(now.time())
        if not rows[0] <= minute < rows[-1] + grid.schedule.slot_minutes:
            hours = [span.start for column in grid.schedule.columns for span in column.hours]
            minute = min(hours, default=rows[0])
        grid.go_to_minute(minute, column=0 if self.week_of is None else None)

    def action_turn_days(self, days: int) -> None:
        """Show a day or week further on or back."""
        if self.week_of is not None:
            days = 7 if days > 0 else -7
        try:
            day = self.day + timedelta(days=days)
        except OverflowError:
            self.say("The calendar ends here.")
            return
        self.go_to_day(day)

    def action_week(self) -> None:
        """Show this provider's week, then the free places of everybody at a glance, then the day again."""
        column, place = self.grid.provider_column, self.in_view.place
        if self.week_of is None and column is not None:
            self.week_of = column.provider.id
        else:
            self.week_of = None if self.week_of == ALL else ALL
        self.reload(place)

    def appointment_here(self, verb: str) -> Appointment | None:
        """Return the appointment the pane shows, or say that there is none."""
        appointment = self.grid.appointment
        if appointment is None:
            self.say(f"No appointment here to {verb}.")
        return appointment
