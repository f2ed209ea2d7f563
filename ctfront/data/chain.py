"""The audit chain: how its links are made, and whether they still hold.

hash = SHA-256 over the previous hash and the canonical JSON of the entry. The entry holds a salted digest
of before and after, so that erasing the details of a person leaves the chain whole.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.orm import Session

from ctfront.data.models import AppointmentRow, AuditDetailRow, AuditHeadRow, AuditRow, PatientRow

GENESIS = "0" * 64
"""What stands before the first entry."""

PORTION = 2000
"""Entries read at a time."""

_AUDIT, _DETAIL, _HEAD = AuditRow.__table__, AuditDetailRow.__table__, AuditHeadRow.__table__
_WITH_DETAILS = _AUDIT.outerjoin(_DETAIL, (_DETAIL.c.seq == _AUDIT.c.seq) & (_DETAIL.c.clinic_id == _AUDIT.c.clinic_id))
_NAMES = [column.name for column in _AUDIT.columns]


@dataclass(frozen=True, kw_only=True)
class Head:
    """A link of the chain: with it everything before it is fixed."""

    seq: int = 0
    hash: str = GENESIS


def details_digest(salt: str, before: str, after: str) -> str:
    """Return the digest that the chain keeps of an entry's details."""
    return hashlib.sha256(f"{salt}\n{before}\n{after}".encode()).hexdigest()


def entry_hash(entry: Mapping[str, Any]) -> str:
    """Return the hash of an entry, over everything but itself."""
    body = {key: value for key, value in entry.items() if key != "hash"}
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no plain form")


canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain).encode


def newest(reader: Session | Connection, clinic_id: int) -> Head:
    """Return the last link, as it is written beside the chain."""
    row = reader.execute(select(_HEAD.c.seq, _HEAD.c.hash).where(_HEAD.c.clinic_id == clinic_id)).first()
    return Head() if row is None else Head(seq=row.seq, hash=row.hash)


def broken_links(
    reader: Session | Connection,
    clinic_id: int,
    *,
    since: int = 0,
    anchor: Head | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[int]:
    """Return the seq of every entry that was changed, cut out, or no longer matches its details.

    Reads the entries from `since` on, where 0 is all. `anchor` is a link that was seen earlier: one that is gone,
    or another one now, was rebuilt or cut off.
    """
    head, broken, last = newest(reader, clinic_id), [], Head()
    expected, previous = (1, GENESIS) if since == 0 else (since, None)
    total = head.seq - expected + 1
    query = (
        select(_AUDIT, _DETAIL.c.salt, _DETAIL.c.before, _DETAIL.c.after)
        .select_from(_WITH_DETAILS)
        .where(_AUDIT.c.clinic_id == clinic_id, _AUDIT.c.seq >= since)
        .order_by(_AUDIT.c.seq)
    )
    for done, row in enumerate(reader.execute(query.execution_options(yield_per=PORTION)), start=1):
        *values, salt, before, after = row
        entry = dict(zip(_NAMES, values, strict=True))
        sound = entry["seq"] == expected and previous in (None, entry["previous_hash"])
        sound = sound and entry["hash"] == entry_hash(entry)
        if salt is not None:
            sound = sound and entry["digest"] == details_digest(salt, before, after)
        last = Head(seq=entry["seq"], hash=entry["hash"])
        if not sound or (anchor is not None and last.seq == anchor.seq and last != anchor):
            broken.append(last.seq)
        previous, expected = last.hash, last.seq + 1
        progress(done, total)
    if head != last:
        broken.append(max(head.seq, last.seq))
    if anchor is not None and anchor.seq > last.seq:
        broken.append(anchor.seq)
    return broken


def lost_details(reader: Session | Connection, clinic_id: int, *, since: int = 0) -> list[int]:
    """Return the seq of every entry whose details are gone although nobody whom it is about was erased."""
    erased = select(PatientRow.id).where(PatientRow.clinic_id == clinic_id, PatientRow.erased_at.is_not(None))
    entry = _AUDIT.c
    of_theirs = select(AppointmentRow.id).where(AppointmentRow.patient_id.in_(erased))
    about_them = or_(
        and_(entry.subject_kind == "patient", entry.subject_id.in_(erased)),
        and_(entry.subject_kind.in_(("appointment", "act")), entry.subject_id.in_(of_theirs)),
    )
    query = (
        select(entry.seq)
        .select_from(_WITH_DETAILS)
        .where(
            entry.clinic_id == clinic_id, entry.seq >= since, _DETAIL.c.seq.is_(None), ~func.coalesce(about_them, False)
        )
        .order_by(entry.seq)
    )
    return list(reader.execute(query).scalars())
