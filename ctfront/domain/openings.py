"""Where a visit could start: pure computation over columns."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum

from ctfront.domain.schedule import Column, Start
from ctfront.domain.times import DAY, Span


class PartOfDay(StrEnum):
    """When somebody can come."""

    MORNINGS = "mornings"
    AFTERNOONS = "afternoons"
    EVENINGS = "evenings"

    @property
    def span(self) -> Span:
        """Minutes of the day in which a visit may start."""
        return _PARTS[self]


_PARTS = {
    PartOfDay.MORNINGS: Span(0, 12 * 60),
    PartOfDay.AFTERNOONS: Span(12 * 60, 17 * 60),
    PartOfDay.EVENINGS: Span(17 * 60, DAY),
}


def starts_in(column: Column, minutes: int, *, step: int, part: PartOfDay | None = None) -> Iterator[Start]:
    """Yield the starts on the grid at which `minutes` are free, in order."""
    for span in column.free:
        first = -(-span.start // step) * step
        for minute in range(first, span.end - minutes + 1, step):
            if part is None or part.span.start <= minute < part.span.end:
                yield Start(
                    provider_id=column.provider.id,
                    provider=column.provider.name,
                    day=column.day,
                    minute=minute,
                    minutes_free=span.end - minute,
                )


def next_starts(
    columns: Iterable[Column],
    minutes: int,
    *,
    step: int,
    not_before: datetime,
    part: PartOfDay | None,
    limit: int,
) -> tuple[Start, ...]:
    """Return the first `limit` starts by day, time and Set-up order, none before `not_before` (wall clock)."""
    found = [
        start
        for column in columns
        for start in starts_in(column, minutes, step=step, part=part)
        if _is_due(start.day, start.minute, not_before)
    ]
    found.sort(key=lambda start: (start.day, start.minute))
    return tuple(found[:limit])


def _is_due(day: date, minute: int, not_before: datetime) -> bool:
    return (day, minute) >= (not_before.date(), not_before.hour * 60 + not_before.minute)


def free_from(column: Column, minute: int) -> int:
    """Return how many minutes are free from `minute` on, 0 when the minute is taken or closed."""
    for span in column.free:
        if span.start <= minute < span.end:
            return span.end - minute
    return 0
