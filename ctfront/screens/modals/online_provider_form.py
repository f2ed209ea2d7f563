"""A provider on the Online Appointments site: offered or not, for what, when, how many at a time, in which words."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.hours import WEEKDAYS, show_hours, type_hours
from ctfront.domain.minutes import bits_of, spans_of
from ctfront.domain.online import LONGEST_TEXT, OnlineProvider, OnlineProviderDraft, check_online_governor
from ctfront.domain.providers import DayHours, VisitPurpose
from ctfront.domain.text import safe
from ctfront.domain.times import Span
from ctfront.screens.modals.hours_pages import read_day
from ctfront.screens.modals.offers_field import OffersField
from ctfront.screens.modals.set_up_form import SetUpForm, read_number, read_yes
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.widgets.form import Field
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.long_field import LongField
from ctfront.widgets.set_up_rows import yes_or_no
from ctfront.widgets.words import Words

DAYS = range(len(WEEKDAYS))


def read_available(text: str) -> str:
    """Read back whether patients find the provider. Raises `InputRefused`."""
    return "patients can book" if read_yes(text) else "patients do not find this provider"


class OnlineProviderForm(SetUpForm[OnlineProvider]):
    """Change how a provider is offered; hours typed as the office hours are follow these from then on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8,ctrl+r", "restore", "Restore", tooltip="Restore from office hours", id="form.restore"),
    ]

    def __init__(
        self, set_up: ClinicSetup, one: OnlineProvider, purposes: Sequence[VisitPurpose], *, today: date
    ) -> None:
        super().__init__(set_up, first="available")
        self.one = one
        self.purposes = tuple(p for p in purposes if p.active and p.id in one.provider.purpose_ids)
        days = (today + timedelta(days=(weekday - today.weekday()) % 7) for weekday in DAYS)
        self.office = tuple(one.provider.hours_on(day).bookable() for day in days)
        """The office hours of each weekday without the breaks."""

    def heading(self) -> str:
        """Say whose form it is."""
        return f"Online · {self.one.provider.name} · inside the office hours, whatever is typed"

    def fields(self) -> Iterable[Widget]:
        """Make the fields."""
        it = self.one
        governor = "" if it.governor is None else str(it.governor)
        yield Field("available", "Available", yes_or_no(it.available), required=True, read=read_available)
        yield Field("governor", "Governor", governor, read=self.read_governor)
        yield OffersField(self.purposes, it.purpose_ids, nothing="nothing online")
        hint = "words under the name; empty for none"
        yield LongField("description", "Profile", it.description, hint=hint, limit=LONGEST_TEXT)
        for weekday, name in enumerate(WEEKDAYS):
            spans = self.office[weekday] if it.hours is None else it.hours.get(weekday, ())
            yield Field(f"hours-{weekday}", name, _typed(spans), read=partial(self.show_day, weekday))
        yield Words(safe("F8 or Ctrl+R restores the office hours   empty: closed   = as above"), id="hours-hint")

    # -- reading

    def read_governor(self, text: str) -> str:
        """Read the governor back. Raises `InputRefused`."""
        if not text.strip():
            return f"as at the desk, {self.one.provider.highest_governor} at a time"
        check_online_governor(self.one.provider, read_number(text))
        return "at a time, with those of the desk"

    def read_spans(self, weekday: int, text: str) -> tuple[Span, ...]:
        """Read a weekday's hours without the breaks; `=` takes the day above. Raises `InputRefused`."""
        day = read_day([*(self.text_of(f"hours-{n}") for n in range(weekday)), text], weekday, ())
        if day.governed:
            raise InputRefused("Online one governor holds all day; it is typed above.", field=f"hours-{weekday}")
        return day.bookable()

    def show_day(self, weekday: int, text: str) -> str:
        """Read a weekday's hours back: what of them lies inside the office hours."""
        spans = self.read_spans(weekday, text)
        offered = spans_of(bits_of(spans) & bits_of(self.office[weekday]))
        words = show_hours(DayHours(weekday=weekday, spans=offered))
        return words if offered == spans else f"offered: {words}"

    def on_descendant_focus(self) -> None:
        """Read the weekdays again: one with `=` follows the day above."""
        for weekday in DAYS:
            self.field(f"hours-{weekday}").show_reading()

    def action_restore(self) -> None:
        """Fill in the office hours again."""
        for weekday, spans in enumerate(self.office):
            self.field(f"hours-{weekday}").line.value = _typed(spans)
        self.say_problem("The office hours are filled in; Okay saves them.")

    # -- saving

    async def send(self) -> OnlineProvider:
        """Save how the provider is offered."""
        governor = self.text_of("governor").strip()
        week = tuple(self.read_spans(weekday, self.text_of(f"hours-{weekday}")) for weekday in DAYS)
        draft = OnlineProviderDraft(
            purpose_ids=frozenset(self.query_one(OffersField).purpose_ids),
            available=read_yes(self.text_of("available")),
            governor=read_number(governor) if governor else None,
            hours=None if week == self.office else {day: spans for day, spans in enumerate(week) if spans},
            description=self.text_of("description"),
        )
        return await self.set_up.save_online_provider(desk_of(self).act(), self.one.id, draft, version=self.one.version)


def _typed(spans: tuple[Span, ...]) -> str:
    return type_hours(DayHours(weekday=0, spans=spans))
