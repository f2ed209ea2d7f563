"""The free times that patients are offered, worked out by the desk's own rule for free time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy.orm import Session

from ctfront.data import appointments, events, online_rules
from ctfront.data.database import Reader
from ctfront.domain.clinic import Clinic
from ctfront.domain.online import OnlineBook, OnlineProvider
from ctfront.domain.providers import Event, VisitPurpose
from ctfront.domain.schedule import Start
from ctfront.domain.times import wall_clock

NEXT = 6
"""Free times offered instead of one that was lost."""


async def read_starts(
    reader: Reader,
    clinic: Clinic,
    book: OnlineBook,
    purpose: VisitPurpose,
    who: Sequence[OnlineProvider],
    first: date,
    last: date,
    *,
    now: datetime,
) -> list[Start]:
    """Return the free starts of a purpose from `first` to `last`; `now` is an instant."""
    taken = await appointments.read_taken(reader, clinic.id, first, last)
    blocked = await events.read_events(reader, clinic.id, first, last)
    wall = wall_clock(now, clinic.zone)
    return list(
        book.starts(purpose, who, _days(first, last), taken, _by_place(blocked), now=wall, step=clinic.slot_minutes)
    )


def load_starts(
    session: Session, clinic: Clinic, book: OnlineBook, purpose: VisitPurpose, who: Sequence[OnlineProvider], day: date,
    *, now: datetime,
) -> list[Start]:  # fmt: skip
    """Return the free starts of one day inside an act."""
    taken = appointments.load_taken(session.connection(), clinic.id, day, day)
    blocked = [e for one in who for e in events.load_events(session.connection(), clinic.id, one.provider.id, day)]
    wall = wall_clock(now, clinic.zone)
    return list(book.starts(purpose, who, [day], taken, _by_place(blocked), now=wall, step=clinic.slot_minutes))


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
