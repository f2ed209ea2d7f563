"""Events: time in which a provider is not bookable."""

from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from ctfront.data.database import Reader, Writer
from ctfront.data.models import EventRow
from ctfront.domain.providers import Event
from ctfront.domain.times import Span

_EVENT = EventRow.__table__.c


_EVENTS = select(
    _EVENT.id, _EVENT.provider_id, _EVENT.day, _EVENT.start_minute, _EVENT.end_minute, _EVENT.text, _EVENT.series
).where(_EVENT.removed_at.is_(None))
_ON_DAYS = _EVENTS.where(
    _EVENT.clinic_id == bindparam("clinic_id"), _EVENT.day.between(bindparam("first"), bindparam("last"))
).order_by(_EVENT.day, _EVENT.start_minute)
_OF_PROVIDER = _EVENTS.where(
    _EVENT.clinic_id == bindparam("clinic_id"),
    _EVENT.provider_id == bindparam("provider_id"),
    _EVENT.day == bindparam("day"),
)


def event_of(row: Any) -> Event:
    """Turn a row into an event."""
    return Event(
        id=row.id,
        provider_id=row.provider_id,
        day=row.day,
        span=Span(row.start_minute, row.end_minute),
        text=row.text,
        series=row.series,
    )


async def read_coming_events(reader: Reader, clinic_id: int, today: date) -> list[Event]:
    """Return the events of today and later."""
    return await read_events(reader, clinic_id, today, date.max)


async def read_events(reader: Reader, clinic_id: int, first: date, last: date) -> list[Event]:
    """Return the events of the days from `first` to `last`."""
    days = {"clinic_id": clinic_id, "first": first, "last": last}
    return [event_of(row) for row in await reader.execute(_ON_DAYS, days)]


def load_events(writer: Writer, clinic_id: int, provider_id: int, day: date) -> tuple[Event, ...]:
    """Return one provider's events of a day."""
    rows = writer.execute(_OF_PROVIDER, {"clinic_id": clinic_id, "provider_id": provider_id, "day": day})
    return tuple(event_of(row) for row in rows)
