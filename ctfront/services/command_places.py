"""Where and for what a line that books means: as typed, else the first free place and the usual purpose."""

from collections.abc import Sequence
from datetime import date, time

from ctfront.domain.appointments import Place
from ctfront.domain.errors import NotFound, SlotTaken
from ctfront.domain.grammar.commands import Command
from ctfront.domain.patients import PatientName
from ctfront.domain.providers import Provider, VisitPurpose
from ctfront.domain.text import safe
from ctfront.domain.times import show_date, show_time, time_of, utc_instant
from ctfront.services.command_whom import AtHand
from ctfront.services.patients import Patients
from ctfront.services.scheduling import Scheduling


class Places:
    """Finds the place and the visit purpose of a booking."""

    def __init__(self, scheduling: Scheduling, patients: Patients) -> None:
        self._scheduling = scheduling
        self._patients = patients
        self._clinic = scheduling.clinic

    async def wanted(
        self, patient: PatientName, command: Command, day: date, at_hand: AtHand, *, taken_too: bool = False
    ) -> tuple[Place, VisitPurpose]:
        """Return place and purpose of a line; `taken_too` takes the place typed whoever has it now.

        Raises `SlotTaken` when nothing is free there, `NotFound` or `InputRefused`.
        """
        providers = await self._scheduling.providers()
        if command.provider:
            providers = (await self.provider(command.provider),)
        purpose = await self.purpose(command.purpose)
        if command.start is None:
            return await self._first_free(patient, day, providers, purpose, at_hand)
        utc_instant(day, command.start, self._clinic.zone, fold=command.turn)  # named before who is free then
        if taken_too and len(providers) == 1:
            place = Place(provider_id=providers[0].id, day=day, start=command.start)
            return place, purpose or await self._usual_purpose(patient, providers)
        return await self._place_at(patient, day, command.start, providers, purpose, at_hand)

    async def provider_by_id(self, provider_id: int) -> Provider:
        """Return an active provider. Raises `NotFound`."""
        for provider in await self._scheduling.providers():
            if provider.id == provider_id:
                return provider
        raise NotFound("There is no such provider.")

    async def provider(self, name: str) -> Provider:
        """Return an active provider. Raises `NotFound`."""
        for provider in await self._scheduling.providers():
            if provider.name == name:
                return provider
        raise NotFound(f"There is no provider {safe(name)}.")

    async def _place_at(
        self,
        patient: PatientName,
        day: date,
        start: time,
        providers: Sequence[Provider],
        purpose: VisitPurpose | None,
        at_hand: AtHand,
    ) -> tuple[Place, VisitPurpose]:
        """Return the place at a time, with the first provider who is free long enough."""
        known = {one.id: one for one in await self._scheduling.purposes()}
        for provider in providers:
            place = Place(provider_id=provider.id, day=day, start=start)
            if len(providers) == 1 and purpose is not None:
                return place, purpose
            offered = await self._scheduling.suggest(place, patient.id, now=at_hand.now)
            if purpose is not None and purpose.id in provider.purpose_ids and offered.minutes_free >= purpose.minutes:
                return place, purpose
            if purpose is None and offered.purpose_id is not None:
                return place, known[offered.purpose_id]
        who = safe(providers[0].name) if len(providers) == 1 else "Nobody"
        free = "is not free" if len(providers) == 1 else "is free long enough"
        raise SlotTaken(f"{who} {free} at {show_time(start)} on {show_date(day)}.")

    async def _first_free(
        self,
        patient: PatientName,
        day: date,
        providers: Sequence[Provider],
        purpose: VisitPurpose | None,
        at_hand: AtHand,
    ) -> tuple[Place, VisitPurpose]:
        """Return the first free start of a day for the purpose, else for the patient's last or the first offered."""
        purpose = purpose or await self._usual_purpose(patient, providers)
        ids = [provider.id for provider in providers]
        found = await self._scheduling.openings(
            purpose.id, provider_ids=ids, start=day, until=day, not_before=at_hand.now, limit=1
        )
        if not found:
            raise SlotTaken(f"Nothing is free for {safe(purpose.name)} on {show_date(day)}; fo lists what is.")
        start = found[0]
        return Place(provider_id=start.provider_id, day=day, start=time_of(start.minute)), purpose

    async def _usual_purpose(self, patient: PatientName, providers: Sequence[Provider]) -> VisitPurpose:
        offered = [purpose_id for provider in providers for purpose_id in provider.purpose_ids]
        last = [a.purpose_id for a in await self._patients.appointments_of(patient.id, limit=10)]
        known = {purpose.id: purpose for purpose in await self._scheduling.purposes()}
        for purpose_id in [*(p for p in last if p in offered), *offered]:
            if purpose_id in known:
                return known[purpose_id]
        raise NotFound("No visit purpose is offered there.")

    async def purpose(self, name: str | None) -> VisitPurpose | None:
        """Return a visit purpose by name."""
        for purpose in await self._scheduling.purposes():
            if purpose.name == name:
                return purpose
        return None
