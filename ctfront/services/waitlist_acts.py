"""The acts on the waitlist, each one synchronous function for one transaction."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ctfront.data import appointments, ledger, patients
from ctfront.data import clinic as clinics
from ctfront.data import waitlist as rows
from ctfront.data.models import ActRow, WaitlistEntryRow
from ctfront.domain.appointments import Appointment, AppointmentDraft
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ChangedElsewhere, InputRefused
from ctfront.domain.staff import Act, Right
from ctfront.domain.text import clean_line
from ctfront.domain.waitlist import WaitlistDraft, WaitlistEntry, check_draft
from ctfront.services import booking, placing
from ctfront.services.recording import record_steps, told

PHONE_LIMIT = 60


def add(session: Session, clinic: Clinic, act: Act, draft: WaitlistDraft) -> str:
    """Put a patient on the waitlist."""
    if ledger.repeated(session, act):
        return session.get_one(ActRow, act.op_id).sentence
    act.who.require(Right.BOOK)
    patients.check_active(session, clinic.id, draft.patient_id)
    if rows.waits_already(session, draft.patient_id, draft.purpose_id):
        raise InputRefused("The patient waits for that already; :wl and e change it.", field="purpose")
    row = WaitlistEntryRow(
        clinic_id=clinic.id,
        patient_id=draft.patient_id,
        closed_how="",
        closed_by_name="",
        **_checked(session, clinic, act, draft),
        **placing.made_by(act),
    )
    session.add(row)
    session.flush()
    rows.name_providers(session, row.id, draft.provider_ids)
    return _record(session, clinic, act, row, "{} is on the waitlist.", before=None, was=0)


def change(session: Session, clinic: Clinic, act: Act, entry_id: int, draft: WaitlistDraft, *, version: int) -> str:
    """Change what a patient waits for."""
    if ledger.repeated(session, act):
        return session.get_one(ActRow, act.op_id).sentence
    act.who.require(Right.BOOK)
    row = rows.row_to_change(session, clinic.id, entry_id, version)
    before = rows.fields_of(session, row)
    _put(session, row, _checked(session, clinic, act, draft), draft.provider_ids)
    return _record(session, clinic, act, row, "Saved what {} waits for.", before=before, was=version)


def take_off(session: Session, clinic: Clinic, act: Act, entry_id: int, *, version: int) -> str:
    """Take a patient off the waitlist."""
    if ledger.repeated(session, act):
        return session.get_one(ActRow, act.op_id).sentence
    act.who.require(Right.BOOK)
    row = rows.row_to_change(session, clinic.id, entry_id, version)
    _close(session, act, row, "taken off")
    return _record(session, clinic, act, row, "{} is off the waitlist.", before={}, was=version)


def book(session: Session, clinic: Clinic, act: Act, entry: WaitlistEntry, draft: AppointmentDraft) -> Appointment:
    """Book for somebody who waits and close the entry."""
    if earlier := ledger.repeated(session, act):
        return appointments.load_appointment(session, clinic.id, earlier.subject_id or 0)
    act.who.require(Right.BOOK)
    row = rows.row_to_change(session, clinic.id, entry.id, entry.version)
    booked = booking.book_step(session, clinic, act, draft)
    also = close_booked(session, act, row, booked.id)
    record_steps(session, clinic, act, "book", [(booked, None)], told(booked), also=also)
    return booked


def close_booked(session: Session, act: Act, row: WaitlistEntryRow, appointment_id: int) -> dict[str, Any]:
    """Close the entry of somebody who was booked, as part of an act; return what else `u` puts back."""
    was = row.version
    row.appointment_id = appointment_id
    _close(session, act, row, "booked")
    return {"waiting": _kept(row, before={}, was=was)}


def put_back(session: Session, clinic: Clinic, act: Act, last: ActRow, kept: Mapping[str, Any]) -> None:
    """Take an act on an entry back: one that was added goes, one that was closed waits again.

    Raises `ChangedElsewhere` when somebody has touched it since.
    """
    row = session.get(WaitlistEntryRow, kept["entry"])
    if row is None or row.clinic_id != clinic.id or row.version != kept["version"]:
        raise ChangedElsewhere(f"A colleague has changed it since: “{last.sentence}” stays.")
    before = kept["before"]
    if before is None:
        _close(session, act, row, "undone")
    elif before:
        columns = {name: value for name, value in before.items() if name != "provider_ids"}
        columns |= {name: date.fromisoformat(before[name]) for name in ("earliest", "until")}
        _put(session, row, columns, before["provider_ids"])
    else:
        row.closed_at, row.closed_how, row.closed_by_id, row.closed_by_name = None, "", None, ""
        row.appointment_id = None
    session.flush()
    ledger.renew_undo(
        session,
        clinic.id,
        last,
        known=f'"entry":{row.id},"version":{kept["was"]},',
        renewed=f'"entry":{row.id},"version":{row.version},',
    )


def _checked(session: Session, clinic: Clinic, act: Act, draft: WaitlistDraft) -> dict[str, Any]:
    """Return the columns of a draft that may stand."""
    check_draft(draft, placing.today(clinic, act))
    if draft.purpose_id not in {purpose.id for purpose in clinics.load_purposes(session, clinic.id)}:
        raise InputRefused("There is no such visit purpose any more.", field="purpose")
    for provider_id in draft.provider_ids:
        clinics.load_provider(session, clinic.id, provider_id)
    return rows.columns_of(draft) | {
        "phone": clean_line(draft.phone, field="phone", limit=PHONE_LIMIT),
        "note": clean_line(draft.note, field="note"),
    }


def _put(session: Session, row: WaitlistEntryRow, columns: Mapping[str, Any], provider_ids: Iterable[int]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)
    flag_modified(row, "note")  # another version also when only the providers are others
    rows.name_providers(session, row.id, tuple(provider_ids))
    session.flush()


def _close(session: Session, act: Act, row: WaitlistEntryRow, how: str) -> None:
    row.closed_at, row.closed_how = act.at, how
    row.closed_by_id, row.closed_by_name = act.who.id, act.who.name
    session.flush()


def _kept(row: WaitlistEntryRow, *, before: Mapping[str, Any] | None, was: int) -> dict[str, Any]:
    """Return what `u` puts back: fields that were changed, nothing of what was added, all of what was closed."""
    return {"entry": row.id, "version": row.version, "was": was, "before": before}


def _record(
    session: Session,
    clinic: Clinic,
    act: Act,
    row: WaitlistEntryRow,
    words: str,
    *,
    before: Mapping[str, Any] | None,
    was: int,
) -> str:
    sentence = words.format(patients.load_name(session, clinic.id, row.patient_id).name)
    ledger.record(
        session,
        clinic.id,
        act,
        kind="waitlist",
        subject_kind="patient",
        subject_id=row.patient_id,
        sentence=sentence,
        before=before,
        after=rows.fields_of(session, row),
        undo={"waiting": _kept(row, before=before, was=was)},
    )
    return sentence
