"""A series: its dates checked in a few readings, and booked as one act that one `u` takes back."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from ctfront.data import appointments, events, ledger, patients, seats
from ctfront.data import clinic as clinics
from ctfront.data import series as series_rows
from ctfront.data import waitlist as waitlist_rows
from ctfront.data.database import Reader
from ctfront.domain.appointments import Appointment, AppointmentDraft
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import InputRefused, ScheduleRefused
from ctfront.domain.providers import Provider
from ctfront.domain.schedule import Column
from ctfront.domain.series import Checked, SeriesBooked, SeriesPlan, There, Visit, look
from ctfront.domain.series_rule import MOST_VISITS
from ctfront.domain.staff import Act, Right
from ctfront.domain.text import clean_line
from ctfront.domain.times import show_weekday
from ctfront.domain.waitlist import WaitlistEntry
from ctfront.services import booking, placing, waitlist_acts
from ctfront.services.public_holidays import holiday_on
from ctfront.services.recording import record_steps


async def check(
    reader: Reader,
    clinic: Clinic,
    everybody: Iterable[Provider],
    plan: SeriesPlan,
    visits: Sequence[Visit],
    *,
    now: datetime,
) -> tuple[Checked, ...]:
    """Say of each visit what stands in its way; `now` is wall clock."""
    if not visits:
        return ()
    by_id = {provider.id: provider for provider in everybody}
    days = {visit.place.day for visit in visits}
    wanted = {visit.place.provider_id for visit in visits}
    of_provider, of_patient = await series_rows.read_visits(reader, clinic.id, days, wanted, plan.patient.id)
    blocked = [e for e in await events.read_events(reader, clinic.id, min(days), max(days)) if e.provider_id in wanted]
    found = []
    for visit in visits:
        day, provider = visit.place.day, by_id[visit.place.provider_id]
        hours = provider.hours_on(day)
        column = Column(
            provider=provider,
            day=day,
            hours=hours.spans,
            breaks=hours.breaks,
            events=tuple(e for e in blocked if (e.provider_id, e.day) == (provider.id, day)),
        )
        there = There(
            column=column,
            visits=of_provider.get((provider.id, day), ()),
            of_patient=of_patient.get(day, ()),
            holiday=holiday_on(clinic.holidays, day),
        )
        found.append(look(visit, plan, there, zone=clinic.zone, slot=clinic.slot_minutes, now=now))
    return tuple(found)


def book(
    session: Session,
    clinic: Clinic,
    act: Act,
    plan: SeriesPlan,
    visits: Sequence[Visit],
    *,
    series_id: int | None = None,
    waiting: WaitlistEntry | None = None,
    hold_id: str = "",
) -> SeriesBooked:
    """Book the visits that still stand, in a new series or one begun before, and say of each other one why not.

    Booked for one who is `waiting`, it closes that entry; raises `ChangedElsewhere` when a colleague came first. The
    place that a form held with `hold_id` is its own. Public holidays are the clerk's own affair. Raises
    `ScheduleRefused` when none stands; then nothing is done.
    """
    if earlier := ledger.repeated(session, act):
        return _booked_before(session, clinic, plan, visits, earlier.subject_id or 0)
    act.who.require(Right.BOOK)
    if not 0 < len(visits) <= MOST_VISITS:
        raise InputRefused(f"A series has at most {MOST_VISITS} visits; book a longer plan in parts.", field="repeat")
    entry = None if waiting is None else waitlist_rows.row_to_change(session, clinic.id, waiting.id, waiting.version)
    patients.check_active(session, clinic.id, plan.patient.id)
    note = clean_line(plan.note, field="note", limit=booking.NOTE_LIMIT)
    if series_id is None:
        made_by = placing.made_by(act)
        series_id = series_rows.add_series(session.connection(), clinic.id, plan.patient.id, plan.rule, made_by)
    by = {visit.place.provider_id for visit in visits}
    providers = {one: clinics.load_provider(session.connection(), clinic.id, one) for one in by}
    if hold_id:
        seats.release(session.connection(), hold_id)
    ids, lost = set[int](), list[tuple[int, str]]()
    for visit in visits:
        draft = AppointmentDraft(
            patient_id=plan.patient.id,
            place=visit.place,
            minutes=plan.minutes,
            purpose_id=plan.purpose.id,
            note=note,
            fold=visit.fold,
            series_id=series_id,
            ordinal=visit.ordinal,
        )
        try:
            ids.add(_enter(session, clinic, act, draft, providers[visit.place.provider_id]))
        except (ScheduleRefused, InputRefused) as refusal:
            lost.append((visit.ordinal, str(refusal)))
    if not ids:
        raise ScheduleRefused(f"None of them can be booked any more: {lost[0][1]}")
    members = series_rows.load_members(session, clinic.id, plan.patient.id, series_id)
    booked = [one for one in members if one.id in ids]
    also = None if entry is None else waitlist_acts.close_booked(session, act, entry, booked[0].id)
    record_steps(session, clinic, act, "book", [(one, None) for one in booked], told_series(booked), also=also)
    return SeriesBooked(series_id=series_id, booked=tuple(booked), lost=tuple(lost))


def _enter(session: Session, clinic: Clinic, act: Act, draft: AppointmentDraft, provider: Provider) -> int:
    """Check one date again, write it and return its id; what raises has written nothing but a number drawn."""
    starts_at, _ = placing.check_place(session, clinic, act, provider, draft.place, draft.minutes, False, draft.fold)
    placing.check_purpose(provider, draft.purpose_id)
    return booking.enter_row(session, clinic, act, draft, provider, starts_at, overridden=False)


def _booked_before(
    session: Session, clinic: Clinic, plan: SeriesPlan, visits: Sequence[Visit], first_id: int
) -> SeriesBooked:
    """Answer a retry: what its first attempt booked, and the others as lost."""
    first = appointments.load_appointment(session, clinic.id, first_id)
    members = series_rows.load_members(session, clinic.id, plan.patient.id, first.series_id or 0)
    wanted = {visit.ordinal for visit in visits}
    booked = tuple(one for one in members if one.ordinal in wanted)
    missing = sorted(wanted - {one.ordinal for one in booked})
    return SeriesBooked(
        series_id=first.series_id or 0,
        booked=booked,
        lost=tuple((ordinal, "It was not free any more.") for ordinal in missing),
    )


def told_series(booked: Sequence[Appointment]) -> str:
    """Return `Booked 12 for SMITH, Joan, Tue 3 Mar to Fri 10 Apr.`"""
    first, last = min(booked, key=_start), max(booked, key=_start)
    days = show_weekday(first.day) if len(booked) == 1 else f"{show_weekday(first.day)} to {show_weekday(last.day)}"
    return f"Booked {len(booked)} for {first.patient.name}, {days}."


def _start(appointment: Appointment) -> datetime:
    return appointment.starts_at
