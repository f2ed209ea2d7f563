"""The rows of a big clinic, table by table, in the columns and the order in which the services would write them.

Every value is as both drivers take it: instants in milliseconds, days as ISO text. Times are kept in UTC, the
clinic's zone, so that a wall clock and its instant are easily told from one another.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from bench.names import Names
from ctfront.data.folding import FOLD_VERSION, fold, fold_email, reversed_digits
from ctfront.domain.times import STEP

OPEN, CLOSE = 8 * 60, 20 * 60
"""Office hours: 48 rows of a quarter of an hour."""

WEEKDAY_PROVIDERS, SATURDAY_PROVIDERS = 24, 12
"""Saturdays, with half the providers, are the days that are measured."""

GAPS = {WEEKDAY_PROVIDERS: 0.37, SATURDAY_PROVIDERS: 0.335}
"""How likely a free quarter of an hour is, by who works: what makes a Saturday about 280 rows."""

LENGTHS = (15, 30, 45)
LENGTH_WEIGHTS = (60, 25, 15)

LONGEST_NOTICE = 45
"""Days before a visit on which it may be booked."""

FUTURE_DAYS = 60
"""Days after `today` that hold appointments."""

CHUNK = 20_000
"""Rows handed over at a time."""

PAST_ENDS = ("checked_out", "no_show", "cancelled")
PAST_WEIGHTS = (90, 5, 5)

Rows = list[tuple[object, ...]]

COLUMNS: dict[str, tuple[str, ...]] = {
    "patient": (
        "id", "clinic_id", "record_number", "public_id", "last_name", "first_name", "folded_last", "folded_first",
        "fold_version", "birth_date", "sex", "email", "folded_email", "note", "active", "inactive_reason", "version",
        "by_kind", "by_id", "by_name", "made_at",
    ),
    "patient_phone": ("clinic_id", "patient_id", "position", "kind", "number", "e164", "digits_reversed"),
    "patient_name": ("clinic_id", "patient_id", "kind", "name", "folded_last", "fold_version"),
    "patient_alert": (
        "clinic_id", "patient_id", "text", "shown_when", "must_confirm", "by_kind", "by_id", "by_name", "made_at",
    ),
    "consent": ("clinic_id", "patient_id", "channel", "given_at", "given_how", "given_kind", "given_id", "given_name"),
    "appointment": (
        "id", "clinic_id", "site_id", "provider_id", "patient_id", "purpose_id", "day", "number", "start_second",
        "minutes", "zone", "starts_at", "status", "status_at", "origin", "note", "overbooked", "overridden",
        "cancel_reason", "asked_by", "version", "by_kind", "by_id", "by_name", "made_at",
    ),
    "appointment_status": (
        "appointment_id", "old", "new", "reason", "op_id", "by_kind", "by_id", "by_name", "made_at",
    ),
    "act": (
        "op_id", "serial", "clinic_id", "kind", "subject_id", "sentence", "by_kind", "by_id", "by_name", "made_at",
    ),
    "change_log": ("clinic_id", "made_at", "kind", "subject_id", "day", "op_id"),
    "seat": ("kind", "resource_id", "slot", "seat", "cap", "over_ok", "appointment_id"),
    "counter": ("clinic_id", "name", "last"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What set-up left for the rows to refer to."""

    clinic_id: int
    site_id: int
    staff_id: int
    staff_name: str
    provider_ids: tuple[int, ...]
    purpose_ids: tuple[int, ...]
    """One for each of `LENGTHS`."""

    @property
    def by(self) -> tuple[str, int, str]:
        """Who made every row: kind, id and name."""
        return ("staff", self.staff_id, self.staff_name)


def milliseconds(day: date, minute: int = 0) -> int:
    """Return an instant as it is stored."""
    return ((day - date(1970, 1, 1)).days * 1440 + minute) * 60_000


@lru_cache(maxsize=100_000)
def _folded(name: str) -> str:
    return fold(name)


def patients(ground: Ground, count: int, seed: int, since: date) -> Iterator[dict[str, Rows]]:
    """Yield the patients with phones, former names, alerts and consents, in chunks."""
    chance = random.Random(f"patients {seed}")
    names, tables = Names(chance), defaultdict[str, Rows](list)
    made_at, owner = milliseconds(since), ground.clinic_id
    for patient_id in range(1, count + 1):
        last, first = names.surname(), names.first_name()
        sex = ("female", "male")[patient_id % 2]
        born = date(1930, 1, 1) + timedelta(days=chance.randrange(88 * 365))
        email = f"{fold(first)}.{fold(last)}{patient_id}@example.org" if chance.random() < 0.7 else None
        tables["patient"].append(
            (
                patient_id, owner, str(10_000 + patient_id), _uuid(chance), last, first, _folded(last), _folded(first),
                FOLD_VERSION, born.isoformat(), sex, email, None if email is None else fold_email(email), "",
                chance.random() < 0.97, "", 1, *ground.by, made_at,
            )
        )  # fmt: skip
        for position in range(1 if chance.random() < 0.7 else 2):
            number = f"(555) {chance.randrange(100, 1000)}-{chance.randrange(10_000):04}"
            kind = "home" if position else "mobile"
            tables["patient_phone"].append((owner, patient_id, position, kind, number, None, reversed_digits(number)))
        if chance.random() < 0.05:
            former = names.surname()
            tables["patient_name"].append((owner, patient_id, "former", former, _folded(former), FOLD_VERSION))
        if chance.random() < 0.03:
            tables["patient_alert"].append((owner, patient_id, "Fear of needles", "always", False, *ground.by, made_at))
        if chance.random() < 0.6:
            for channel in ("email", "text"):
                tables["consent"].append((owner, patient_id, channel, made_at, "in person", *ground.by))
        if len(tables["patient"]) == CHUNK:
            yield tables
            tables = defaultdict[str, Rows](list)
    yield tables


