"""What patients may book on the site: the clinic's rules, each provider's, and the free times that follow from them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from ctfront.domain.clinic import Clinic, DateOrder
from ctfront.domain.openings import minutes_in
from ctfront.domain.providers import Event, Provider, VisitPurpose
from ctfront.domain.schedule import Column, Start, free_spans
from ctfront.domain.times import DAY, Span, show_time

Taken = Mapping[tuple[int, date], Sequence[tuple[int, int]]]
"""First minute and length of the live appointments, by provider and day."""


@dataclass(frozen=True, kw_only=True)
class OnlineRules:
    """What the clinic allows."""

    notice_minutes: int = 120
    """So long before its start an appointment is still taken."""
    days_ahead: int = 60
    most_coming: int = 5
    """Appointments to come that one person may have made online."""
    welcome: str = ""
    """The clinic's own words on the first page."""

    def window(self, now: datetime) -> tuple[datetime, date]:
        """Return the earliest start and the last day; all wall clock."""
        return now + timedelta(minutes=self.notice_minutes), now.date() + timedelta(days=self.days_ahead)


@dataclass(frozen=True, kw_only=True)
class OnlineProvider:
    """A provider as the site offers them."""

    provider: Provider
    purpose_ids: frozenset[int]
    """Offered online."""
    available: bool = True
    governor: int | None = None
    """At most this many at a time online; never more than the desk allows."""
    hours: Mapping[int, tuple[Span, ...]] | None = None
    """By weekday; None where the office hours hold."""
    description: str = ""

    @property
    def cap(self) -> int:
        """How many may be in progress for another one to be taken online."""
        return min(self.provider.governor, self.governor or self.provider.governor)

    def offers(self, purpose_id: int) -> bool:
        """Tell whether patients may book it."""
        return self.available and self.provider.active and purpose_id in self.purpose_ids

    def free_on(self, day: date, visits: Iterable[tuple[int, int]], events: Sequence[Event]) -> tuple[Span, ...]:
        """Return the time of a day that is free online: inside office hours, whatever the online hours say."""
        office = self.provider.hours_on(day)
        column = Column(provider=self.provider, day=day, hours=office.spans, breaks=office.breaks, events=tuple(events))
        taken = [Span(start, min(start + minutes, DAY)) for start, minutes in visits if start < DAY]
        free = free_spans(column.bookable(), taken, self.provider, day, most=self.governor)
        if self.hours is None:
            return free
        return tuple(
            Span(max(a.start, b.start), min(a.end, b.end))
            for a in free
            for b in self.hours.get(day.weekday(), ())
            if a.overlaps(b)
        )


@dataclass(frozen=True, kw_only=True)
class OnlineBook:
    """Everything that decides what patients are offered."""

    rules: OnlineRules
    providers: tuple[OnlineProvider, ...]
    purposes: tuple[VisitPurpose, ...]
    """Those that anybody offers online, in Set-up order."""
    to_approve: frozenset[int] = field(default_factory=frozenset)
    """Purposes that the desk looks at first."""

    def purpose(self, purpose_id: int) -> VisitPurpose | None:
        """Return a purpose that is offered."""
        return next((purpose for purpose in self.purposes if purpose.id == purpose_id), None)

    def offering(self, purpose_id: int, provider_id: int | None = None) -> tuple[OnlineProvider, ...]:
        """Return who offers a purpose, all or the one."""
        chosen = (p for p in self.providers if p.offers(purpose_id))
        return tuple(p for p in chosen if provider_id is None or p.provider.id == provider_id)

    def starts(
        self,
        purpose: VisitPurpose,
        who: Iterable[OnlineProvider],
        days: Iterable[date],
        taken: Taken,
        events: Mapping[tuple[int, date], Sequence[Event]],
        *,
        now: datetime,
        step: int,
    ) -> Iterator[Start]:
        """Yield the free starts, day by day and of each day provider by provider; `now` is wall clock."""
        earliest, last = self.rules.window(now)
        for day in days:
            if not earliest.date() <= day <= last:
                continue
            first = earliest.hour * 60 + earliest.minute if day == earliest.date() else 0
            for one in who:
                place = (one.provider.id, day)
                free = one.free_on(day, taken.get(place, ()), events.get(place, ()))
                for minute, minutes_free in minutes_in(free, purpose.minutes, step=step):
                    if minute >= first:
                        yield Start(
                            provider_id=one.provider.id,
                            provider=one.provider.name,
                            day=day,
                            minute=minute,
                            minutes_free=minutes_free,
                        )


def say_time(at: time, clinic: Clinic) -> str:
    """Return `2:15 pm` where months come first, else `14:15`."""
    if clinic.date_order is not DateOrder.MONTH_FIRST:
        return show_time(at)
    return f"{at.hour % 12 or 12}:{at.minute:02} {'am' if at.hour < 12 else 'pm'}"


def say_zone(clinic: Clinic) -> str:
    """Return `Los Angeles time`, the zone by its city."""
    return f"{clinic.zone.rpartition('/')[2].replace('_', ' ')} time"
