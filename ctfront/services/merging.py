"""Two records of one person become one, and are parted again: each one transaction."""

import json
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ctfront.data import appointments, families, invitations, ledger, profiles
from ctfront.data import merging as rows
from ctfront.data.folding import FOLD_VERSION, fold, fold_email
from ctfront.data.models import (
    ActRow,
    ConsentRow,
    EnrollmentRow,
    NotSamePatientRow,
    PatientMergeRow,
    PatientNameRow,
    PatientRow,
)
from ctfront.data.patients import consent_columns, load_name
from ctfront.domain.appointments import Appointment
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import NotFound
from ctfront.domain.families import Relation
from ctfront.domain.invitations import REMOVABLE, InvitationState
from ctfront.domain.merging import (
    REVERSIBLE,
    ConsentRule,
    MergePreview,
    MergeRefused,
    check_apart,
    check_log_ins,
    consent_rule,
    filled,
    preview_lines,
)
from ctfront.domain.patients import Channel, ConsentHow, Patient
from ctfront.domain.staff import Act, Right
from ctfront.domain.times import show_day, utc_instant
from ctfront.services import inviting, placing


def merge(session: Session, clinic: Clinic, act: Act, kept_id: int, gone_id: int) -> str:
    """Let one record go into the other and return the sentence that says so. Raises `MergeRefused`."""
    if ledger.repeated(session, act):
        return session.get_one(ActRow, act.op_id).sentence
    act.who.require(Right.EDIT_PATIENT)
    ours, theirs = _locked(session, clinic, kept_id, gone_id)
    kept, gone = profiles.load(session, ours), profiles.load(session, theirs)
    _check(session, clinic, act, kept, gone)
    moved: dict[str, Any] = _invitation_gives_way(session, clinic, act, kept, gone)
    moved["ended"] = _end_second_enrollment(session, act, kept_id, gone_id)
    moved["consents_ended"], consents = _settle_consent(session, act, kept, gone)
    moved["copies"] = rows.copy_phones_and_alerts(session, gone_id, kept_id)
    moved["rows"] = rows.move_all(session, gone_id, kept_id) | ({"consent": consents} if consents else {})
    rows.move_seats(session, gone_id, kept_id, _midnight(clinic, act))
    moved["family"] = _unite_families(session, clinic, kept_id, gone_id)
    moved["filled"] = filled(kept, gone)
    _fill(ours, moved["filled"])
    moved["name"] = _keep_name(session, clinic, kept, gone)
    theirs.merged_into_id = kept_id
    session.flush()
    made = PatientMergeRow(
        clinic_id=clinic.id,
        kept_id=kept_id,
        gone_id=gone_id,
        moved=json.dumps(moved, default=_plain),
        **placing.made_by(act),
    )
    session.add(made)
    session.flush()
    sentence = f"Merged #{gone.record_number} into {kept.name} #{kept.record_number}."
    undo = {"merge": {"id": made.id}}
    _record(session, clinic, act, kept_id, "merge_patients", sentence, moved["rows"], undo)
    return sentence


def part(session: Session, clinic: Clinic, act: Act, merge_id: int) -> str:
    """Part two records that were merged and return the sentence. Raises `MergeRefused`."""
    if ledger.repeated(session, act):
        return session.get_one(ActRow, act.op_id).sentence
    act.who.require(Right.EDIT_PATIENT)
    made = put_back(session, clinic, act, merge_id)
    name = load_name(session, clinic.id, made.kept_id).name
    sentence = f"Parted {name} again from #{load_name(session, clinic.id, made.gone_id).record_number}."
    _record(session, clinic, act, made.kept_id, "part_patients", sentence, json.loads(made.moved)["rows"], None)
    return sentence


def put_back(session: Session, clinic: Clinic, act: Act, merge_id: int) -> PatientMergeRow:
    """Give the other record back what it brought. Raises `MergeRefused`, or what an invitation's revival does."""
    made = rows.live_merge(session, clinic.id, merge_id)
    if made is None:
        raise MergeRefused("Those records are parted already.")
    if made.made_at + REVERSIBLE < act.at:
        raise MergeRefused(f"They were merged on {show_day(made.made_at.date())}; after 30 days they stay one.")
    try:
        ours = profiles.lock(session, clinic.id, made.kept_id)
    except NotFound:
        raise MergeRefused("The record that was kept was merged further or erased; part that one first.") from None
    theirs = session.get_one(PatientRow, made.gone_id, with_for_update=True, populate_existing=True)
    moved = json.loads(made.moved)
    theirs.merged_into_id = None
    rows.seat_back(session, moved["rows"].get("appointment", ()), made.kept_id, made.gone_id)
    rows.move_back(session, moved["rows"], made.kept_id, made.gone_id)
    rows.delete_copies(session, moved["copies"])
    _part_families(session, clinic, moved["family"], made.kept_id, made.gone_id)
    _fill(ours, {name: None for name, value in moved["filled"].items() if getattr(ours, name) == value})
    _give_consent_anew(session, clinic, act, made.kept_id, moved["consents_ended"])
    anew = EnrollmentRow.id.in_(moved["ended"])
    session.execute(
        update(EnrollmentRow).where(anew).values(ended_at=None, ended_kind=None, ended_id=None, ended_name=None)
    )
    if moved["name"] is not None and (name := session.get(PatientNameRow, moved["name"])) is not None:
        session.delete(name)
    session.flush()
    session.expire_all()
    if moved["former"] is not None:
        inviting.revive(session, clinic, act, moved["former"], moved["left"])
    made.undone_at = act.at
    session.flush()
    return made