@dataclass(frozen=True, slots=True)
class _Visit:
    """A visit before it has a number."""

    day: date
    minute: int
    length: int
    """Place in `LENGTHS`."""
    provider_id: int
    patient_id: int
    booked: date


@dataclass
class Schedule:
    """The appointments of some years up to `today` and the two months after it, in the order of their booking."""

    ground: Ground
    patients: int
    years: int
    today: date
    seed: int
    made: int = 0
    _numbers: dict[date, int] = field(default_factory=lambda: defaultdict(int))

    def __post_init__(self) -> None:
        self._chance = random.Random(f"schedule {self.seed}")

    @property
    def first_day(self) -> date:
        """The first day with appointments."""
        return self.today.replace(year=self.today.year - self.years) + timedelta(days=FUTURE_DAYS)

    def rows(self) -> Iterator[dict[str, Rows]]:
        """Yield appointments, their history, acts, news and seats, in chunks; last of all the counters."""
        waiting = defaultdict[date, list[_Visit]](list)
        tables = defaultdict[str, Rows](list)
        days = (self.today + timedelta(days=FUTURE_DAYS) - self.first_day).days
        for offset in range(days + LONGEST_NOTICE):
            day = self.first_day + timedelta(days=offset)
            if offset < days:
                for visit in self._day(day):
                    waiting[visit.booked].append(visit)
            complete = waiting.pop(day - timedelta(days=LONGEST_NOTICE - 1), [])
            self._chance.shuffle(complete)
            for visit in complete:
                self._write(visit, tables)
            if len(tables["appointment"]) >= CHUNK:
                yield tables
                tables = defaultdict[str, Rows](list)
        counters = [(day.isoformat(), last) for day, last in self._numbers.items()]
        counters.append(("record", self.patients))
        tables["counter"] = [(self.ground.clinic_id, name, last) for name, last in counters]
        yield tables

    def _day(self, day: date) -> Iterator[_Visit]:
        if day.weekday() == 6:
            return
        working = SATURDAY_PROVIDERS if day.weekday() == 5 else WEEKDAY_PROVIDERS
        chance, seen = self._chance, set[int]()
        for provider_id in self.ground.provider_ids[:working]:
            minute = OPEN
            while minute < CLOSE:
                if chance.random() < GAPS[working]:
                    minute += 15
                    continue
                length = chance.choices(range(len(LENGTHS)), LENGTH_WEIGHTS)[0]
                patient_id = int(self.patients * chance.random() ** 1.5) + 1
                while patient_id in seen:
                    patient_id = patient_id % self.patients + 1
                seen.add(patient_id)
                end = minute + LENGTHS[length]
                if end <= CLOSE:
                    booked = min(self.today, day - timedelta(days=chance.randrange(LONGEST_NOTICE)))
                    yield _Visit(day, minute, length, provider_id, patient_id, booked)
                minute = end

    def _write(self, visit: _Visit, tables: dict[str, Rows]) -> None:
        """Add the rows of a booking, and of what became of it."""
        ground, chance = self.ground, self._chance
        self.made += 1
        self._numbers[visit.day] += 1
        number, day = self._numbers[visit.day], visit.day.isoformat()
        minutes, past = LENGTHS[visit.length], visit.day < self.today
        booked_at = milliseconds(visit.booked, chance.randrange(visit.minute))
        starts_at = milliseconds(visit.day, visit.minute)
        status = chance.choices(PAST_ENDS, PAST_WEIGHTS)[0] if past else "scheduled"
        status_at = starts_at + minutes * 60_000 if past else booked_at
        cancelled = status == "cancelled"
        tables["appointment"].append(
            (
                self.made, ground.clinic_id, ground.site_id, visit.provider_id, visit.patient_id,
                ground.purpose_ids[visit.length], day, number, visit.minute * 60, minutes, "UTC", starts_at, status,
                status_at, "online" if chance.random() < 0.2 else "desk", "", False, False,
                "patient ill" if cancelled else "", "patient" if cancelled else "", 1 + past, *ground.by,
                booked_at,
            )
        )  # fmt: skip
        steps = [(None, "scheduled", booked_at), *([("scheduled", status, status_at)] if past else [])]
        for old, new, at in steps:
            op_id = _uuid(chance)
            kind = "book" if old is None else "mark"
            tables["appointment_status"].append((self.made, old, new, "", op_id, *ground.by, at))
            tables["change_log"].append((ground.clinic_id, at, kind, self.made, day, op_id))
            if old is None:
                act = (op_id, self.made, ground.clinic_id, kind, self.made, "Booked.", *ground.by, at)
                tables["act"].append(act)
        if not past:
            first = starts_at // 60_000 // STEP
            for slot in range(first, first + minutes // STEP):
                for kind, owner in (("P", visit.provider_id), ("T", visit.patient_id)):
                    tables["seat"].append((kind, owner, slot, 0, 1, 0, self.made))


def _uuid(chance: random.Random) -> str:
    text = f"{chance.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
