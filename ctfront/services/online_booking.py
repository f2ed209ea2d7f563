"""Booking on the site: what is offered to whom, the booking itself by the desk's rules, and the place that was lost."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ctfront.data import appointments, invitations, ledger, online_rules, patients
from ctfront.data.models import AppointmentRow, EnrollmentRow, PatientRow
from ctfront.domain.appointments import LIVE, Appointment, AppointmentDraft, Origin, Place, Status
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ClinicError, InvitationRefused, PatientBusy, ScheduleRefused
from ctfront.domain.invitations import Reach, check_reach
from ctfront.domain.online import OnlineBook, counted, started
from ctfront.domain.online_mails import MailKind
from ctfront.domain.providers import VisitPurpose
from ctfront.domain.schedule import Start
from ctfront.domain.staff import Act, Actor
from ctfront.domain.times import time_of, wall_clock
from ctfront.services import booking, online_openings, patient_mails, placing
from ctfront.services.front import Front
from ctfront.services.online_openings import FreeMinutes
from ctfront.services.recording import record_steps, told

DAYS_SHOWN = 28
"""Days that a page looks ahead for free time."""

_OFF = "Online booking is closed at the moment."


class NotOffered(ClinicError):
    """What was chosen is not offered to this visitor, or not any more."""


class TimeLost(ClinicError):
    """Somebody else was quicker, or the clinic needed the time itself."""


class TooMany(ClinicError):
    """The person has as many appointments to come as may be made online."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody whom a log-in books for."""

    enrollment_id: int
    patient_id: int
    first_name: str
    last_name: str

    @property
    def name(self) -> str:
        """As people say it."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a visitor chose."""

    enrollment_id: int
    purpose_id: int
    provider_id: int
    any_provider: bool
    """Whether another one at that time would do as well."""
    day: date
    minute: int


class OnlineBooking:
    """What patients are offered, and their bookings."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._free = FreeMinutes()

    async def people(self, account_id: int) -> tuple[Person, ...]:
        """Return whom a log-in books for here."""
        async with self._front.database.reading() as session:
            rows = await session.execute(_select_people(self._front.clinic_id, account_id))
            return tuple(
                Person(enrollment_id=row[0], patient_id=row[1], first_name=row[2], last_name=row[3]) for row in rows
            )

    async def book_of_offers(self) -> OnlineBook:
        """Return everything that decides what is offered."""
        async with self._front.database.reading() as session:
            return await self._free.book(await session.connection(), self._front.clinic_id)

    async def days(
        self, clinic: Clinic, purpose: VisitPurpose, provider_id: int | None, first: date, last: date
    ) -> dict[date, int]:
        """Return how many times are free on each day from `first` to `last`, with one provider or anybody."""
        return counted(await self._offered(clinic, purpose, provider_id, first, last))

    async def starts(self, clinic: Clinic, purpose: VisitPurpose, provider_id: int | None, day: date) -> list[Start]:
        """Return the free starts of a day, one for every time, in order."""
        found: dict[int, Start] = {}
        for start in started(await self._offered(clinic, purpose, provider_id, day, day), purpose):
            found.setdefault(start.minute, start)
        return [found[minute] for minute in sorted(found)]

    async def _offered(
        self, clinic: Clinic, purpose: VisitPurpose, provider_id: int | None, first: date, last: date
    ) -> online_openings.Offered:
        now = self._front.clock()
        async with self._front.database.reading() as session:
            reader = await session.connection()
            return await self._free.offered(reader, clinic, purpose, provider_id, first, last, now=now)

    async def coming(self, clinic: Clinic, account_id: int) -> list[Appointment]:
        """Return the appointments to come of everybody whom a log-in books for."""
        now = self._front.clock()
        ids = [person.patient_id for person in await self.people(account_id)]
        a = appointments.APPOINTMENT
        query = appointments.select_appointments(clinic.id).where(
            a.patient_id.in_(ids), a.day >= wall_clock(now, clinic.zone).date(), a.status.in_(_LIVE)
        )
        async with self._front.database.reading() as session:
            found = [appointments.appointment_of(row) for row in await session.execute(appointments.in_order(query))]
        return [it for it in found if it.starts_at + timedelta(minutes=it.minutes) > now]

    async def next_starts(self, purpose_id: int, provider_id: int | None) -> list[Start]:
        """Return the next free starts of a purpose: with the provider if there are any, else with anybody."""
        clinic, now = (await self._front.practice()).clinic, self._front.clock()

        def load(session: Session) -> list[Start]:
            return online_openings.load_next(session, clinic, purpose_id, provider_id, now=now)

        async with self._front.database.reading() as session:
            return await session.run_sync(load)

    async def may_write_to(self, enrollment_id: int, account_id: int) -> str:
        """Return the address that a mail about the person's booking goes to, empty where none may be written."""
        clinic, now = (await self._front.practice()).clinic, self._front.clock()

        def load(session: Session) -> str:
            person = _person(session, clinic, account_id, enrollment_id)
            access = invitations.load_access(session, clinic.id, person.patient_id, now=now, zone=clinic.tz)
            return reachable_at(access.reach)

        async with self._front.database.reading() as session:
            return await session.run_sync(load)

    async def book(self, account_id: int, wish: Wish, *, origin: str, op_id: str) -> Appointment:
        """Book what was chosen and queue the mail that says so.

        Raises `TimeLost`, after which a mail names the next free times; `TooMany`, `NotOffered` or `PatientBusy`.
        """
        act = self._front.act(origin=origin, op_id=op_id)
        try:
            return await self._front.write(book_online, act, account_id, wish)
        except TimeLost:
            sorry = self._front.act(origin=origin)
            await self._front.write(tell_of_loss, sorry, account_id, wish)
            raise


