"""A provider: name, governor, visit purposes, and the hours of each weekday, other ones from another day on."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from ctfront.domain.appointments import Appointment
from ctfront.domain.clinic import DateOrder, Site
from ctfront.domain.grammar.hours import WEEKDAYS, show_hours
from ctfront.domain.grammar.periods import read_period, show_period
from ctfront.domain.providers import DayHours, Provider, VisitPurpose
from ctfront.domain.set_up import ProviderDraft, check_governor, join_weeks
from ctfront.domain.text import safe
from ctfront.domain.times import show_minute
from ctfront.screens.modals.hours_pages import HoursPage, page_on, pages_of, read_day, read_week
from ctfront.screens.modals.offers_field import OffersField
from ctfront.screens.modals.set_up_form import SetUpForm, read_number, read_yes
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.widgets.form import Field
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.set_up_rows import yes_or_no
from ctfront.widgets.words import Words

NOTE_WIDTH = 38
"""Cells beside a weekday's field."""


class ProviderForm(SetUpForm[Provider]):
    """Add a provider or change one; a page for each time in which other hours hold."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "turn(1)", "Later hours", tooltip="Hours from another day on", id="form.later_hours"),
        Binding("pageup", "turn(-1)", "Earlier hours", tooltip="The hours before", id="form.earlier_hours"),
    ]

    def __init__(
        self,
        set_up: ClinicSetup,
        purposes: Sequence[VisitPurpose],
        provider: Provider | None,
        *,
        pattern: Provider | None = None,
        today: date,
        order: DateOrder,
        sites: Sequence[Site],
    ) -> None:
        super().__init__(set_up, first=None if provider is None else "name")
        self.purposes = tuple(purpose for purpose in purposes if purpose.active)
        self.provider = provider
        self.pattern = pattern
        """Whose hours a new provider is offered."""
        self.today = today
        self.order = order
        self.sites = sites
        self.pages = pages_of(provider.hours if provider else self._pattern_hours(today), sites)
        self.number = self._page_on(today)
        """The page in view."""
        self.first_pages = list(self.pages)

    def _pattern_hours(self, today: date) -> list[DayHours]:
        hours = self.pattern.hours if self.pattern else ()
        return [replace(day, since=None, until=None) for day in hours if day.hold_within(today, today)]

    def heading(self) -> str:
        """Say whose form it is, and where offered hours come from."""
        if self.provider is not None:
            page = f" · hours {self.number + 1} of {len(self.pages)}" if len(self.pages) > 1 else ""
            return f"Provider · {self.provider.name}{page}"
        return f"New provider · hours as {self.pattern.name}'s" if self.pattern else "New provider"

    def fields(self) -> Iterable[Widget]:
        """Make the fields."""
        it = self.provider
        yield Field("name", "Name", it.name if it else "", required=True)
        yield Field("governor", "Governor", str(it.governor if it else 1), required=True, read=self.read_governor)
        yield Field("active", "Active", yes_or_no(it is None or it.active), required=True, read=self.read_active)
        yield OffersField(self.purposes, it.purpose_ids if it else None, nothing="nothing yet")
        page = self.pages[self.number]
        yield Field("from", "From", page.period, read=self.read_from)
        for weekday, name in enumerate(WEEKDAYS):
            yield Field(f"hours-{weekday}", name, page.days[weekday], read=partial(self.show_day, weekday))
        where = "   @ a site" if len(self.sites) > 1 else ""
        yield Words(safe(f"8-18, lunch 12-13, 2x 9-11   empty: closed   = as above{where}"), id="hours-hint")

    # -- reading

    def read_governor(self, text: str) -> str:
        """Read the governor back. Raises `InputRefused`."""
        governor = check_governor(read_number(text))
        return "appointment at any moment" if governor == 1 else "appointments at any moment"

    def read_active(self, text: str) -> str:
        """Read back whether the provider can be booked. Raises `InputRefused`."""
        return "can be booked" if read_yes(text) else "no column, no bookings"

    def read_from(self, text: str) -> str:
        """Read back when the hours in view hold. Raises `InputRefused`."""
        since, until = read_period(text, today=self.today, order=self.order)
        if self.number and since is None:
            return "no first day: left out"
        if not text.strip():
            more = self.number + 1 < len(self.pages)
            return "until those after; PgDn shows them" if more else "always; PgDn other hours from a day on"
        return show_period(since, until) + (", closed before" if since and not self.number else "")

    def show_day(self, weekday: int, text: str) -> str:
        """Read a weekday's hours back in full, or what they come to when that is too long."""
        day = read_day([*(self.text_of(f"hours-{n}") for n in range(weekday)), text], weekday, self.sites)
        words = show_hours(day, self.sites)
        if len(words) <= NOTE_WIDTH:
            return words
        minutes = sum(span.minutes for span in day.spans) - sum(pause.span.minutes for pause in day.breaks)
        first, last = show_minute(day.spans[0].start), show_minute(day.spans[-1].end)
        return f"{first}–{last} with pauses, open {minutes // 60} h {minutes % 60:02}"

    def on_descendant_focus(self) -> None:
        """Read the weekdays again: one with `=` follows the day above."""
        for weekday in range(len(WEEKDAYS)):
            self.field(f"hours-{weekday}").show_reading()

    # -- pages

    def keep(self) -> None:
        """Keep what is typed of the page in view."""
        days = tuple(self.text_of(f"hours-{weekday}") for weekday in range(len(WEEKDAYS)))
        self.pages[self.number] = HoursPage(period=self.text_of("from").strip(), days=days)

    def show_page(self, number: int) -> None:
        """Show a page from what was kept."""
        self.number = number
        page = self.pages[number]
        self.field("from").offer(page.period)
        for weekday, text in enumerate(page.days):
            self.field(f"hours-{weekday}").offer(text)
        self.on_descendant_focus()
        self.query_one("#heading", Words).show(safe(self.heading()))

    def action_turn(self, step: int) -> None:
        """Show the hours before or after; after the last ones come new ones, which want their first day."""
        at_fault = next((f for f in self._hours_fields() if f.problem), None)
        if at_fault is not None:
            at_fault.line.focus()
            return
        self.keep()
        number, left_out = self.number + step, self.number > 0 and self._since(self.number) is None
        if left_out and step > 0:
            self.say_problem("Type in From when these hours begin; PgUp goes back.")
        elif number >= 0:
            if left_out:
                del self.pages[self.number]
            if number == len(self.pages):
                self.pages.append(replace(self.pages[self.number], period=""))
            self.show_page(number)
        self.field("from").line.focus()

    def _hours_fields(self) -> list[Field]:
        return [self.field("from"), *(self.field(f"hours-{weekday}") for weekday in range(len(WEEKDAYS)))]

    def _since(self, number: int) -> date | None:
        return read_period(self.pages[number].period, today=self.today, order=self.order)[0]

    def _page_on(self, day: date) -> int:
        return page_on(self.pages, day, today=self.today, order=self.order)

    def typed(self) -> bool:
        """Tell whether something was typed, on any page."""
        self.keep()
        return super().typed() or self.pages != self.first_pages

    # -- saving

    def read_pages(self) -> tuple[DayHours, ...]:
        """Read the hours of all pages. Raises `InputRefused`."""
        self.keep()
        periods = [read_period(page.period, today=self.today, order=self.order) for page in self.pages]
        kept = [(p, page) for n, (p, page) in enumerate(zip(periods, self.pages, strict=True)) if p[0] or not n]
        return join_weeks(read_week(page, period, self.sites) for period, page in kept)

    async def send(self) -> Provider:
        """Save the provider."""
        it = self.provider
        draft = ProviderDraft(
            name=self.text_of("name"),
            governor=read_number(self.text_of("governor")),
            active=read_yes(self.text_of("active")),
            hours=self.read_pages(),
            purpose_ids=self.query_one(OffersField).purpose_ids,
        )
        return await self.set_up.save_provider(
            desk_of(self).act(), it.id if it else None, draft, version=it.version if it else None
        )

    def at_fault(self, appointment: Appointment) -> str:
        """Return what the appointment would lose: its provider, its purpose or its hours."""
        if not read_yes(self.text_of("active")):
            return "active"
        offered = self.query_one(OffersField).purpose_ids
        if appointment.purpose_id not in offered:
            return "purpose_ids"
        self.show_page(self._page_on(appointment.day))
        return f"hours-{appointment.day.weekday()}"
