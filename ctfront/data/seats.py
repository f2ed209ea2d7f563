"""Seats: the rows whose primary key refuses a double booking, whoever writes.

One row per resource, five-minute slot of UTC and seat. A resource is a provider (cap: the governor) or a
patient (cap: one).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, union_all
from sqlalchemy.orm import Session

from ctfront.data.database import Writer
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
        select(_SEAT.c.kind, _SEAT.c.slot, _SEAT.c.seat).where(
            _SEAT.c.kind == kind,
            _SEAT.c.resource_id == bindparam(owner),
            _SEAT.c.slot >= bindparam("first"),
            _SEAT.c.slot < bindparam("end"),
        )
        for kind, owner in ((PATIENT, "patient_id"), (PROVIDER, "provider_id"))
    )
)
_TAKE = insert(_SEAT)


def load_taken(writer: Writer, slots: range, *, patient_id: int, provider_id: int) -> dict[str, dict[int, set[int]]]:
    """Return the seats that are taken in each of the slots: the patient's and the provider's."""
    taken: dict[str, dict[int, set[int]]] = {PATIENT: defaultdict(set), PROVIDER: defaultdict(set)}
    span = {"patient_id": patient_id, "provider_id": provider_id, "first": slots.start, "end": slots.stop}
    for kind, slot, seat in writer.execute(_TAKEN, span):
        taken[kind][slot].add(seat)
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
