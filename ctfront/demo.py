"""The made-up clinic, made through the services: the same seed and the same now give the same clinic."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import NAMESPACE_OID, uuid5

from ctfront.demo_invitations import CastInvitations
from ctfront.demo_people import ALVAREZ, CAST, CHEN, MEN, NOVAK, OSEI, SURNAMES, WAITING, WOMEN
from ctfront.domain.appointments import AppointmentDraft, Asker, Origin, Place, Status
from ctfront.domain.clinic import Clinic, Identity
from ctfront.domain.families import Relation
from ctfront.domain.patients import Channel, PatientDraft, Phone, Sex
from ctfront.domain.providers import Break, DayHours
from ctfront.domain.set_up import ProviderDraft, StaffDraft, VisitPurposeDraft
from ctfront.domain.staff import FRONT_DESK_RIGHTS, Act, Actor, ActorKind, Right, Staff
from ctfront.domain.times import Span, minute_of, time_of, utc_instant, wall_clock
from ctfront.domain.waitlist import WaitlistDraft
from ctfront.services import booking, set_up_providers, set_up_purposes, set_up_staff, waitlist_acts
from ctfront.services.families import relate
from ctfront.services.found import FoundingDraft, found_clinic
from ctfront.services.mail_acts import Rules
from ctfront.services.patients import add_patient

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ctfront.data.database import Database

ZONE = "America/Los_Angeles"
NAME = "Main Street Clinic"
OPEN = Span(8 * 60, 18 * 60)
LUNCH = Span(12 * 60, 13 * 60)
FIRST_HOUR = Span(OPEN.start, OPEN.start + 60)
FORTNIGHT = 14
STEPS = 50
"""How often making it tells that it goes on."""
OTHERS = 184
"""Patients besides the cast."""

PURPOSES = (
    ("Adjustment", 15, "Adj", "green"),
    ("New Patient Exam", 45, "NPE", "bright yellow"),
    ("Re-exam", 30, "Re", "cyan"),
    ("Massage", 60, "Mas", "bright magenta"),
)
OFFERED = {
    ALVAREZ: ("Adjustment", "New Patient Exam", "Re-exam"),
    CHEN: ("Adjustment", "New Patient Exam", "Re-exam"),
    OSEI: ("Massage",),
    NOVAK: ("Adjustment", "Re-exam"),
}
"""By provider, in Set-up order."""
WEEKDAYS = {ALVAREZ: range(5), CHEN: range(5), OSEI: range(5), NOVAK: (1, 3)}
FULLNESS = {ALVAREZ: 0.34, CHEN: 0.30, OSEI: 0.55, NOVAK: 0.25}
"""How likely a visit begins at a free slot of today."""
OTHER_DAYS = 0.5
"""How full the other days are beside today: enough to walk through, quick to make."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One appointment to be made, and what became of it."""

    day: date
    minute: int
    minutes: int
    provider: str
    purpose: str
    patient: int
    """Place in the list of patients."""
    booked: datetime
    by: str
    end: Status | None = None
    note: str = ""


def make_demo(
    database: "Database", now: datetime, seed: int, rules: Rules, *, progress: Callable[[], None] = lambda: None
) -> None:
    """Make the demo clinic in an empty database, all its acts done by `now`, its links by the rules' key.

    `progress` is called `STEPS` times at the most, from the database thread.
    """
    founded = now - timedelta(days=60)
    draft = FoundingDraft(
        name=NAME,
        zone=ZONE,
        manager_name="Ada Min",
        manager_short="admin",
        identity=Identity.DEMO,
        holidays="US-CA",
    )
    clinic, admin = found_clinic(database, founded, draft)
    database.write_now(lambda session: _Making(session, clinic, admin, now, seed, rules, progress).whole(founded))