def not_same(session: Session, clinic: Clinic, act: Act, first: int, second: int) -> str:
    """Remember that a pair is two people, so that it is not listed again; return the sentence."""
    if ledger.repeated(session, act):
        return session.get_one(ActRow, act.op_id).sentence
    act.who.require(Right.EDIT_PATIENT)
    names = [load_name(session, clinic.id, patient_id) for patient_id in (first, second)]
    pair = {"patient_id": min(first, second), "other_id": max(first, second)}
    if session.get(NotSamePatientRow, tuple(pair.values())) is None:
        session.add(NotSamePatientRow(clinic_id=clinic.id, **pair, **placing.made_by(act)))
    sentence = f"#{names[0].record_number} and #{names[1].record_number} are two people; not listed again."
    ledger.record(
        session,
        clinic.id,
        act,
        kind="not_same",
        subject_kind="patient",
        subject_id=first,
        sentence=sentence,
        after=pair,
    )
    return sentence


def preview(session: Session, clinic: Clinic, act: Act, kept_id: int, gone_id: int) -> MergePreview:
    """Return both records side by side; nothing is changed."""
    ours, theirs = _locked(session, clinic, kept_id, gone_id)
    kept, gone = profiles.load(session, ours), profiles.load(session, theirs)
    try:
        _check(session, clinic, act, kept, gone)
        refusal = ""
    except MergeRefused as refused:
        refusal = str(refused)
    visits = (rows.count_appointments(session, kept_id), rows.count_appointments(session, gone_id))
    family = (families.load_relations(session, kept_id).keys(), families.load_relations(session, gone_id).keys())
    online = _online(session, clinic, kept_id, gone_id)
    lines = preview_lines(kept, gone, visits=visits, family=family, online=online)
    return MergePreview(kept=kept, gone=gone, visits=visits, lines=tuple(lines), refusal=refusal)


# -- what may not be


def _locked(session: Session, clinic: Clinic, kept_id: int, gone_id: int) -> tuple[PatientRow, PatientRow]:
    if kept_id == gone_id:
        raise MergeRefused("That is one record already.")
    invitations.hold_patients(session, sorted((kept_id, gone_id)))
    return profiles.lock(session, clinic.id, kept_id), profiles.lock(session, clinic.id, gone_id)


def _check(session: Session, clinic: Clinic, act: Act, kept: Patient, gone: Patient) -> None:
    check_log_ins(rows.log_ins(session, kept.id), rows.log_ins(session, gone.id))
    coming = [_coming(session, clinic, act, patient.id) for patient in (kept, gone)]
    check_apart(coming[0], coming[1])


def _coming(session: Session, clinic: Clinic, act: Act, patient_id: int) -> list[Appointment]:
    a = appointments.APPOINTMENT
    query = appointments.in_order(appointments.select_appointments(clinic.id)).where(
        a.patient_id == patient_id, a.day >= placing.today(clinic, act)
    )
    found = (appointments.appointment_of(row) for row in session.execute(query))
    return [appointment for appointment in found if appointment.live]


def _midnight(clinic: Clinic, act: Act) -> datetime:
    return utc_instant(placing.today(clinic, act), time(4), clinic.zone, fold=0)


# -- what gives way


def _invitation_gives_way(session: Session, clinic: Clinic, act: Act, kept: Patient, gone: Patient) -> dict[str, Any]:
    """Let one of two last invitations give way, and return what parting puts there again."""
    ours = invitations.last_row(session, clinic.id, kept.id)
    theirs = invitations.last_row(session, clinic.id, gone.id)
    loser = ours if gone.enrolled and not kept.enrolled else theirs
    if loser is None or (not (ours and theirs) and not (kept.enrolled or gone.enrolled)):
        return {"former": None, "left": None}
    live = InvitationState(loser.state) in REMOVABLE
    former = inviting.give_way(session, clinic, act, loser) if live else invitations.keep(loser)
    if ours and theirs:
        loser.is_last = False
        session.flush()
    return {"former": former, "left": invitations.trace(loser)}


def _end_second_enrollment(session: Session, act: Act, kept_id: int, gone_id: int) -> list[int]:
    """End the second of two enrollments with one log-in; return the ids."""
    e = EnrollmentRow
    accounts = select(e.account_id).where(e.patient_id == kept_id, e.ended_at.is_(None))
    second = (e.patient_id == gone_id, e.ended_at.is_(None), e.account_id.in_(accounts))
    who = act.who
    ended = {"ended_at": act.at, "ended_kind": who.kind.value, "ended_id": who.id, "ended_name": who.name}
    query = update(e).where(*second).values(**ended).returning(e.id)
    return list(session.scalars(query.execution_options(synchronize_session=False)))


