"""A series of appointments: how many and how often in the clerk's words, and what stands in the way of each date.

`x12` is how many. How often: `/w` weekly, which is also meant by nothing; `2/w` to `5/w` that many times a week; `/2w`
every two weeks; `/m` monthly, the same weekday of the month (the first Tuesday; a fifth is the last).

Several times a week means the weekday given and those days the provider works that lie most evenly around it: the
smallest gap as wide as can be, then the gaps as alike as can be, then the earliest days.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import combinations, pairwise

from ctfront.domain.appointments import Appointment, Place
from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.errors import CannotRead
from ctfront.domain.patients import PatientName
from ctfront.domain.providers import VisitPurpose
from ctfront.domain.schedule import Column, free_spans
from ctfront.domain.text import brief, safe
from ctfront.domain.times import (
    RepeatedTime,
    Span,
    minute_of,
    show_date,
    show_time,
    show_weekday,
    subtract,
    time_of,
    utc_instant,
)

FEWEST_VISITS, MOST_VISITS = 2, 60
MOST_A_WEEK = 5
WORKING_WEEK = frozenset(range(5))

_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TIMES_A_WEEK = ("", "weekly", "twice a week", "three times a week", "four times a week", "five times a week")
_HOW_MANY = re.compile(r"x(\d{1,6})")
_HOW_OFTEN = re.compile(r"(?P<times>\d{1,2})/w|/?(?P<once>[wm])|/(?P<every>\d{1,2})w")


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """How many visits and how often."""

    count: int
    a_week: int = 1
    every: int = 1
    """Weeks from one to the next."""
    monthly: bool = False

    @property
    def rhythm(self) -> str:
        """How often, in words."""
        if self.monthly:
            return "monthly"
        return f"every {self.every} weeks" if self.every > 1 else _TIMES_A_WEEK[self.a_week]


def is_repeat(word: str) -> bool:
    """Tell whether a word of a line says how many or how often."""
    typed = word.casefold()
    return bool(_HOW_MANY.fullmatch(typed) or _HOW_OFTEN.fullmatch(typed))


def read_repeat(text: str) -> Repeat:
    """Read `x12 2/w`, in either order. Raises `CannotRead`."""
    count, often = None, None
    for word in text.casefold().split():
        if (match := _HOW_MANY.fullmatch(word)) and count is None:
            count = int(match[1])
        elif (match := _HOW_OFTEN.fullmatch(word)) and often is None:
            often = match
        else:
            raise CannotRead(f"“{brief(word)}” is no series; type x12 2/w, x6 /w, x6 /2w or x6 /m.", field="repeat")
    if count is None:
        raise CannotRead("How many visits? Type x12 for twelve.", field="repeat")
    if not FEWEST_VISITS <= count <= MOST_VISITS:
        words = f"A series has {FEWEST_VISITS} to {MOST_VISITS} visits; book a longer plan in parts."
        raise CannotRead(words, field="repeat")
    if often is None or often["once"]:
        return Repeat(count=count, monthly=often is not None and often["once"] == "m")
    if often["every"]:
        if not 1 <= int(often["every"]) <= 26:
            raise CannotRead("Every 1 to 26 weeks, as /2w.", field="repeat")
        return Repeat(count=count, every=int(often["every"]))
    if not 1 <= int(often["times"]) <= MOST_A_WEEK:
        raise CannotRead(f"1 to {MOST_A_WEEK} times a week, as 2/w.", field="repeat")
    return Repeat(count=count, a_week=int(often["times"]))


def weekdays_of(first: int, a_week: int, working: Collection[int]) -> tuple[int, ...]:
    """Return the weekdays of a series from its first one on (0 is Monday); `working` are those the provider works."""
    days = set(working) | {first}
    if len(days) < a_week:
        days |= WORKING_WEEK
    offsets = sorted((day - first) % 7 for day in days if day != first)

    def merit(chosen: tuple[int, ...]) -> tuple[int, int, tuple[int, ...]]:
        gaps = [later - earlier for earlier, later in pairwise((0, *chosen, 7))]
        return -min(gaps), sum(gap * gap for gap in gaps), chosen

    best = min(combinations(offsets, a_week - 1), key=merit)
    return (first, *((first + offset) % 7 for offset in best))


def rule_of(repeat: Repeat, day: date, start: time, working: Collection[int]) -> str:
    """Return the series as RFC 5545 has it: its first start in wall-clock time, and its rule."""
    if repeat.monthly:
        nth = (day.day - 1) // 7 + 1
        often = f"FREQ=MONTHLY;COUNT={repeat.count};BYDAY={nth if nth < 5 else -1}{_CODES[day.weekday()]}"
    else:
        codes = ",".join(_CODES[n] for n in sorted(weekdays_of(day.weekday(), repeat.a_week, working)))
        every = f"INTERVAL={repeat.every};" if repeat.every > 1 else ""
        often = f"FREQ=WEEKLY;{every}COUNT={repeat.count};BYDAY={codes}"
    return f"DTSTART:{datetime.combine(day, start):%Y%m%dT%H%M%S}\nRRULE:{often}"


def planned_count(rule: str) -> int:
    """Return how many visits a rule was made for."""
    match = re.search(r"COUNT=(\d+)", rule)
    return int(match[1]) if match else 0


def say_series(repeat: Repeat, days: Sequence[date]) -> str:
    """Return `12 visits, twice a week, Tue and Fri, until Fri 10 Apr 2026`."""
    names = [_SHORT[n] for n in sorted({day.weekday() for day in days})]
    on = " and ".join([*([", ".join(names[:-1])] if names[1:] else []), names[-1]])
    return f"{repeat.count} visits, {repeat.rhythm}, {on}, until {show_date(days[-1])}"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One date of a series as the clerk wants it."""

    ordinal: int
    """Its number in the plan; it stays when the visit is moved or others are left out."""
    place: Place
    fold: int | None = None
    """0 or 1 for a time that the clocks repeat."""
    left_out: bool = False
    on_holiday: bool = False
    """Whether the clerk takes it although it is a public holiday."""

    def moved(self, *, days: int = 0, minutes: int = 0) -> "Visit":
        """Return it on another day or at another time; one that would leave its day or the calendar stays."""
        minute = minute_of(self.place.start) + minutes
        if not 0 <= minute < 24 * 60:
            return self
        try:
            day = self.place.day + timedelta(days=days)
        except OverflowError:
            return self
        return replace(self, place=replace(self.place, day=day, start=time_of(minute)), on_holiday=False)


