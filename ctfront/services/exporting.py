"""Appointments and patients as CSV; what is exported can be imported into an empty clinic.

A cell that a spreadsheet would take for a formula begins with an apostrophe, which the import takes off again.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from ctfront.data import appointments
from ctfront.data import patients as rows
from ctfront.data.database import Database
from ctfront.data.models import PatientRow
from ctfront.domain.appointments import Appointment
from ctfront.domain.clinic import Clinic
from ctfront.domain.csv_fields import guarded
from ctfront.domain.patients import Channel, Patient

APPOINTMENT_COLUMNS = (
    "id", "number", "start", "minutes", "provider", "patient_id", "record_number", "patient_name", "birth_date",
    "purpose", "status", "origin", "note", "cancel_reason", "asked_by", "overbooked", "replaces", "site",
    "created_by", "created_at",
)  # fmt: skip
PATIENT_COLUMNS = (
    "public_id", "record_number", "last_name", "first_name", "birth_date", "sex", "mobile", "home", "work", "email",
    "consent_email", "consent_text", "note", "former_names", "active", "inactive_reason",
)  # fmt: skip


class Exporting:
    """Exports of one clinic."""

    def __init__(self, database: Database, clinic: Clinic) -> None:
        self._database = database
        self._clinic = clinic

    async def appointments(self) -> str:
        """Return every appointment that is not deleted, by day and start."""
        query = appointments.in_order(appointments.select_appointments(self._clinic.id))
        async with self._database.reading() as session:
            found = [appointments.appointment_of(row) for row in await session.execute(query)]
        return _csv(APPOINTMENT_COLUMNS, (_appointment(a) for a in found))

    async def patients(self) -> str:
        """Return every patient who is neither erased nor merged, by record number."""
        p = PatientRow
        query = (
            select(p.id)
            .where(p.clinic_id == self._clinic.id, p.erased_at.is_(None), p.merged_into_id.is_(None))
            .order_by(p.id)
        )
        async with self._database.reading() as session:
            ids = (await session.scalars(query)).all()
            found = [await rows.read_patient(session, self._clinic.id, patient_id) for patient_id in ids]
        return _csv(PATIENT_COLUMNS, (_patient(p) for p in found))


def _csv(columns: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([guarded(cell) for cell in line] for line in lines)
    return text.getvalue()


def _appointment(a: Appointment) -> Sequence[object]:
    starts = a.starts_at.astimezone(ZoneInfo(a.zone))
    if starts.replace(tzinfo=None) != datetime.combine(a.day, a.start):  # a change of zone rules: the promise counts
        starts = datetime.combine(a.day, a.start)
    return (
        a.id, a.number, starts.isoformat(), a.minutes, a.provider, a.patient.public_id, a.patient.record_number,
        a.patient.name, a.patient.birth_date, a.purpose, a.status.value, a.origin.value, a.note, a.cancel_reason,
        a.asked_by, _yes(a.overbooked), a.replaces_id or "", a.site, a.created_by, a.created_at.isoformat(),
    )  # fmt: skip


def _patient(p: Patient) -> Sequence[object]:
    phones = {phone.kind: phone.number for phone in reversed(p.phones)}
    return (
        p.public_id, p.record_number, p.last_name, p.first_name, p.birth_date, p.sex.value, phones.get("mobile", ""),
        phones.get("home", ""), phones.get("work", ""), p.email or "", _yes(p.consents_to(Channel.EMAIL)),
        _yes(p.consents_to(Channel.TEXT)), p.note, ";".join(p.former_names), _yes(p.active), p.inactive_reason,
    )  # fmt: skip


def _yes(value: bool) -> str:
    return "yes" if value else "no"
