"""A provider: name, governor, visit purposes, and the hours of each weekday."""

from collections.abc import Iterable, Sequence
from functools import partial

from textual import events
from textual.widget import Widget

from ctfront.domain.appointments import Appointment
from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.choices import ALL, read_several
from ctfront.domain.grammar.hours import WEEKDAYS, read_hours, show_hours, type_hours
from ctfront.domain.providers import DayHours, Provider, VisitPurpose
from ctfront.domain.set_up import ProviderDraft, check_governor
from ctfront.domain.text import safe
from ctfront.domain.times import show_minute
from ctfront.screens.modals.set_up_form import SetUpForm, read_number, read_yes
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.widgets.form import Field
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.long_field import LongField
from ctfront.widgets.set_up_rows import yes_or_no
from ctfront.widgets.words import Words

NOTHING = {"none": ()}

SAME = "="
"""Typed for a weekday with the hours of the day above."""

NOTE_WIDTH = 38
"""Cells beside a weekday's field."""


class ProviderForm(SetUpForm[Provider]):
    """Add a provider or change one."""

    def __init__(
        self,
        set_up: ClinicSetup,
        purposes: Sequence[VisitPurpose],
        provider: Provider | None,
        *,
        pattern: Provider | None = None,
    ) -> None:
        super().__init__(set_up, first=None if provider is None else "name")
        self.purposes = tuple(purpose for purpose in purposes if purpose.active)
        self.provider = provider
        self.pattern = pattern
        """Whose hours a new provider is offered."""
        self.names = tuple((purpose.name, purpose.letter) for purpose in self.purposes)

    def heading(self) -> str:
        """Say whose form it is, and where offered hours come from."""
        if self.provider is not None:
            return f"Provider · {self.provider.name}"
        return f"New provider · hours as {self.pattern.name}'s" if self.pattern else "New provider"

    def fields(self) -> Iterable[Widget]:
        """Make the fields."""
        it = self.provider
        yield Field("name", "Name", it.name if it else "", required=True)
        yield Field("governor", "Governor", str(it.governor if it else 1), required=True, read=self.read_governor)
        yield Field("active", "Active", yes_or_no(it is None or it.active), required=True, read=self.read_active)
        yield LongField(
            "purpose_ids",
            "Offers",
            self._typed_purposes(),
            hint=", ".join([*(purpose.letter for purpose in self.purposes), "all or none"]),
            required=True,
            read=self.show_purposes,
        )
        for weekday, name in enumerate(WEEKDAYS):
            offered = self._offered_hours(weekday)
            yield Field(f"hours-{weekday}", name, type_hours(offered), read=partial(self.show_day, weekday))
        yield Words(safe("8-18, lunch 12-13   empty: closed   = as the day above"), id="hours-hint")

    def _typed_purposes(self) -> str:
        offered = [p.letter for p in self.purposes if self.provider and p.id in self.provider.purpose_ids]
        if offered and len(offered) == len(self.purposes):
            return ALL
        return ", ".join(offered) or ("none" if self.provider else "")

    def _offered_hours(self, weekday: int) -> DayHours:
        known = self.provider or self.pattern
        closed = DayHours(weekday=weekday, spans=())
        return next((day for day in known.hours if day.weekday == weekday), closed) if known else closed

    # -- reading

    def read_governor(self, text: str) -> str:
        """Read the governor back. Raises `InputRefused`."""
        governor = check_governor(read_number(text))
        return "appointment at any moment" if governor == 1 else "appointments at any moment"

    def read_active(self, text: str) -> str:
        """Read back whether the provider can be booked. Raises `InputRefused`."""
        return "can be booked" if read_yes(text) else "no column, no bookings"

    def chosen(self, text: str) -> tuple[VisitPurpose, ...]:
        """Read which visit purposes are offered. Raises `InputRefused`."""
        chosen = read_several(text, self.names, what="visit purpose", shortcuts=NOTHING)
        return tuple(self.purposes[index] for index in chosen)

    def show_purposes(self, text: str) -> str:
        """Read the purposes back by name. Raises `InputRefused`."""
        return ", ".join(purpose.name for purpose in self.chosen(text)) or "nothing yet"

    def hours_of(self, text: str, weekday: int) -> DayHours:
        """Read a weekday's hours; `=` takes those of the day above. Raises `InputRefused`."""
        if text.strip() != SAME:
            return read_hours(text, weekday)
        if weekday == 0:
            raise InputRefused("There is no day above.")
        above = self.hours_of(self.text_of(f"hours-{weekday - 1}"), weekday - 1)
        return DayHours(weekday=weekday, spans=above.spans, breaks=above.breaks)

    def show_day(self, weekday: int, text: str) -> str:
        """Read a weekday's hours back in full, or what they come to when that is too long."""
        day = self.hours_of(text, weekday)
        words = show_hours(day)
        if len(words) <= NOTE_WIDTH:
            return words
        minutes = sum(span.minutes for span in day.spans) - sum(pause.span.minutes for pause in day.breaks)
        first, last = show_minute(day.spans[0].start), show_minute(day.spans[-1].end)
        return f"{first}–{last} with pauses, open {minutes // 60} h {minutes % 60:02}"

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Read the weekdays again: one with `=` follows the day above."""
        for weekday in range(len(WEEKDAYS)):
            self.field(f"hours-{weekday}").show_reading()

    # -- saving

    async def send(self) -> Provider:
        """Save the provider."""
        it = self.provider
        week = tuple(self.hours_of(self.text_of(f"hours-{n}"), n) for n in range(len(WEEKDAYS)))
        draft = ProviderDraft(
            name=self.text_of("name"),
            governor=read_number(self.text_of("governor")),
            active=read_yes(self.text_of("active")),
            hours=week,
            purpose_ids=tuple(purpose.id for purpose in self.chosen(self.text_of("purpose_ids"))),
        )
        return await self.set_up.save_provider(
            desk_of(self).act(), it.id if it else None, draft, version=it.version if it else None
        )

    def at_fault(self, appointment: Appointment) -> str:
        """Return what the appointment would lose: its provider, its purpose or its hours."""
        if not read_yes(self.text_of("active")):
            return "active"
        offered = {purpose.id for purpose in self.chosen(self.text_of("purpose_ids"))}
        return f"hours-{appointment.day.weekday()}" if appointment.purpose_id in offered else "purpose_ids"
