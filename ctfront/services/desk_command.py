"""Doing one line of the command grammar, the same for the `:` line and for `ctfront do`."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol
from uuid import uuid4

from ctfront.domain.appointments import Appointment, AppointmentDraft, Asker, Origin, Place, Status
from ctfront.domain.errors import ClinicError, InputRefused, NotFound, ScheduleRefused
from ctfront.domain.grammar.commands import ABOUT_INVITATIONS, BOOKING, Command, Names, Verb, read_command
from ctfront.domain.schedule import Start
from ctfront.domain.series import SeriesPlan
from ctfront.domain.staff import Act
from ctfront.domain.text import safe
from ctfront.domain.times import show_date, show_day, show_minute, show_time
from ctfront.services.command_invitations import InvitationCommand, check_place
from ctfront.services.command_places import Places
from ctfront.services.command_whom import AtHand, Whoms, told_of
from ctfront.services.day_sheets import DaySheets
from ctfront.services.inviting import Inviting
from ctfront.services.patients import Patients
from ctfront.services.recording import told, where
from ctfront.services.scheduling import Scheduling
from ctfront.services.series import told_series
from ctfront.services.series_rules import plan_series
from ctfront.services.waitlist import Waitlist
from ctfront.services.waitlist_command import WaitlistCommand

MARKS = {
    Verb.ARRIVED: Status.ARRIVED,
    Verb.CHECKED_IN: Status.CHECKED_IN,
    Verb.DONE: Status.DONE,
    Verb.CHECKED_OUT: Status.CHECKED_OUT,
    Verb.NO_SHOW: Status.NO_SHOW,
    Verb.CONFIRM: Status.CONFIRMED,
}
ON_SCREEN = frozenset({Verb.SCHEDULER, Verb.PATIENT, Verb.ACCESS, Verb.SET_UP, Verb.DUPLICATES, Verb.LOCK, Verb.QUIT})
"""Verbs that a screen does by itself."""


def opens_something(command: Command) -> bool:
    """Tell whether a screen answers a line by showing something: `wl` alone opens the list."""
    return command.verb in ON_SCREEN or (command.verb is Verb.WAITLIST and command.whom is None)


OPENINGS_AHEAD = timedelta(weeks=4)
REASON = "patient asked"


class MakesActs(Protocol):
    """Frames changes; a line about several appointments makes one act for each, of one batch."""

    def __call__(self, *, batch_id: str | None = None) -> Act:
        """Return a new act."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a line did: the sentence, and what to show."""

    sentence: str
    day: date | None = None
    appointment_id: int | None = None
    patient_id: int | None = None
    """Whose invitation it was about."""
    starts: tuple[Start, ...] = ()
    """What `fo` found."""
    left: tuple[Appointment, ...] = ()
    """Appointments whose places are free now; who waits may be offered them."""


