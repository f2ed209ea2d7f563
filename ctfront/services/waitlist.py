"""The waitlist: who waits, who fits a freed place, and booking from it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from ctfront.data import waitlist as rows
from ctfront.data.database import Database
from ctfront.domain.appointments import Appointment, AppointmentDraft, Place
from ctfront.domain.clinic import Clinic
from ctfront.domain.staff import Act
from ctfront.domain.times import utc_instant
from ctfront.domain.waitlist import FreedPlace, Offer, WaitlistDraft, WaitlistEntry, fits, with_offer
from ctfront.services import waitlist_acts
from ctfront.services.scheduling import Scheduling

Result = TypeVar("Result")

MOST_LISTED = 100
"""Of those whom a place fits; a clerk calls the first few."""

NOBODY = 0
"""No patient's id."""


class Waitlist:
    """The clinic's waitlist; every method is one reading or one act."""

    def __init__(self, database: Database, scheduling: Scheduling) -> None:
        self._database = database
        self._scheduling = scheduling

    @property
    def _clinic(self) -> Clinic:
        return self._scheduling.clinic

    async def entries(self) -> tuple[WaitlistEntry, ...]:
        """Return all who wait, whose turn it is first."""
        async with self._database.reading() as session:
            return tuple(await rows.read_open(session, self._clinic.id))

    async def entries_of(self, patient_id: int) -> tuple[WaitlistEntry, ...]:
        """Return what a patient waits for."""
        async with self._database.reading() as session:
            return tuple(await rows.read_of_patient(session, self._clinic.id, patient_id))

    async def entry(self, entry_id: int) -> WaitlistEntry:
        """Return one who still waits. Raises `NotFound`."""
        async with self._database.reading() as session:
            return await rows.read_entry(session, self._clinic.id, entry_id)

    async def offer(
        self, place: Place, *, now: datetime, left_by: int = NOBODY, most: int = MOST_LISTED
    ) -> Offer | None:
        """Return the first `most` whom a place fits, None when it is past, taken, or fits nobody.

        `now` is wall clock; whoever left the place is not offered it.
        """
        if datetime.combine(place.day, place.start) <= now:
            return None
        provider, minutes_free = await self._scheduling.free_from(place)
        if not minutes_free:
            return None
        freed = FreedPlace(
            place=place, provider=provider.name, purpose_ids=provider.purpose_ids, minutes_free=minutes_free
        )
        starts_at = utc_instant(place.day, place.start, self._clinic.zone, fold=0)
        async with self._database.reading() as session:
            found, count = await rows.read_fitting(
                session, self._clinic.id, freed, starts_at, left_by=left_by, most=most
            )
        fitting = tuple(entry for entry in found if fits(entry, freed))  # the query narrows, the rule decides
        return Offer(freed=freed, entries=fitting, count=count - len(found) + len(fitting)) if fitting else None

    async def first_offer(self, left: Iterable[Appointment], *, now: datetime) -> Offer | None:
        """Return whom the first place fits best, of those that appointments have left and that fit anybody."""
        for was in left:
            if offer := await self.offer(was.place, now=now, left_by=was.patient.id, most=1):
                return offer
        return None

    async def told(
        self, sentence: str, left: Iterable[Appointment], *, now: datetime, room: int
    ) -> tuple[str, Offer | None]:
        """Return an act's sentence with whom a place that it freed fits, in `room` characters, and that offer."""
        offer = await self.first_offer(left, now=now)
        return with_offer(sentence, offer, room=room), offer

    async def add(self, act: Act, draft: WaitlistDraft) -> str:
        """Put a patient on the waitlist and return the sentence that says so. Raises `InputRefused`."""
        return await self._write(waitlist_acts.add, act, draft)

    async def change(self, act: Act, entry_id: int, draft: WaitlistDraft, *, version: int) -> str:
        """Change what a patient waits for; the patient stays."""
        return await self._write(partial(waitlist_acts.change, version=version), act, entry_id, draft)

    async def take_off(self, act: Act, entry_id: int, *, version: int) -> str:
        """Take a patient off the waitlist. Raises `ChangedElsewhere` when a colleague came first."""
        return await self._write(partial(waitlist_acts.take_off, version=version), act, entry_id)

    async def book(self, entry: WaitlistEntry, act: Act, draft: AppointmentDraft) -> Appointment:
        """Book for somebody who waits and close the entry, both or neither; raises what a booking does."""
        return await self._write(waitlist_acts.book, act, entry, draft)

    async def _write(self, act_on: Callable[..., Result], act: Act, *what: Any) -> Result:
        return await self._database.write(lambda session: act_on(session, self._clinic, act, *what))
