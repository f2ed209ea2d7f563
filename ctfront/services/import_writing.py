"""Writing staged appointments: one short transaction of few statements."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import ledger, seats
from ctfront.data.folding import fold
from ctfront.data.models import (
    AppointmentRow,
    CounterRow,
    ProviderPurposeRow,
    StatusChangeRow,
    VisitPurposeRow,
)
from ctfront.domain.appointments import Status
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ScheduleRefused
from ctfront.domain.schedule import Column
from ctfront.domain.staff import Act
from ctfront.domain.times import STEP, Span, minute_of
from ctfront.services.import_appointments import AppointmentPlan, StagedAppointment
from ctfront.services.import_plan import Progress, importing
from ctfront.services.placing import caps_of, made_by

CHUNK = 500
"""Rows of one statement."""


def write_appointments(session: Session, clinic: Clinic, act: Act, plan: AppointmentPlan, progress: Progress) -> None:
    """Write the staged appointments in the caller's transaction, all or none."""
    if ledger.repeated(session, act):
        return
    act = importing(act)
    staged = sorted(plan.staged, key=lambda one: (one.day, one.start))
    purposes = _purposes(session, clinic, staged)
    numbers = _numbers(session, clinic, staged)
    site_id = clinics.load_site(session, clinic.id).id
    ids: dict[str, int] = {}
    for first in range(0, len(staged), CHUNK):
        chunk = staged[first : first + CHUNK]
        made = session.execute(
            insert(AppointmentRow).returning(AppointmentRow.id, sort_by_parameter_order=True),
            [_row(clinic, act, one, site_id, purposes[fold(one.purpose)], numbers[one.key]) for one in chunk],
        )
        for one, row in zip(chunk, made, strict=True):
            ids[one.key] = row.id
        session.execute(insert(StatusChangeRow), [_step(act, one, ids[one.key]) for one in chunk])
        for one in chunk:
            _seat(session, act, one, ids[one.key])
        progress(len(chunk))
    _link(session, staged, ids)
    ledger.record(
        session,
        clinic.id,
        act,
        kind="import_appointments",
        subject_kind="import",
        subject_id=None,
        sentence=f"Imported {plan.new} appointments.",
        after={"rows": plan.rows, "new": plan.new, "known": plan.known, "rejected": len(plan.rejected)},
        days={one.day for one in staged},
    )


def _row(
    clinic: Clinic, act: Act, one: StagedAppointment, site_id: int, purpose_id: int, number: int
) -> dict[str, Any]:
    return {
        "clinic_id": clinic.id,
        "site_id": one.provider.hours_on(one.day).site_id or site_id,
        "provider_id": one.provider.id,
        "patient_id": one.patient_id,
        "purpose_id": purpose_id,
        "day": one.day,
        "number": number,
        "start_second": one.start.hour * 3600 + one.start.minute * 60 + one.start.second,
        "minutes": one.minutes,
        "zone": clinic.zone,
        "starts_at": one.starts_at,
        "status": one.status.value,
        "status_at": _known_at(act, one),
        "origin": one.origin.value,
        "note": one.note,
        "overbooked": one.overbooked,
        "overridden": one.seated and _is_outside_hours(one),
        "cancel_reason": one.cancel_reason,
        "asked_by": one.asked_by,
        "batch_id": act.batch_id,
        "import_key": one.key,
        "version": 1,
        **made_by(act),
    }


def _is_outside_hours(one: StagedAppointment) -> bool:
    """Tell whether the office hours leave a promise out that the other system has made."""
    hours = one.provider.hours_on(one.day)
    column = Column(provider=one.provider, day=one.day, hours=hours.spans, breaks=hours.breaks)
    first = minute_of(one.start)
    return not any(span.contains(Span(first, first + one.minutes)) for span in column.bookable())


def _known_at(act: Act, one: StagedAppointment) -> datetime:
    """Return when the status was known: at the visit's start or end for history, else now."""
    if one.status in {Status.DONE, Status.CHECKED_OUT}:
        return min(one.starts_at + timedelta(minutes=one.minutes), act.at)
    return min(one.starts_at, act.at)


def _step(act: Act, one: StagedAppointment, appointment_id: int) -> dict[str, Any]:
    return {
        "appointment_id": appointment_id,
        "old": None,
        "new": one.status.value,
        "reason": one.cancel_reason,
        "op_id": act.op_id,
        **made_by(act),
    }


