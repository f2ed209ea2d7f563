"""Patients as rows and as domain objects."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, insert, literal, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from ctfront.data.folding import FOLD_VERSION, fold, fold_email, reversed_digits
from ctfront.data.models import (
    AlertRow,
    ConsentRow,
    EnrollmentRow,
    InvitationRow,
    PatientIdentifierRow,
    PatientNameRow,
    PatientRow,
    PhoneRow,
)
from ctfront.domain.errors import NotFound, ScheduleRefused
from ctfront.domain.invitations import InvitationState
from ctfront.domain.patients import (
    Alert,
    Channel,
    Consent,
    ConsentHow,
    Glance,
    Patient,
    PatientDraft,
    PatientName,
    Phone,
    Sex,
)
from ctfront.domain.staff import Act


def is_of_clinic(clinic_id: int) -> ColumnElement[bool]:
    """Tell whether a patient found by id is the clinic's.

    Written as a sum, so that no index leads from the clinic to all of its patients instead of by their ids.
    """
    return (PatientRow.clinic_id + 0) == clinic_id


def select_names(clinic_id: int, *, by_id: bool = False) -> Select[*tuple[Any, ...]]:
    """Select what `name_of` needs, for patients who are then asked for by id or not; erased and merged left out."""
    p = PatientRow
    return (
        select(
            p.id, p.public_id, p.record_number, p.last_name, p.first_name, p.birth_date, p.active,
            PhoneRow.number.label("phone"),
        )
        .outerjoin(PhoneRow, (PhoneRow.patient_id == p.id) & (PhoneRow.position == 0))
        .where(
            is_of_clinic(clinic_id) if by_id else p.clinic_id == clinic_id,
            p.merged_into_id.is_(None),
            p.erased_at.is_(None),
        )
    )  # fmt: skip


def name_of(row: Any) -> PatientName:
    """Turn a row of `select_names` into a patient's name."""
    return PatientName(
        id=row.id,
        public_id=row.public_id,
        record_number=row.record_number,
        last_name=row.last_name,
        first_name=row.first_name,
        birth_date=row.birth_date,
        phone=row.phone or "",
        active=row.active,
    )


def load_name(session: Session, clinic_id: int, patient_id: int) -> PatientName:
    """Return a patient's name. Raises `NotFound`."""
    row = session.get(PatientRow, patient_id)
    if row is None or row.clinic_id != clinic_id:
        raise NotFound("There is no such patient.")
    found = session.execute(select_names(clinic_id).where(PatientRow.id == patient_id)).first()
    if found is None:
        raise NotFound("That patient's record was merged or erased.")
    return name_of(found)


_PATIENT = PatientRow.__table__.c
_ACTIVE = select(_PATIENT.active).where(
    _PATIENT.id == bindparam("patient_id"),
    _PATIENT.clinic_id == bindparam("clinic_id"),
    _PATIENT.merged_into_id.is_(None),
)


def check_active(session: Session, clinic_id: int, patient_id: int) -> None:
    """Refuse a patient of another clinic, a merged record and an inactive one."""
    active = session.connection().execute(_ACTIVE, {"clinic_id": clinic_id, "patient_id": patient_id}).scalar()
    if active is None:
        raise NotFound("There is no such patient.")
    if not active:
        name = load_name(session, clinic_id, patient_id).name
        raise ScheduleRefused(f"{name} is inactive; make the patient active again first.")


