"""Seats: the rows whose primary key refuses a double booking, whoever writes.

One row per resource, five-minute slot of UTC and seat. A resource is a provider (cap: the governor) or a
patient (cap: one).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, insert, select
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


def take(
    session: Session,
    kind: str,
    resource_id: int,
    slots: range,
    *,
    appointment_id: int,
    cap: int,
    over: bool,
) -> bool:
    """Take the lowest free seat of each slot; tell whether one lies beyond the cap.

    Raises `NoSeat` where the cap is reached and `over` is not allowed.
    """
    taken = defaultdict(set)
    rows = session.execute(
        select(SeatRow.slot, SeatRow.seat).where(
            SeatRow.kind == kind,
            SeatRow.resource_id == resource_id,
            SeatRow.slot >= slots.start,
            SeatRow.slot < slots.stop,
        )
    )
    for slot, seat in rows:
        taken[slot].add(seat)
    seats = {slot: next(n for n in range(len(taken[slot]) + 1) if n not in taken[slot]) for slot in slots}
    for slot, seat in seats.items():
        if seat >= cap and not over:
            raise NoSeat(slot)
    session.execute(
        insert(SeatRow),
        [
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
        ],
    )
    return any(seat >= cap for seat in seats.values())


def free(session: Session, appointment_ids: Iterable[int]) -> None:
    """Give back every seat of the appointments."""
    session.execute(delete(SeatRow).where(SeatRow.appointment_id.in_(list(appointment_ids))))
