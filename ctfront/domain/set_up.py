"""What the Set-up forms and the first run produce, and what stands against a change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise, zip_longest
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ctfront.domain.appointments import LIVE, Appointment, Status
from ctfront.domain.clinic import Clinic, DateOrder, Identity, Site
from ctfront.domain.errors import ClinicError, InputRefused, ScheduleRefused
from ctfront.domain.letters import MailWording
from ctfront.domain.online import OnlineBook
from ctfront.domain.providers import COLORS, Break, DayHours, Event, Provider, VisitPurpose, WeeklyHours
from ctfront.domain.staff import ALL_RIGHTS, FRONT_DESK_RIGHTS, Right, Staff
from ctfront.domain.text import clean_line, safe
from ctfront.domain.times import STEP, Span, merge, show_date, show_time, subtract

EXPECTED = LIVE - {Status.DONE, Status.CHECKED_OUT}
"""Statuses of a visit that is still to come or under way."""

MOST_GOVERNED = 20
"""Largest governor."""

LONGEST_VISIT = 12 * 60
"""Longest usual length, in minutes."""

LONGEST_LETTER = 3
"""Characters of a visit purpose's mark in the grid."""

NAMED = 3
"""Appointments that a refusal names before it counts the rest."""


class WouldOrphan(ScheduleRefused):
    """Future appointments would lose their hours, their purpose or their provider; carries them."""

    def __init__(self, appointments: Sequence[Appointment]) -> None:
        named = "; ".join(f"{a.patient.name} {show_date(a.day)} {show_time(a.start)}" for a in appointments[:NAMED])
        more = f" and {len(appointments) - NAMED} more" if len(appointments) > NAMED else ""
        super().__init__(f"Appointments stand in the way, move or cancel them first: {named}{more}.")
        self.appointments = tuple(appointments)


class ClinicExists(ClinicError):
    """The database holds a clinic already."""


@dataclass(frozen=True, kw_only=True)
class SetUp:
    """All that is set up, as one reading; inactive ones too."""

    today: date
    clinic: Clinic
    site: Site
    """The clinic's first site."""
    sites: tuple[Site, ...]
    providers: tuple[Provider, ...]
    purposes: tuple[VisitPurpose, ...]
    staff: tuple[Staff, ...]
    events: tuple[Event, ...]
    """Events of today and later."""
    online: OnlineBook
    mails: tuple[MailWording, ...]
    engine: str = ""
    """What keeps the database."""
    advice: str = ""
    """What should be known of it, empty when nothing."""


@dataclass(frozen=True, kw_only=True)
class FoundingDraft:
    """What the first run asks for."""

    name: str
    zone: str
    manager_name: str
    manager_short: str
    os_user: str | None = None
    """The manager's account; wanted where the kernel tells who is at the keyboard."""
    identity: Identity = Identity.OS
    date_order: DateOrder = DateOrder.MONTH_FIRST
    online: bool = True
    slot_minutes: int = 15
    site_name: str = ""
    """The clinic's name when empty."""
    site_address: str = ""
    site_phone: str = ""
    holidays: str = ""
    manager_rights: frozenset[Right] = ALL_RIGHTS


@dataclass(frozen=True, kw_only=True)
class ClinicDraft:
    """The clinic and its site as Set-up saves them."""

    name: str
    zone: str
    date_order: DateOrder
    online: bool
    slot_minutes: int
    correction_days: int
    identity: Identity
    site_name: str
    site_address: str = ""
    site_phone: str = ""
    holidays: str = ""
    """Whose public holidays it keeps, as `US-CA`."""

    @classmethod
    def of(cls, clinic: Clinic, site: Site) -> "ClinicDraft":
        """Return what would be saved of the clinic as it is."""
        return cls(
            name=clinic.name,
            zone=clinic.zone,
            date_order=clinic.date_order,
            online=clinic.online,
            slot_minutes=clinic.slot_minutes,
            correction_days=clinic.correction_days,
            identity=clinic.identity,
            site_name=site.name,
            site_address=site.address,
            site_phone=site.phone,
            holidays=clinic.holidays,
        )


@dataclass(frozen=True, kw_only=True)
class SiteDraft:
    """A site as Set-up saves one."""

    name: str
    address: str = ""
    phone: str = ""

    @classmethod
    def of(cls, site: Site) -> "SiteDraft":
        """Return what would be saved of the site as it is."""
        return cls(name=site.name, address=site.address, phone=site.phone)


