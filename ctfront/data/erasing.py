"""Taking a person out of the database, leaving the rows that others lean on."""

from datetime import date, datetime

from sqlalchemy import Select, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from ctfront.data.models import (
    ActRow,
    AlertRow,
    AppointmentRow,
    AuditDetailRow,
    AuditRow,
    ClinicRow,
    DraftRow,
    EnrollmentRequestRow,
    EnrollmentRow,
    InvitationRow,
    OutboxRow,
    PatientIdentifierRow,
    PatientMergeRow,
    PatientNameRow,
    PatientRelationRow,
    PatientRow,
    PhoneRow,
    StatusChangeRow,
    WaitlistEntryRow,
)
from ctfront.domain.appointments import LIVE
from ctfront.domain.staff import Act

NOBODY = "(erased)"
"""What stands where the name was."""

NO_BIRTH_DATE = date(1900, 1, 1)


def retention_years(session: Session, clinic_id: int) -> int:
    """Return how many years the clinic keeps a record after the last visit."""
    return session.execute(select(ClinicRow.retention_years).where(ClinicRow.id == clinic_id)).scalar_one()


def has_live_appointments(session: Session, clinic_id: int, patient_id: int, today: date) -> bool:
    """Tell whether the patient is still expected."""
    live = [status.value for status in LIVE]
    theirs = _appointments(clinic_id, patient_id)
    return (
        session.execute(theirs.where(AppointmentRow.day >= today, AppointmentRow.status.in_(live))).first() is not None
    )


def last_day(session: Session, clinic_id: int, patient_id: int) -> date | None:
    """Return the day of the patient's last appointment."""
    a = AppointmentRow
    query = select(func.max(a.day)).where(a.clinic_id == clinic_id, a.patient_id == patient_id)
    return session.execute(query).scalar()


def erase(session: Session, clinic_id: int, act: Act, patient_id: int) -> None:
    """Take everything personal out; the record number stays taken, and the audit chain whole."""
    for merged_id in session.scalars(select(PatientRow.id).where(PatientRow.merged_into_id == patient_id)).all():
        erase(session, clinic_id, act, merged_id)  # what was merged into the record is the same person's
    merge = PatientMergeRow
    joined = or_(merge.kept_id == patient_id, merge.gone_id == patient_id)
    session.execute(update(merge).where(merge.clinic_id == clinic_id, joined).values(moved="{}"))
    theirs = _appointments(clinic_id, patient_id)
    _erase_what_was_said(session, clinic_id, patient_id)
    session.execute(
        update(PatientRow)
        .where(PatientRow.id == patient_id, PatientRow.clinic_id == clinic_id)
        .values(
            last_name=NOBODY, first_name="", folded_last="", folded_first="", birth_date=NO_BIRTH_DATE, sex="",
            email=None, folded_email=None, note="", active=False, inactive_reason="", erased_at=act.at,
            version=PatientRow.version + 1,
        )
    )  # fmt: skip
    for table in (PhoneRow, PatientNameRow, PatientIdentifierRow, AlertRow):
        session.execute(delete(table).where(table.clinic_id == clinic_id, table.patient_id == patient_id))
    both = or_(PatientRelationRow.patient_id == patient_id, PatientRelationRow.other_id == patient_id)
    session.execute(delete(PatientRelationRow).where(PatientRelationRow.clinic_id == clinic_id, both))
    for mail, emptied in ((InvitationRow, {"folded_address": "", "secret_digest": None}), (OutboxRow, {})):
        of_theirs = and_(mail.clinic_id == clinic_id, mail.patient_id == patient_id)
        session.execute(update(mail).where(of_theirs).values(address="", error="", **emptied))
    request = EnrollmentRequestRow
    session.execute(
        update(request)
        .where(request.clinic_id == clinic_id, request.patient_id == patient_id)
        .values(last_name=NOBODY, first_name="", birth_date=NO_BIRTH_DATE, email="", phone="", reason="")
    )
    session.execute(update(StatusChangeRow).where(StatusChangeRow.appointment_id.in_(theirs)).values(reason=""))
    session.execute(update(AppointmentRow).where(AppointmentRow.id.in_(theirs)).values(note="", cancel_reason=""))
    session.execute(delete(DraftRow).where(DraftRow.clinic_id == clinic_id, DraftRow.patient_id == patient_id))
    _take_off_the_waitlist(session, clinic_id, act, patient_id)
    _end_enrollments(session, clinic_id, act, patient_id)


def _appointments(clinic_id: int, patient_id: int) -> Select[int]:
    a = AppointmentRow
    return select(a.id).where(a.clinic_id == clinic_id, a.patient_id == patient_id)


def _erase_what_was_said(session: Session, clinic_id: int, patient_id: int) -> None:
    """Empty sentences, undo and audit details of every act about the patient."""
    about = or_(
        and_(AuditRow.subject_kind == "patient", AuditRow.subject_id == patient_id),
        and_(
            AuditRow.subject_kind.in_(("appointment", "act")),
            AuditRow.subject_id.in_(_appointments(clinic_id, patient_id)),
        ),
    )
    acts = select(AuditRow.op_id).where(AuditRow.clinic_id == clinic_id, about)
    entries = select(AuditRow.seq).where(AuditRow.clinic_id == clinic_id, about)
    session.execute(
        update(ActRow).where(ActRow.clinic_id == clinic_id, ActRow.op_id.in_(acts)).values(sentence="", undo=None)
    )
    session.execute(
        delete(AuditDetailRow).where(AuditDetailRow.clinic_id == clinic_id, AuditDetailRow.seq.in_(entries))
    )


def _take_off_the_waitlist(session: Session, clinic_id: int, act: Act, patient_id: int) -> None:
    """Empty what was written down of how to reach the patient, and close what still waits."""
    entry = WaitlistEntryRow
    theirs = and_(entry.clinic_id == clinic_id, entry.patient_id == patient_id)
    session.execute(update(entry).where(theirs).values(phone="", note="", version=entry.version + 1))
    closed = {
        "closed_at": act.at,
        "closed_how": "taken off",
        "closed_by_id": act.who.id,
        "closed_by_name": act.who.name,
    }
    session.execute(update(entry).where(theirs, entry.closed_at.is_(None)).values(**closed))


def _end_enrollments(session: Session, clinic_id: int, act: Act, patient_id: int) -> None:
    ended: dict[str, datetime | str | int | None] = {
        "ended_at": act.at,
        "ended_kind": act.who.kind.value,
        "ended_id": act.who.id,
        "ended_name": act.who.name,
    }
    standing = and_(EnrollmentRow.clinic_id == clinic_id, EnrollmentRow.patient_id == patient_id)
    session.execute(update(EnrollmentRow).where(standing, EnrollmentRow.ended_at.is_(None)).values(**ended))