def _seat(session: Session, act: Act, one: StagedAppointment, appointment_id: int) -> None:
    """Take the seats of a future appointment; the check was made before the lock was held."""
    if not one.seated:
        return
    slots = seats.slots_of(one.starts_at, one.minutes)
    taken = seats.load_taken(session, slots, patient_id=one.patient_id, provider_id=one.provider.id, now=act.at)
    governors = caps_of(one.provider, one.day, minute_of(one.start), slots)
    try:
        chosen = [
            seat
            for kind, owner, caps, over in (
                (seats.PATIENT, one.patient_id, [1] * len(slots), False),
                (seats.PROVIDER, one.provider.id, governors, one.overbooked),
            )
            for seat in seats.choose(kind, owner, slots, taken[kind], caps=caps, over=over)
        ]
        seats.take(session, chosen, appointment_id=appointment_id)
    except seats.NoSeat:
        raise ScheduleRefused(
            "A place was taken while the file was being checked; nothing was imported. Run it again."
        ) from None


def _purposes(session: Session, clinic: Clinic, staged: Sequence[StagedAppointment]) -> dict[str, int]:
    """Return the id of each visit purpose; what is new is made, and offered only where it is still to come."""
    known = clinics.load_purposes(session, clinic.id, active_only=False)
    ids = {fold(purpose.name): purpose.id for purpose in known}
    new: dict[str, list[StagedAppointment]] = defaultdict(list)
    for one in staged:
        if fold(one.purpose) not in ids:
            new[fold(one.purpose)].append(one)
    for position, (folded_name, visits) in enumerate(new.items(), start=len(known)):
        usual, _ = Counter(visit.minutes for visit in visits).most_common(1)[0]
        values = {
            "clinic_id": clinic.id,
            "name": visits[0].purpose,
            "minutes": min(-(-usual // STEP) * STEP, 12 * 60),
            "letter": visits[0].purpose[:3],
            "color": "",
            "position": position,
            "active": any(visit.seated for visit in visits),
            "version": 1,
        }
        made = session.execute(insert(VisitPurposeRow).values(**values).returning(VisitPurposeRow.id))
        ids[folded_name] = made.scalar_one()
        _offer(session, ids[folded_name], {visit.provider.id for visit in visits if visit.seated})
    return ids


def _offer(session: Session, purpose_id: int, provider_ids: Iterable[int]) -> None:
    rows = [
        {"provider_id": provider_id, "purpose_id": purpose_id, "offered_online": False}
        for provider_id in sorted(provider_ids)
    ]
    if rows:
        session.execute(insert(ProviderPurposeRow), rows)


def _numbers(session: Session, clinic: Clinic, staged: Sequence[StagedAppointment]) -> dict[str, int]:
    """Return each one's day number: as the file has it where that is free, else the day's next."""
    days: dict[date, list[StagedAppointment]] = defaultdict(list)
    for one in staged:
        days[one.day].append(one)
    numbers: dict[str, int] = {}
    for day, of_day in days.items():
        a = AppointmentRow
        used = set(session.scalars(select(a.number).where(a.clinic_id == clinic.id, a.day == day)))
        for one in of_day:
            if one.number is not None and one.number not in used:
                numbers[one.key] = one.number
                used.add(one.number)
        counter = session.get(CounterRow, (clinic.id, day.isoformat()), with_for_update=True)
        if counter is None:
            counter = CounterRow(clinic_id=clinic.id, name=day.isoformat(), last=0)
            session.add(counter)
        last = max([counter.last, *used])
        for one in of_day:
            if one.key not in numbers:
                last += 1
                numbers[one.key] = last
        counter.last = last
    session.flush()
    return numbers


def _link(session: Session, staged: Sequence[StagedAppointment], ids: dict[str, int]) -> None:
    """Join each rescheduled appointment to the one that replaced it."""
    for one in staged:
        if one.replaces in ids:
            new, old = ids[one.key], ids[one.replaces]
            session.execute(update(AppointmentRow).where(AppointmentRow.id == new).values(replaces_id=old))
            session.execute(update(AppointmentRow).where(AppointmentRow.id == old).values(replaced_by_id=new))