@dataclass(frozen=True, kw_only=True)
class ProviderDraft:
    """A provider as Set-up saves one."""

    name: str
    governor: int = 1
    active: bool = True
    hours: tuple[DayHours, ...] = ()
    purpose_ids: tuple[int, ...] = ()

    @classmethod
    def of(cls, provider: Provider) -> "ProviderDraft":
        """Return what would be saved of the provider as it is."""
        return cls(
            name=provider.name,
            governor=provider.governor,
            active=provider.active,
            hours=provider.hours,
            purpose_ids=provider.purpose_ids,
        )


@dataclass(frozen=True, kw_only=True)
class VisitPurposeDraft:
    """A visit purpose as Set-up saves one."""

    name: str
    minutes: int
    letter: str
    color: str = ""
    active: bool = True

    @classmethod
    def of(cls, purpose: VisitPurpose) -> "VisitPurposeDraft":
        """Return what would be saved of the visit purpose as it is."""
        return cls(
            name=purpose.name,
            minutes=purpose.minutes,
            letter=purpose.letter,
            color=purpose.color,
            active=purpose.active,
        )


@dataclass(frozen=True, kw_only=True)
class StaffDraft:
    """A member of staff as Set-up saves one."""

    name: str
    short_name: str
    os_user: str | None = None
    rights: frozenset[Right] = FRONT_DESK_RIGHTS
    active: bool = True

    @classmethod
    def of(cls, person: Staff) -> "StaffDraft":
        """Return what would be saved of the member of staff as they are."""
        return cls(
            name=person.name,
            short_name=person.short_name,
            os_user=person.os_user,
            rights=person.rights,
            active=person.active,
        )


def required_line(text: str, *, field: str, limit: int = 200) -> str:
    """Return the cleaned text. Raises `InputRefused` when nothing is left of it."""
    if cleaned := clean_line(text, field=field, limit=limit):
        return cleaned
    raise InputRefused("This is needed.", field=field)


def account_name(text: str, *, field: str, limit: int) -> str:
    """Return a name that is one word, as `--user`, the title line and the operating system take it."""
    cleaned = required_line(text, field=field, limit=limit)
    if " " in cleaned:
        raise InputRefused("It is one word, without spaces.", field=field)
    return cleaned


def check_clinic(draft: ClinicDraft) -> ClinicDraft:
    """Return the draft cleaned. Raises `InputRefused` naming the field."""
    check_slot_minutes(draft.slot_minutes)
    check_correction_days(draft.correction_days)
    return ClinicDraft(
        name=required_line(draft.name, field="name"),
        zone=check_zone(draft.zone),
        date_order=draft.date_order,
        online=draft.online,
        slot_minutes=draft.slot_minutes,
        correction_days=draft.correction_days,
        identity=draft.identity,
        site_name=required_line(draft.site_name, field="site_name"),
        site_address=clean_line(draft.site_address, field="site_address", limit=400),
        site_phone=clean_line(draft.site_phone, field="site_phone", limit=40),
        holidays=clean_line(draft.holidays, field="holidays", limit=20),
    )


def check_site(draft: SiteDraft) -> SiteDraft:
    """Return the draft cleaned. Raises `InputRefused` naming the field."""
    return SiteDraft(
        name=required_line(draft.name, field="name"),
        address=clean_line(draft.address, field="address", limit=400),
        phone=clean_line(draft.phone, field="phone", limit=40),
    )


def check_slot_minutes(minutes: int) -> int:
    """Return the height of a grid row. Raises `InputRefused`."""
    if minutes % STEP or not STEP <= minutes <= 60:
        raise InputRefused(f"A row is 5 to 60 minutes, a multiple of {STEP}.", field="slot_minutes")
    return minutes


def check_correction_days(days: int) -> int:
    """Return the days in which a status may be corrected. Raises `InputRefused`."""
    if not 0 <= days <= 365:
        raise InputRefused("0 to 365 days.", field="correction_days")
    return days


def check_minutes(minutes: int) -> int:
    """Return the length of a visit. Raises `InputRefused`."""
    if minutes % STEP or not STEP <= minutes <= LONGEST_VISIT:
        raise InputRefused(f"A length is a multiple of {STEP} minutes, at most 12 hours.", field="minutes")
    return minutes


def check_color(color: str) -> str:
    """Return the name of a colour, empty for none. Raises `InputRefused`."""
    if color and color not in COLORS:
        raise InputRefused(f"A colour is one of {', '.join(COLORS)}.", field="color")
    return color


