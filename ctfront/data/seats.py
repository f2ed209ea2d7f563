"""Seats: the rows whose primary key refuses a double booking, whoever writes.

One row per resource, five-minute slot of UTC and seat. A resource is a provider (cap: the governor) or a
patient (cap: one).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

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
_TAKEN = select(_SEAT.c.slot, _SEAT.c.seat).where(
    _SEAT.c.kind == bindparam("kind"),
    _SEAT.c.resource_id == bindparam("resource_id"),
    _SEAT.c.slot >= bindparam("first"),
    _SEAT.c.slot < bindparam("end"),
)

_TAKE = insert(_SEAT)


def choose(
    session: Session,
    kind: str,
    resource_id: int,
    slots: range,
    *,
    appointment_id: int,
    cap: int,
    over: bool,
) -> list[dict[str, Any]]:
    """Return the lowest free seat of each slot, as rows to be taken; `over_ok` tells which lie beyond the cap.

    Raises `NoSeat` where the cap is reached and `over` is not allowed.
    """
    taken = defaultdict(set)
    span = {"kind": kind, "resource_id": resource_id, "first": slots.start, "end": slots.stop}
    for slot, seat in session.execute(_TAKEN, span):
        taken[slot].add(seat)
    seats = {slot: next(n for n in range(len(taken[slot]) + 1) if n not in taken[slot]) for slot in slots}
    for slot, seat in seats.items():
        if seat >= cap and not over:
            raise NoSeat(slot)
    return [
        {
            "kind": kind,
            "resource_id": resource_id,
            "slot": slot,
            "seat": seat,
            "cap": cap,
            "over_ok": int(seat >= cap),
            "appointment_id": appointment_id,
        }
        for slot, seat in seats.items()
    ]


def take(session: Session, chosen: Sequence[Mapping[str, Any]]) -> None:
    """Take the seats; the primary key refuses one that somebody else has taken."""
    session.execute(_TAKE, chosen)


def free(session: Session, appointment_ids: Iterable[int]) -> None:
    """Give back every seat of the appointments."""
    session.execute(delete(_SEAT).where(_SEAT.c.appointment_id.in_(list(appointment_ids))))
