"""Holding a place while the form that books it waits: seats for five minutes, seen by every desk."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import ledger, seats
from ctfront.data.seats import Held
from ctfront.domain.appointments import Place
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import InputRefused
from ctfront.domain.schedule import Hold
from ctfront.domain.staff import Act, Right
from ctfront.domain.times import STEP, Span, minute_of, utc_instant, wall_clock
from ctfront.services import placing

HELD_FOR = timedelta(minutes=5)
"""How long a form that waits keeps its place."""


def hold(session: Session, clinic: Clinic, act: Act, place: Place, minutes: int, *, hold_id: str) -> datetime:
    """Hold a place, instead of what the same form held before; return until when, on the clinic's clock.

    Raises `SlotTaken` when somebody else has it.
    """
    act.who.require(Right.BOOK)
    provider = clinics.load_provider(session.connection(), clinic.id, place.provider_id)
    if minute_of(place.start) % STEP or minutes % STEP or minutes <= 0:
        raise InputRefused(f"Starts and lengths are multiples of {STEP} minutes.", field="time")
    starts_at = utc_instant(place.day, place.start, clinic.zone)
    connection = session.connection()
    seats.release(connection, hold_id)
    seats.end_holds(connection, act.at)
    slots = seats.slots_of(starts_at, minutes)
    there = seats.load_taken(connection, slots, patient_id=0, provider_id=provider.id, now=act.at)
    chosen = placing.choose_of_provider(session, clinic, provider, slots, place.day, place.start, there[seats.PROVIDER])
    until = act.at + HELD_FOR
    seats.hold(connection, chosen, hold_id=hold_id, by=act.who.name, until=until)
    ledger.tell(session, clinic.id, act, kind="hold", day=place.day)
    return wall_clock(until, clinic.zone)


def release(session: Session, clinic: Clinic, act: Act, place: Place, *, hold_id: str) -> None:
    """Give back what a form holds, if it still does."""
    if seats.release(session.connection(), hold_id):
        ledger.tell(session, clinic.id, act, kind="hold", day=place.day)


def holds_at(held: Iterable[Held], clinic: Clinic, now: datetime) -> list[Hold]:
    """Return the places that are held at `now`, all wall clock."""
    holds = []
    for it in held:
        start, until = wall_clock(it.starts_at, clinic.zone), wall_clock(it.until, clinic.zone)
        if until > now:
            first = minute_of(start.time())
            span = Span(first, first + it.minutes)
            holds.append(Hold(id=it.id, provider_id=it.provider_id, day=start.date(), span=span, by=it.by, until=until))
    return holds


def add_held(taken: dict[tuple[int, date], list[tuple[int, int]]], holds: Iterable[Hold]) -> None:
    """Count held places among what is taken of each provider's day: first minute and length."""
    for hold in holds:
        taken.setdefault((hold.provider_id, hold.day), []).append((hold.span.start, hold.span.minutes))