async def read_patient(session: AsyncSession, clinic_id: int, patient_id: int) -> Patient:
    """Return the whole record. Raises `NotFound`."""
    row = (
        await session.scalars(
            select(PatientRow).where(
                PatientRow.id == patient_id,
                PatientRow.clinic_id == clinic_id,
                PatientRow.erased_at.is_(None),
                PatientRow.merged_into_id.is_(None),
            )
        )
    ).first()
    if row is None:
        raise NotFound("There is no such patient.")

    async def rows_of(table: Any, *order: Any) -> Sequence[Any]:
        theirs = select(table).where(table.clinic_id == clinic_id, table.patient_id == patient_id)
        return (await session.scalars(theirs.order_by(*order))).all()

    return patient_of(
        row,
        phones=await rows_of(PhoneRow, PhoneRow.position),
        former=await rows_of(PatientNameRow, PatientNameRow.id),
        alerts=await rows_of(AlertRow, AlertRow.id),
        consents=await rows_of(ConsentRow, ConsentRow.given_at, ConsentRow.id),
        enrollments=await rows_of(EnrollmentRow, EnrollmentRow.id),
    )


_ALERT, _CONSENT, _ENROLLMENT = AlertRow.__table__.c, ConsentRow.__table__.c, EnrollmentRow.__table__.c
_INVITATION = InvitationRow.__table__.c
_GLANCES = union_all(
    *(
        select(literal(kind).label("kind"), part.patient_id, words.label("words"), until.label("until"), part.id).where(
            part.patient_id.in_(bindparam("ids", expanding=True)), stands
        )
        for kind, part, words, until, stands in (
            ("alert", _ALERT, _ALERT.text, _ALERT.until, _ALERT.ended_at.is_(None)),
            ("consent", _CONSENT, _CONSENT.channel, null(), _CONSENT.ended_at.is_(None)),
            ("enrolled", _ENROLLMENT, _ENROLLMENT.relation, null(), _ENROLLMENT.ended_at.is_(None)),
            ("invitation", _INVITATION, _INVITATION.state, null(), _INVITATION.is_last),
        )
    )
)
"""What stands of many patients' alerts, consents, enrollments and invitations, in one statement."""


async def read_glances(session: AsyncSession, patient_ids: Collection[int]) -> dict[int, Glance]:
    """Return what the schedule shows of each patient."""
    rows = sorted(await session.execute(_GLANCES, {"ids": list(patient_ids)}), key=lambda row: row.id)
    found: dict[int, dict[str, list[Any]]] = {each: defaultdict(list) for each in patient_ids}
    for row in rows:
        found[row.patient_id][row.kind].append(row)
    return {
        patient_id: Glance(
            consents=frozenset(Channel(row.words) for row in parts["consent"]),
            enrolled=bool(parts["enrolled"]),
            invitation=next((InvitationState(row.words) for row in parts["invitation"]), None),
            alerts=tuple(Alert(text=row.words, until=row.until) for row in parts["alert"]),
        )
        for patient_id, parts in found.items()
    }


def patient_of(
    row: PatientRow,
    *,
    phones: Sequence[PhoneRow],
    former: Sequence[PatientNameRow],
    alerts: Sequence[AlertRow],
    consents: Sequence[ConsentRow],
    enrollments: Sequence[EnrollmentRow],
) -> Patient:
    """Join a patient's rows."""
    return Patient(
        id=row.id,
        public_id=row.public_id,
        record_number=row.record_number,
        last_name=row.last_name,
        first_name=row.first_name,
        birth_date=row.birth_date,
        phone=phones[0].number if phones else "",
        active=row.active,
        sex=Sex(row.sex),
        phones=tuple(Phone(kind=p.kind, number=p.number, e164=p.e164) for p in phones),
        email=row.email,
        preferred_provider_id=row.preferred_provider_id,
        note=row.note,
        inactive_reason=row.inactive_reason,
        former_names=tuple(n.name for n in former),
        alerts=tuple(
            Alert(text=a.text, until=a.until, must_confirm=a.must_confirm, by=a.by_name)
            for a in alerts
            if a.ended_at is None
        ),
        consents=tuple(_consent_of(c) for c in consents),
        enrolled=any(e.ended_at is None for e in enrollments),
        version=row.version,
    )