def first_open_day(day: date) -> date:
    """Return the day, or the Monday after a weekend day."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


@dataclass
class _Making:
    """One run of the maker, in one transaction."""

    session: "Session"
    clinic: Clinic
    admin: Actor
    now: datetime
    seed: int
    rules: Rules
    progress: Callable[[], None]
    acts: int = 0
    staff: dict[str, Actor] = field(default_factory=dict)
    providers: dict[str, int] = field(default_factory=dict)
    purposes: dict[str, int] = field(default_factory=dict)
    patients: list[int] = field(default_factory=list)

    def whole(self, founded: datetime) -> None:
        """Make everything, act after act in the order of time."""
        self.chance = random.Random(self.seed)
        self.today = first_open_day(wall_clock(self.now, ZONE).date())
        self.set_up(founded)
        self.add_patients(founded + timedelta(hours=1))
        self.invitations = CastInvitations(
            session=self.session,
            clinic=self.clinic,
            rules=self.rules,
            frame=self.act,
            ago=lambda days, at: self.before(self.today, days, at),
            patient=lambda surname: self.patients[self._cast_number(surname)],
            clerk=self.staff["mgarcia"],
            colleague=self.staff["tlee"],
        )
        self.work(list(self.visits()))

    def act(self, who: Actor, at: datetime) -> Act:
        """Frame a change; the id depends on nothing but seed and order."""
        self.acts += 1
        return Act(who=who, at=at, op_id=str(uuid5(NAMESPACE_OID, f"demo {self.seed} {self.acts}")))

    def set_up(self, at: datetime) -> None:
        """Make staff, visit purposes and providers with their hours."""
        limited = FRONT_DESK_RIGHTS - {Right.OVERBOOK, Right.DELETE}
        self.staff["admin"] = self.admin
        for short, name, rights in (
            ("mgarcia", "Maria Garcia", FRONT_DESK_RIGHTS),
            ("tlee", "Terry Lee", limited),
        ):
            draft = StaffDraft(name=name, short_name=short, rights=rights)
            saved = set_up_staff.save_staff(self.session, self.clinic, self.act(self.admin, at), None, draft)
            self.staff[short] = _actor(saved)
        for name, minutes, letter, color in PURPOSES:
            purpose = VisitPurposeDraft(name=name, minutes=minutes, letter=letter, color=color)
            act = self.act(self.admin, at)
            self.purposes[name] = set_up_purposes.save_purpose(self.session, self.clinic, act, None, purpose).id
        for name, offered in OFFERED.items():
            provider = ProviderDraft(
                name=name,
                hours=tuple(
                    DayHours(weekday=day, spans=(OPEN,), breaks=(Break(span=LUNCH, label="lunch"),))
                    for day in WEEKDAYS[name]
                ),
                purpose_ids=tuple(self.purposes[purpose] for purpose in offered),
            )
            act = self.act(self.admin, at)
            self.providers[name] = set_up_providers.save_provider(self.session, self.clinic, act, None, provider).id

    def add_patients(self, at: datetime) -> None:
        """Add the cast, then the others."""
        for draft in [*(member.patient for member in CAST), *self.others()]:
            act = self.act(self.staff["tlee"], at)
            self.patients.append(add_patient(self.session, self.clinic, act, draft, another_person=True))
        father, daughter = (self.patients[n] for n, it in enumerate(CAST) if it.patient.last_name == "Ferrari")
        act = self.act(self.staff["tlee"], at)
        relate(self.session, self.clinic, act, father, daughter, Relation.CHILD, known=None)

    def others(self) -> Iterator[PatientDraft]:
        """Yield made-up people, no two of one name."""
        tails = self.chance.sample(range(1000, 10000), OTHERS + len(CAST))
        taken = {member.patient.phones[0].number[-4:] for member in CAST}
        free = (tail for tail in tails if str(tail) not in taken)
        names = self.chance.sample([(last, first) for last in SURNAMES for first in WOMEN + MEN], OTHERS)
        for last, first in names:
            born = date(1935, 1, 1) + timedelta(days=self.chance.randrange(80 * 365))
            kind = self.chance.random()
            yield PatientDraft(
                last_name=last,
                first_name=first,
                birth_date=born,
                sex=Sex.FEMALE if first in WOMEN else Sex.MALE,
                phones=(Phone(kind="mobile", number=f"(555) 010-{next(free)}"),),
                email=f"{first[0]}.{last}.{born.year}@example.org".casefold() if kind < 0.8 else None,
                consent=frozenset(Channel) if kind < 0.7 else frozenset(),
            )

    # -- the schedule

    def visits(self) -> Iterator[Visit]:
        """Yield what is in the schedule: the cast's, then plausible others around them."""
        placed = [*self.cast_today(), *self.cast_before()]
        yield from placed
        for offset in range(-FORTNIGHT, FORTNIGHT + 1):
            day = self.today + timedelta(days=offset)
            seen: set[int] = set()
            for name, weekdays in WEEKDAYS.items():
                if day.weekday() in weekdays:
                    here = [v for v in placed if v.day == day and v.provider == name]
                    yield from self.provider_day(day, name, here, seen)

    def cast_today(self) -> Iterator[Visit]:
        """Yield the cast's places in the first hour of today."""
        for patient, minute, minutes, provider, purpose, days_ago, at, by in (
            (0, 0, 15, ALVAREZ, "Adjustment", 6, time(10, 20), "mgarcia"),
            (1, 15, 15, CHEN, "Adjustment", 2, time(22, 14), "online"),
            (2, 0, 60, OSEI, "Massage", 7, time(15, 5), "tlee"),
            (3, 30, 15, ALVAREZ, "Adjustment", 8, time(9, 40), "tlee"),
        ):
            yield Visit(
                day=self.today,
                minute=OPEN.start + minute,
                minutes=minutes,
                provider=provider,
                purpose=purpose,
                patient=patient,
                booked=self.before(self.today, days_ago, at),
                by=by,
            )

    def cast_before(self) -> Iterator[Visit]:
        """Yield one past visit of each of the cast who has been here."""
        open_days = [d for d in (self.today - timedelta(days=n) for n in range(1, FORTNIGHT)) if d.weekday() < 5]
        for number, member in enumerate(CAST):
            if not member.seen_by:
                continue
            day = open_days[number % len(open_days)]
            yield Visit(
                day=day,
                minute=OPEN.start + 15 * number,
                minutes=60 if member.seen_by == OSEI else 15,
                provider=member.seen_by,
                purpose=OFFERED[member.seen_by][0],
                patient=number,
                booked=self.before(day, 5, time(11, number)),
                by="tlee",
                end=Status.CHECKED_OUT,
            )

    def provider_day(self, day: date, provider: str, placed: list[Visit], seen: set[int]) -> Iterator[Visit]:
        """Yield plausible visits around those placed already."""
        taken = [LUNCH, *(Span(v.minute, v.minute + v.minutes) for v in placed)]
        if day == self.today:
            taken.append(FIRST_HOUR)
        fullness = FULLNESS[provider] * (1 if day == self.today else OTHER_DAYS)
        minute = OPEN.start
        while minute < OPEN.end:
            purpose, minutes, *_ = self.chance.choice([p for p in PURPOSES if p[0] in OFFERED[provider]])
            visit = Span(minute, min(minute + minutes, 24 * 60))
            fits = visit.end <= OPEN.end and not any(visit.overlaps(span) for span in taken)
            if not fits or self.chance.random() > fullness:
                minute += self.clinic.slot_minutes
                continue
            yield self.other_visit(day, visit, provider, purpose, seen)
            minute = visit.end

    def other_visit(self, day: date, span: Span, provider: str, purpose: str, seen: set[int]) -> Visit:
        """Return a visit of somebody who has none that day."""
        patient = self.chance.choice([n for n in range(len(CAST), len(CAST) + OTHERS) if n not in seen])
        seen.add(patient)
        days_ago = self.chance.randint(1, 12) + max(0, (day - self.today).days)
        booked = self.before(day, days_ago, time(self.chance.randint(8, 17), self.chance.randint(0, 59)))
        end = self.chance.choices((Status.CHECKED_OUT, Status.NO_SHOW, Status.CANCELLED), (90, 6, 4))[0]
        over = utc_instant(day, time_of(span.end), ZONE) <= self.now
        return Visit(
            day=day,
            minute=span.start,
            minutes=span.minutes,
            provider=provider,
            purpose=purpose,
            patient=patient,
            booked=booked,
            by="tlee",
            end=end if over else None,
        )

    def before(self, day: date, days: int, at: time) -> datetime:
        """Return the UTC instant of a wall-clock time some days before."""
        return min(utc_instant(day - timedelta(days=days), at, ZONE, fold=0), self.now)

    def work(self, visits: list[Visit]) -> None:
        """Do every booking and what followed, in the order of time."""
        made: dict[int, int] = {}
        steps = [(at, -1000 + number, do) for at, number, do in (*self.invitations.steps(), *self.waiting(visits))]
        for number, visit in enumerate(visits):

            def book(number: int = number, visit: Visit = visit) -> None:
                made[number] = self.book(visit)

            def finish(number: int = number, visit: Visit = visit) -> None:
                self.finish(made[number], visit)

            steps.append((visit.booked, number, book))
            if visit.end is not None:
                steps.append((self.finished(visit), number, finish))
        for number, (_, _, step) in enumerate(sorted(steps, key=lambda step: step[:2])):
            step()
            if number * STEPS // len(steps) < (number + 1) * STEPS // len(steps):
                self.progress()

    def waiting(self, visits: list[Visit]) -> Iterator[tuple[datetime, int, Callable[[], None]]]:
        """Yield how those who have nothing booked come onto the waitlist: when, in which order, and what is done."""
        expected = {visit.patient for visit in visits if visit.day >= self.today}
        free = (n for n in range(len(CAST), len(CAST) + OTHERS) if n not in expected)
        for number, (purpose, providers, times, until, days_ago, clock, note) in enumerate(WAITING):
            at = self.before(self.today, days_ago, clock)
            draft = WaitlistDraft(
                patient_id=self.patients[next(free)],
                purpose_id=self.purposes[purpose],
                provider_ids=tuple(self.providers[name] for name in providers),
                times=times,
                earliest=self.today,
                until=self.today + timedelta(days=until),
                note=note,
            )
            yield at, -500 + number, partial(self.put_on_waitlist, at, draft)

    def put_on_waitlist(self, at: datetime, draft: WaitlistDraft) -> None:
        """Put somebody on the waitlist."""
        waitlist_acts.add(self.session, self.clinic, self.act(self.staff["tlee"], at), draft)

    def book(self, visit: Visit) -> int:
        """Book one visit as whoever made it."""
        patient_id = self.patients[visit.patient]
        who = self.enrolled(visit) if visit.by == "online" else self.staff[visit.by]
        place = Place(provider_id=self.providers[visit.provider], day=visit.day, start=time_of(visit.minute))
        draft = AppointmentDraft(
            patient_id=patient_id,
            place=place,
            minutes=visit.minutes,
            purpose_id=self.purposes[visit.purpose],
            note=visit.note,
            origin=Origin.ONLINE if visit.by == "online" else Origin.DESK,
        )
        return booking.book(self.session, self.clinic, self.act(who, visit.booked), draft).id

    def enrolled(self, visit: Visit) -> Actor:
        """Let the patient accept the invitation shortly before the booking and return who then books."""
        return self.invitations.accept(CAST[visit.patient].patient, visit.booked - timedelta(minutes=4))

    @staticmethod
    def _cast_number(surname: str) -> int:
        return next(number for number, member in enumerate(CAST) if member.patient.last_name == surname)

    def finished(self, visit: Visit) -> datetime:
        """Return when it was known how the visit ended: a cancellation the day before, else right after it."""
        if visit.end is Status.CANCELLED:
            return max(visit.booked, self.before(visit.day, 1, time(16, 30)))
        end = minute_of(time_of(visit.minute)) + visit.minutes
        return min(utc_instant(visit.day, time_of(end), ZONE), self.now)

    def finish(self, appointment_id: int, visit: Visit) -> None:
        """Do what became of a visit."""
        act = self.act(self.staff["tlee"], self.finished(visit))
        if visit.end is Status.CANCELLED:
            booking.cancel(
                self.session, self.clinic, act, appointment_id, version=1, reason="patient ill", asked_by=Asker.PATIENT
            )
        elif visit.end is not None:
            booking.mark(self.session, self.clinic, act, appointment_id, visit.end)


def _actor(staff: Staff) -> Actor:
    return Actor(kind=ActorKind.STAFF, id=staff.id, name=staff.short_name, rights=staff.rights)
