"""What every act writes beside its own rows: itself, the audit chain, the news for other desks."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from ctfront.data.bell import BELL
from ctfront.data.chain import GENESIS, broken_links, canonical, details_digest, entry_hash
from ctfront.data.models import ActRow, AuditDetailRow, AuditHeadRow, AuditRow, ChangeRow
from ctfront.domain.staff import Act

REACH = 1000
"""Acts of the clinic back to which the one before is looked for."""

Details = Mapping[str, Any]

__all__ = [
    "Details",
    "Entry",
    "broken_links",
    "note_views",
    "record",
    "record_portion",
    "renew_undo",
    "repeated",
    "tell",
]

_ACT, _HEAD = ActRow.__table__, AuditHeadRow.__table__
_EARLIER = select(_ACT.c.subject_id).where(_ACT.c.op_id == bindparam("op_id"))
_LOCKED_HEAD = select(_HEAD.c.seq, _HEAD.c.hash).where(_HEAD.c.clinic_id == bindparam("clinic_id")).with_for_update()
_MOVE_HEAD = update(_HEAD).where(_HEAD.c.clinic_id == bindparam("of_clinic"))
_GROW_ACT = update(_ACT).where(_ACT.c.op_id == bindparam("of_act")).returning(_ACT.c.op_id)
_ADD_ACT, _ADD_NEWS = insert(_ACT), insert(ChangeRow.__table__)
_ADD_AUDIT, _ADD_DETAILS = insert(AuditRow.__table__), insert(AuditDetailRow.__table__)
_RING = select(func.pg_notify(BELL, ""))
"""Built once, as every statement that each act executes."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What one link of the audit chain is about."""

    kind: str
    subject_kind: str
    subject_id: int | None
    before: Details = field(default_factory=dict)
    after: Details = field(default_factory=dict)


def repeated(session: Session, act: Act) -> Row[int | None] | None:
    """Return the `subject_id` of the earlier act with this id: a retry answers with it instead of doing it again."""
    return session.connection().execute(_EARLIER, {"op_id": act.op_id}).first()


def record(
    session: Session,
    clinic_id: int,
    act: Act,
    *,
    kind: str,
    subject_kind: str,
    subject_id: int | None,
    sentence: str = "",
    before: Details | None = None,
    after: Details | None = None,
    undo: Details | None = None,
    days: Iterable[date] = (),
) -> None:
    """Write the act, its audit entry and its news, in the act's own transaction."""
    by, connection = _by(act), _flushed(session)
    entry = Entry(kind=kind, subject_kind=subject_kind, subject_id=subject_id, before=before or {}, after=after or {})
    seq = _append_audit(connection, clinic_id, act, by, (entry,))
    connection.execute(
        _ADD_ACT,
        {
            "op_id": act.op_id,
            "serial": seq,
            "clinic_id": clinic_id,
            "batch_id": act.batch_id,
            "kind": kind,
            "subject_id": subject_id,
            "sentence": sentence[:400],
            "undo": canonical(undo) if undo is not None else None,
            **by,
        },
    )
    news = {
        "clinic_id": clinic_id,
        "made_at": by["made_at"],
        "kind": kind,
        "subject_id": subject_id,
        "op_id": act.op_id,
    }
    _add_news(connection, [{**news, "day": day} for day in (sorted(set(days)) or (None,))])


def tell(session: Session, clinic_id: int, act: Act, *, kind: str, day: date) -> None:
    """Write news of a day for other desks, about what is neither audited nor taken back."""
    made_at = _by(act)["made_at"]
    news = {"clinic_id": clinic_id, "made_at": made_at, "kind": kind, "subject_id": None, "op_id": act.op_id}
    _add_news(session.connection(), [{**news, "day": day}])