def check_governor(governor: int, *, field: str = "governor") -> int:
    """Return how many appointments may be in progress at once. Raises `InputRefused`."""
    if not 1 <= governor <= MOST_GOVERNED:
        raise InputRefused(f"The governor is a number from 1 to {MOST_GOVERNED}.", field=field)
    return governor


def check_zone(zone: str) -> str:
    """Return the zone's name when the time zone database knows it. Raises `InputRefused`."""
    name = required_line(zone, field="zone", limit=64)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputRefused(
            f"“{safe(name)}” is not a time zone; they look like America/Los_Angeles.", field="zone"
        ) from None
    return name


def check_hours(hours: Iterable[DayHours]) -> tuple[DayHours, ...]:
    """Return the hours with touching spans joined and closed days left out, the earliest first.

    Raises `InputRefused` for a time off the five-minute grid, a break outside the hours or two hours of a weekday that
    hold on one day.
    """
    week = sorted(hours, key=lambda day: (day.weekday, day.since or date.min))
    week = [_check_day(day) for day in week if day.spans or day.breaks or day.governed]
    for before, after in pairwise(week):
        if before.weekday == after.weekday and (not before.until or before.until >= (after.since or date.min)):
            raise InputRefused("A weekday has its hours once.", field="hours")
    return tuple(sorted(week, key=lambda day: (day.since or date.min, day.weekday)))


def join_weeks(weeks: Iterable[WeeklyHours]) -> tuple[DayHours, ...]:
    """Return the hours of all weeks; each holds until the day before the next begins, or until its own last day.

    Raises `InputRefused` when two begin on one day.
    """
    ordered = sorted(weeks, key=lambda week: week.since or date.min)
    joined: list[DayHours] = []
    for week, after in zip_longest(ordered, ordered[1:]):
        until = week.until
        if after is not None:
            if after.since is None or after.since == week.since:
                raise InputRefused("Other hours begin on that day too.", field="from")
            until = min(week.until or date.max, after.since - timedelta(days=1))
        joined += [replace(day, since=week.since, until=until) for day in week.days]
    return tuple(joined)


def _check_day(day: DayHours) -> DayHours:
    if not 0 <= day.weekday <= 6:
        raise InputRefused("A week has seven days, Monday to Sunday.", field="hours")
    if day.since and day.until and day.until < day.since:
        raise InputRefused("The last day must not come before the first.", field="hours")
    spans = merge(day.spans)
    pauses, governed = [pause.span for pause in day.breaks], [part.span for part in day.governed]
    if any(edge % STEP for span in (*spans, *pauses, *governed) for edge in (span.start, span.end)):
        raise InputRefused(f"Hours and breaks start and end on multiples of {STEP} minutes.", field="hours")
    if subtract(pauses, spans):
        raise InputRefused("A break lies inside the office hours.", field="hours")
    if _overlap(pauses):
        raise InputRefused("Two breaks overlap.", field="hours")
    if subtract(governed, spans) or _overlap(governed):
        raise InputRefused("Times with another governor lie inside the hours, one beside the other.", field="hours")
    breaks = tuple(
        Break(span=pause.span, label=clean_line(pause.label, field="hours", limit=40) or "break")
        for pause in sorted(day.breaks, key=lambda pause: pause.span)
    )
    parts = tuple(
        replace(part, governor=check_governor(part.governor, field="hours"))
        for part in sorted(day.governed, key=lambda part: part.span)
    )
    return replace(day, spans=spans, breaks=breaks, governed=parts)


def _overlap(spans: Iterable[Span]) -> bool:
    spans = tuple(spans)
    return sum(span.minutes for span in spans) != sum(span.minutes for span in merge(spans))


def orphans(appointments: Iterable[Appointment], was: Provider, becomes: Provider) -> tuple[Appointment, ...]:
    """Return the appointments that stood in the provider's set-up as it was and don't in what it becomes.

    One booked outside hours on purpose loses nothing when the hours change.
    """
    return tuple(
        a
        for a in appointments
        if a.status in EXPECTED
        and (
            not becomes.active
            or (a.purpose_id in was.purpose_ids and a.purpose_id not in becomes.purpose_ids)
            or (not a.overridden and _is_within_hours(a, was) and not _is_within_hours(a, becomes))
        )
    )


def _is_within_hours(appointment: Appointment, provider: Provider) -> bool:
    return any(span.contains(appointment.span) for span in provider.hours_on(appointment.day).bookable())
