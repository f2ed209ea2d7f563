"""The acts on the schedule, each one transaction; what is read of it is in `schedule_reading`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

from ctfront.domain.appointments import Appointment, AppointmentDraft, Asker, Place, Status
from ctfront.domain.providers import Event
from ctfront.domain.repeats import Reach
from ctfront.domain.series import Edit, SeriesBooked, SeriesChanged, SeriesPlan, Shift, Visit
from ctfront.domain.staff import Act
from ctfront.domain.times import Span
from ctfront.services import (
    blocking,
    booking,
    carrying,
    holding,
    series,
    series_changes,
    ticked,
    undoing,
    wrong_patient,
)
from ctfront.services.schedule_reading import ScheduleReading

Result = TypeVar("Result")


class Scheduling(ScheduleReading):
    """The clinic's schedule; every method is one reading or one act."""

    async def book(self, act: Act, draft: AppointmentDraft) -> Appointment:
        """Book the draft. Raises `SlotTaken`, `PatientBusy`, `OutsideHours`, `NotAllowed` or `InputRefused`."""
        return await self._write(booking.book, act, draft)

    async def hold(self, act: Act, place: Place, minutes: int, *, hold_id: str) -> datetime:
        """Hold a place for a form that waits; return until when, on the clinic's clock. Raises `SlotTaken`."""
        return await self._write(partial(holding.hold, hold_id=hold_id), act, place, minutes)

    async def release(self, act: Act, place: Place, *, hold_id: str) -> None:
        """Give back what a form holds, if it still does."""
        await self._write(partial(holding.release, hold_id=hold_id), act, place)

    async def book_series(self, act: Act, plan: SeriesPlan, visits: Sequence[Visit], **how: Any) -> SeriesBooked:
        """Book the visits that still stand as one act; see `series.book`."""
        return await self._write(partial(series.book, **how), act, plan, visits)

    async def move_series(self, act: Act, versions: Mapping[int, int], shift: Shift, **why: Any) -> SeriesChanged:
        """Move several of a series as one act, each in the version seen; see `series_changes.move`."""
        return await self._write(partial(series_changes.move, **why), act, versions, shift)

    async def edit_series(self, act: Act, versions: Mapping[int, int], what: Edit) -> SeriesChanged:
        """Edit several of a series as one act, each in the version seen; see `series_changes.edit`."""
        return await self._write(series_changes.edit, act, versions, what)

    async def put_back(self, act: Act, appointment_id: int, *, version: int) -> Appointment:
        """Put a visit of a series back where it was planned; see `series_changes.put_back`."""
        return await self._write(partial(series_changes.put_back, version=version), act, appointment_id)

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

    async def carry_ticked(
        self,
        act: Act,
        versions: Mapping[int, int],
        provider_id: int,
        day: date,
        *,
        asked_by: Asker = Asker.CLINIC,
        reason: str = "",
    ) -> carrying.Carried:
        """Move those of several that fit into a column, as one act, and tell why others stay; see `carrying.carry`."""
        how = partial(carrying.carry, asked_by=asked_by, reason=reason)
        return await self._write(how, act, versions, provider_id, day)

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
        """Block a provider's time; return the event and the appointments to come that it hits."""
        (event,), hit = await self.add_events(act, provider_id, [day], span, text)
        return event, hit

    async def add_events(
        self, act: Act, provider_id: int, days: Sequence[date], span: Span, text: str
    ) -> tuple[tuple[Event, ...], tuple[Appointment, ...]]:
        """Block a provider's time on several days as one act; return the events and whom they hit."""
        added = await self._write(blocking.add_events, act, provider_id, days, span, text)
        return added, await self.appointments_in(*added)

    async def remove_event(self, act: Act, event_id: int, reach: Reach = Reach.ONE) -> Event:
        """Make a provider's time bookable again; of an event that repeats, on as many days as `reach` says."""
        return await self._write(blocking.remove_event, act, event_id, reach)

    async def _write(self, act_on: Callable[..., Result], act: Act, *what: Any) -> Result:
        return await self._database.write(lambda session: act_on(session, self.clinic, act, *what))
