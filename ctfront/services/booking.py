"""The acts on appointments, each one synchronous function for one transaction.

Status, place and seats change in `settle` only, so that an appointment holds exactly the seats it should.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from ctfront.data import appointments, events, ledger, patients, seats
from ctfront.data import clinic as clinics
from ctfront.data.models import AppointmentRow, StatusChangeRow
from ctfront.domain.appointments import (
    LIVE,
    Appointment,
    AppointmentDraft,
    Asker,
    Origin,
    Place,
    Status,
    check_mark,
    check_place_may_change,
)
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import (
    InputRefused,
    OutsideHours,
    PatientBusy,
    ScheduleRefused,
    SlotTaken,
)
from ctfront.domain.providers import Provider
from ctfront.domain.schedule import Column
from ctfront.domain.staff import Act, Right
from ctfront.domain.text import clean_line, safe
from ctfront.domain.times import STEP, Span, minute_of, show_date, show_time, utc_instant, wall_clock

NOTE_LIMIT = 2000
"""Longest note on an appointment, in characters."""


def book(session: Session, clinic: Clinic, act: Act, draft: AppointmentDraft) -> Appointment:
    """Book the draft, or raise the refusal that names what stands against it."""
    if earlier := ledger.repeated(session, act):
        return appointments.load_appointment(session, clinic.id, earlier.subject_id or 0)
    act.who.require(Right.BOOK)
    provider = clinics.load_provider(session, clinic.id, draft.place.provider_id)
    starts_at = _check_place(session, clinic, act, provider, draft.place, draft.minutes, draft.override, draft.fold)
    _check_purpose(provider, draft.purpose_id)
    patients.check_active(session, clinic.id, draft.patient_id)
    row = AppointmentRow(
        clinic_id=clinic.id,
        site_id=clinics.load_site(session, clinic.id).id,
        patient_id=draft.patient_id,
        purpose_id=draft.purpose_id,
        number=appointments.next_number(session, clinic.id, draft.place.day.isoformat()),
        zone=clinic.zone,
        status=Status.SCHEDULED.value,
        status_at=act.at,
        origin=draft.origin.value,
        note=clean_line(draft.note, field="note", limit=NOTE_LIMIT),
        overbooked=False,
        overridden=_is_outside_hours(session, provider, draft.place, draft.minutes),
        cancel_reason="",
        asked_by="",
        batch_id=act.batch_id,
        **_place_fields(draft.place, draft.minutes, starts_at),
        **made_by(act),
    )
    session.add(row)
    settle(session, clinic, act, row, provider, old=None, overbook=draft.overbook, double=draft.double_book_patient)
    booked = appointments.load_appointment(session, clinic.id, row.id)
    _record(session, clinic, act, "book", [(booked, None)], f"Booked {where(booked)}.")
    return booked


def move(
    session: Session,
    clinic: Clinic,
    act: Act,
    appointment_id: int,
    place: Place,
    *,
    version: int,
    minutes: int | None = None,
    override: bool = False,
    overbook: bool = False,
    double_book_patient: bool = False,
    fold: int | None = None,
) -> Appointment:
    """Put an appointment on another place of its day; the day number stays."""
    if earlier := ledger.repeated(session, act):
        return appointments.load_appointment(session, clinic.id, earlier.subject_id or 0)
    act.who.require(Right.BOOK)
    row = appointments.row_to_change(session, clinic.id, appointment_id, version)
    was = appointments.load_appointment(session, clinic.id, appointment_id)
    check_place_may_change(was, today(clinic, act))
    if place.day != was.day:
        raise ScheduleRefused("Another day is a rescheduling, not a move.")
    provider = clinics.load_provider(session, clinic.id, place.provider_id)
    length = minutes or was.minutes
    starts_at = _check_place(session, clinic, act, provider, place, length, override, fold)
    _check_purpose(provider, was.purpose_id)
    before = _fields(row)
    for name, value in _place_fields(place, length, starts_at).items():
        setattr(row, name, value)
    row.overridden = _is_outside_hours(session, provider, place, length)
    settle(session, clinic, act, row, provider, old=was.status, overbook=overbook, double=double_book_patient)
    moved = appointments.load_appointment(session, clinic.id, appointment_id)
    _record(session, clinic, act, "move", [(moved, before)], f"Moved {where(moved)}.")
    return moved


def reschedule(
    session: Session,
    clinic: Clinic,
    act: Act,
    appointment_id: int,
    place: Place,
    *,
    version: int,
    asked_by: Asker,
    reason: str,
    override: bool = False,
    overbook: bool = False,
    double_book_patient: bool = False,
    fold: int | None = None,
) -> Appointment:
    """Book the appointment anew on another day; the old place stays as rescheduled, linked both ways."""
    if earlier := ledger.repeated(session, act):
        return appointments.load_appointment(session, clinic.id, earlier.subject_id or 0)
    act.who.require(Right.BOOK)
    row = appointments.row_to_change(session, clinic.id, appointment_id, version)
    was = appointments.load_appointment(session, clinic.id, appointment_id)
    check_place_may_change(was, today(clinic, act))
    provider = clinics.load_provider(session, clinic.id, place.provider_id)
    starts_at = _check_place(session, clinic, act, provider, place, was.minutes, override, fold)
    _check_purpose(provider, was.purpose_id)
    before = _fields(row)
    row.status, row.status_at = Status.RESCHEDULED.value, act.at
    row.cancel_reason, row.asked_by = clean_line(reason, field="reason"), asked_by.value
    settle(session, clinic, act, row, provider, old=was.status, reason=row.cancel_reason)
    new = AppointmentRow(
        clinic_id=clinic.id,
        site_id=row.site_id,
        patient_id=row.patient_id,
        purpose_id=row.purpose_id,
        number=appointments.next_number(session, clinic.id, place.day.isoformat()),
        zone=clinic.zone,
        status=Status.SCHEDULED.value,
        status_at=act.at,
        origin=Origin.DESK.value,
        note=row.note,
        overbooked=False,
        overridden=_is_outside_hours(session, provider, place, was.minutes),
        cancel_reason="",
        asked_by="",
        replaces_id=row.id,
        batch_id=act.batch_id,
        **_place_fields(place, was.minutes, starts_at),
        **made_by(act),
    )
    session.add(new)
    settle(session, clinic, act, new, provider, old=None, overbook=overbook, double=double_book_patient)
    row.replaced_by_id = new.id
    session.flush()
    booked = appointments.load_appointment(session, clinic.id, new.id)
    old = appointments.load_appointment(session, clinic.id, row.id)
    sentence = f"Rescheduled {where(booked)} on {show_date(booked.day)}."
    _record(session, clinic, act, "reschedule", [(booked, None), (old, before)], sentence)
    return booked


def cancel(
    session: Session, clinic: Clinic, act: Act, appointment_id: int, *, version: int, reason: str, asked_by: Asker
) -> Appointment:
    """Cancel with a reason; the appointment stays visible and its place is free."""
    if earlier := ledger.repeated(session, act):
        return appointments.load_appointment(session, clinic.id, earlier.subject_id or 0)
    act.who.require(Right.BOOK)
    row = appointments.row_to_change(session, clinic.id, appointment_id, version)
    was = appointments.load_appointment(session, clinic.id, appointment_id)
    check_place_may_change(was, today(clinic, act))
    if not reason.strip():
        raise InputRefused("A cancellation wants a reason.", field="reason")
    before = _fields(row)
    row.status, row.status_at = Status.CANCELLED.value, act.at
    row.cancel_reason, row.asked_by = clean_line(reason, field="reason"), asked_by.value
    settle(session, clinic, act, row, None, old=was.status, reason=row.cancel_reason)
    cancelled = appointments.load_appointment(session, clinic.id, appointment_id)
    _record(session, clinic, act, "cancel", [(cancelled, before)], f"Cancelled {where(cancelled)}.")
    return cancelled


def delete(session: Session, clinic: Clinic, act: Act, appointment_id: int, *, version: int) -> Appointment:
    """Take an appointment out of sight; the row and its audit entry stay."""
    act.who.require(Right.DELETE)
    row = appointments.row_to_change(session, clinic.id, appointment_id, version)
    was = appointments.load_appointment(session, clinic.id, appointment_id)
    check_place_may_change(was, today(clinic, act))
    before = _fields(row)
    row.status, row.status_at = Status.DELETED.value, act.at
    settle(session, clinic, act, row, None, old=was.status)
    _record(session, clinic, act, "delete", [(was, before)], f"Deleted {where(was)}.", version=row.version)
    return was


def mark(
    session: Session, clinic: Clinic, act: Act, appointment_id: int, to: Status, *, version: int | None = None
) -> Appointment:
    """Give an appointment its next status, or correct it."""
    if earlier := ledger.repeated(session, act):
        return appointments.load_appointment(session, clinic.id, earlier.subject_id or 0)
    act.who.require(Right.BOOK)
    row = appointments.row_to_change(session, clinic.id, appointment_id, version)
    was = appointments.load_appointment(session, clinic.id, appointment_id)
    check_mark(
        was,
        to,
        today(clinic, act),
        correction_days=clinic.correction_days,
        late_right=Right.CORRECT_LATE in act.who.rights,
    )
    before = _fields(row)
    row.status, row.status_at = to.value, act.at
    provider = clinics.load_provider(session, clinic.id, row.provider_id)
    settle(session, clinic, act, row, provider, old=was.status)
    marked = appointments.load_appointment(session, clinic.id, appointment_id)
    sentence = f"{marked.patient.name} is {to.word.lower()}."
    _record(session, clinic, act, "mark", [(marked, before)], sentence)
    return marked


def edit(
    session: Session,
    clinic: Clinic,
    act: Act,
    appointment_id: int,
    *,
    version: int,
    purpose_id: int,
    minutes: int,
    note: str,
    override: bool = False,
    overbook: bool = False,
    double_book_patient: bool = False,
) -> Appointment:
    """Change purpose, length or note where it stands."""
    if earlier := ledger.repeated(session, act):
        return appointments.load_appointment(session, clinic.id, earlier.subject_id or 0)
    act.who.require(Right.BOOK)
    row = appointments.row_to_change(session, clinic.id, appointment_id, version)
    was = appointments.load_appointment(session, clinic.id, appointment_id)
    provider = clinics.load_provider(session, clinic.id, row.provider_id)
    before = _fields(row)
    row.note = clean_line(note, field="note", limit=NOTE_LIMIT)
    if (purpose_id, minutes) != (was.purpose_id, was.minutes):
        check_place_may_change(was, today(clinic, act))
        _check_purpose(provider, purpose_id)
        _check_place(session, clinic, act, provider, was.place, minutes, override, None, started=True)
        row.purpose_id, row.minutes = purpose_id, minutes
        row.overridden = _is_outside_hours(session, provider, was.place, minutes)
    settle(session, clinic, act, row, provider, old=was.status, overbook=overbook, double=double_book_patient)
    edited = appointments.load_appointment(session, clinic.id, appointment_id)
    _record(session, clinic, act, "edit", [(edited, before)], f"Saved {where(edited)}.")
    return edited


def today(clinic: Clinic, act: Act) -> date:
    """Return the act's date on the clinic's calendar."""
    return wall_clock(act.at, clinic.zone).date()


def where(appointment: Appointment) -> str:
    """Return `RUIZ, Ana for 8:00 with Dr Alvarez`."""
    return f"{appointment.patient.name} for {show_time(appointment.start)} with {safe(appointment.provider)}"


def _check_place(
    session: Session,
    clinic: Clinic,
    act: Act,
    provider: Provider,
    place: Place,
    minutes: int,
    override: bool,
    fold: int | None,
    *,
    started: bool = False,
) -> datetime:
    """Return the UTC start of a place that may be booked, or raise what stands against it."""
    if not provider.active:
        raise InputRefused(f"{safe(provider.name)} is not active any more.", field="provider")
    if minute_of(place.start) % STEP or place.start.second or minutes % STEP:
        raise InputRefused(f"Starts and lengths are multiples of {STEP} minutes.", field="time")
    if not STEP <= minutes <= 12 * 60 or minute_of(place.start) + minutes > 24 * 60:
        raise InputRefused("A visit lasts 5 minutes to 12 hours and ends on its day.", field="minutes")
    starts_at = utc_instant(place.day, place.start, clinic.zone, fold=fold)
    if not started and starts_at + timedelta(minutes=clinic.slot_minutes) <= act.at:
        raise ScheduleRefused(f"{show_time(place.start)} on {show_date(place.day)} is past.")
    if _is_outside_hours(session, provider, place, minutes):
        if not override:
            raise OutsideHours(
                f"{safe(provider.name)} has no office hours for all of "
                f"{show_time(place.start)} and the next {minutes} minutes."
            )
        act.who.require(Right.OVERRIDE)
    return starts_at


def _is_outside_hours(session: Session, provider: Provider, place: Place, minutes: int) -> bool:
    hours = provider.hours_on(place.day)
    column = Column(
        provider=provider,
        day=place.day,
        hours=hours.spans,
        breaks=hours.breaks,
        events=events.load_events(session, provider.id, place.day),
    )
    first = minute_of(place.start)
    visit = Span(first, first + minutes)
    return not any(span.contains(visit) for span in column.bookable())


def _check_purpose(provider: Provider, purpose_id: int) -> None:
    if purpose_id not in provider.purpose_ids:
        raise InputRefused(f"{safe(provider.name)} does not offer that visit purpose.", field="purpose")


def settle(
    session: Session,
    clinic: Clinic,
    act: Act,
    row: AppointmentRow,
    provider: Provider | None,
    *,
    old: Status | None,
    overbook: bool = False,
    double: bool = False,
    reason: str = "",
    keep_step: bool = True,
) -> None:
    """Save the row, give it exactly the seats that its status and place want, and keep the step."""
    session.flush()
    status = Status(row.status)
    seats.free(session, [row.id])
    if status in LIVE and provider is not None and row.day >= today(clinic, act):
        if overbook:
            act.who.require(Right.OVERBOOK)
        row.overbooked = _take_seats(session, clinic, row, provider, overbook=overbook or row.overbooked, double=double)
        session.flush()
    if keep_step and status is not old:
        session.add(
            StatusChangeRow(
                appointment_id=row.id,
                old=None if old is None else old.value,
                new=status.value,
                reason=reason,
                op_id=act.op_id,
                **made_by(act),
            )
        )
        session.flush()


def _take_seats(
    session: Session, clinic: Clinic, row: AppointmentRow, provider: Provider, *, overbook: bool, double: bool
) -> bool:
    slots = seats.slots_of(row.starts_at, row.minutes)
    start = time(row.start_second // 3600, row.start_second // 60 % 60)
    try:
        seats.take(session, seats.PATIENT, row.patient_id, slots, appointment_id=row.id, cap=1, over=double)
    except seats.NoSeat as full:
        raise PatientBusy(
            f"{patients.load_name(session, row.patient_id).name} has another appointment at "
            f"{_clock(full.slot, clinic)} that day."
        ) from None
    try:
        return seats.take(
            session,
            seats.PROVIDER,
            provider.id,
            slots,
            appointment_id=row.id,
            cap=provider.governor,
            over=overbook,
        )
    except seats.NoSeat as full:
        taken = _clock(full.slot, clinic)
        until = "" if taken == show_time(start) else f" (from {show_time(start)} on)"
        raise SlotTaken(f"{safe(provider.name)} is taken at {taken}{until}.") from None


def _clock(slot: int, clinic: Clinic) -> str:
    instant = datetime.fromtimestamp(slot * STEP * 60, tz=clinic.tz)
    return show_time(instant.time())


def _place_fields(place: Place, minutes: int, starts_at: datetime) -> dict[str, Any]:
    return {
        "provider_id": place.provider_id,
        "day": place.day,
        "start_second": minute_of(place.start) * 60,
        "minutes": minutes,
        "starts_at": starts_at,
    }


def made_by(act: Act) -> dict[str, Any]:
    """Return the columns that say who did it and when."""
    return {"by_kind": act.who.kind.value, "by_id": act.who.id, "by_name": act.who.name, "made_at": act.at}


UNDOABLE_FIELDS = (
    "provider_id", "day", "start_second", "minutes", "starts_at", "status", "status_at", "purpose_id", "note",
    "overbooked", "overridden", "cancel_reason", "asked_by", "replaced_by_id",
)  # fmt: skip
"""What an act may change and `u` puts back."""


def _fields(row: AppointmentRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*UNDOABLE_FIELDS, "version")}


def _record(
    session: Session,
    clinic: Clinic,
    act: Act,
    kind: str,
    steps: Iterable[tuple[Appointment, Mapping[str, Any] | None]],
    sentence: str,
    *,
    version: int | None = None,
) -> None:
    """Write the act; each step is an appointment as it is now and its fields before, None when it was made."""
    steps = list(steps)
    first = steps[0][0]
    days = {appointment.day for appointment, _ in steps} | {before["day"] for _, before in steps if before}
    ledger.record(
        session,
        clinic.id,
        act,
        kind=kind,
        subject_kind="appointment",
        subject_id=first.id,
        sentence=sentence,
        before={str(appointment.id): before for appointment, before in steps},
        after={str(appointment.id): _shown(appointment) for appointment, _ in steps},
        undo={
            "steps": [
                {
                    "id": appointment.id,
                    "version": version or appointment.version,
                    "was": before["version"] if before else 0,
                    "before": before,
                }
                for appointment, before in steps
            ]
        },
        days=days,
    )


def _shown(appointment: Appointment) -> dict[str, Any]:
    return {
        "provider": appointment.provider_id,
        "patient": appointment.patient.id,
        "day": appointment.day,
        "start": appointment.start.isoformat(),
        "minutes": appointment.minutes,
        "purpose": appointment.purpose_id,
        "status": appointment.status.value,
        "note": appointment.note,
        "reason": appointment.cancel_reason,
    }
