"""Whether appointments and seats say the same, worked out from the appointments alone.

Nothing here knows how seats are taken: it is the second opinion on what took them.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from ctfront.domain.times import STEP, show_date, show_time, wall_clock

PROVIDER, PATIENT = "P", "T"


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """An appointment, as far as it takes up time."""

    id: int
    provider_id: int
    patient_id: int
    day: date
    number: int
    start_second: int
    minutes: int
    zone: str
    starts_at: datetime
    live: bool
    """Whether its status holds seats."""
    overbooked: bool
    """Whether it was booked beyond the governor on purpose."""

    @property
    def slots(self) -> range:
        """The five-minute slots of UTC that it covers."""
        first = int(self.starts_at.timestamp()) // 60 // STEP
        return range(first, first + -(-self.minutes // STEP))

    @property
    def name(self) -> str:
        """As a clerk finds it: its number on its day."""
        return f"{self.number} on {show_date(self.day)}"


class Taken(NamedTuple):
    """A seat that an appointment has; a big clinic has a hundred thousand from yesterday on."""

    kind: str
    resource_id: int
    slot: int
    cap: int
    over_ok: bool
    visit_id: int


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """More appointments in one slot than were allowed."""

    visits: tuple[Visit, ...]
    count: int
    cap: int


def double_booked(visits: Iterable[Visit], allowed: Callable[[Visit, int], int]) -> Iterator[Crowd]:
    """Yield where a provider has more appointments at once than allowed, those overbooked on purpose left out.

    `allowed` tells how many may be in progress in the slot of a visit. One crowd is told once, however long it is.
    """
    there: dict[tuple[int, int], list[Visit]] = defaultdict(list)
    for visit in visits:
        if visit.live and not visit.overbooked:
            for slot in visit.slots:
                there[visit.provider_id, slot].append(visit)
    told: set[frozenset[int]] = set()
    for (_, slot), crowd in there.items():
        if len(crowd) > 1 and len(crowd) > (cap := allowed(crowd[0], slot)):
            ids = frozenset(visit.id for visit in crowd)
            if ids not in told:
                told.add(ids)
                yield Crowd(visits=tuple(crowd), count=len(crowd), cap=cap)


def in_two_places(visits: Iterable[Visit], on_purpose: Collection[int]) -> Iterator[Crowd]:
    """Yield where a patient has two appointments at once; `on_purpose` are the visits booked so with a warning."""
    there: dict[tuple[int, int], list[Visit]] = defaultdict(list)
    for visit in visits:
        if visit.live and visit.id not in on_purpose:
            for slot in visit.slots:
                there[visit.patient_id, slot].append(visit)
    told: set[frozenset[int]] = set()
    for crowd in there.values():
        ids = frozenset(visit.id for visit in crowd)
        if len(crowd) > 1 and ids not in told:
            told.add(ids)
            yield Crowd(visits=tuple(crowd), count=len(crowd), cap=1)


def wrongly_seated(visits: Iterable[Visit], taken: Mapping[int, Collection[Taken]], today: date) -> Iterator[Visit]:
    """Yield the visits whose seats are not those of their status, place and patient.

    What was written down for a day that was over has none; from `today` on every seat must be there.
    """
    for visit in visits:
        has = {(seat.kind, seat.resource_id, seat.slot) for seat in taken.get(visit.id, ())}
        wants = set()
        if visit.live:
            wants = {(PROVIDER, visit.provider_id, slot) for slot in visit.slots}
            wants |= {(PATIENT, visit.patient_id, slot) for slot in visit.slots}
        if has - wants or (visit.day >= today and wants - has):
            yield visit


def parted(visits: Iterable[Visit]) -> Iterator[tuple[Visit, str]]:
    """Yield the live visits whose instant is no longer what the clock shows then, with what it would show."""
    for visit in visits:
        promised = datetime.combine(visit.day, time()) + timedelta(seconds=visit.start_second)
        shown = wall_clock(visit.starts_at, visit.zone)
        if visit.live and shown != promised:
            yield visit, show_time(shown.time())
