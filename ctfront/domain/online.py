"""What patients may book on the site: the clinic's rules, each provider's, and the free times that follow from them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from ctfront.domain.clinic import Clinic, DateOrder
from ctfront.domain.minutes import bits, bits_of, each, starts_of
from ctfront.domain.providers import Event, Provider, VisitPurpose
from ctfront.domain.schedule import Start, free_minutes
from ctfront.domain.times import Span, show_time


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

    def free_on(self, day: date, visits: Sequence[tuple[int, int]], events: Iterable[Event]) -> int:
        """Return the minutes of a day that are free online: inside office hours, whatever the online hours say."""
        office = self.provider.hours_on(day)
        if not office.spans:
            return 0
        free = free_minutes(office.spans, visits, self.provider, day, most=self.governor)
        free &= ~bits_of(pause.span for pause in office.breaks)
        for event in events:
            free &= ~bits_of((event.span,))
        return free if self.hours is None else free & bits_of(self.hours.get(day.weekday(), ()))


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

    def offered(
        self,
        purpose: VisitPurpose,
        who: Sequence[OnlineProvider],
        days: Iterable[date],
        free: Callable[[OnlineProvider, date], int],
        *,
        now: datetime,
        step: int,
    ) -> Iterator[tuple[date, OnlineProvider, int]]:
        """Yield the minutes at which a visit may start, of every day and provider; `now` is wall clock.

        `free` gives what is free of a provider's day, as `OnlineProvider.free_on` works it out.
        """
        earliest, last = self.rules.window(now)
        for day in days:
            if not earliest.date() <= day <= last:
                continue
            early = bits(0, earliest.hour * 60 + earliest.minute) if day == earliest.date() else 0
            for one in who:
                if minutes := starts_of(free(one, day), purpose.minutes, step) & ~early:
                    yield day, one, minutes


def counted(offered: Iterable[tuple[date, OnlineProvider, int]]) -> dict[date, int]:
    """Return how many different times each day has."""
    days: dict[date, int] = {}
    for day, _, minutes in offered:
        days[day] = days.get(day, 0) | minutes
    return {day: minutes.bit_count() for day, minutes in days.items()}


def started(offered: Iterable[tuple[date, OnlineProvider, int]], purpose: VisitPurpose) -> Iterator[Start]:
    """Yield each start, day by day and of each day provider by provider."""
    for day, one, minutes in offered:
        for minute in each(minutes):
            yield Start(
                provider_id=one.provider.id,
                provider=one.provider.name,
                day=day,
                minute=minute,
                minutes_free=purpose.minutes,
            )


def say_time(at: time, clinic: Clinic) -> str:
    """Return `2:15 pm` where months come first, else `14:15`."""
    if clinic.date_order is not DateOrder.MONTH_FIRST:
        return show_time(at)
    return f"{at.hour % 12 or 12}:{at.minute:02} {'am' if at.hour < 12 else 'pm'}"


def say_zone(clinic: Clinic) -> str:
    """Return `Los Angeles time`, the zone by its city."""
    return f"{clinic.zone.rpartition('/')[2].replace('_', ' ')} time"
