"""Relations of patients as rows: one for a pair, seen from either side."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from ctfront.data.models import PatientRelationRow, PatientRow
from ctfront.data.patients import name_of, select_names
from ctfront.domain.families import Relation, Relative

_RELATION = PatientRelationRow


async def read_family(session: AsyncSession, clinic_id: int, patient_id: int) -> tuple[Relative, ...]:
    """Return a patient's family, the oldest first."""
    relations = _by_other(patient_id, await session.execute(_of_patient(patient_id)))
    if not relations:
        return ()
    theirs = select_names(clinic_id, by_id=True).where(PatientRow.id.in_(relations)).order_by(PatientRow.birth_date)
    names = [name_of(row) for row in await session.execute(theirs)]
    return tuple(Relative(patient=name, relation=relations[name.id]) for name in names)


def load_relation(session: Session, patient_id: int, other_id: int) -> Relation | None:
    """Return what the other is to the patient, None when they are not related."""
    row = session.get(_RELATION, _pair(patient_id, other_id))
    return None if row is None else _seen_from(patient_id, row)


def write_relation(session: Session, clinic_id: int, patient_id: int, other_id: int, relation: Relation | None) -> None:
    """Let the other be that to the patient from now on, or nothing."""
    first, second = _pair(patient_id, other_id)
    session.execute(delete(_RELATION).where(_RELATION.patient_id == first, _RELATION.other_id == second))
    if relation is not None:
        kind = relation if first == patient_id else relation.inverse
        pair = {"patient_id": first, "other_id": second, "clinic_id": clinic_id}
        session.execute(insert(_RELATION), [{**pair, "kind": kind.value}])


def load_relations(session: Session, patient_id: int) -> dict[int, Relation]:
    """Return what each of a patient's family is to the patient, by their ids."""
    return _by_other(patient_id, session.execute(_of_patient(patient_id)))


def _of_patient(patient_id: int) -> Select[int, int, str]:
    return (
        select(_RELATION.patient_id, _RELATION.other_id, _RELATION.kind)
        .where(or_(_RELATION.patient_id == patient_id, _RELATION.other_id == patient_id))
        .order_by(_RELATION.patient_id, _RELATION.other_id)
    )


def _by_other(patient_id: int, rows: Iterable[Any]) -> dict[int, Relation]:
    return {
        row.other_id if row.patient_id == patient_id else row.patient_id: _seen_from(patient_id, row) for row in rows
    }


def _pair(patient_id: int, other_id: int) -> tuple[int, int]:
    return min(patient_id, other_id), max(patient_id, other_id)


def _seen_from(patient_id: int, row: Any) -> Relation:
    """Return what the other of the pair is to the patient."""
    relation = Relation(row.kind)
    return relation if row.patient_id == patient_id else relation.inverse
