"""An appointment that was booked for the wrong patient goes over to the right one; both histories keep it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from ctfront.data import appointments, ledger, outbox, patients
from ctfront.data import clinic as clinics
from ctfront.domain.appointments import ENTERED_IN_ERROR, Appointment, Asker, Origin, Status, check_patient_may_change
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import InputRefused
from ctfront.domain.staff import Act, Right
from ctfront.domain.text import clean_line
from ctfront.domain.times import utc_instant
from ctfront.services import booking, placing


@dataclass(frozen=True, kw_only=True)
class RightPatient:
    """Whom an appointment is for after all, and the form's other answers, which may have changed with it."""

    patient_id: int
    purpose_id: int
    minutes: int
    note: str
    override: bool = False
    overbook: bool = False
    double_book_patient: bool = False


def change_patient(
    session: Session, clinic: Clinic, act: Act, appointment_id: int, right: RightPatient, *, version: int
) -> Appointment:
    """Book the place for the right patient, in the status it had, and keep the wrong one's as entered in error.

    Mail about it that has not begun to leave is withdrawn. Returns the right patient's appointment. Raises
    `StatusRefused` from Checked in on, and what `booking.book` raises.
    """
    if earlier := ledger.repeated(session, act):
        return appointments.load_appointment(session, clinic.id, earlier.subject_id or 0)
    act.who.require(Right.BOOK)
    row = appointments.row_to_change(session, clinic.id, appointment_id, version)
    was = appointments.load_appointment(session, clinic.id, appointment_id)
    check_patient_may_change(was, placing.today(clinic, act))
    if right.patient_id == was.patient.id:
        raise InputRefused(f"It is {was.patient.name}'s already.", field="patient")
    patients.check_active(session, clinic.id, right.patient_id)
    provider = clinics.load_provider(session, clinic.id, row.provider_id)
    if right.purpose_id != was.purpose_id:
        placing.check_purpose(provider, right.purpose_id)
    turn = int(was.starts_at == utc_instant(was.day, was.start, was.zone, fold=1))
    override = right.override or (was.overridden and right.minutes <= was.minutes)
    starts_at, outside = placing.check_place(
        session, clinic, act, provider, was.place, right.minutes, override, turn, started=True
    )
    before = placing.fields_of(row)
    row.status, row.status_at = Status.CANCELLED.value, act.at
    row.cancel_reason, row.asked_by = ENTERED_IN_ERROR, Asker.CLINIC.value
    placing.settle(session, clinic, act, row, None, old=was.status, reason=ENTERED_IN_ERROR)
    withdrawn = outbox.withdraw_about(session, clinic.id, row.id)
    fields = {
        "site_id": row.site_id,
        "patient_id": right.patient_id,
        "purpose_id": right.purpose_id,
        "origin": (Origin.WALK_IN if was.origin is Origin.WALK_IN else Origin.DESK).value,
        "note": clean_line(right.note, field="note", limit=booking.NOTE_LIMIT),
        "overridden": outside,
        "replaces_id": row.id,
        **placing.place_fields(was.place, right.minutes, starts_at),
    }
    row.replaced_by_id = placing.settle_new(
        session,
        clinic,
        act,
        fields,
        provider,
        status=was.status,
        overbook=right.overbook or was.overbooked,
        double=right.double_book_patient,
    )
    booked = appointments.load_appointment(session, clinic.id, row.replaced_by_id)
    wrong = appointments.load_appointment(session, clinic.id, row.id)
    sentence = f"{booking.where(booked)}, no longer for {was.patient.name}."
    steps = [(booked, None), (wrong, before)]
    booking.record_steps(session, clinic, act, "change_patient", steps, sentence, mails=withdrawn)
    return booked
