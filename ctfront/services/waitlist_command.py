"""`wl` on the command line: whoever waits, or one more."""

from datetime import timedelta

from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.commands import Command
from ctfront.domain.grammar.wanted import show_times
from ctfront.domain.patients import PatientName
from ctfront.domain.providers import VisitPurpose
from ctfront.domain.staff import Act
from ctfront.domain.text import safe
from ctfront.domain.times import show_date, show_day, show_weekday
from ctfront.domain.waitlist import ALL_DAY, WaitlistDraft
from ctfront.services.command_whom import AtHand, Whoms
from ctfront.services.scheduling import Scheduling
from ctfront.services.waitlist import Waitlist

WAITS_FOR = timedelta(weeks=4)
"""How long somebody waits when no date is said."""

MOST_TOLD = 9


class WaitlistCommand:
    """Lists who waits, and adds whom a line means."""

    def __init__(self, waitlist: Waitlist, scheduling: Scheduling, whoms: Whoms) -> None:
        self._waitlist = waitlist
        self._scheduling = scheduling
        self._whoms = whoms

    async def meant(self, command: Command, at_hand: AtHand) -> str:
        """Return who would wait for what. Raises `NotFound`, `Ambiguous` or `InputRefused`."""
        if command.whom is None:
            return "The waitlist"
        patient, purpose, draft = await self._draft(command, at_hand)
        who = ", ".join(safe(name) for name in command.providers) or "any provider"
        return (
            f"{patient.name} b {show_day(patient.birth_date)} waits for {safe(purpose.name)}"
            f" · {who} · {show_times(draft.times)} · to {show_date(draft.until)}"
        )

    async def do(self, act: Act, command: Command, at_hand: AtHand) -> str:
        """Add whom the line means, or tell who waits; return the sentence."""
        if command.whom is None:
            return await self._told()
        patient, purpose, draft = await self._draft(command, at_hand)
        await self._waitlist.add(act, draft)
        until = show_weekday(draft.until)
        return f"{patient.name} waits for {safe(purpose.name)} until {until}. u takes it back."

    async def _draft(self, command: Command, at_hand: AtHand) -> tuple[PatientName, VisitPurpose, WaitlistDraft]:
        patient = await self._whoms.patient(command.whom, at_hand)
        purpose = next((p for p in await self._scheduling.purposes() if p.name == command.purpose), None)
        if purpose is None:
            raise InputRefused("What for? Type the purpose behind the name, as wl smi,jo adj.", field="line")
        until = command.day(today=at_hand.today, at_hand=at_hand.today, order=self._scheduling.clinic.date_order) or (
            at_hand.today + WAITS_FOR
        )
        draft = WaitlistDraft(
            patient_id=patient.id,
            purpose_id=purpose.id,
            provider_ids=tuple(p.id for p in await self._scheduling.providers() if p.name in command.providers),
            times=command.part.span if command.part else ALL_DAY,
            earliest=at_hand.today,
            until=until,
        )
        return patient, purpose, draft

    async def _told(self) -> str:
        entries = await self._waitlist.entries()
        if not entries:
            return "Nobody waits."
        lines = [
            f"{it.patient.name} {safe(it.phone)} {safe(it.purpose)} until {show_weekday(it.until)}"
            for it in entries[:MOST_TOLD]
        ]
        more = f"; and {len(entries) - MOST_TOLD} more" if len(entries) > MOST_TOLD else ""
        return f"{len(entries)} waiting: {'; '.join(lines)}{more}."