def record_portion(
    session: Session,
    clinic_id: int,
    act: Act,
    entries: Sequence[Entry],
    *,
    kind: str,
    sentence: str,
    undo: Details,
) -> None:
    """Write a portion of a batch: its audit entries, its news, and the one act that grows with every portion.

    The op id of the act is the batch's, whichever portion writes it.
    """
    by, connection = _by(act), _flushed(session)
    seq = _append_audit(connection, clinic_id, act, by, entries)
    grown = {"serial": seq, "sentence": sentence[:400], "undo": canonical(undo), "made_at": by["made_at"]}
    if connection.execute(_GROW_ACT, {"of_act": act.op_id, **grown}).first() is None:
        made = {"op_id": act.op_id, "clinic_id": clinic_id, "batch_id": act.batch_id, "kind": kind, "subject_id": None}
        connection.execute(_ADD_ACT, {**made, **by, **grown})
    news = {"clinic_id": clinic_id, "made_at": by["made_at"], "kind": kind, "subject_id": None, "op_id": act.op_id}
    _add_news(connection, [{**news, "day": None}])


def _add_news(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write news, and ring the bell that goes with the commit where the database has one."""
    connection.execute(_ADD_NEWS, rows)
    if connection.dialect.name == "postgresql":
        connection.execute(_RING)


def note_views(session: Session, clinic_id: int, act: Act, seen: Mapping[int, datetime]) -> None:
    """Write into the chain that each patient's record was looked at: no act that `u` could meet, and no news."""
    entries = [
        Entry(kind="view", subject_kind="patient", subject_id=patient_id, after={"at": at})
        for patient_id, at in seen.items()
    ]
    _append_audit(_flushed(session), clinic_id, act, _by(act), entries)


def _by(act: Act) -> dict[str, Any]:
    made_at = act.at.replace(microsecond=act.at.microsecond // 1000 * 1000)  # as it comes back, for the hash
    return {"by_kind": act.who.kind.value, "by_id": act.who.id, "by_name": act.who.name, "made_at": made_at}


def _flushed(session: Session) -> Connection:
    """Return the session's connection, the act's own rows being written: it executes a third quicker."""
    session.flush()
    return session.connection()


def _append_audit(
    connection: Connection, clinic_id: int, act: Act, by: Mapping[str, Any], entries: Sequence[Entry]
) -> int:
    """Lengthen the chain and return the last seq."""
    seq, previous = _lock_head(connection, clinic_id)
    audit, details = [], []
    for entry in entries:
        seq += 1
        salt, before, after = secrets.token_hex(16), canonical(entry.before), canonical(entry.after)
        row = {
            **by,
            "clinic_id": clinic_id,
            "seq": seq,
            "os_user": act.who.os_user,
            "session": act.who.session,
            "origin": act.who.origin[:100],
            "op_id": act.op_id,
            "act": entry.kind,
            "subject_kind": entry.subject_kind,
            "subject_id": entry.subject_id,
            "digest": details_digest(salt, before, after),
            "previous_hash": previous,
        }
        row["hash"] = previous = entry_hash(row)
        audit.append(row)
        details.append({"clinic_id": clinic_id, "seq": seq, "salt": salt, "before": before, "after": after})
    if audit:
        connection.execute(_ADD_AUDIT, audit)
        connection.execute(_ADD_DETAILS, details)
        connection.execute(_MOVE_HEAD, {"of_clinic": clinic_id, "seq": seq, "hash": previous})
    return seq


def _lock_head(connection: Connection, clinic_id: int) -> tuple[int, str]:
    head = connection.execute(_LOCKED_HEAD, {"clinic_id": clinic_id}).first()
    if head is None:
        connection.execute(insert(_HEAD), {"clinic_id": clinic_id, "seq": 0, "hash": GENESIS})
        return 0, GENESIS
    return head.seq, head.hash


def renew_undo(session: Session, clinic_id: int, last: ActRow, *, known: str, renewed: str) -> None:
    """Let the act before `last` know a row's new version, so that it can be taken back in its turn.

    `known` is how that act's own JSON names row and version.
    """
    before = session.scalars(
        select(ActRow)
        .where(
            ActRow.clinic_id == clinic_id,
            ActRow.serial.between(last.serial - REACH, last.serial - 1),
            ActRow.undone_by.is_(None),
            ActRow.undo.contains(known, autoescape=True),
        )
        .order_by(ActRow.serial.desc())
        .limit(1)
    ).first()
    if before is not None and before.undo is not None:
        before.undo = before.undo.replace(known, renewed)
