"""The schedule as the desk uses it: reading days, the acts on appointments, openings and news."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ctfront.data import appointments, events, news
from ctfront.data import clinic as clinics
from ctfront.data.database import Database, Reader
from ctfront.data.models import AppointmentRow, ChangeRow
from ctfront.domain.appointments import Appointment, AppointmentDraft, Asker, Place, Status, StatusChange
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import NotFound
from ctfront.domain.glance import FreePlaces, count_free, weeks_from
from ctfront.domain.openings import PartOfDay, free_from, next_starts
from ctfront.domain.providers import Event, Provider, VisitPurpose
from ctfront.domain.repeats import Reach
from ctfront.domain.schedule import Column, DaySchedule, Start
from ctfront.domain.staff import Act
from ctfront.domain.times import Span, minute_of
from ctfront.services import blocking, booking, ticked, undoing, wrong_patient

Result = TypeVar("Result")

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


class Scheduling:
    """The clinic's schedule; every method is one reading or one act."""

    def __init__(self, database: Database, clinic: Clinic) -> None:
        self._database = database
        self.clinic = clinic
        self._known: tuple[int, tuple[Provider, ...]] | None = None
        """The newest change seen, and all providers as they were read with or after it."""

    async def day(self, day: date, *, today: date | None = None) -> DaySchedule:
        """Return a day: one column per provider who has hours, appointments or events, in Set-up order."""
        async with self._database.reading() as session:
            newest, columns = await self._columns(session, day, day)
        shown = tuple(c for c in columns if _is_used(c) and (c.provider.active or c.appointments))
        return DaySchedule(day=day, columns=shown, slot_minutes=self.clinic.slot_minutes, change_seen=newest)

    async def week(self, provider_id: int, day: date) -> DaySchedule:
        """Return one provider's week around the day: Monday to Friday, and a weekend day that is used."""
        monday = day - timedelta(days=day.weekday())
        async with self._database.reading() as session:
            newest, columns = await self._columns(session, monday, monday + WEEK, provider_ids=[provider_id])
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

    async def suggest(self, place: Place, patient_id: int | None = None) -> Suggestion:
        """Return the patient's last purpose with this provider if it fits, else the provider's first that does."""
        async with self._database.reading() as session:
            _, columns = await self._columns(session, place.day, place.day, provider_ids=[place.provider_id])
            purposes = {p.id: p for p in await clinics.read_purposes(session, self.clinic.id)}
            last = await self._last_purpose(session, place.provider_id, patient_id)
        free = free_from(columns[0], minute_of(place.start)) if columns else 0
        offered = columns[0].provider.purpose_ids if columns else ()
        wanted = [last, *offered] if last in offered else list(offered)
        fitting = (p for p in wanted if p in purposes and purposes[p].minutes <= free)
        return Suggestion(purpose_id=next(fitting, None), minutes_free=free)

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
            _, columns = await self._columns(session, start, until, provider_ids=provider_ids)
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

    async def book(self, act: Act, draft: AppointmentDraft) -> Appointment:
        """Book the draft. Raises `SlotTaken`, `PatientBusy`, `OutsideHours`, `NotAllowed` or `InputRefused`."""
        return await self._write(booking.book, act, draft)

    async def move(self, act: Act, appointment_id: int, place: Place, *, version: int, **how: Any) -> Appointment:
        """Put an appointment on another place of its day; see `booking.move`."""
        return await self._write(partial(booking.move, version=version, **how), act, appointment_id, place)

    async def reschedule(
        self,
        act: Act,
        appointment_id: int,
        place: Place,
        *,
        version: int,
        asked_by: Asker,
        reason: str,
        **how: Any,
    ) -> Appointment:
        """Book it anew on another day and keep the old place as rescheduled; return the new one."""
        how = {"version": version, "asked_by": asked_by, "reason": reason, **how}
        return await self._write(partial(booking.reschedule, **how), act, appointment_id, place)

    async def cancel(self, act: Act, appointment_id: int, *, version: int, reason: str, asked_by: Asker) -> Appointment:
        """Cancel with a reason."""
        how = partial(booking.cancel, version=version, reason=reason, asked_by=asked_by)
        return await self._write(how, act, appointment_id)

    async def cancel_ticked(self, act: Act, versions: Mapping[int, int], *, reason: str, asked_by: Asker) -> str:
        """Cancel several as one act, each in the version seen; see `ticked.cancel`."""
        return await self._write(partial(ticked.cancel, reason=reason, asked_by=asked_by), act, versions)

    async def mark_ticked(self, act: Act, versions: Mapping[int, int], to: Status) -> str:
        """Give several a status as one act, each in the version seen; see `ticked.mark`."""
        return await self._write(ticked.mark, act, versions, to)

    async def delete(self, act: Act, appointment_id: int, *, version: int) -> Appointment:
        """Take an appointment out of sight; return it as it was."""
        return await self._write(partial(booking.delete, version=version), act, appointment_id)

    async def mark(
        self, act: Act, appointment_id: int, to: Status, *, version: int | None = None, **how: Any
    ) -> Appointment:
        """Give an appointment its next status. Raises `StatusRefused`; see `booking.mark`."""
        return await self._write(partial(booking.mark, version=version, **how), act, appointment_id, to)

    async def edit(
        self, act: Act, appointment_id: int, *, version: int, purpose_id: int, minutes: int, note: str, **how: Any
    ) -> Appointment:
        """Change purpose, length or note where it stands."""
        how = {"version": version, "purpose_id": purpose_id, "minutes": minutes, "note": note, **how}
        return await self._write(partial(booking.edit, **how), act, appointment_id)

    async def change_patient(
        self, act: Act, appointment_id: int, draft: AppointmentDraft, *, version: int
    ) -> Appointment:
        """Give an appointment to the patient it was meant for; return that one's."""
        return await self._write(partial(wrong_patient.change_patient, version=version), act, appointment_id, draft)

    async def undo(self, act: Act) -> str:
        """Take back the actor's last act and return the sentence that says which."""
        return await self._write(undoing.undo, act)

    async def add_event(
        self, act: Act, provider_id: int, day: date, span: Span, text: str
    ) -> tuple[Event, tuple[Appointment, ...]]:
        """Block a provider's time; return the event and the live appointments that it hits."""
        (event,), hit = await self.add_events(act, provider_id, [day], span, text)
        return event, hit

    async def add_events(
        self, act: Act, provider_id: int, days: Sequence[date], span: Span, text: str
    ) -> tuple[tuple[Event, ...], tuple[Appointment, ...]]:
        """Block a provider's time on several days as one act; return the events and whom they hit."""
        added = await self._write(blocking.add_events, act, provider_id, days, span, text)
        return added, await self.appointments_in(*added)

    async def appointments_in(self, *events_of_one: Event) -> tuple[Appointment, ...]:
        """Return the live appointments that the events of one provider hit."""
        spans = {event.day: event.span for event in events_of_one}
        async with self._database.reading() as session:
            there = await appointments.read_days(
                session, self.clinic.id, min(spans), max(spans), provider_ids=[events_of_one[0].provider_id]
            )
        hit = [a for a in there if a.live and a.day in spans and a.span.overlaps(spans[a.day])]
        return tuple(sorted(hit, key=lambda a: (a.day, a.start, a.number)))

    async def remove_event(self, act: Act, event_id: int, reach: Reach = Reach.ONE) -> Event:
        """Make a provider's time bookable again; of an event that repeats, on as many days as `reach` says."""
        return await self._write(blocking.remove_event, act, event_id, reach)

    async def _write(self, act_on: Callable[..., Result], act: Act, *what: Any) -> Result:
        return await self._database.write(lambda session: act_on(session, self.clinic, act, *what))

    async def _columns(
        self, session: AsyncSession, first: date, last: date, *, provider_ids: Sequence[int] = ()
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
        return newest, [
            _column(provider, day, taken.get((provider.id, day), []), blocked.get((provider.id, day), []))
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


def _column(provider: Provider, day: date, taken: list[Appointment], blocked: list[Event]) -> Column:
    hours = provider.hours_on(day) if provider.active else None
    return Column(
        provider=provider,
        day=day,
        hours=hours.spans if hours else (),
        breaks=hours.breaks if hours else (),
        events=tuple(blocked),
        appointments=tuple(sorted(taken, key=lambda a: (a.start, not a.live, a.number))),
    )


def _is_used(column: Column) -> bool:
    return bool(column.hours or column.appointments or column.events)
