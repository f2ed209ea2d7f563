"""How many places are free in each half hour, over several providers and weeks: counting only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from ctfront.domain.providers import DayHours, Event, Provider
from ctfront.domain.times import DAY, STEP, Span, minute_of, subtract

HALF_HOUR = 30
"""Minutes of a row, where a slot is not longer."""

FEWEST_WEEKS, MOST_WEEKS = 2, 8
FRIDAY = 4
CLOSED = "·"
LETTERS = "abcdefghijklmnopqrstuvwxyz"

Taken = Mapping[tuple[int, date], Sequence[tuple[int, int]]]
"""The live appointments by provider's id and day: first minute of the day and length in minutes."""


@dataclass(frozen=True, kw_only=True)
class Weeks:
    """Whose days are shown, and which."""

    providers: tuple[Provider, ...]
    days: tuple[date, ...]
    days_a_week: int


@dataclass(frozen=True, kw_only=True)
class FreePlaces:
    """The free places of each provider, day and row."""

    weeks: Weeks
    rows: range
    """First minute of each row."""
    counts: tuple[tuple[tuple[int | None, ...], ...], ...]
    """By provider, day and row: places free, 0 full, below 0 by how many overbooked; None closed or past."""
    slot_minutes: int = 15
    change_seen: int = 0
    """Newest change_log id that this reading includes."""

    def is_older_than(self, other: "FreePlaces") -> bool:
        """Tell whether this is an earlier reading of the same days and providers."""
        same = [p.id for p in self.weeks.providers] == [p.id for p in other.weeks.providers]
        return same and self.weeks.days == other.weeks.days and self.change_seen < other.change_seen


NONE = FreePlaces(weeks=Weeks(providers=(), days=(), days_a_week=5), rows=range(0, HALF_HOUR, HALF_HOUR), counts=())


def weeks_from(day: date, providers: Iterable[Provider], room: int) -> Weeks:
    """Return the weeks from the day's on, as many as fit in `room` columns with every provider beside the other.

    Monday to Friday always, a weekend day when somebody works on it.
    """
    monday = day - timedelta(days=day.weekday())
    last = date.fromordinal(min(monday.toordinal() + 7 * MOST_WEEKS - 1, date.max.toordinal()))
    who = tuple(p for p in providers if p.active and _hours_within(p, monday, last))
    worked = {hours.weekday for p in who for hours in _hours_within(p, monday, last)}
    weekdays = [n for n in range(7) if n <= FRIDAY or n in worked]
    fitting = (room // max(len(who), 1) - 1) // (len(weekdays) + 1)
    weeks = max(FEWEST_WEEKS, min(fitting, MOST_WEEKS))
    weeks = min(weeks, (date.max - monday).days // 7)
    days = tuple(monday + timedelta(days=7 * week + n) for week in range(weeks) for n in weekdays)
    return Weeks(providers=who, days=days, days_a_week=len(weekdays))


def _hours_within(provider: Provider, first: date, last: date) -> list[DayHours]:
    return [hours for hours in provider.hours if hours.spans and hours.hold_within(first, last)]


def count_free(
    weeks: Weeks,
    taken: Taken,
    events: Iterable[Event],
    *,
    slot: int,
    now: datetime,
    change_seen: int = 0,
) -> FreePlaces:
    """Count the places free in each row; `now` is wall clock, earlier starts are not counted.

    The places of a row are those of its slots added up; a slot offers as many as the governor exceeds its
    fullest moment. Where nothing is free, the most overbooked slot counts.
    """
    blocked: dict[tuple[int, date], list[Span]] = {}
    for event in events:
        blocked.setdefault((event.provider_id, event.day), []).append(event.span)
    rows = _rows(weeks, slot)
    counts = []
    for provider in weeks.providers:
        usual = {id(hours): _slots(hours.bookable(), rows, slot) for hours in provider.hours}
        of_days: list[tuple[int | None, ...]] = []
        for day in weeks.days:
            hours, place = provider.hours_on(day), (provider.id, day)
            slots = usual.get(id(hours), [])
            if day < now.date() or not slots:
                of_days.append((None,) * len(rows))
                continue
            if place in blocked:
                slots = _slots(subtract(hours.bookable(), blocked[place]), rows, slot)
            if day == now.date():
                slots = [s for s in slots if s[1] * slot >= minute_of(now.time())]
            places = _places_of_slots(provider.governor, hours, taken.get(place, ()), slot)
            of_days.append(_count_day(slots, places, len(rows)))
        counts.append(tuple(of_days))
    return FreePlaces(weeks=weeks, rows=rows, counts=tuple(counts), slot_minutes=slot, change_seen=change_seen)


def _rows(weeks: Weeks, slot: int) -> range:
    first, last = weeks.days[0], weeks.days[-1]
    spans = [span for p in weeks.providers for hours in _hours_within(p, first, last) for span in hours.spans]
    step = max(HALF_HOUR, slot)
    if not spans:
        return range(8 * 60, 18 * 60, step)
    return range(min(s.start for s in spans) // step * step, max(s.end for s in spans), step)


def _places_of_slots(governor: int, hours: DayHours, visits: Sequence[tuple[int, int]], slot: int) -> list[int]:
    """Return the places left at the fullest moment of each slot of a day.

    Where all visits start with a slot and the governor is one, that is its first moment; else every step of a slot is
    looked at.
    """
    unit = STEP if hours.governed or any(start % slot for start, _ in visits) else slot
    units = -(-DAY // unit)
    change = [0] * (units + 1)
    for start, minutes in visits:
        change[start // unit] += 1
        change[min(-(-(start + minutes) // unit), units)] -= 1
    places = [governor - load for load in accumulate(change[:-1])]
    for part in hours.governed:
        for step in range(part.span.start // unit, part.span.end // unit):
            places[step] += part.governor - governor
    width = slot // unit
    return places if width == 1 else list(map(min, *(places[step::width] for step in range(width))))


def _slots(spans: Iterable[Span], rows: range, slot: int) -> list[tuple[int, int]]:
    """Return row and number in its day of each slot that lies wholly in a span."""
    return [
        ((number * slot - rows.start) // rows.step, number)
        for span in spans
        for number in range(-(-span.start // slot), span.end // slot)
    ]


def _count_day(slots: Iterable[tuple[int, int]], places: Sequence[int], rows: int) -> tuple[int | None, ...]:
    counts: list[int | None] = [None] * rows
    for row, number in slots:
        free = places[number]
        before = counts[row]
        if before is None:
            counts[row] = free
        elif free > 0 and before > 0:
            counts[row] = before + free
        else:
            counts[row] = max(before, free) if max(before, free) > 0 else min(before, free)
    return tuple(counts)


def mark_of(count: int | None) -> str:
    """Return the one character of a count: a digit (9 for more), a letter for overbooked, `·` closed."""
    if count is None:
        return CLOSED
    return str(min(count, 9)) if count >= 0 else LETTERS[min(-count, len(LETTERS)) - 1]


def say_count(count: int | None) -> str:
    """Return the count in words."""
    if count is None:
        return "closed or past"
    if count > 0:
        return f"{count} free"
    return "full" if count == 0 else f"full, overbooked by {-count}"
