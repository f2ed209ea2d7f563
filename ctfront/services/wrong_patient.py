"""An appointment that was booked for the wrong patient goes over to the right one; both histories keep it."""

from dataclasses import replace

from sqlalchemy.orm import Session

from ctfront.data import appointments, ledger, outbox, patients
from ctfront.data import clinic as clinics
from ctfront.domain.appointments import (
    ENTERED_IN_ERROR,
    Appointment,
    AppointmentDraft,
    Asker,
    Status,
    check_patient_may_change,
)
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import InputRefused
from ctfront.domain.staff import Act, Right
from ctfront.domain.times import utc_instant
from ctfront.services import booking, placing
from ctfront.services.recording import record_steps, where


def change_patient(
    session: Session, clinic: Clinic, act: Act, appointment_id: int, draft: AppointmentDraft, *, version: int
) -> Appointment:
    """Book the place as drafted for the right patient, in the status it had; keep the wrong one's as entered in error.

    The leave that the place once got, outside hours or beyond the governor, goes over with it. Mail about it that has
    not begun to leave is withdrawn. Returns the right patient's appointment. Raises `StatusRefused` from Checked in
    on, and what `booking.book` raises.
    """
    if earlier := ledger.repeated(session, act):
        return appointments.load_appointment(session, clinic.id, earlier.subject_id or 0)
    act.who.require(Right.BOOK)
    row = appointments.row_to_change(session, clinic.id, appointment_id, version)
    was = appointments.load_appointment(session, clinic.id, appointment_id)
    check_patient_may_change(was, placing.today(clinic, act))
    if draft.patient_id == was.patient.id:
        raise InputRefused(f"It is {was.patient.name}'s already.", field="patient")
    patients.check_active(session, clinic.id, draft.patient_id)
    provider = clinics.load_provider(session, clinic.id, row.provider_id)
    if draft.purpose_id != was.purpose_id:
        placing.check_purpose(provider, draft.purpose_id)
    no_longer = draft.minutes <= was.minutes
    draft = replace(
        draft,
        override=draft.override or (was.overridden and no_longer),
        overbook=draft.overbook or (was.overbooked and no_longer),
    )
    turn = int(was.starts_at == utc_instant(was.day, was.start, was.zone, fold=1))
    starts_at, outside = placing.check_place(
        session, clinic, act, provider, was.place, draft.minutes, draft.override, turn, started=True
    )
    before = booking.end(session, clinic, act, row, Status.CANCELLED, reason=ENTERED_IN_ERROR, asked_by=Asker.CLINIC)
    withdrawn = outbox.withdraw_about(session, clinic.id, row.id)
    booked = booking.enter(
        session, clinic, act, draft, provider, starts_at, overridden=outside, replaces=row, status=was.status
    )
    wrong = appointments.load_appointment(session, clinic.id, row.id)
    sentence = f"{where(booked)}, no longer for {was.patient.name}."
    record_steps(session, clinic, act, "change_patient", [(booked, None), (wrong, before)], sentence, mails=withdrawn)
    return booked
