"""The acts on appointments, each one synchronous function for one transaction.

Status, place and seats change in `placing.settle` and `settle_new` only, so that an appointment holds exactly the seats
it should.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from ctfront.data import appointments, ledger, patients, seats
from ctfront.data import clinic as clinics
from ctfront.data.models import AppointmentRow
from ctfront.domain.appointments import (
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
    ScheduleRefused,
)
from ctfront.domain.providers import Provider
from ctfront.domain.staff import Act, Right
from ctfront.domain.text import clean_line
from ctfront.domain.times import show_date
from ctfront.services import placing
from ctfront.services.recording import Step, record_steps, told, where

NOTE_LIMIT = 2000
"""Longest note on an appointment, in characters."""


def book(session: Session, clinic: Clinic, act: Act, draft: AppointmentDraft) -> Appointment:
    """Book the draft, or raise the refusal that names what stands against it."""
    if earlier := ledger.repeated(session, act):
        return appointments.load_appointment(session, clinic.id, earlier.subject_id or 0)
    act.who.require(Right.BOOK)
    booked = book_step(session, clinic, act, draft)
    record_steps(session, clinic, act, "book", [(booked, None)], told(booked))
    return booked


def book_step(session: Session, clinic: Clinic, act: Act, draft: AppointmentDraft) -> Appointment:
    """Check and write a draft as part of an act; the caller looks at the right and records the act."""
    provider = clinics.load_provider(session.connection(), clinic.id, draft.place.provider_id)
    starts_at, outside = placing.check_place(
        session, clinic, act, provider, draft.place, draft.minutes, draft.override, draft.fold
    )
    placing.check_purpose(provider, draft.purpose_id)
    patients.check_active(session, clinic.id, draft.patient_id)
    if draft.origin is Origin.WALK_IN and draft.place.day != placing.today(clinic, act):
        raise ScheduleRefused("A walk-in is for today; b books another day.")
    if draft.hold_id:
        seats.release(session.connection(), draft.hold_id)
    return enter(session, clinic, act, draft, provider, starts_at, overridden=outside)


def enter(
    session: Session,
    clinic: Clinic,
    act: Act,
    draft: AppointmentDraft,
    provider: Provider,
    starts_at: datetime,
    *,
    overridden: bool,
    replaces: AppointmentRow | None = None,
    status: Status | None = None,
) -> Appointment:
    """Write a draft that was checked and return the appointment; see `enter_row`."""
    new_id = enter_row(
        session, clinic, act, draft, provider, starts_at, overridden=overridden, replaces=replaces, status=status
    )
    return appointments.load_appointment(session, clinic.id, new_id)


def enter_row(
    session: Session,
    clinic: Clinic,
    act: Act,
    draft: AppointmentDraft,
    provider: Provider,
    starts_at: datetime,
    *,
    overridden: bool,
    replaces: AppointmentRow | None = None,
    status: Status | None = None,
) -> int:
    """Write a draft that was checked, as part of an act, linked both ways with what it replaces; return its id.

    Without a `status` it begins as the draft does. Raises `PatientBusy` or `SlotTaken`.
    """
    fields = {
        "patient_id": draft.patient_id,
        "purpose_id": draft.purpose_id,
        "origin": draft.origin.value,
        "note": clean_line(draft.note, field="note", limit=NOTE_LIMIT),
        "overridden": overridden,
        **placing.place_fields(draft.place, draft.minutes, starts_at),
    }
    if draft.series_id is not None:
        fields |= {"series_id": draft.series_id, "ordinal": draft.ordinal}
    if replaces is not None:
        fields |= {"site_id": replaces.site_id, "replaces_id": replaces.id}
    new_id = placing.settle_new(
        session,
        clinic,
        act,
        fields,
        provider,
        status=status or draft.first_status,
        overbook=draft.overbook,
        double=draft.double_book_patient,
    )
    if replaces is not None:
        replaces.replaced_by_id = new_id
    return new_id


def move(
    session: Session, clinic: Clinic, act: Act, appointment_id: int, place: Place, *, version: int, **how: Any
) -> Appointment:
    """Put an appointment on another place of its day; the day number stays. See `move_step`."""
    if earlier := ledger.repeated(session, act):
        return appointments.load_appointment(session, clinic.id, earlier.subject_id or 0)
    act.who.require(Right.BOOK)
    step = move_step(session, clinic, act, appointment_id, place, version=version, **how)
    record_steps(session, clinic, act, "move", [step], f"Moved {where(step[0])}.")
    return step[0]


def move_step(
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
) -> Step:
    """Move one appointment as part of an act; the caller looks at the right and records the act."""
    row = appointments.row_to_change(session, clinic.id, appointment_id, version)
    was = appointments.load_appointment(session, clinic.id, appointment_id)
    check_place_may_change(was, placing.today(clinic, act))
    if place.day != was.day:
        raise ScheduleRefused("Another day is a rescheduling, not a move.")
    provider = clinics.load_provider(session, clinic.id, place.provider_id)
    length = minutes or was.minutes
    starts_at, outside = placing.check_place(session, clinic, act, provider, place, length, override, fold)
    placing.check_purpose(provider, was.purpose_id)
    before = placing.fields_of(row)
    for name, value in placing.place_fields(place, length, starts_at).items():
        setattr(row, name, value)
    row.overbooked = False
    row.overridden = outside
    placing.settle(session, clinic, act, row, provider, old=was.status, overbook=overbook, double=double_book_patient)
    return appointments.load_appointment(session, clinic.id, appointment_id), before


def reschedule(
    session: Session, clinic: Clinic, act: Act, appointment_id: int, place: Place, *, version: int, **how: Any
) -> Appointment:
    """Book it anew on another day; the old place stays as rescheduled, linked both ways. See `reschedule_steps`."""
    if earlier := ledger.repeated(session, act):
        return appointments.load_appointment(session, clinic.id, earlier.subject_id or 0)
    act.who.require(Right.BOOK)
    steps = reschedule_steps(session, clinic, act, appointment_id, place, version=version, **how)
    booked = steps[0][0]
    sentence = f"Rescheduled {where(booked)} on {show_date(booked.day)}."
    record_steps(session, clinic, act, "reschedule", steps, sentence)
    return booked


def reschedule_steps(
    session: Session,
    clinic: Clinic,
    act: Act,
    appointment_id: int,
    place: Place,
    *,
    version: int,
    asked_by: Asker,
    reason: str,
    hold_id: str = "",
    override: bool = False,
    overbook: bool = False,
    double_book_patient: bool = False,
    fold: int | None = None,
) -> tuple[Step, Step]:
    """Reschedule one appointment as part of an act; return what it became and what it was.

    What a patient has asked for online still waits for approval there. The caller looks at the right and records the
    act.
    """
    row = appointments.row_to_change(session, clinic.id, appointment_id, version)
    was = appointments.load_appointment(session, clinic.id, appointment_id)
    check_place_may_change(was, placing.today(clinic, act))
    provider = clinics.load_provider(session, clinic.id, place.provider_id)
    starts_at, outside = placing.check_place(session, clinic, act, provider, place, was.minutes, override, fold)
    placing.check_purpose(provider, was.purpose_id)
    if hold_id:
        seats.release(session.connection(), hold_id)
    before = end(session, clinic, act, row, Status.RESCHEDULED, reason=reason, asked_by=asked_by)
    draft = AppointmentDraft(
        patient_id=row.patient_id,
        place=place,
        minutes=was.minutes,
        purpose_id=row.purpose_id,
        note=row.note,
        overbook=overbook,
        double_book_patient=double_book_patient,
        series_id=row.series_id,
        ordinal=row.ordinal,
    )
    status = Status.REQUESTED if was.status is Status.REQUESTED else None
    booked = enter(session, clinic, act, draft, provider, starts_at, overridden=outside, replaces=row, status=status)
    return (booked, None), (appointments.load_appointment(session, clinic.id, row.id), before)


def cancel(
    session: Session, clinic: Clinic, act: Act, appointment_id: int, *, version: int, reason: str, asked_by: Asker
) -> Appointment:
    """Cancel with a reason; the appointment stays visible and its place is free."""
    if earlier := ledger.repeated(session, act):
        return appointments.load_appointment(session, clinic.id, earlier.subject_id or 0)
    act.who.require(Right.BOOK)
    step = cancel_step(session, clinic, act, appointment_id, version=version, reason=reason, asked_by=asked_by)
    record_steps(session, clinic, act, "cancel", [step], f"Cancelled {where(step[0])}.")
    return step[0]


def cancel_step(
    session: Session, clinic: Clinic, act: Act, appointment_id: int, *, version: int, reason: str, asked_by: Asker
) -> Step:
    """Cancel one appointment as part of an act; the caller looks at the right and records the act."""
    row = appointments.row_to_change(session, clinic.id, appointment_id, version)
    was = appointments.load_appointment(session, clinic.id, appointment_id)
    check_place_may_change(was, placing.today(clinic, act))
    if not reason.strip():
        raise InputRefused("A cancellation wants a reason.", field="reason")
    before = end(session, clinic, act, row, Status.CANCELLED, reason=reason, asked_by=asked_by)
    return appointments.load_appointment(session, clinic.id, appointment_id), before


def end(
    session: Session, clinic: Clinic, act: Act, row: AppointmentRow, status: Status, *, reason: str, asked_by: Asker
) -> Mapping[str, Any]:
    """Leave the place as cancelled or rescheduled, as part of an act; return the fields before."""
    before, old = placing.fields_of(row), Status(row.status)
    row.status, row.status_at = status.value, act.at
    row.cancel_reason, row.asked_by = clean_line(reason, field="reason"), asked_by.value
    placing.settle(session, clinic, act, row, None, old=old, reason=row.cancel_reason)
    return before


def delete(session: Session, clinic: Clinic, act: Act, appointment_id: int, *, version: int) -> Appointment:
    """Take an appointment out of sight; the row and its audit entry stay."""
    act.who.require(Right.DELETE)
    row = appointments.row_to_change(session, clinic.id, appointment_id, version)
    was = appointments.load_appointment(session, clinic.id, appointment_id)
    check_place_may_change(was, placing.today(clinic, act))
    before = placing.fields_of(row)
    row.status, row.status_at = Status.DELETED.value, act.at
    placing.settle(session, clinic, act, row, None, old=was.status)
    record_steps(session, clinic, act, "delete", [(was, before)], f"Deleted {where(was)}.", version=row.version)
    return was


def mark(
    session: Session,
    clinic: Clinic,
    act: Act,
    appointment_id: int,
    to: Status,
    *,
    version: int | None = None,
    overbook: bool = False,
    double_book_patient: bool = False,
) -> Appointment:
    """Give an appointment its next status, or correct it; one that comes back to life wants its place again."""
    if earlier := ledger.repeated(session, act):
        return appointments.load_appointment(session, clinic.id, earlier.subject_id or 0)
    act.who.require(Right.BOOK)
    how = {"overbook": overbook, "double_book_patient": double_book_patient}
    step = mark_step(session, clinic, act, appointment_id, to, version=version, **how)
    record_steps(session, clinic, act, "mark", [step], f"{step[0].patient.name} {to.told}.")
    return step[0]


def mark_step(
    session: Session,
    clinic: Clinic,
    act: Act,
    appointment_id: int,
    to: Status,
    *,
    version: int | None,
    overbook: bool = False,
    double_book_patient: bool = False,
) -> Step:
    """Mark one appointment as part of an act; the caller looks at the right and records the act."""
    row = appointments.row_to_change(session, clinic.id, appointment_id, version)
    was = appointments.load_appointment(session, clinic.id, appointment_id)
    check_mark(
        was,
        to,
        placing.today(clinic, act),
        correction_days=clinic.correction_days,
        late_right=Right.CORRECT_LATE in act.who.rights,
    )
    before = placing.fields_of(row)
    row.status, row.status_at = to.value, act.at
    provider = clinics.load_provider(session, clinic.id, row.provider_id)
    placing.settle(
        session,
        clinic,
        act,
        row,
        provider,
        old=was.status,
        stays=True,
        overbook=overbook,
        double=double_book_patient,
    )
    return appointments.load_appointment(session, clinic.id, appointment_id), before


def edit(session: Session, clinic: Clinic, act: Act, appointment_id: int, **how: Any) -> Appointment:
    """Change purpose, length or note where it stands. `how` is what `edit_step` takes."""
    if earlier := ledger.repeated(session, act):
        return appointments.load_appointment(session, clinic.id, earlier.subject_id or 0)
    act.who.require(Right.BOOK)
    step = edit_step(session, clinic, act, appointment_id, **how)
    record_steps(session, clinic, act, "edit", [step], f"Saved {where(step[0])}.")
    return step[0]


def edit_step(
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
) -> Step:
    """Edit one appointment as part of an act; the caller looks at the right and records the act."""
    row = appointments.row_to_change(session, clinic.id, appointment_id, version)
    was = appointments.load_appointment(session, clinic.id, appointment_id)
    provider = clinics.load_provider(session, clinic.id, row.provider_id)
    before = placing.fields_of(row)
    row.note = clean_line(note, field="note", limit=NOTE_LIMIT)
    if (purpose_id, minutes) != (was.purpose_id, was.minutes):
        check_place_may_change(was, placing.today(clinic, act))
        placing.check_purpose(provider, purpose_id)
        turn = placing.turn_of(was)
        _, row.overridden = placing.check_place(
            session, clinic, act, provider, was.place, minutes, override, turn, started=True
        )
        row.purpose_id, row.minutes = purpose_id, minutes
    placing.settle(
        session,
        clinic,
        act,
        row,
        provider,
        old=was.status,
        stays=minutes == was.minutes,
        overbook=overbook,
        double=double_book_patient,
    )
    return appointments.load_appointment(session, clinic.id, appointment_id), before