@dataclass(frozen=True, kw_only=True)
class SeriesPlan:
    """What a series is of; its dates are `visits`."""

    patient: PatientName
    purpose: VisitPurpose
    minutes: int
    repeat: Repeat
    rule: str
    visits: tuple[Visit, ...]
    note: str = ""

    @property
    def words(self) -> str:
        """The rule read back."""
        return say_series(self.repeat, [visit.place.day for visit in self.visits])


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A date of a series and what was found there."""

    visit: Visit
    provider: str
    obstacle: str = ""
    """What stands in its way, empty for nothing."""
    holiday: str = ""
    """The public holiday that it falls on."""
    nearest: time | None = None
    """The free start nearest to it on that day, where something stands in its way."""
    booked: bool = False

    @property
    def stands(self) -> bool:
        """Whether it can be booked and is wanted."""
        return not self.obstacle and not self.visit.left_out and not self.booked

    @property
    def state(self) -> str:
        """What the list says of it."""
        if self.booked:
            return "booked"
        if self.visit.left_out:
            return "left out"
        if self.obstacle:
            return self.obstacle if self.nearest is None else f"{self.obstacle}; {show_time(self.nearest)} is free"
        return f"free, {self.holiday} all the same" if self.holiday else "free"

    @property
    def told(self) -> str:
        """Date and what stands in its way, for a sentence."""
        return f"{show_weekday(self.visit.place.day)} {show_time(self.visit.place.start)}: {self.state}"


@dataclass(frozen=True, kw_only=True)
class There:
    """What is known of a visit's day."""

    column: Column
    """Without its appointments."""
    visits: Sequence[Span] = ()
    """The live appointments of the provider."""
    of_patient: Sequence[Span] = ()
    """Those of the patient, with whomever."""
    holiday: str = ""


