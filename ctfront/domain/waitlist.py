"""Who waits for a place, whom a freed place fits, and what is said of it.

It is the turn of whose time runs out first, and then of who has waited longest.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ctfront.domain.appointments import Place
from ctfront.domain.errors import InputRefused
from ctfront.domain.patients import PatientName
from ctfront.domain.text import safe
from ctfront.domain.times import DAY, Span, minute_of, show_time

EVERY_DAY = frozenset(range(7))
ALL_DAY = Span(0, DAY)


@dataclass(frozen=True, kw_only=True)
class WaitlistDraft:
    """What somebody waits for, as a form or a line says it."""

    patient_id: int
    purpose_id: int
    provider_ids: tuple[int, ...] = ()
    """Empty for any."""
    weekdays: frozenset[int] = EVERY_DAY
    """0 is Monday."""
    times: Span = ALL_DAY
    """When a visit may start."""
    earliest: date
    until: date
    phone: str = ""
    """Where to call, when it is not the phone on record."""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class WaitlistEntry:
    """Somebody who waits."""

    id: int
    patient: PatientName
    purpose_id: int
    purpose: str
    purpose_letter: str
    minutes: int
    """How long the purpose takes."""
    provider_ids: tuple[int, ...]
    providers: tuple[str, ...]
    """Their names; none for any provider."""
    weekdays: frozenset[int]
    times: Span
    earliest: date
    until: date
    own_phone: str
    """Where to call, when it is not the phone on record."""
    note: str
    by: str
    made_at: datetime
    version: int

    @property
    def phone(self) -> str:
        """Where to call."""
        return self.own_phone or self.patient.phone


@dataclass(frozen=True, kw_only=True)
class FreedPlace:
    """A free place to offer, and what its provider could do there."""

    place: Place
    provider: str
    purpose_ids: tuple[int, ...]
    """What the provider offers."""
    minutes_free: int

    @property
    def minute(self) -> int:
        """The minute of the day at which it starts."""
        return minute_of(self.place.start)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A freed place and whom it fits."""

    freed: FreedPlace
    entries: tuple[WaitlistEntry, ...]
    """The first of them, whose turn it is first."""
    count: int
    """How many it fits in all."""

    @property
    def told(self) -> str:
        """Return `8:00 with Dr Alvarez`."""
        return f"{show_time(self.freed.place.start)} with {safe(self.freed.provider)}"


def check_draft(draft: WaitlistDraft, today: date) -> None:
    """Refuse an entry that no place could ever fit."""
    if draft.until < today:
        raise InputRefused("Until when? That day is past.", field="until")
    if draft.earliest > draft.until:
        raise InputRefused("The first day comes after the last.", field="until")
    days = min((draft.until - draft.earliest).days, 6)
    if draft.weekdays.isdisjoint((draft.earliest + timedelta(days=n)).weekday() for n in range(days + 1)):
        raise InputRefused("None of those weekdays lies between the two dates.", field="weekdays")


def fits(entry: WaitlistEntry, freed: FreedPlace) -> bool:
    """Tell whether the patient wants the place and the visit fits in; being elsewhere then is the schedule's to say."""
    day = freed.place.day
    return (
        entry.patient.active
        and entry.purpose_id in freed.purpose_ids
        and (not entry.provider_ids or freed.place.provider_id in entry.provider_ids)
        and entry.earliest <= day <= entry.until
        and day.weekday() in entry.weekdays
        and entry.times.holds(freed.minute)
        and entry.minutes <= freed.minutes_free
    )


TAKES_BACK = " u takes it back."


def with_offer(sentence: str, offer: Offer | None, *, room: int) -> str:
    """Add who fits to the sentence of the act that freed a place, as fully as there is room for in characters.

    The nearest's name and phone go before the reminder of `u`, and that before a count in full; a sentence that leaves
    no room at all comes behind the count.
    """
    if offer is None:
        return f"{sentence}{TAKES_BACK}"
    first, count, rest = offer.entries[0], offer.count, offer.count - 1
    more, s = (f" and {rest} more", "") if rest else ("", "s")
    named = f" {first.patient.name} {safe(first.phone or 'no phone')}{more} fit{s}: :wl"
    counted, short = f" {count} waiting fit{s}: :wl", f" {count} wait{s}: :wl"
    ways = (f"{TAKES_BACK}{named}", named, f"{TAKES_BACK}{counted}", f"{TAKES_BACK}{short}", counted)
    return next((f"{sentence}{way}" for way in ways if len(sentence) + len(way) <= room), f"{short[1:]}. {sentence}")