def reachable_at(reach: Reach) -> str:
    """Return the address of a patient who may be written to, else an empty one."""
    try:
        return check_reach(reach)
    except InvitationRefused:
        return ""


_LIVE = [status.value for status in sorted(LIVE)]


def _select_people(clinic_id: int, account_id: int) -> Select[int, int, str, str]:
    e, p = EnrollmentRow, PatientRow
    return (
        select(e.id, p.id, p.first_name, p.last_name)
        .join(p, p.id == e.patient_id)
        .where(e.account_id == account_id, e.clinic_id == clinic_id, e.ended_at.is_(None))
        .where(p.active, p.erased_at.is_(None), p.merged_into_id.is_(None))
        .order_by(p.birth_date, e.id)
    )


def book_online(session: Session, clinic: Clinic, act: Act, account_id: int, wish: Wish) -> Appointment:
    """Book as the patient, in the caller's transaction: what the site offers now, by the desk's own rules."""
    if earlier := ledger.repeated(session, act):
        return appointments.load_appointment(session, clinic.id, earlier.subject_id or 0)
    if not clinic.online:
        raise NotOffered(_OFF)
    person = _person(session, clinic, account_id, wish.enrollment_id)
    invitations.hold_patients(session, (person.patient_id,))
    act = replace(act, who=Actor.enrolled(person.enrollment_id, person.name, origin=act.who.origin))
    book = online_rules.load_book(session, clinic.id)
    _check_how_many(session, clinic, act, book, person)
    purpose = book.purpose(wish.purpose_id)
    if purpose is None:
        raise NotOffered("That visit is not offered online any more. Choose another.")
    start = _offered(session, clinic, act, book, purpose, wish)
    needs_approval = purpose.id in book.rules.to_approve
    booked = _enter(session, clinic, act, book, purpose, person, start, needs_approval=needs_approval)
    record_steps(session, clinic, act, "book", [(booked, None)], told(booked))
    kind = MailKind.PENDING if needs_approval else MailKind.BOOKED
    patient_mails.tell(session, clinic, act, kind, person.patient_id, appointment_id=booked.id, due=act.at)
    return booked


def _person(session: Session, clinic: Clinic, account_id: int, enrollment_id: int) -> Person:
    for row in session.execute(_select_people(clinic.id, account_id)):
        if row[0] == enrollment_id:
            return Person(enrollment_id=row[0], patient_id=row[1], first_name=row[2], last_name=row[3])
    raise NotOffered("You can no longer book for that person here. Please phone us.")


def _check_how_many(session: Session, clinic: Clinic, act: Act, book: OnlineBook, person: Person) -> None:
    a = AppointmentRow
    coming = select(func.count()).where(
        a.patient_id == person.patient_id,
        a.day >= placing.today(clinic, act),
        a.starts_at > act.at,
        a.origin == Origin.ONLINE.value,
        a.status.in_(_LIVE),
    )
    if session.execute(coming).scalar_one() >= book.rules.most_coming:
        raise TooMany(
            f"{person.first_name} has {book.rules.most_coming} appointments to come already; more are booked by phone."
        )


def _offered(session: Session, clinic: Clinic, act: Act, book: OnlineBook, purpose: VisitPurpose, wish: Wish) -> Start:
    """Return the wished start if it is free now, or another provider's at that time where anybody would do."""
    who = book.offering(purpose.id, None if wish.any_provider else wish.provider_id)
    free = online_openings.load_starts(session, clinic, book, purpose, who, wish.day, now=act.at)
    at_that_time = [start for start in free if start.minute == wish.minute]
    if not at_that_time:
        raise TimeLost("That time was taken a moment ago. Nothing is booked.")
    return next((start for start in at_that_time if start.provider_id == wish.provider_id), at_that_time[0])


def _enter(
    session: Session,
    clinic: Clinic,
    act: Act,
    book: OnlineBook,
    purpose: VisitPurpose,
    person: Person,
    start: Start,
    *,
    needs_approval: bool,
) -> Appointment:
    patients.check_active(session, clinic.id, person.patient_id)
    (one,) = book.offering(purpose.id, start.provider_id)
    provider = one.booked
    place = Place(provider_id=provider.id, day=start.day, start=time_of(start.minute))
    draft = AppointmentDraft(
        patient_id=person.patient_id,
        place=place,
        minutes=purpose.minutes,
        purpose_id=purpose.id,
        origin=Origin.ONLINE,
    )
    try:
        starts_at, _ = placing.check_place(session, clinic, act, provider, place, purpose.minutes, False, 0)
        status = Status.REQUESTED if needs_approval else Status.SCHEDULED
        return booking.enter(session, clinic, act, draft, provider, starts_at, overridden=False, status=status)
    except PatientBusy:
        raise NotOffered(f"{person.first_name} has another appointment at that time already.") from None
    except ScheduleRefused:
        raise TimeLost("That time was taken a moment ago. Nothing is booked.") from None


def tell_of_loss(session: Session, clinic: Clinic, act: Act, account_id: int, wish: Wish) -> None:
    """Queue the mail that says that somebody else was quicker, with the next free times."""
    person = _person(session, clinic, account_id, wish.enrollment_id)
    act = replace(act, who=Actor.enrolled(person.enrollment_id, person.name, origin=act.who.origin))
    details: dict[str, int | str] = {
        "purpose": wish.purpose_id,
        "provider": wish.provider_id,
        "day": wish.day.isoformat(),
        "minute": wish.minute,
    }
    patient_mails.tell(session, clinic, act, MailKind.NOT_BOOKED, person.patient_id, details=details, due=act.at)