def _settle_consent(session: Session, act: Act, kept: Patient, gone: Patient) -> tuple[list[str], list[int]]:
    """Do what the rule says of each channel; return the channels ended and the rows that went over."""
    ended, moved = [], []
    for channel in Channel:
        rule = consent_rule(channel, kept.consents, gone.consents)
        if rule is ConsentRule.GOES_OVER:
            moved += rows.move_consents(session, gone.id, kept.id, channel.value)
        elif rule is ConsentRule.ENDS:
            c, who = ConsentRow, act.who
            values = {"ended_at": act.at, "ended_how": ConsentHow.IN_PERSON.value, "ended_kind": who.kind.value}
            standing = (c.patient_id == kept.id, c.channel == channel.value, c.ended_at.is_(None))
            session.execute(update(c).where(*standing).values(**values, ended_id=who.id, ended_name=who.name))
            ended.append(channel.value)
    return ended, moved


def _give_consent_anew(session: Session, clinic: Clinic, act: Act, kept_id: int, channels: list[str]) -> None:
    """Give the consents that the merge ended again, each in a row of its own."""
    c = ConsentRow
    for channel in channels:
        standing = select(c.id).where(c.patient_id == kept_id, c.channel == channel, c.ended_at.is_(None))
        if session.execute(standing).first() is None:
            given = consent_columns(act, Channel(channel), ConsentHow.IN_PERSON)
            session.add(c(clinic_id=clinic.id, patient_id=kept_id, **given))


def _unite_families(session: Session, clinic: Clinic, kept_id: int, gone_id: int) -> list[list[Any]]:
    """Relate the kept record to the other's family as well; return what each was, and whether it went over.

    Where both are related to somebody the kept record's word stays; nobody is their own family.
    """
    ours, brought = families.load_relations(session, kept_id), []
    for other_id, relation in families.load_relations(session, gone_id).items():
        goes_over = other_id not in {kept_id, *ours}
        families.write_relation(session, clinic.id, gone_id, other_id, None)
        if goes_over:
            families.write_relation(session, clinic.id, kept_id, other_id, relation)
        brought.append([other_id, relation.value, goes_over])
    return brought


def _part_families(session: Session, clinic: Clinic, brought: list[list[Any]], kept_id: int, gone_id: int) -> None:
    """Give the other record its family back.

    Whoever a colleague has related otherwise since stays where they are; who was erased is nobody's family.
    """
    for other_id, word, went_over in brought:
        relation = Relation(word)
        changed = went_over and families.load_relation(session, kept_id, other_id) is not relation
        if changed or session.get_one(PatientRow, other_id).erased_at is not None:
            continue
        if went_over:
            families.write_relation(session, clinic.id, kept_id, other_id, None)
        families.write_relation(session, clinic.id, gone_id, other_id, relation)


def _fill(row: PatientRow, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        empty = None if name in {"email", "preferred_provider_id"} else ""
        setattr(row, name, empty if value is None else value)
    row.folded_first = fold(row.first_name)
    row.folded_email = None if row.email is None else fold_email(row.email)
    flag_modified(row, "note")  # what stands in other tables only counts the version on too


def _keep_name(session: Session, clinic: Clinic, kept: Patient, gone: Patient) -> int | None:
    """Let the kept record be found by the other's surname, too; return the id of the former name."""
    if fold(gone.last_name) == fold(kept.last_name):
        return None
    name = PatientNameRow(
        clinic_id=clinic.id,
        patient_id=kept.id,
        kind="former",
        name=gone.last_name,
        folded_last=fold(gone.last_name),
        fold_version=FOLD_VERSION,
    )
    session.add(name)
    session.flush()
    return name.id


def _online(session: Session, clinic: Clinic, kept_id: int, gone_id: int) -> tuple[str, str, str]:
    words = []
    for patient_id in (kept_id, gone_id):
        last = invitations.last_row(session, clinic.id, patient_id)
        enrolled = rows.log_ins(session, patient_id)
        words.append("enrolled" if enrolled else last.state if last is not None else "")
    after = "enrolled" if "enrolled" in words else words[0] or words[1]
    return words[0], words[1], after


def _record(
    session: Session,
    clinic: Clinic,
    act: Act,
    kept_id: int,
    kind: str,
    sentence: str,
    moved: Mapping[str, Any],
    undo: Mapping[str, Any] | None,
) -> None:
    a = appointments.APPOINTMENT
    days = select(a.day).where(a.id.in_(moved.get("appointment", ())), a.day >= placing.today(clinic, act))
    ledger.record(
        session,
        clinic.id,
        act,
        kind=kind,
        subject_kind="patient",
        subject_id=kept_id,
        sentence=sentence,
        after=moved,
        undo=undo,
        days=session.scalars(days),
    )


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no plain form")