class DeskCommand:
    """Reads a line, letter after letter, and does it through the services; one is made whenever the line is opened."""

    def __init__(
        self,
        scheduling: Scheduling,
        patients: Patients,
        inviting: Inviting,
        sheets: DaySheets,
        waitlist: Waitlist,
    ) -> None:
        self._scheduling = scheduling
        self._sheets = sheets
        self._patients = patients
        self._whoms = Whoms(scheduling, patients)
        self._places = Places(scheduling, patients)
        self._invitations = InvitationCommand(inviting, self._whoms)
        self._waiting = WaitlistCommand(waitlist, scheduling, self._whoms)
        self._clinic = scheduling.clinic
        self._names: Names | None = None
        """What a line may name, read once and not at every letter."""

    async def read(self, line: str, at_hand: AtHand) -> Command:
        """Read a line.

        Raises `CannotRead` with the place where it stops making sense, and `InvitationRefused` for what is done in
        Patient Access only.
        """
        if self._names is None:
            self._names = Names(
                providers=[provider.name for provider in await self._scheduling.providers()],
                purposes=[(purpose.name, purpose.letter) for purpose in await self._scheduling.purposes()],
            )
        command = read_command(line, today=at_hand.today, order=self._clinic.date_order, names=self._names)
        check_place(command, at_hand)
        return command

    async def meant(self, command: Command, at_hand: AtHand) -> str:
        """Return whom a line means, shown before it is done. Raises `NotFound` or `Ambiguous`."""
        if command.verb in BOOKING:
            patient = await self._whoms.patient(command.whom, at_hand)
            day = self._booking_day(command, at_hand)
            return f"{patient.name} b {show_day(patient.birth_date)} · {_where_to(command, day)}"
        if command.verb in ABOUT_INVITATIONS:
            return await self._invitations.meant(command, at_hand)
        if command.verb is Verb.WAITLIST:
            return await self._waiting.meant(command, at_hand)
        if command.verb is Verb.MOVE:
            [was, *_] = await self._whoms.appointments(command.whom, at_hand)
            day = self._day(command, at_hand, counted_from=was.day) or was.day
            return f"{told_of(was)} → {_where_to(command, day)}"
        if command.whom is not None:
            return "; ".join(told_of(a) for a in await self._whoms.appointments(command.whom, at_hand))
        if command.verb is Verb.GO:
            return show_date(self._day(command, at_hand) or at_hand.day)
        if command.verb is Verb.DAY_SHEET:
            return f"Day sheet of {show_date(self._day(command, at_hand) or at_hand.day)}"
        return ""

    async def do(self, make_act: MakesActs, command: Command, at_hand: AtHand) -> Said:
        """Do what was read. Raises what the act raises, `NotFound` or `Ambiguous`."""
        match command.verb:
            case Verb.GO:
                day = self._day(command, at_hand) or at_hand.day
                return Said(sentence=show_date(day), day=day)
            case Verb.BOOK | Verb.WALK_IN:
                return await self._book(make_act, command, at_hand)
            case Verb.MOVE:
                return await self._move(make_act(), command, at_hand)
            case Verb.UNDO:
                return Said(sentence=await self._scheduling.undo(make_act()))
            case Verb.DAY_SHEET:
                day = self._day(command, at_hand) or at_hand.day
                return Said(sentence=await self._sheets.put_out(day, now=at_hand.now))
            case Verb.OPENINGS:
                return await self._openings(command, at_hand)
            case Verb.WAITLIST:
                return Said(sentence=await self._waiting.do(make_act(), command, at_hand))
            case verb if verb in ABOUT_INVITATIONS:
                sentence, patient_id = await self._invitations.do(make_act(), command, at_hand)
                return Said(sentence=sentence, patient_id=patient_id)
            case verb if verb in ON_SCREEN:
                raise InputRefused(f"“{verb.value}” works on the screens only.", field="line")
        return await self._each(make_act, command, at_hand)

    # -- where

    def _day(self, command: Command, at_hand: AtHand, *, counted_from: date | None = None) -> date | None:
        from_day = counted_from or at_hand.day
        return command.day(today=at_hand.today, at_hand=from_day, order=self._clinic.date_order)

    # -- what is done

    async def _each(self, make_act: MakesActs, command: Command, at_hand: AtHand) -> Said:
        """Do the same with every appointment meant; the first refusal says how many were done before it."""
        meant = await self._whoms.appointments(command.whom, at_hand)
        batch = str(uuid4()) if len(meant) > 1 else None
        done: list[Appointment] = []
        for appointment in meant:
            try:
                done.append(await self._one(make_act(batch_id=batch), command.verb, appointment))
            except ClinicError as refusal:
                if not done:
                    raise
                raise ClinicError(f"{len(done)} of {len(meant)} done, then: {refusal}") from refusal
        left = tuple(done) if command.verb in {Verb.CANCEL, Verb.DELETE} else ()
        sentence = " ".join(_done(command.verb, a) for a in done)
        return Said(sentence=sentence, day=at_hand.day, appointment_id=done[-1].id, left=left)

    async def _one(self, act: Act, verb: Verb, a: Appointment) -> Appointment:
        if verb is Verb.CANCEL:
            return await self._scheduling.cancel(act, a.id, version=a.version, reason=REASON, asked_by=Asker.PATIENT)
        if verb is Verb.DELETE:
            return await self._scheduling.delete(act, a.id, version=a.version)
        return await self._scheduling.mark(act, a.id, MARKS[verb], version=a.version)

    async def _move(self, act: Act, command: Command, at_hand: AtHand) -> Said:
        meant = await self._whoms.appointments(command.whom, at_hand)
        if len(meant) > 1:
            raise InputRefused("One appointment at a time can be moved.", field="line")
        [was] = meant
        day = self._day(command, at_hand, counted_from=was.day) or was.day
        provider_id = (await self._places.provider(command.provider)).id if command.provider else was.provider_id
        place = Place(provider_id=provider_id, day=day, start=command.start or was.start)
        if place == was.place:
            raise InputRefused("Where to? Type a date, a time or a provider.", field="line")
        if day == was.day:
            moved = await self._scheduling.move(act, was.id, place, version=was.version, fold=command.turn)
            return Said(sentence=f"Moved {where(moved)}.", day=day, appointment_id=moved.id, left=(was,))
        new = await self._scheduling.reschedule(
            act, was.id, place, version=was.version, asked_by=Asker.PATIENT, reason=REASON, fold=command.turn
        )
        sentence = f"Rescheduled {where(new)} on {show_date(day)}."
        return Said(sentence=sentence, day=day, appointment_id=new.id, left=(was,))

    async def _book(self, make_act: MakesActs, command: Command, at_hand: AtHand) -> Said:
        if (plan := await self.series(command, at_hand)) is not None:
            return await self._book_series(make_act(), plan, at_hand)
        patient = await self._whoms.patient(command.whom, at_hand)
        day = self._booking_day(command, at_hand)
        place, purpose = await self._places.wanted(patient, command, day, at_hand)
        draft = AppointmentDraft(
            patient_id=patient.id,
            place=place,
            minutes=purpose.minutes,
            purpose_id=purpose.id,
            fold=command.turn if command.start is not None else None,
            origin=Origin.WALK_IN if command.verb is Verb.WALK_IN else Origin.DESK,
        )
        booked = await self._scheduling.book(make_act(), draft)
        on = "" if day == at_hand.day else f" on {show_date(day)}"
        sentence = f"{told(booked).removesuffix('.')}{on}. u takes it back."
        return Said(sentence=sentence, day=day, appointment_id=booked.id)

    async def series(self, command: Command, at_hand: AtHand) -> SeriesPlan | None:
        """Return the series that a line asks for, nothing of it booked; None when it asks for none."""
        if command.repeat is None:
            return None
        patient = await self._whoms.patient(command.whom, at_hand)
        day = self._booking_day(command, at_hand)
        place, purpose = await self._places.wanted(patient, command, day, at_hand, taken_too=True)
        provider = await self._places.provider_by_id(place.provider_id)
        return plan_series(patient, purpose, provider, place, command.repeat, fold=command.turn)

    async def _book_series(self, act: Act, plan: SeriesPlan, at_hand: AtHand) -> Said:
        """Book a series of which every date stands; what stands in the way of others is named."""
        checked = await self._scheduling.check_series(plan, plan.visits, now=at_hand.now)
        blocked = [one for one in checked if not one.stands]
        if blocked:
            named = "; ".join(one.told for one in blocked)
            raise ScheduleRefused(f"Nothing is booked: {len(blocked)} of {len(checked)} dates don't stand: {named}.")
        done = await self._scheduling.book_series(act, plan, plan.visits)
        first = done.booked[0]
        return Said(sentence=f"{told_series(done.booked)} u takes them back.", day=first.day, appointment_id=first.id)

    def _booking_day(self, command: Command, at_hand: AtHand) -> date:
        """Return the day to book: a walk-in's is today, whatever day is shown."""
        return at_hand.today if command.verb is Verb.WALK_IN else self._day(command, at_hand) or at_hand.day

    async def _openings(self, command: Command, at_hand: AtHand) -> Said:
        purposes = await self._scheduling.purposes()
        purpose = await self._places.purpose(command.purpose) or (purposes[0] if purposes else None)
        if purpose is None:
            raise NotFound("There is no visit purpose yet; Set-up (F6) makes one.")
        start = max(at_hand.day, at_hand.today)
        starts = await self._scheduling.openings(
            purpose.id,
            provider_ids=[(await self._places.provider(name)).id for name in command.providers],
            start=start,
            until=self._day(command, at_hand) or start + OPENINGS_AHEAD,
            part=command.part,
            not_before=at_hand.now,
        )
        if not starts:
            raise NotFound(f"Nothing is free for {safe(purpose.name)} until then.")
        lines = [f"{show_date(s.day)} {show_minute(s.minute)} {safe(s.provider)}" for s in starts]
        return Said(sentence=f"{safe(purpose.name)}, next free: {'; '.join(lines[:5])}.", starts=starts)


def _where_to(command: Command, day: date) -> str:
    """Read back what was typed of a place, the day always."""
    start = show_time(command.start) if command.start else ""
    named = (start, show_date(day), safe(command.provider or ""), safe(command.purpose or ""))
    return " ".join(word for word in named if word)


def _done(verb: Verb, a: Appointment) -> str:
    if verb is Verb.CANCEL:
        return f"Cancelled {where(a)}."
    if verb is Verb.DELETE:
        return f"Deleted {where(a)}."
    return f"{a.patient.name} {a.status.told}."
