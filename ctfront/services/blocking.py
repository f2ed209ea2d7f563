"""Time in which a provider is not bookable: made, and taken away again."""

from datetime import date

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import events, ledger
from ctfront.data.models import EventRow
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import NotFound
from ctfront.domain.providers import Event, Provider
from ctfront.domain.staff import Act, Right
from ctfront.domain.text import clean_line, safe
from ctfront.domain.times import Span, show_date
from ctfront.services import placing


def add_event(session: Session, clinic: Clinic, act: Act, provider_id: int, day: date, span: Span, text: str) -> Event:
    """Block a provider's time; appointments in it stay where they are."""
    if earlier := ledger.repeated(session, act):
        return events.event_of(session.get_one(EventRow, earlier.subject_id))
    act.who.require(Right.BOOK)
    provider = clinics.load_provider(session, clinic.id, provider_id)
    shown = clean_line(text, field="text") or "not bookable"
    values = {
        "clinic_id": clinic.id,
        "site_id": clinics.load_site(session, clinic.id).id,
        "provider_id": provider_id,
        "day": day,
        "start_minute": span.start,
        "end_minute": span.end,
        "text": shown,
    }
    inserted = session.execute(insert(EventRow).values(**values, **placing.made_by(act)).returning(EventRow.id))
    event = Event(id=inserted.scalar_one(), provider_id=provider_id, day=day, span=span, text=shown)
    _record(session, clinic, act, event, provider, added=True)
    return event


def remove_event(session: Session, clinic: Clinic, act: Act, event_id: int) -> Event:
    """Make a provider's time bookable again. Raises `NotFound`."""
    if earlier := ledger.repeated(session, act):
        return events.event_of(session.get_one(EventRow, earlier.subject_id))
    act.who.require(Right.BOOK)
    row = session.get(EventRow, event_id)
    if row is None or row.removed_at is not None or row.clinic_id != clinic.id:
        raise NotFound("That event is not there any more.")
    row.removed_at = act.at
    event = events.event_of(row)
    _record(session, clinic, act, event, clinics.load_provider(session, clinic.id, row.provider_id), added=False)
    return event


def _record(session: Session, clinic: Clinic, act: Act, event: Event, provider: Provider, *, added: bool) -> None:
    when = f"{event.times} on {show_date(event.day)}"
    verb = "Blocked" if added else "Freed"
    ledger.record(
        session,
        clinic.id,
        act,
        kind="add_event" if added else "remove_event",
        subject_kind="event",
        subject_id=event.id,
        sentence=f"{verb} {when} for {safe(provider.name)}.",
        after={"provider": event.provider_id, "day": event.day, "text": event.text},
        undo={"event": {"id": event.id, "added": added}},
        days=[event.day],
    )
