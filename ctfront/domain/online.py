"""What patients may book on the site: the clinic's rules, each provider's, and the free times that follow from them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property

from ctfront.domain.clinic import Clinic, DateOrder
from ctfront.domain.errors import InputRefused
from ctfront.domain.minutes import bits, bits_of, each, starts_of
from ctfront.domain.providers import Event, Provider, VisitPurpose
from ctfront.domain.schedule import Start, free_minutes
from ctfront.domain.text import clean_line, safe
from ctfront.domain.times import Span, merge, show_time

MOST_NOTICE = 30 * 24 * 60
"""Minutes; no clinic asks for more than a month."""

MOST_DAYS = 366
MOST_COMING = 50

LONGEST_TEXT = 1_000
"""Characters of the clinic's own words."""


@dataclass(frozen=True, kw_only=True)
class OnlineRules:
    """What the clinic allows."""

    notice_minutes: int = 120
    """So long before its start an appointment is still taken."""
    days_ahead: int = 60
    most_coming: int = 5
    """Appointments to come that one person may have made online."""
    to_approve: frozenset[int] = frozenset()
    """Purposes that the desk looks at first."""
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
    version: int = 0
    """0 where nothing was ever set."""

    @property
    def id(self) -> int:
        """The provider's."""
        return self.provider.id

    @property
    def name(self) -> str:
        """What a sentence about saving calls it."""
        return f"{self.provider.name} for Online Appointments"

    @cached_property
    def booked(self) -> Provider:
        """The provider with the governors by which the site books; worked out once, since every day asks."""
        return self.provider if self.governor is None else self.provider.capped(self.governor)

    def offers(self, purpose_id: int) -> bool:
        """Tell whether patients may book it."""
        return self.available and self.provider.active and purpose_id in self.purpose_ids

    def free_on(self, day: date, visits: Sequence[tuple[int, int]], events: Iterable[Event]) -> int:
        """Return the minutes of a day that are free online: inside office hours, whatever the online hours say."""
        office = self.booked.hours_on(day)
        if not office.spans:
            return 0
        closed = [*(pause.span for pause in office.breaks), *(event.span for event in events)]
        free = free_minutes(self.booked, day, office.spans, closed, visits)
        return free if self.hours is None else free & bits_of(self.hours.get(day.weekday(), ()))


@dataclass(frozen=True, kw_only=True)
class OnlineProviderDraft:
    """What is set of a provider for the site."""

    purpose_ids: frozenset[int]
    """Offered online, of those that the provider offers."""
    available: bool = True
    governor: int | None = None
    """None for the desk's."""
    hours: Mapping[int, tuple[Span, ...]] | None = None
    """By weekday; None for the office hours."""
    description: str = ""

    @classmethod
    def of(cls, one: OnlineProvider) -> "OnlineProviderDraft":
        """Return what would be saved of the provider as it is."""
        return cls(
            purpose_ids=one.purpose_ids,
            available=one.available,
            governor=one.governor,
            hours=one.hours,
            description=one.description,
        )


def check_rules(rules: OnlineRules) -> OnlineRules:
    """Return the rules cleaned. Raises `InputRefused` naming the field."""
    for field, most in (("notice_minutes", MOST_NOTICE), ("days_ahead", MOST_DAYS), ("most_coming", MOST_COMING)):
        check_number(getattr(rules, field), field=field, least=int(field != "notice_minutes"), most=most)
    return replace(rules, welcome=clean_line(rules.welcome, field="welcome", limit=LONGEST_TEXT))


def check_number(number: int, *, field: str, least: int = 1, most: int) -> int:
    """Return the number. Raises `InputRefused` when it is not from `least` to `most`."""
    if not least <= number <= most:
        raise InputRefused(f"A number from {least} to {most:,}.", field=field)
    return number


def check_online_provider(provider: Provider, draft: OnlineProviderDraft) -> OnlineProviderDraft:
    """Return the draft cleaned. Raises `InputRefused` naming the field."""
    if draft.governor is not None:
        check_online_governor(provider, draft.governor)
    if not draft.purpose_ids <= frozenset(provider.purpose_ids):
        raise InputRefused(f"{safe(provider.name)} does not offer all of that.", field="purpose_ids")
    hours = None
    if draft.hours is not None:
        hours = {weekday: merge(spans) for weekday, spans in sorted(draft.hours.items()) if spans}
    return replace(
        draft, hours=hours, description=clean_line(draft.description, field="description", limit=LONGEST_TEXT)
    )


def check_online_governor(provider: Provider, governor: int) -> int:
    """Return the governor. Raises `InputRefused` for one above the desk's."""
    most = provider.highest_governor
    if not 1 <= governor <= most:
        raise InputRefused(f"At most {most}, as at the desk.", field="governor")
    return governor


@dataclass(frozen=True, kw_only=True)
class OnlineBook:
    """Everything that decides what patients are offered."""

    id: int
    """The clinic's."""
    rules: OnlineRules
    providers: tuple[OnlineProvider, ...]
    purposes: tuple[VisitPurpose, ...]
    """Those that anybody offers online, in Set-up order."""
    version: int = 0
    """Of the rules; 0 where none were ever saved."""

    @property
    def name(self) -> str:
        """What a sentence about saving calls it."""
        return "the rules of Online Appointments"

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
