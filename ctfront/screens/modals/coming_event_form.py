"""An event of any provider on any coming day, or on one weekday again and again."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar

from textual import on
from textual.widget import Widget
from textual.widgets import Input

from ctfront.domain.appointments import Appointment
from ctfront.domain.drafts import DraftKind
from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.dates import read_date
from ctfront.domain.providers import Event, Provider
from ctfront.domain.repeats import days_of, read_weeks, show_repeat
from ctfront.domain.times import show_date, show_minute
from ctfront.screens.modals.event_form import EventForm
from ctfront.services.scheduling import Scheduling
from ctfront.widgets.form import Choice, Field
from ctfront.widgets.front_desk import desk_of

MORNING = 8 * 60
"""What From offers on a day without office hours."""


class ComingEventForm(EventForm):
    """Whose time, which day, what, from when until when; offers the whole of the day's office hours."""

    DRAFT: ClassVar[DraftKind | None] = None

    def __init__(self, scheduling: Scheduling, providers: Sequence[Provider], today: date) -> None:
        super().__init__(scheduling, providers[0], today, MORNING)
        self.providers = tuple(providers)
        self.choice = Choice([provider.name for provider in providers], what="provider")

    def heading(self) -> str:
        """Say what an event is."""
        return "New event · time in which a provider is not bookable"

    def fields(self) -> Iterable[Widget]:
        """Make the fields."""
        yield Field("provider", "Provider", required=True, read=self.read_provider)
        yield Field("day", "Day", "t", required=True, read=self.read_day_back)
        yield from super().fields()
        yield Field("repeat", "Repeat", read=self.read_repeat)
        yield Field("last", "Last day", read=self.read_last)

    def read_provider(self, text: str) -> str:
        """Read the provider back. Raises `InputRefused`."""
        return self.providers[self.choice.index(text)].name

    def read_day(self, text: str) -> date:
        """Read a day to come. Raises `InputRefused`."""
        desk = desk_of(self)
        day = read_date(text, today=desk.today, at_hand=desk.today, order=desk.clinic.date_order)
        if day < desk.today:
            raise InputRefused("That day is over.")
        return day

    def read_day_back(self, text: str) -> str:
        """Read the day back with its weekday. Raises `InputRefused`."""
        return show_date(self.read_day(text))

    def read_repeat(self, text: str) -> str:
        """Read back how often. Raises `InputRefused`."""
        if not text.strip():
            return "weekly, or 2 for every 2 weeks; empty: once"
        return show_repeat(read_weeks(text), self.whose()[1])

    def read_last(self, text: str) -> str:
        """Read the last day back with how many days there are. Raises `InputRefused`."""
        if not text.strip():
            return ""
        days = self.days(text)
        return f"{show_date(days[-1])}, {len(days)} day{'s' if len(days) > 1 else ''}"

    def days(self, last: str) -> tuple[date, ...]:
        """Return the days of the event. Raises `InputRefused`."""
        desk, (_, first) = desk_of(self), self.whose()
        weeks = read_weeks(self.query_one("#field-repeat", Field).text)
        if not weeks:
            return (first,)
        until = read_date(last, today=desk.today, at_hand=first, order=desk.clinic.date_order)
        return days_of(first, weeks, until)

    @on(Input.Changed, "#repeat")
    def follow_repeat(self, event: Input.Changed) -> None:
        """Want a last day where it repeats."""
        last = self.query_one("#field-last", Field)
        last.needs("Type the last day, as 30 jun." if event.value.strip() else "")

    async def save(self) -> tuple[Event, tuple[Appointment, ...]] | None:
        """Block the time on every day."""
        last = self.query_one("#field-last", Field).text
        if last.strip() and not read_weeks(self.query_one("#field-repeat", Field).text):
            raise InputRefused("Type weekly here, or no last day.", field="repeat")
        days, (provider, _) = self.days(last), self.whose()
        text, span = self.what()
        added, hit = await self.scheduling.add_events(desk_of(self).act(), provider.id, days, span, text)
        return added[0], hit

    @on(Input.Changed, "#provider, #day")
    def follow_day(self) -> None:
        """Offer the office hours of that day, from the first to the last."""
        try:
            provider, day = self.whose()
        except InputRefused:
            return
        hours = provider.hours_on(day)
        if hours.spans:
            self._offer("from", hours.spans[0].start)
            self._offer("until", hours.spans[-1].end)

    def _offer(self, name: str, minute: int) -> None:
        field = self.query_one(f"#field-{name}", Field)
        if not field.changed:
            field.offer(show_minute(minute))

    def whose(self) -> tuple[Provider, date]:
        """Return whose time it is, and on which day. Raises `InputRefused`."""
        provider, day = (self.query_one(f"#field-{name}", Field).text for name in ("provider", "day"))
        return self.providers[self.choice.index(provider)], self.read_day(day)
