"""Drafts as rows and as domain objects."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from ctfront.data.models import DraftRow
from ctfront.domain.drafts import Draft, DraftKind, KeptDraft


def put(session: Session, clinic_id: int, staff_id: int, draft: Draft, *, owner: str, at: datetime) -> None:
    """Write a draft, over what the same form wrote before."""
    body = {
        "about": dict(draft.about),
        "typed": dict(draft.typed),
        "offered": dict(draft.offered),
        "at": draft.at,
        "hold_id": draft.hold_id,
    }
    row = DraftRow(
        id=draft.id,
        clinic_id=clinic_id,
        staff_id=staff_id,
        owner=owner,
        kind=draft.kind.value,
        patient_id=draft.patient_id,
        body=json.dumps(body, ensure_ascii=False),
        saved_at=at,
    )
    session.merge(row)


def drop(session: Session, staff_id: int, ids: Sequence[str]) -> None:
    """Take drafts of one clerk away."""
    session.execute(delete(DraftRow).where(DraftRow.staff_id == staff_id, DraftRow.id.in_(ids)))


def drop_older(session: Session, clinic_id: int, before: datetime) -> None:
    """Take away what nobody has come back to."""
    session.execute(delete(DraftRow).where(DraftRow.clinic_id == clinic_id, DraftRow.saved_at < before))


def release(session: Session, owner: str) -> None:
    """Note that a session has ended: what it kept is offered at the next log-in."""
    session.execute(update(DraftRow).where(DraftRow.owner == owner).values(owner=""))


async def read_of(session: AsyncSession, clinic_id: int, staff_id: int, since: datetime) -> list[KeptDraft]:
    """Return what a clerk has left since then, newest first."""
    query = (
        select(DraftRow)
        .where(DraftRow.clinic_id == clinic_id, DraftRow.staff_id == staff_id, DraftRow.saved_at >= since)
        .order_by(DraftRow.saved_at.desc(), DraftRow.id)
    )
    return [_kept(row) for row in await session.scalars(query)]


def _kept(row: DraftRow) -> KeptDraft:
    body = json.loads(row.body)
    draft = Draft(id=row.id, kind=DraftKind(row.kind), patient_id=row.patient_id, **body)
    return KeptDraft(draft=draft, saved_at=row.saved_at, owner=row.owner)
