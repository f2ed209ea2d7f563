"""Time in which a provider is not bookable: made, on one day or on several, and taken away again."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import events, ledger
from ctfront.data.models import EventRow
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import NotFound
from ctfront.domain.providers import Event
from ctfront.domain.repeats import Reach
from ctfront.domain.staff import Act, Right
from ctfront.domain.text import clean_line, safe
from ctfront.domain.times import Span, show_date
from ctfront.services import placing


def add_events(
    session: Session, clinic: Clinic, act: Act, provider_id: int, days: Sequence[date], span: Span, text: str
) -> tuple[Event, ...]:
    """Block a provider's time on each of the days; appointments in it stay where they are."""
    if earlier := ledger.repeated(session, act):
        first = session.get_one(EventRow, earlier.subject_id)
        made = session.scalars(select(EventRow).where(EventRow.series == first.id).order_by(EventRow.day)).all()
        return tuple(events.event_of(row) for row in made or [first])
    act.who.require(Right.BOOK)
    provider = clinics.load_provider(session, clinic.id, provider_id)
    values = {
        "clinic_id": clinic.id,
        "site_id": clinics.load_site(session, clinic.id).id,
        "provider_id": provider_id,
        "start_minute": span.start,
        "end_minute": span.end,
        "text": clean_line(text, field="text") or "not bookable",
        **placing.made_by(act),
    }
    rows = [EventRow(day=day, **values) for day in days]
    session.add_all(rows)
    session.flush()
    if len(rows) > 1:
        for row in rows:
            row.series = rows[0].id
        session.flush()
    added = tuple(events.event_of(row) for row in rows)
    _record(session, clinic, act, added, provider.name, added=True)
    return added


def remove_event(session: Session, clinic: Clinic, act: Act, event_id: int, reach: Reach = Reach.ONE) -> Event:
    """Make a provider's time bookable again, on one day of a series or on more. Raises `NotFound`."""
    if ledger.repeated(session, act):
        return events.event_of(session.get_one(EventRow, event_id))
    act.who.require(Right.BOOK)
    row = session.get(EventRow, event_id)
    if row is None or row.removed_at is not None or row.clinic_id != clinic.id:
        raise NotFound("That event is not there any more.")
    rows = [row]
    if reach is not Reach.ONE and row.series is not None:
        first = row.day if reach is Reach.LATER else placing.today(clinic, act)
        series = select(EventRow).where(EventRow.clinic_id == clinic.id, EventRow.series == row.series)
        rows = list(session.scalars(series.where(EventRow.removed_at.is_(None), EventRow.day >= first)))
    for each in rows:
        each.removed_at = act.at
    provider = clinics.load_provider(session, clinic.id, row.provider_id)
    removed = sorted((events.event_of(each) for each in rows), key=lambda event: event.day)
    _record(session, clinic, act, removed, provider.name, added=False)
    return events.event_of(row)


def _record(session: Session, clinic: Clinic, act: Act, of: Sequence[Event], provider: str, *, added: bool) -> None:
    first, days = of[0], [event.day for event in of]
    when = f"{first.times} on {show_date(first.day)}"
    more = f" and {len(of) - 1} more day{'s' if len(of) > 2 else ''}" if len(of) > 1 else ""
    verb = "Blocked" if added else "Freed"
    ledger.record(
        session,
        clinic.id,
        act,
        kind="add_event" if added else "remove_event",
        subject_kind="event",
        subject_id=first.id,
        sentence=f"{verb} {when}{more} for {safe(provider)}.",
        after={"provider": first.provider_id, "days": days, "text": first.text},
        undo={"event": {"ids": [event.id for event in of], "added": added}},
        days=days,
    )
