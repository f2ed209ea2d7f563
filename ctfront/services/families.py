"""Families: who belongs to whom, one act for each pair."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from ctfront.data import families, ledger, profiles
from ctfront.data.models import ActRow
from ctfront.data.patients import load_name
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ChangedElsewhere, InputRefused
from ctfront.domain.families import Relation
from ctfront.domain.staff import Act, Right

NOTHING = "Nothing was changed."


def relate(
    session: Session,
    clinic: Clinic,
    act: Act,
    patient_id: int,
    other_id: int,
    relation: Relation | None,
    *,
    known: Relation | None,
) -> str:
    """Say what another patient is to this one, None for nothing any more; return the sentence.

    `known` is what was on record when the clerk looked. Raises `ChangedElsewhere` when that is something else now.
    """
    if ledger.repeated(session, act):
        return session.get_one(ActRow, act.op_id).sentence
    act.who.require(Right.EDIT_PATIENT)
    if patient_id == other_id:
        raise InputRefused("That is the same patient.", field="patient")
    for one in sorted((patient_id, other_id)):  # in one order, so that two desks never wait for each other
        profiles.lock(session, clinic.id, one)
    before = families.load_relation(session, patient_id, other_id)
    if before is relation:
        return NOTHING
    if before is not known:
        raise ChangedElsewhere("A colleague has changed how the two belong together; look again.")
    families.write_relation(session, clinic.id, patient_id, other_id, relation)
    name, other = (load_name(session, clinic.id, one).name for one in (patient_id, other_id))
    ledger.record(
        session,
        clinic.id,
        act,
        kind="relate",
        subject_kind="patient",
        subject_id=patient_id,
        sentence=f"Saved {name}: family.",
        before=_plain(other_id, before),
        after=_plain(other_id, relation),
        undo={"relation": {"patient": patient_id, "before": _plain(other_id, before), "after": relation}},
    )
    if relation is None:
        return f"{other} is no family of {name} any more. u takes it back."
    return f"{other}: {relation.word} of {name}. u takes it back."


def put_back(session: Session, clinic: Clinic, last: ActRow, kept: Mapping[str, Any]) -> None:
    """Let two patients belong together as before. Raises `ChangedElsewhere` when somebody changed it since."""
    patient_id, before = kept["patient"], kept["before"]
    other_id = before["other"]
    for one in sorted((patient_id, other_id)):
        profiles.lock(session, clinic.id, one)
    if families.load_relation(session, patient_id, other_id) is not _revived(kept["after"]):
        raise ChangedElsewhere(f"A colleague has changed it since: “{last.sentence}” stays.")
    families.write_relation(session, clinic.id, patient_id, other_id, _revived(before["relation"]))


def _plain(other_id: int, relation: Relation | None) -> dict[str, Any]:
    return {"other": other_id, "relation": relation}


def _revived(relation: str | None) -> Relation | None:
    return None if relation is None else Relation(relation)
