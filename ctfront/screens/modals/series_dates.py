"""The dates of a series before they are booked: what stands in the way of each, and the keys that move it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ctfront.domain.appointments import Appointment
from ctfront.domain.errors import ClinicError
from ctfront.domain.series import Checked, SeriesBooked, SeriesPlan, Visit
from ctfront.domain.text import safe
from ctfront.domain.times import show_date, show_day, show_time
from ctfront.domain.waitlist import WaitlistEntry
from ctfront.screens.modals.question import Question
from ctfront.screens.modals.visit_place_form import VisitPlaceForm
from ctfront.services.scheduling import Scheduling
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.row_list import ListColumn, RowList
from ctfront.widgets.words import Words

MOST_ROWS = 13
"""Dates in view; a longer series scrolls."""
MOST_NAMED = 6
"""Dates that the question before a part of them is booked names."""

COLUMNS: tuple[ListColumn[Checked], ...] = (
    ListColumn(heading="No.", width=3, text=lambda it: safe(f"{it.visit.ordinal:>3}")),
    ListColumn(heading="Date", width=15, text=lambda it: safe(show_date(it.visit.place.day))),
    ListColumn(heading="Time", width=5, text=lambda it: safe(f"{show_time(it.visit.place.start):>5}")),
    ListColumn(heading="Provider", width=14, text=lambda it: safe(it.provider)),
    ListColumn(heading="", width=0, text=lambda it: safe(it.state)),
)


def key(keys: str, action: str, words: str, tooltip: str, id: str) -> Binding:
    """Make a binding of the list of dates."""
    return Binding(keys, action, words, tooltip=tooltip, id=f"series.{id}")


class SeriesDates(Dialog[SeriesBooked | None]):
    """Walk the dates, move them singly, leave some out; Enter books those that stand in one act."""

    AUTO_FOCUS: ClassVar[str | None] = None
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter,f9,ctrl+o", "book", "Book", "Book the dates that stand", "book"),
        key("escape", "leave", "Leave", "Leave; twice while dates are not booked", "leave"),
        key("left_square_bracket,comma,left", "shift(-1,0)", "Day back", "The date a day earlier", "day_back"),
        key("right_square_bracket,full_stop,right", "shift(1,0)", "Day on", "The date a day later", "day_on"),
        key("left_curly_bracket,less_than_sign", "shift(-7,0)", "Week back", "A week earlier", "week_back"),
        key("right_curly_bracket,greater_than_sign", "shift(7,0)", "Week on", "A week later", "week_on"),
        key("minus", "shift(0,-1)", "Earlier", "A slot earlier", "earlier"),
        key("plus,equals_sign", "shift(0,1)", "Later", "A slot later", "later"),
        key("f,F", "nearest", "Nearest", "The free time nearest on that day", "nearest"),
        key("g,G", "go_to", "Go to", "Type date, time and provider", "go_to"),
        key("space", "leave_out", "Leave out", "Leave the date out, or take it in, on a holiday too", "leave_out"),
    ]

    def __init__(
        self, scheduling: Scheduling, plan: SeriesPlan, *, waiting: WaitlistEntry | None = None, hold_id: str = ""
    ) -> None:
        super().__init__()
        self.scheduling = scheduling
        self.plan = plan
        self.waiting = waiting
        """The entry of the waitlist that the first booking closes."""
        self.hold_id = hold_id
        """The hold of the form that the series was typed in."""
        self.visits: list[Visit] = list(plan.visits)
        self.booked: dict[int, Appointment] = {}
        """What is booked already, by its number in the plan."""
        self.series_id: int | None = None
        self.dates: tuple[Checked, ...] = ()
        self.leaving = False
        """Whether the next Esc leaves although dates are not booked."""

    def compose(self) -> ComposeResult:
        """Lay what is planned above the dates."""
        it = self.plan
        with Vertical(classes="dialog"):
            who = f"{it.patient.name} b {show_day(it.patient.birth_date)}"
            yield Words(safe(f"{who} · {it.purpose.name} {it.minutes} min"), id="heading")
            yield Words(safe(it.words), id="planned")
            rows: RowList[Checked] = RowList(key=lambda one: one.visit.ordinal, quiet=lambda one: not one.stands)
            rows.styles.height = min(len(self.visits), MOST_ROWS) + 1
            yield rows
            yield Words(id="problem")
            yield Words(
                safe("[ ] day  { } week  - + slot  f nearest free time  g type it  Space leave out"), classes="hint"
            )
            yield Words(safe("Enter or F9 book those that stand  Esc leave"), classes="hint")

    def on_mount(self) -> None:
        """Look what stands in the way."""
        self.query_one(RowList).focus()
        self.look()

    @property
    def rows(self) -> "RowList[Checked]":
        """The dates."""
        return self.query_one(RowList)

    def say(self, sentence: str) -> None:
        """Say what concerns the list."""
        self.query_one("#problem", Words).show(safe(sentence))

    def on_key(self, event: events.Key) -> None:
        """Forget a first Esc when another key comes."""
        if event.key != "escape" and self.leaving:
            self.leaving = False
            self.say(self.standing())

    # -- looking

    @work(group="look")
    async def look(self) -> None:
        """Look what stands in the way of each date."""
        await self.check()

    async def check(self) -> None:
        """Check the dates and show them."""
        try:
            found = await self.scheduling.check_series(self.plan, self.visits, now=desk_of(self).wall_now)
        except ClinicError as refusal:
            self.say(f"! {refusal}")
            return
        self.dates = tuple(
            replace(one, booked=one.visit.ordinal in self.booked) for one in self.among_themselves(found)
        )
        self.rows.show(COLUMNS, self.dates)
        self.say(self.standing())

    def among_themselves(self, found: Sequence[Checked]) -> list[Checked]:
        """Mark a date that meets an earlier one of the same list."""
        taken = dict[object, int]()
        shown = []
        for one in found:
            place = (one.visit.place.day, one.visit.place.start)
            if one.stands and place in taken:
                one = replace(one, obstacle=f"the same as no. {taken[place]}")
            elif one.stands:
                taken[place] = one.visit.ordinal
            shown.append(one)
        return shown

    def standing(self) -> str:
        """Return how many dates stand."""
        stand = sum(one.stands for one in self.dates)
        done = f"{len(self.booked)} booked, " if self.booked else ""
        return f"{done}{stand} of {len(self.dates) - len(self.booked)} can be booked."

    # -- moving one

    def here(self) -> Checked | None:
        """Return the date under the cursor, unless it is booked."""
        one = self.rows.item
        if one is not None and one.booked:
            self.say(f"No. {one.visit.ordinal} is booked; u takes the booking back after Esc.")
            return None
        return one

    def put(self, visit: Visit) -> None:
        """Put a visit in the place of the one with its number, and look again."""
        self.visits = [visit if one.ordinal == visit.ordinal else one for one in self.visits]
        self.look()

    def action_shift(self, days: int, slots: int) -> None:
        """Move the date under the cursor by days or slots."""
        if (one := self.here()) is not None:
            self.put(one.visit.moved(days=days, minutes=slots * desk_of(self).clinic.slot_minutes))

    def action_nearest(self) -> None:
        """Take the free time nearest on that day."""
        if (one := self.here()) is None:
            return
        if one.nearest is None:
            self.say("It is free as it is." if not one.obstacle else "Nothing is free that day; ] goes on a day.")
            return
        self.put(replace(one.visit, place=replace(one.visit.place, start=one.nearest), left_out=False))

    def action_leave_out(self) -> None:
        """Leave the date out or take it in; one on a public holiday is taken in all the same, and again not."""
        if (one := self.here()) is None:
            return
        visit = one.visit
        if one.holiday and not visit.left_out:
            self.put(replace(visit, on_holiday=not visit.on_holiday))
        else:
            self.put(replace(visit, left_out=not visit.left_out))

    @work(group="go_to")
    async def action_go_to(self) -> None:
        """Ask for date, time and provider of the date under the cursor."""
        if (one := self.here()) is None:
            return
        try:
            providers = await self.scheduling.providers()
        except ClinicError as refusal:
            self.say(f"! {refusal}")
            return
        moved = await desk_of(self).ask(VisitPlaceForm(one.visit, providers))
        if moved is not None:
            self.put(moved)

    # -- booking

    @work(group="book")
    async def action_book(self) -> None:
        """Book the dates that stand; asks first when some don't."""
        await self.check()
        wanted = [one for one in self.dates if one.stands]
        others = [one for one in self.dates if not one.stands and not one.booked]
        if not wanted:
            self.say("! No date can be booked: move one, or Esc leaves.")
            return
        if others and not await self.sure(len(wanted), others):
            return
        desk = desk_of(self)
        try:
            done = await self.scheduling.book_series(
                desk.act(),
                self.plan,
                [one.visit for one in wanted],
                series_id=self.series_id,
                waiting=self.waiting if self.series_id is None else None,
                hold_id=self.hold_id,
            )
        except ClinicError as refusal:
            await self.check()
            self.say(f"! {refusal}")
            return
        self.series_id = done.series_id
        self.booked |= {one.ordinal or 0: one for one in done.booked}
        if not done.lost:
            self.dismiss(self.outcome())
            return
        await self.check()
        self.say(f"! {self.standing()} Taken meanwhile: no. {', '.join(str(n) for n, _ in done.lost)}.")

    async def sure(self, stand: int, others: Sequence[Checked]) -> bool:
        """Name the dates that would not be booked and ask."""
        lines = [one.told for one in others[:MOST_NAMED]]
        if len(others) > MOST_NAMED:
            lines.append(f"and {len(others) - MOST_NAMED} more")
        question = Question(
            f"{stand} of {stand + len(others)} can be booked; not these:", *lines, yes="book the others"
        )
        return await desk_of(self).ask(question) is True

    def outcome(self) -> SeriesBooked | None:
        """Return what was booked; None for nothing."""
        if self.series_id is None:
            return None
        return SeriesBooked(series_id=self.series_id, booked=tuple(self.booked.values()), lost=())

    def action_leave(self) -> None:
        """Leave; while dates are not booked only the second Esc does."""
        open_dates = len(self.visits) - len(self.booked)
        if open_dates and not self.leaving:
            self.leaving = True
            self.say(f"{open_dates} dates are not booked. Esc again leaves.")
        else:
            self.dismiss(self.outcome())
