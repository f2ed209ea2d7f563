"""What a clerk may change of a patient, as rows: the fields, phones, alerts, and consent as dated records."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, insert, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ctfront.data.folding import FOLD_VERSION, fold, fold_email
from ctfront.data.models import (
    ActRow,
    AlertRow,
    AuditRow,
    ConsentRow,
    EnrollmentRow,
    PatientNameRow,
    PatientRow,
    PhoneRow,
)
from ctfront.data.patients import alert_columns, consent_columns, patient_of, phone_columns
from ctfront.domain.errors import NotFound
from ctfront.domain.patients import Alert, Patient, ProfileDraft
from ctfront.domain.staff import Act


def lock(session: Session, clinic_id: int, patient_id: int) -> PatientRow:
    """Return the row, held until the transaction ends, so that a colleague saves before or after. Raises `NotFound`."""
    row = session.get(PatientRow, patient_id, with_for_update=True, populate_existing=True)
    if row is None or row.clinic_id != clinic_id:
        raise NotFound("There is no such patient.")
    if row.erased_at is not None or row.merged_into_id is not None:
        raise NotFound("That patient's record was merged or erased.")
    return row


def load(session: Session, row: PatientRow) -> Patient:
    """Join a patient's rows within a transaction."""

    def rows_of(table: Any, *order: Any) -> list[Any]:
        theirs = select(table).where(table.clinic_id == row.clinic_id, table.patient_id == row.id)
        return list(session.scalars(theirs.order_by(*order).execution_options(populate_existing=True)))

    return patient_of(
        row,
        phones=rows_of(PhoneRow, PhoneRow.position),
        former=rows_of(PatientNameRow, PatientNameRow.id),
        alerts=rows_of(AlertRow, AlertRow.id),
        consents=rows_of(ConsentRow, ConsentRow.given_at, ConsentRow.id),
        enrollments=rows_of(EnrollmentRow, EnrollmentRow.id),
    )


def last_saved(session: Session, clinic_id: int, patient_id: int) -> tuple[str, datetime] | None:
    """Return who wrote the profile last, and when."""
    a, undone = AuditRow, ActRow
    took_back = exists().where(undone.by_id == a.by_id, undone.undone_by == a.op_id, undone.kind == "edit_patient")
    query = select(a.by_name, a.made_at).where(
        a.clinic_id == clinic_id,
        a.subject_kind == "patient",
        a.subject_id == patient_id,
        or_(a.act.in_(("edit_patient", "add_patient")), and_(a.act == "undo", took_back)),
    )
    last = session.execute(query.order_by(a.seq.desc()).limit(1)).first()
    return None if last is None else (last.by_name, last.made_at)


def write(
    session: Session, act: Act, row: PatientRow, draft: ProfileDraft, names: Collection[str], *, revive: bool = False
) -> None:
    """Write the named fields of the draft and count the version on.

    `revive` lets an alert that was ended stand again under who made it, as taking back does.
    """
    for name in names:  # first, since a query flushes the row, and one save counts one version
        if (part := _PARTS.get(name)) is not None:
            part(session, act, row, draft, revive)
    for name in names:
        if name == "active":
            row.active, row.inactive_reason = draft.active, draft.inactive_reason
        elif name not in _PARTS:
            setattr(row, name, getattr(draft, name))
    row.sex = str(row.sex)
    row.folded_last, row.folded_first, row.fold_version = fold(row.last_name), fold(row.first_name), FOLD_VERSION
    row.folded_email = None if row.email is None else fold_email(row.email)
    flag_modified(row, "note")  # what stands in other tables only counts the version on too
    session.flush()


def _write_phones(session: Session, act: Act, row: PatientRow, draft: ProfileDraft, revive: bool) -> None:
    session.execute(delete(PhoneRow).where(PhoneRow.patient_id == row.id))
    phones = [{**_owner(row), **phone_columns(phone, place)} for place, phone in enumerate(draft.phones)]
    if phones:
        session.execute(insert(PhoneRow), phones)


def _write_alerts(session: Session, act: Act, row: PatientRow, draft: ProfileDraft, revive: bool) -> None:
    """End the alerts that are not in the draft, and add what is new in it."""
    wanted = list(draft.alerts)
    rows = list(session.scalars(select(AlertRow).where(AlertRow.patient_id == row.id).order_by(AlertRow.id.desc())))
    for alert in [r for r in reversed(rows) if r.ended_at is None]:
        if (same := _same_alert(wanted, alert)) is None:
            alert.ended_at = act.at
        else:
            wanted.remove(same)
    for alert in [r for r in rows if revive and r.ended_at is not None]:
        if (same := _same_alert(wanted, alert)) is not None:
            alert.ended_at = None
            wanted.remove(same)
    session.flush()
    if wanted:
        session.execute(insert(AlertRow), [{**_owner(row), **alert_columns(act, alert)} for alert in wanted])


def _same_alert(alerts: Collection[Alert], row: AlertRow) -> Alert | None:
    known = (row.text, row.until, row.must_confirm)
    return next((alert for alert in alerts if (alert.text, alert.until, alert.must_confirm) == known), None)


def _write_consent(session: Session, act: Act, row: PatientRow, draft: ProfileDraft, revive: bool) -> None:
    """End what no longer stands and add what is new; a row that was written stays as it is."""
    c = ConsentRow
    standing = {r.channel: r for r in session.scalars(select(c).where(c.patient_id == row.id, c.ended_at.is_(None)))}
    wanted = {channel.value: channel for channel in draft.consent}
    for channel in standing.keys() - wanted.keys():
        ended = standing[channel]
        ended.ended_at, ended.ended_how = act.at, draft.consent_how.value
        ended.ended_kind, ended.ended_id, ended.ended_name = act.who.kind.value, act.who.id, act.who.name
    session.flush()
    given = [wanted[channel] for channel in sorted(wanted.keys() - standing.keys())]
    if given:
        session.execute(
            insert(c), [{**_owner(row), **consent_columns(act, channel, draft.consent_how)} for channel in given]
        )


def _owner(row: PatientRow) -> dict[str, int]:
    return {"clinic_id": row.clinic_id, "patient_id": row.id}


_PARTS: dict[str, Callable[[Session, Act, PatientRow, ProfileDraft, bool], None]] = {
    "phones": _write_phones,
    "alerts": _write_alerts,
    "consent": _write_consent,
}
"""Fields that have tables of their own."""