def _consent_of(row: ConsentRow) -> Consent:
    return Consent(
        channel=Channel(row.channel),
        given_at=row.given_at,
        how=ConsentHow(row.given_how),
        recorded_by=row.given_name,
        ended_at=row.ended_at,
        ended_how=None if row.ended_how is None else ConsentHow(row.ended_how),
        ended_by=row.ended_name,
    )


def add(session: Session, clinic_id: int, act: Act, draft: PatientDraft, *, record: str, public_id: str) -> int:
    """Insert a patient with phones, consents, alerts, names and identifiers; return the id."""
    row = PatientRow(
        clinic_id=clinic_id,
        record_number=record,
        public_id=public_id,
        last_name=draft.last_name,
        first_name=draft.first_name,
        folded_last=fold(draft.last_name),
        folded_first=fold(draft.first_name),
        fold_version=FOLD_VERSION,
        birth_date=draft.birth_date,
        sex=draft.sex.value,
        email=draft.email,
        folded_email=None if draft.email is None else fold_email(draft.email),
        preferred_provider_id=draft.preferred_provider_id,
        note=draft.note,
        active=draft.active,
        inactive_reason=draft.inactive_reason,
        **_by(act),
    )
    session.add(row)
    session.flush()
    _add_parts(session, clinic_id, act, row.id, draft)
    return row.id


def _add_parts(session: Session, clinic_id: int, act: Act, patient_id: int, draft: PatientDraft) -> None:
    owner = {"clinic_id": clinic_id, "patient_id": patient_id}
    parts: list[tuple[Any, list[dict[str, Any]]]] = [
        (PhoneRow, [phone_columns(phone, position) for position, phone in enumerate(draft.phones)]),
        (ConsentRow, [consent_columns(act, channel, draft.consent_how) for channel in sorted(draft.consent)]),
        (AlertRow, [alert_columns(act, alert) for alert in draft.alerts]),
        (
            PatientNameRow,
            [
                {"kind": "former", "name": name, "folded_last": fold(name), "fold_version": FOLD_VERSION}
                for name in draft.former_names
            ],
        ),
        (PatientIdentifierRow, [{"system": system, "value": value} for system, value in draft.identifiers]),
    ]
    for table, rows in parts:
        if rows:
            session.execute(insert(table), [{**owner, **row} for row in rows])


def phone_columns(phone: Phone, position: int) -> dict[str, Any]:
    """Return a phone's columns."""
    return {
        "position": position,
        "kind": phone.kind,
        "number": phone.number,
        "e164": phone.e164,
        "digits_reversed": reversed_digits(phone.number),
    }


def consent_columns(act: Act, channel: Channel, how: ConsentHow) -> dict[str, Any]:
    """Return the columns of a consent given."""
    return {
        "channel": channel.value,
        "given_at": act.at,
        "given_how": how.value,
        "given_kind": act.who.kind.value,
        "given_id": act.who.id,
        "given_name": act.who.name,
    }


def alert_columns(act: Act, alert: Alert) -> dict[str, Any]:
    """Return an alert's columns."""
    return {
        "text": alert.text,
        "shown_when": "always",
        "must_confirm": alert.must_confirm,
        "until": alert.until,
        **_by(act),
    }


def _by(act: Act) -> dict[str, Any]:
    return {"by_kind": act.who.kind.value, "by_id": act.who.id, "by_name": act.who.name, "made_at": act.at}


def record_is_taken(session: Session, clinic_id: int, record: str) -> bool:
    """Tell whether a record number was ever given."""
    query = select(PatientRow.id).where(PatientRow.clinic_id == clinic_id, PatientRow.record_number == record)
    return session.execute(query).first() is not None


def identifier_is_taken(session: Session, clinic_id: int, identifiers: Collection[tuple[str, str]]) -> bool:
    """Tell whether another patient is known by one of these."""
    ours = PatientIdentifierRow
    query = select(ours.id).where(ours.clinic_id == clinic_id)
    return any(
        session.execute(query.where(ours.system == system, ours.value == value)).first() is not None
        for system, value in identifiers
    )