@dataclass(frozen=True, kw_only=True)
class SeriesBooked:
    """What became of the dates: those booked, and of each other one why not."""

    series_id: int
    booked: tuple[Appointment, ...]
    lost: tuple[tuple[int, str], ...] = ()
    """(ordinal, why)"""


def look(visit: Visit, plan: SeriesPlan, there: There, *, zone: str, slot: int, now: datetime) -> Checked:
    """Say what stands in a visit's way; `now` is wall clock."""
    place, provider = visit.place, there.column.provider
    found = Checked(visit=visit, provider=provider.name, holiday=there.holiday)
    if hopeless := _hopeless(visit, plan, there, slot=slot, now=now):
        return replace(found, obstacle=hopeless)
    first = minute_of(place.start)
    free = subtract(free_spans(there.column.bookable(), there.visits, provider.governor), there.of_patient)
    obstacle = _clock(visit, zone)
    if not obstacle and not any(span.start <= first and first + plan.minutes <= span.end for span in free):
        obstacle = _why_not_free(Span(first, min(first + plan.minutes, 24 * 60)), there)
    if not obstacle:
        return found
    earliest = minute_of(now.time()) if place.day == now.date() else 0
    starts = [time_of(minute) for minute in _starts(free, plan.minutes, slot) if minute >= earliest]
    starts.sort(key=lambda start: abs(minute_of(start) - first))
    there_once = (start for start in starts if not _clock(replace(visit, place=replace(place, start=start)), zone))
    return replace(found, obstacle=obstacle, nearest=next(there_once, None))


def _hopeless(visit: Visit, plan: SeriesPlan, there: There, *, slot: int, now: datetime) -> str:
    """Return what no other time of that day would put right, empty for nothing."""
    place, provider = visit.place, there.column.provider
    if not provider.active:
        return f"{safe(provider.name)} is not active any more"
    if plan.purpose.id not in provider.purpose_ids:
        return f"{safe(provider.name)} does not offer it"
    if place.day < now.date() or datetime.combine(place.day, place.start) + timedelta(minutes=slot) <= now:
        return "past"
    if there.holiday and not visit.on_holiday:
        return f"holiday: {safe(there.holiday)}"
    return "" if there.column.hours else f"closed: {safe(provider.name)} has no hours"


def _clock(visit: Visit, zone: str) -> str:
    """Return why the clocks don't show that time once, empty when they do."""
    try:
        utc_instant(visit.place.day, visit.place.start, zone, fold=visit.fold)
    except RepeatedTime:
        return "the clocks show it twice"
    except InputRefused:
        return "the clocks skip it"
    return ""


def _why_not_free(visit: Span, there: There) -> str:
    column = there.column
    for event in column.events:
        if event.span.overlaps(visit):
            return f"event: {safe(event.text)}"
    for pause in column.breaks:
        if pause.span.overlaps(visit):
            return f"closed: {safe(pause.label)}"
    if not any(span.contains(visit) for span in column.bookable()):
        return "closed"
    if any(span.overlaps(visit) for span in there.of_patient):
        return "patient has another visit"
    return "taken"


def _starts(free: Iterable[Span], minutes: int, slot: int) -> list[int]:
    """Return the starts on the grid at which so many minutes are free."""
    return [m for span in free for m in range(-(-span.start // slot) * slot, span.end - minutes + 1, slot)]
