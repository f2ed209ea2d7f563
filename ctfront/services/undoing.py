"""Taking back: my last act, and again the one before, unless a colleague has touched it since."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import ledger, outbox
from ctfront.data.models import ActRow, AppointmentRow, EventRow, StatusChangeRow
from ctfront.domain.appointments import Status
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ChangedElsewhere, NothingToUndo, ScheduleRefused
from ctfront.domain.staff import Act
from ctfront.services import (
    bulk_inviting,
    enrolling,
    families,
    inviting,
    merging,
    patient_mails,
    placing,
    profile,
    set_up_undoing,
    waitlist_acts,
)

OF_A_PATIENT = frozenset({"invitation", "enrollment", "profile", "relation", "waiting", "merge"})
"""What is put back of a patient: what is said of that goes when the patient is erased."""


def undo(session: Session, clinic: Clinic, act: Act) -> str:
    """Take back the actor's last act that still stands and say which it was.

    Raises `NothingToUndo`, or `ChangedElsewhere` when a colleague has changed it since.
    """
    if ledger.repeated(session, act):
        return session.get_one(ActRow, act.op_id).sentence
    last = session.scalars(
        select(ActRow)
        .where(
            ActRow.clinic_id == clinic.id,
            ActRow.by_id == act.who.id,
            ActRow.by_kind == act.who.kind.value,
            ActRow.undone_by.is_(None),
            ActRow.undo.is_not(None),
        )
        .order_by(ActRow.serial.desc())
        .limit(1)
    ).first()
    if last is None:
        raise NothingToUndo("There is nothing of yours to take back.")
    payload = json.loads(last.undo or "{}")
    days: set[date] = set()
    for step in payload.get("steps", ()):
        days |= _put_back(session, clinic, act, last, step)
    if "told" in payload:
        touched = [step["id"] for step in payload.get("steps", ())]
        patient_mails.correct(session, clinic, act, payload["told"], touched)
    if "mails" in payload:
        outbox.queue_again(session, clinic.id, payload["mails"])
    if "event" in payload:
        days |= _put_back_event(session, act, last, payload["event"])
    if "invitation" in payload:
        inviting.put_back(session, clinic, act, payload["invitation"])
    if "profile" in payload:
        profile.put_back(session, clinic, act, last, payload["profile"])
    if "relation" in payload:
        families.put_back(session, clinic, last, payload["relation"])
    if "set_up" in payload:
        set_up_undoing.put_back(session, clinic, act, last, payload["set_up"])
    if "enrollment" in payload:
        enrolling.put_back(session, clinic, act, payload["enrollment"])
    if "waiting" in payload:
        waitlist_acts.put_back(session, clinic, act, last, payload["waiting"])
    if "merge" in payload:
        merging.put_back(session, clinic, act, payload["merge"]["id"])
    sentence = f"Took back: {last.sentence}"
    before: dict[str, Any] = {"op_id": last.op_id}
    if "batch" in payload:
        sentence, before["invitations"] = bulk_inviting.put_back(session, act, payload["batch"])
    last.undone_by = act.op_id
    if touched := [step["id"] for step in payload.get("steps", ())]:
        theirs = (StatusChangeRow.appointment_id.in_(touched), StatusChangeRow.op_id == last.op_id)
        session.execute(update(StatusChangeRow).where(*theirs).values(undone_by=act.op_id))
    ledger.record(
        session,
        clinic.id,
        act,
        kind="undo_set_up" if "set_up" in payload else "undo",
        subject_kind="act" if "steps" in payload or OF_A_PATIENT.isdisjoint(payload) else "patient",
        subject_id=last.subject_id,
        sentence=sentence,
        before=before,
        days=days,
    )
    return sentence


def _put_back(session: Session, clinic: Clinic, act: Act, last: ActRow, step: Mapping[str, Any]) -> set[date]:
    """Put one appointment back as it was; one that the act made goes out of sight."""
    row = session.get(AppointmentRow, step["id"])
    if row is None or row.version != step["version"]:
        raise ChangedElsewhere(f"A colleague has changed it since: “{last.sentence}” stays.")
    old, days = Status(row.status), {row.day}
    if step["before"] is None:
        row.status, row.status_at = Status.DELETED.value, act.at
        placing.settle(session, clinic, act, row, None, old=old)
        return days
    stood = _stands(row)
    for name in placing.UNDOABLE_FIELDS:
        setattr(row, name, _revived(name, step["before"][name]))
    provider = clinics.load_provider(session, clinic.id, row.provider_id)
    stays = _stands(row) == stood
    try:
        placing.settle(
            session, clinic, act, row, provider, old=old, stays=stays, overbook=row.overbooked, keep_step=False
        )
    except ScheduleRefused as refusal:
        raise NothingToUndo(f"That cannot be taken back any more: {refusal}") from None
    ledger.renew_undo(
        session,
        clinic.id,
        last,
        known=f'"id":{row.id},"version":{step["was"]},',
        renewed=f'"id":{row.id},"version":{row.version},',
    )
    return days | {row.day}


def _stands(row: AppointmentRow) -> tuple[int, datetime, int]:
    return row.provider_id, row.starts_at, row.minutes


def _put_back_event(session: Session, act: Act, last: ActRow, event: Mapping[str, Any]) -> set[date]:
    rows = session.scalars(select(EventRow).where(EventRow.id.in_(event["ids"]))).all()
    if len(rows) != len(event["ids"]) or any((row.removed_at is None) != event["added"] for row in rows):
        raise ChangedElsewhere(f"A colleague has changed it since: “{last.sentence}” stays.")
    for row in rows:
        row.removed_at = act.at if event["added"] else None
    return {row.day for row in rows}


def _revived(name: str, value: Any) -> Any:
    """Turn JSON's text back into what the column holds."""
    if name in {"starts_at", "status_at"}:
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if name == "day" else value
