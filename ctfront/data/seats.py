"""Seats: the rows whose primary key refuses a double booking, whoever writes.

One row per resource, five-minute slot of UTC and seat. A resource is a provider (cap: the governor) or a
patient (cap: one).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, union_all
from sqlalchemy.orm import Session

from ctfront.data.database import Reader, Writer
from ctfront.data.models import SeatRow
from ctfront.domain.times import STEP

PROVIDER = "P"
PATIENT = "T"


class NoSeat(Exception):
    """Every seat of a slot is taken; `slot` is the first such."""

    def __init__(self, slot: int) -> None:
        super().__init__(slot)
        self.slot = slot


def slots_of(starts_at: datetime, minutes: int) -> range:
    """Return the slots that a visit covers: minutes since 1970 in UTC, divided by five."""
    first = int(starts_at.timestamp()) // 60 // STEP
    return range(first, first + -(-minutes // STEP))


_SEAT = SeatRow.__table__
_TAKEN = union_all(
    *(
        select(_SEAT.c.kind, _SEAT.c.slot, _SEAT.c.seat, _SEAT.c.hold_until).where(
            _SEAT.c.kind == kind,
            _SEAT.c.resource_id == bindparam(owner),
            _SEAT.c.slot >= bindparam("first"),
            _SEAT.c.slot < bindparam("end"),
        )
        for kind, owner in ((PATIENT, "patient_id"), (PROVIDER, "provider_id"))
    )
)
_TAKE = insert(_SEAT)
_HELD = select(_SEAT.c.resource_id, _SEAT.c.slot, _SEAT.c.hold_id, _SEAT.c.hold_by, _SEAT.c.hold_until).where(
    _SEAT.c.hold_id.is_not(None)
)


def load_taken(
    writer: Writer, slots: range, *, patient_id: int, provider_id: int, now: datetime
) -> dict[str, dict[int, set[int]]]:
    """Return the seats that are taken in each of the slots: the patient's and the provider's.

    Holds that have ended by `now` are taken away.
    """
    taken: dict[str, dict[int, set[int]]] = {PATIENT: defaultdict(set), PROVIDER: defaultdict(set)}
    span = {"patient_id": patient_id, "provider_id": provider_id, "first": slots.start, "end": slots.stop}
    ended = False
    for kind, slot, seat, hold_until in writer.execute(_TAKEN, span):
        if hold_until is not None and hold_until <= now:
            ended = True
        else:
            taken[kind][slot].add(seat)
    if ended:
        end_holds(writer, now)
    return taken


def choose(
    kind: str, resource_id: int, slots: range, taken: Mapping[int, Collection[int]], *, caps: Sequence[int], over: bool
) -> list[dict[str, Any]]:
    """Return the lowest free seat of each slot, as rows to be taken; `over_ok` tells which lie beyond the slot's cap.

    Raises `NoSeat` where the cap is reached and `over` is not allowed.
    """
    chosen = []
    for slot, cap in zip(slots, caps, strict=True):
        there = taken.get(slot, ())
        seat = next(n for n in range(len(there) + 1) if n not in there)
        if seat >= cap and not over:
            raise NoSeat(slot)
        chosen.append(
            {
                "kind": kind,
                "resource_id": resource_id,
                "slot": slot,
                "seat": seat,
                "cap": cap,
                "over_ok": int(seat >= cap),
            }
        )
    return chosen


def take(writer: Writer, chosen: Iterable[Mapping[str, Any]], *, appointment_id: int) -> None:
    """Take the seats; the primary key refuses one that somebody else has taken."""
    writer.execute(_TAKE, [{**seat, "appointment_id": appointment_id} for seat in chosen])


def free(session: Session, appointment_ids: Iterable[int]) -> None:
    """Give back every seat of the appointments."""
    session.execute(delete(_SEAT).where(_SEAT.c.appointment_id.in_(list(appointment_ids))))


# -- places held for a form that waits


@dataclass(frozen=True, kw_only=True)
class Held:
    """A provider's place that a form holds."""

    id: str
    provider_id: int
    by: str
    until: datetime
    starts_at: datetime
    minutes: int


def hold(writer: Writer, chosen: Iterable[Mapping[str, Any]], *, hold_id: str, by: str, until: datetime) -> None:
    """Take the seats for a form; the primary key refuses one that somebody else has taken."""
    writer.execute(_TAKE, [{**seat, "hold_id": hold_id, "hold_by": by, "hold_until": until} for seat in chosen])


def release(writer: Writer, hold_id: str) -> bool:
    """Give back what a form holds; tell whether it held anything."""
    gone = writer.execute(delete(_SEAT).where(_SEAT.c.hold_id == hold_id).returning(_SEAT.c.slot))
    return bool(gone.all())


def end_holds(writer: Writer, now: datetime) -> None:
    """Take away every hold that has ended by now: whoever held it is late, or gone."""
    writer.execute(delete(_SEAT).where(_SEAT.c.hold_id.is_not(None), _SEAT.c.hold_until <= now))


def holder_of(writer: Writer, provider_id: int, slot: int) -> tuple[str, datetime] | None:
    """Return who holds a provider's slot and until when, if anybody does."""
    query = _HELD.where(_SEAT.c.resource_id == provider_id, _SEAT.c.slot == slot).limit(1)
    row = writer.execute(query).first()
    return None if row is None else (row.hold_by, row.hold_until)


async def read_held(reader: Reader) -> list[Held]:
    """Return every place held, those that have ended but are not taken away too."""
    return _held_of(await reader.execute(_HELD.order_by(_SEAT.c.slot)))


def load_held(writer: Writer) -> list[Held]:
    """Return the same inside an act."""
    return _held_of(writer.execute(_HELD.order_by(_SEAT.c.slot)))


def _held_of(rows: Iterable[Any]) -> list[Held]:
    held: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        held[row.hold_id].append(row)
    return [
        Held(
            id=hold_id,
            provider_id=rows[0].resource_id,
            by=rows[0].hold_by,
            until=rows[0].hold_until,
            starts_at=datetime.fromtimestamp(rows[0].slot * STEP * 60, tz=UTC),
            minutes=len(rows) * STEP,
        )
        for hold_id, rows in held.items()
    ]
