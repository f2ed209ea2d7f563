"""The schedule as it is read: days, weeks, free places at a glance, openings, what is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ctfront.data import appointments, events, news, seats
from ctfront.data import clinic as clinics
from ctfront.data import series as series_rows
from ctfront.data.database import Database, Reader
from ctfront.data.models import AppointmentRow, ChangeRow
from ctfront.domain.appointments import BEFORE_VISIT, Appointment, Place, Status, StatusChange
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import NotFound
from ctfront.domain.glance import FreePlaces, count_free, weeks_from
from ctfront.domain.openings import PartOfDay, free_from, next_starts
from ctfront.domain.providers import Event, Provider, VisitPurpose
from ctfront.domain.schedule import Column, DaySchedule, Hold, Start
from ctfront.domain.series import Checked, SeriesPlan, Visit
from ctfront.domain.times import minute_of
from ctfront.services import series
from ctfront.services.holding import add_held, holds_at

WEEK = timedelta(days=6)

SET_UP_KINDS = (
    "save_clinic", "save_site", "save_provider", "save_purpose", "save_staff", "undo_set_up", "import_providers",
)  # fmt: skip
"""Kinds of change after which every day may look different."""


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """What the booking form is filled in with."""

    purpose_id: int | None
    """None when nothing the provider offers fits the free time."""
    minutes_free: int
    """Minutes free from the place on."""


class ScheduleReading:
    """The clinic's schedule; every method is one reading."""

    def __init__(self, database: Database, clinic: Clinic) -> None:
        self._database = database
        self.clinic = clinic
        self._known: tuple[int, tuple[Provider, ...]] | None = None
        """The newest change seen, and all providers as they were read with or after it."""

    async def day(self, day: date, *, now: datetime | None = None) -> DaySchedule:
        """Return a day: one column per provider who has hours, appointments or events, in Set-up order.

        With `now`, wall clock, it shows what is held then.
        """
        async with self._database.reading() as session:
            newest, columns = await self._columns(session, day, day, now=now)
        shown = tuple(c for c in columns if _is_used(c) and (c.provider.active or c.appointments))
        return DaySchedule(day=day, columns=shown, slot_minutes=self.clinic.slot_minutes, change_seen=newest)

    async def week(self, provider_id: int, day: date, *, now: datetime | None = None) -> DaySchedule:
        """Return one provider's week around the day: Monday to Friday, and a weekend day that is used.

        With `now`, wall clock, it shows what is held then.
        """
        monday = day - timedelta(days=day.weekday())
        async with self._database.reading() as session:
            newest, columns = await self._columns(session, monday, monday + WEEK, provider_ids=[provider_id], now=now)
        shown = tuple(c for c in columns if c.day.weekday() < 5 or _is_used(c))
        return DaySchedule(day=day, columns=shown, slot_minutes=self.clinic.slot_minutes, change_seen=newest)

    async def glance(self, day: date, *, room: int, now: datetime) -> FreePlaces:
        """Return the free places of everybody over the weeks from the day's on that fit; `now` is wall clock."""
        async with self._database.reading() as session:
            reader = await session.connection()
            newest, everybody = await self._everybody(reader)
            weeks = weeks_from(day, everybody, room)
            first, last = weeks.days[0], weeks.days[-1]
            taken = await appointments.read_taken(reader, self.clinic.id, first, last)
            blocked = await events.read_events(reader, self.clinic.id, first, last)
            add_held(taken, holds_at(await seats.read_held(reader), self.clinic, now))
        return count_free(weeks, taken, blocked, slot=self.clinic.slot_minutes, now=now, change_seen=newest)

    async def appointment(self, appointment_id: int) -> Appointment:
        """Return one appointment. Raises `NotFound`."""
        query = appointments.select_appointments(self.clinic.id).where(appointments.APPOINTMENT.id == appointment_id)
        async with self._database.reading() as session:
            row = (await session.execute(query)).first()
        if row is None:
            raise NotFound("That appointment is not there any more.")
        return appointments.appointment_of(row)

    async def providers(self) -> tuple[Provider, ...]:
        """Return the active providers in Set-up order."""
        async with self._database.reading() as session:
            return await clinics.read_providers(session, self.clinic.id)

    async def purposes(self) -> tuple[VisitPurpose, ...]:
        """Return the active visit purposes in Set-up order."""
        async with self._database.reading() as session:
            return await clinics.read_purposes(session, self.clinic.id)

    async def history(self, appointment_id: int) -> tuple[StatusChange, ...]:
        """Return the steps of an appointment's life, oldest first."""
        async with self._database.reading() as session:
            rows = await session.scalars(appointments.select_history(self.clinic.id, appointment_id))
            return tuple(appointments.status_change_of(row) for row in rows)

    async def suggest(
        self, place: Place, patient_id: int | None = None, *, now: datetime | None = None, hold_id: str = ""
    ) -> Suggestion:
        """Return the patient's last purpose with this provider if it fits, else the provider's first that does.

        What is held at `now`, wall clock, is not free, except by the form that asks.
        """
        day, only = place.day, [place.provider_id]
        async with self._database.reading() as session:
            _, columns = await self._columns(session, day, day, provider_ids=only, now=now, own_hold=hold_id)
            purposes = {p.id: p for p in await clinics.read_purposes(session, self.clinic.id)}
            last = await self._last_purpose(session, place.provider_id, patient_id)
        free = free_from(columns[0], minute_of(place.start)) if columns else 0
        offered = columns[0].provider.purpose_ids if columns else ()
        wanted = [last, *offered] if last in offered else list(offered)
        fitting = (p for p in wanted if p in purposes and purposes[p].minutes <= free)
        return Suggestion(purpose_id=next(fitting, None), minutes_free=free)

    async def free_from(self, place: Place) -> tuple[Provider, int]:
        """Return whose place it is and how many minutes are free from it on, 0 when it is taken or closed."""
        async with self._database.reading() as session:
            _, [column] = await self._columns(session, place.day, place.day, provider_ids=[place.provider_id])
        return column.provider, free_from(column, minute_of(place.start))

    async def openings(
        self,
        purpose_id: int,
        *,
        provider_ids: Sequence[int] = (),
        start: date,
        until: date,
        part: PartOfDay | None = None,
        not_before: datetime,
        limit: int = 50,
    ) -> tuple[Start, ...]:
        """Return the next free starts for a purpose over the providers who offer it; `not_before` is wall clock."""
        async with self._database.reading() as session:
            purposes = {p.id: p for p in await clinics.read_purposes(session, self.clinic.id)}
            if purpose_id not in purposes:
                raise NotFound("There is no such visit purpose.")
            _, columns = await self._columns(session, start, until, provider_ids=provider_ids, now=not_before)
        return next_starts(
            [c for c in columns if c.provider.active and purpose_id in c.provider.purpose_ids],
            purposes[purpose_id].minutes,
            step=self.clinic.slot_minutes,
            not_before=not_before,
            part=part,
            limit=limit,
        )

    async def changes_since(self, change_id: int) -> tuple[int, frozenset[date]]:
        """Return the newest change and the days touched after `change_id`."""
        async with self._database.reading() as session:
            since = await news.read_since(session, self.clinic.id, change_id)
        return since.newest, since.days

    async def patients_since(self, change_id: int) -> frozenset[int]:
        """Return of whom consent, alerts, invitation or anything else changed after `change_id`."""
        async with self._database.reading() as session:
            return await news.read_patients_since(session, self.clinic.id, change_id)

    async def set_up_since(self, change_id: int) -> Clinic | None:
        """Return the clinic as it is now when anything was set up after `change_id`, else None."""
        query = select(ChangeRow.id).where(
            ChangeRow.clinic_id == self.clinic.id, ChangeRow.id > change_id, ChangeRow.kind.in_(SET_UP_KINDS)
        )
        async with self._database.reading() as session:
            found = (await session.execute(query.limit(1))).first()
            return None if found is None else await clinics.read_clinic(session, self.clinic.id)

    async def check_series(self, plan: SeriesPlan, visits: Sequence[Visit], *, now: datetime) -> tuple[Checked, ...]:
        """Say of each visit what stands in its way; `now` is wall clock."""
        async with self._database.reading() as session:
            reader = await session.connection()
            _, everybody = await self._everybody(reader)
            return await series.check(reader, self.clinic, everybody, plan, visits, now=now)

    async def series_to_come(self, appointment: Appointment, *, today: date) -> tuple[Appointment, ...]:
        """Return what of the appointment's series may still change, first to last; empty without one."""
        if appointment.series_id is None:
            return ()
        of = (self.clinic.id, appointment.patient.id, appointment.series_id)
        async with self._database.reading() as session:
            members = await series_rows.read_members(session, *of)
        to_come = (it for it in members if it.status in BEFORE_VISIT and it.day >= today)
        return tuple(sorted(to_come, key=lambda it: it.starts_at))

    async def appointments_in(self, *events_of_one: Event) -> tuple[Appointment, ...]:
        """Return the appointments that the events of one provider hit and whose visit has not begun, by time."""
        spans = {event.day: event.span for event in events_of_one}
        async with self._database.reading() as session:
            there = await appointments.read_days(
                session, self.clinic.id, min(spans), max(spans), provider_ids=[events_of_one[0].provider_id]
            )
        hit = [a for a in there if a.before_visit and a.day in spans and a.span.overlaps(spans[a.day])]
        return tuple(sorted(hit, key=lambda a: (a.day, a.start, a.number)))

    async def _columns(
        self,
        session: AsyncSession,
        first: date,
        last: date,
        *,
        provider_ids: Sequence[int] = (),
        now: datetime | None = None,
        own_hold: str = "",
    ) -> tuple[int, list[Column]]:
        """Return the newest change that is in, and a column for every day and provider, in that order."""
        reader = await session.connection()
        newest, providers = await self._everybody(reader)
        if provider_ids:
            providers = tuple(p for p in providers if p.id in provider_ids)
        taken: dict[tuple[int, date], list[Appointment]] = {}
        for appointment in await appointments.read_days(reader, self.clinic.id, first, last, provider_ids=provider_ids):
            taken.setdefault((appointment.provider_id, appointment.day), []).append(appointment)
        blocked: dict[tuple[int, date], list[Event]] = {}
        for event in await events.read_events(reader, self.clinic.id, first, last):
            blocked.setdefault((event.provider_id, event.day), []).append(event)
        held: dict[tuple[int, date], list[Hold]] = {}
        for hold in holds_at(await seats.read_held(reader), self.clinic, now) if now is not None else ():
            if hold.id != own_hold:
                held.setdefault((hold.provider_id, hold.day), []).append(hold)
        return newest, [
            _column(
                provider,
                day,
                taken.get((provider.id, day), []),
                blocked.get((provider.id, day), []),
                held.get((provider.id, day), []),
            )
            for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
            for provider in providers
        ]

    async def _everybody(self, reader: Reader) -> tuple[int, tuple[Provider, ...]]:
        """Return the newest change and all providers, read again when set-up may have changed."""
        if self._known is not None:
            since = await news.read_since(reader, self.clinic.id, self._known[0])
            if since.of_days_only:
                self._known = since.newest, self._known[1]
                return self._known
        newest = await news.read_newest(reader, self.clinic.id)
        self._known = newest, await clinics.read_providers(reader, self.clinic.id, active_only=False)
        return self._known

    async def _last_purpose(self, session: AsyncSession, provider_id: int, patient_id: int | None) -> int | None:
        if patient_id is None:
            return None
        query = (
            select(AppointmentRow.purpose_id)
            .where(
                AppointmentRow.clinic_id == self.clinic.id,
                AppointmentRow.patient_id == patient_id,
                AppointmentRow.provider_id == provider_id,
                AppointmentRow.status != Status.DELETED.value,
            )
            .order_by(AppointmentRow.day.desc(), AppointmentRow.start_second.desc())
            .limit(1)
        )
        return (await session.execute(query)).scalar()


def _column(provider: Provider, day: date, taken: list[Appointment], blocked: list[Event], held: list[Hold]) -> Column:
    hours = provider.hours_on(day) if provider.active else None
    return Column(
        provider=provider,
        day=day,
        hours=hours.spans if hours else (),
        breaks=hours.breaks if hours else (),
        events=tuple(blocked),
        appointments=tuple(sorted(taken, key=lambda a: (a.start, not a.live, a.number))),
        holds=tuple(held),
    )


def _is_used(column: Column) -> bool:
    return bool(column.hours or column.appointments or column.events)
