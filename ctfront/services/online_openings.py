"""The free times that patients are offered, worked out by the desk's own rule for free time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy.orm import Session

from ctfront.data import appointments, events, news, online_rules, seats
from ctfront.data.database import Reader
from ctfront.domain.clinic import Clinic
from ctfront.domain.online import OnlineBook, OnlineProvider, started
from ctfront.domain.providers import Event, VisitPurpose
from ctfront.domain.schedule import Hold, Start
from ctfront.domain.times import wall_clock
from ctfront.services.holding import add_held, holds_at

NEXT = 6
"""Free times offered instead of one that was lost."""


Offered = list[tuple[date, OnlineProvider, int]]
"""The minutes at which a visit may start, by day and provider."""


class FreeMinutes:
    """What is offered, and what is free of each provider's day; kept until something of it changes.

    A day with places held is read anew: these end by themselves, and nothing tells it.
    """

    def __init__(self) -> None:
        self._seen = 0
        """The newest change that is in."""
        self._book: OnlineBook | None = None
        self._free: dict[date, dict[int, int]] = {}

    async def book(self, reader: Reader, clinic_id: int) -> OnlineBook:
        """Return everything that decides what is offered, read again when set-up may have changed."""
        if self._book is not None:
            since = await news.read_since(reader, clinic_id, self._seen)
            self._seen = since.newest
            for day in since.days:
                self._free.pop(day, None)
            if since.of_days_only:
                return self._book
        newest = await news.read_newest(reader, clinic_id)
        book = await online_rules.read_book(reader, clinic_id)
        self._seen, self._book, self._free = newest, book, {}
        return book

    async def offered(
        self,
        reader: Reader,
        clinic: Clinic,
        purpose: VisitPurpose,
        provider_id: int | None,
        first: date,
        last: date,
        *,
        now: datetime,
    ) -> Offered:
        """Return when a purpose may start from `first` to `last`, with one provider or anybody; `now` is an instant."""
        book, days = await self.book(reader, clinic.id), _days(first, last)
        wall = wall_clock(now, clinic.zone)
        holds = holds_at(await seats.read_held(reader), clinic, wall)
        held = {hold.day for hold in holds}
        seen, free = self._seen, {day: self._free[day] for day in days if day in self._free and day not in held}
        if missing := [day for day in days if day not in free]:
            free |= await self._read(reader, clinic, book, missing, holds)
            if seen == self._seen:  # else what was read may be older than what was dropped meanwhile
                self._free |= {day: minutes for day, minutes in free.items() if day not in held}

        def of(one: OnlineProvider, day: date) -> int:
            return free[day][one.provider.id]

        who = book.offering(purpose.id, provider_id)
        return list(book.offered(purpose, who, days, of, now=wall, step=clinic.slot_minutes))

    async def _read(
        self, reader: Reader, clinic: Clinic, book: OnlineBook, days: Sequence[date], holds: Iterable[Hold]
    ) -> dict[date, dict[int, int]]:
        taken = await appointments.read_taken(reader, clinic.id, days[0], days[-1])
        add_held(taken, holds)
        blocked = _by_place(await events.read_events(reader, clinic.id, days[0], days[-1]))
        free: dict[date, dict[int, int]] = {}
        for day in days:
            free[day] = {
                one.provider.id: one.free_on(
                    day, taken.get((one.provider.id, day), ()), blocked.get((one.provider.id, day), ())
                )
                for one in book.providers
            }
        return free


def load_starts(
    session: Session, clinic: Clinic, book: OnlineBook, purpose: VisitPurpose, who: Sequence[OnlineProvider], day: date,
    *, now: datetime,
) -> list[Start]:  # fmt: skip
    """Return the free starts of one day inside an act."""
    connection = session.connection()
    taken = appointments.load_taken(connection, clinic.id, day, day)
    wall = wall_clock(now, clinic.zone)
    add_held(taken, holds_at(seats.load_held(connection), clinic, wall))

    def free(one: OnlineProvider, day: date) -> int:
        blocked = events.load_events(connection, clinic.id, one.provider.id, day)
        return one.free_on(day, taken.get((one.provider.id, day), ()), blocked)

    return list(started(book.offered(purpose, who, [day], free, now=wall, step=clinic.slot_minutes), purpose))


def load_next(
    session: Session, clinic: Clinic, purpose_id: int, provider_id: int | None, *, now: datetime
) -> list[Start]:
    """Return the next free starts of a purpose: with the provider if there are any, else with anybody."""
    book = online_rules.load_book(session, clinic.id)
    purpose = book.purpose(purpose_id)
    if purpose is None:
        return []
    for chosen in dict.fromkeys((provider_id, None)):
        who = book.offering(purpose_id, chosen)
        found = list(islice(_each_start(session, clinic, book, purpose, who, now), NEXT))
        if found:
            return found
    return []


def _each_start(
    session: Session,
    clinic: Clinic,
    book: OnlineBook,
    purpose: VisitPurpose,
    who: Sequence[OnlineProvider],
    now: datetime,
) -> Iterable[Start]:
    earliest, last = book.rules.window(wall_clock(now, clinic.zone))
    for day in _days(earliest.date(), last):
        if any(one.provider.hours_on(day).spans for one in who):
            found = load_starts(session, clinic, book, purpose, who, day, now=now)
            yield from sorted(found, key=lambda start: start.minute)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _by_place(blocked: Iterable[Event]) -> Mapping[tuple[int, date], list[Event]]:
    places: dict[tuple[int, date], list[Event]] = {}
    for event in blocked:
        places.setdefault((event.provider_id, event.day), []).append(event)
    return places
