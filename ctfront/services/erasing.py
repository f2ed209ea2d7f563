"""Erasing a patient: one of the two acts that take anything away."""

from datetime import timedelta

from sqlalchemy.orm import Session

from ctfront.data import erasing, ledger
from ctfront.data.patients import load_name
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ClinicError
from ctfront.domain.staff import Act, Right
from ctfront.domain.text import clean_line, safe
from ctfront.domain.times import show_day, wall_clock

YEAR = timedelta(days=365.25)


class RecordKept(ClinicError):
    """The record may not be erased yet."""


def erase_patient(session: Session, clinic: Clinic, act: Act, patient_id: int, *, legal_request: str = "") -> str:
    """Erase a patient whose record need not be kept any longer, or on a legal request; return the record number.

    Raises `NotAllowed`, `NotFound`, or `RecordKept` with what stands against it.
    """
    act.who.require(Right.SET_UP)
    patient = load_name(session, clinic.id, patient_id)
    reason = clean_line(legal_request, field="legal_request")
    today = wall_clock(act.at, clinic.zone).date()
    if erasing.has_live_appointments(session, clinic.id, patient_id, today):
        raise RecordKept(f"{patient.name} is still expected; cancel the appointments to come first.")
    last = erasing.last_day(session, clinic.id, patient_id) or today
    years = erasing.retention_years(session, clinic.id)
    if not reason and last + years * YEAR > today:
        raise RecordKept(
            f"{patient.name}'s record is kept for {years} years after {show_day(last)}; "
            "before that only a legal request, with its reason, erases it."
        )
    erasing.erase(session, clinic.id, act, patient_id)
    ledger.record(
        session,
        clinic.id,
        act,
        kind="erase_patient",
        subject_kind="patient",
        subject_id=patient_id,
        sentence=f"Erased the patient with record #{safe(patient.record_number)}.",
        after={"record": patient.record_number, "legal_request": reason},
    )
    return patient.record_number
