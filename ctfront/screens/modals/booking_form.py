"""The booking form: who, what for, when, how long."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import ClassVar

from textual import on, work
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from ctfront.domain.appointments import Appointment, AppointmentDraft, Origin, Place
from ctfront.domain.drafts import DraftKind
from ctfront.domain.errors import ClinicError, InputRefused
from ctfront.domain.grammar.times import TURNS, read_start
from ctfront.domain.patients import BookingNotes, PatientName
from ctfront.domain.providers import Provider, VisitPurpose
from ctfront.domain.series import SeriesBooked, SeriesPlan
from ctfront.domain.series_rule import read_repeat, say_series
from ctfront.domain.staff import Act
from ctfront.domain.text import safe
from ctfront.domain.times import show_date, show_day, show_time
from ctfront.domain.waitlist import WaitlistEntry
from ctfront.screens.leave import Leave, knows_alerts, with_leave
from ctfront.screens.modals.new_patient_form import new_patient_form
from ctfront.screens.modals.place_form import PlaceForm
from ctfront.screens.modals.series_dates import SeriesDates
from ctfront.services.booking import NOTE_LIMIT
from ctfront.services.patients import Patients
from ctfront.services.scheduling import Scheduling
from ctfront.services.series_rules import plan_series, starts_from
from ctfront.widgets.drafted import Drafted
from ctfront.widgets.form import Choice, Field, Okay
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.patient_finder import PatientFinder
from ctfront.widgets.words import Words

Books = Callable[[Act, AppointmentDraft], Awaitable[Appointment]]


@dataclass(frozen=True, kw_only=True)
class BookingOffer:
    """What the booking form opens with."""

    provider: Provider
    place: Place
    purposes: tuple[VisitPurpose, ...]
    """What the provider offers."""
    purpose_id: int | None
    minutes_free: int
    taken: time | None = None
    """The taken time that was asked for, when the place is the next free one."""
    taken_by: str = "taken"
    """Why it is not free, in words."""
    patient: PatientName | None = None
    family: tuple[PatientName, ...] = ()
    """Of whom was booked last: offered while no patient is typed."""
    origin: Origin = Origin.DESK
    purpose_fixed: bool = False
    """Whether the purpose was asked for, so that the patient's usual one doesn't replace it."""


def read_minutes(text: str) -> str:
    """Read a length in minutes."""
    if not text.strip().isdecimal() or not 0 < int(text) <= 720:
        raise InputRefused("Minutes, 5 to 720.", field="minutes")
    return "min"


class BookingForm(PlaceForm[Appointment | SeriesBooked], Drafted[Appointment | SeriesBooked]):
    """Book a place, or a series from it on; Enter picks the patient, Enter again saves."""

    DRAFT: ClassVar[DraftKind | None] = DraftKind.BOOKING

    def __init__(
        self,
        scheduling: Scheduling,
        patients: Patients,
        offer: BookingOffer,
        book: Books,
        waiting: WaitlistEntry | None = None,
    ) -> None:
        super().__init__(scheduling)
        self.book = book
        """Books the draft, and does what else belongs to it."""
        self.waiting = waiting
        """Who is booked from the waitlist: a series closes that entry, too."""
        self.patients = patients
        self.offer = offer
        self.patient = offer.patient
        self.picked_text = ""
        self.notes = BookingNotes()
        self.choice = Choice([p.name for p in offer.purposes], what="purpose")

    def heading(self) -> str:
        """Say where, and what is in the way."""
        offer = self.offer
        where = f"{show_date(offer.place.day)} with {offer.provider.name}"
        if offer.taken is not None and offer.taken != offer.place.start:
            return f"{show_time(offer.taken)} is {offer.taken_by}; next free {show_time(offer.place.start)} · {where}"
        if offer.taken is not None:
            return f"{show_time(offer.taken)} is {offer.taken_by} and nothing later is free · {where}"
        if offer.purpose_id is None and offer.minutes_free:
            return f"Book {show_time(offer.place.start)} {where} · free for {offer.minutes_free} min"
        return f"Book {show_time(offer.place.start)} {where}"

    def fields(self) -> Iterable[Widget]:
        """Make the fields."""
        purpose = next((p for p in self.offer.purposes if p.id == self.offer.purpose_id), None)
        with Horizontal(id="who"):
            yield Words(safe("Patient"), classes="label")
            if self.offer.patient is None:
                yield PatientFinder(
                    self.patients,
                    today=desk_of(self).today,
                    offered=self.offer.family,
                    offered_heading="Family of the last one booked; Down goes to them:",
                )
            else:
                who = self.offer.patient
                yield Words(safe(f"{who.name}   b {show_day(who.birth_date)}   #{who.record_number}"))
        yield Words(id="about")
        yield Field("purpose", "Purpose", purpose.name if purpose else "", required=True, read=self.read_purpose)
        yield Field("time", "Time", show_time(self.offer.place.start), required=True, read=self.read_time_back)
        yield Field("minutes", "Minutes", str(purpose.minutes) if purpose else "", required=True, read=read_minutes)
        yield Field("note", "Note", limit=NOTE_LIMIT)
        yield Field("repeat", "Repeat", read=self.read_repeat_back)

    # -- reading the fields

    def read_purpose(self, text: str) -> str:
        """Read the purpose back with its usual length."""
        purpose = self.offer.purposes[self.choice.index(text)]
        return f"{purpose.name} {purpose.minutes} min"

    def read_time_back(self, text: str) -> str:
        """Read the time back with the weekday."""
        start, turn = read_start(text)
        which = "" if turn is None else f", the {TURNS[turn]}"
        return f"{show_time(start)} {show_date(self.offer.place.day)}{which}"

    def read_repeat_back(self, text: str) -> str:
        """Read how many visits and how often back, with their weekdays and the last one's date."""
        repeat = read_repeat(text) if text.strip() else None
        if repeat is None:
            return "as x12 2/w, x6 /2w or x6 /m"
        starts = starts_from(self.offer.place, repeat, self.offer.provider)
        return say_series(repeat, [start.date() for start in starts])

    def field(self, name: str) -> Field:
        """Return a field by name."""
        return self.query_one(f"#field-{name}", Field)

    @on(Input.Changed, "#purpose")
    def follow_purpose(self, event: Input.Changed) -> None:
        """Offer the purpose's usual length."""
        try:
            purpose = self.offer.purposes[self.choice.index(event.value)]
        except InputRefused:
            return
        if not self.field("minutes").changed:
            self.field("minutes").offer(str(purpose.minutes))

    # -- the patient

    @property
    def finder(self) -> Widget | None:
        """Where the patient is typed; None when the patient came with the offer."""
        return self.query_one(PatientFinder).query_one(Input) if self.offer.patient is None else None

    def stops(self) -> Sequence[Widget]:
        """Return what Tab visits."""
        lines = [field.line for field in self.query(Field)]
        return [*([self.finder] if self.finder else []), *lines, self.query_one(Okay)]

    def wanting(self) -> Widget | None:
        """Return the first stop that wants an answer: the patient before all."""
        if self.finder is not None and not self.patient_stands():
            return self.finder
        return super().wanting()

    def patient_stands(self) -> bool:
        """Tell whether the text is still that of the patient picked."""
        return self.patient is not None and self.query_one(PatientFinder).value == self.picked_text

    def typed(self) -> bool:
        """Tell whether leaving would lose something."""
        return bool(self.finder is not None and self.query_one(PatientFinder).value) or super().typed()

    @on(PatientFinder.Picked)
    def take_patient(self, event: PatientFinder.Picked) -> None:
        """Fill the patient in and go on."""
        event.stop()
        self.patient = event.patient
        self.picked_text = self.query_one(PatientFinder).value
        self.suggest(event.patient.id)

    @on(PatientFinder.NewPatientWanted)
    def add_patient(self, event: PatientFinder.NewPatientWanted) -> None:
        """Add whom nobody matches and come back with the patient picked."""
        event.stop()
        self.ask_new_patient(event.text)

    @work(group="new_patient")
    async def ask_new_patient(self, typed: str) -> None:
        """Open the New Patient form over this one."""
        desk = desk_of(self)
        try:
            added = await desk.ask(await new_patient_form(self.patients, self.scheduling, typed))
        except ClinicError as refusal:
            self.say_problem(f"! {refusal}")
            return
        if added is not None:
            self.query_one(PatientFinder).take(added.patient)
            desk.say(added.sentence)

    @work(group="suggest", exclusive=True)
    async def suggest(self, patient_id: int) -> None:
        """Offer the patient's usual purpose, then go to what still wants an answer."""
        try:
            suggestion = await self.scheduling.suggest(
                self.offer.place, patient_id, now=desk_of(self).wall_now, hold_id=self.hold_id
            )
            await self._show_notes(patient_id)
        except ClinicError as refusal:
            self.say_problem(f"! {refusal}")
            return
        purpose = next((p for p in self.offer.purposes if p.id == suggestion.purpose_id), None)
        usual = self.offer.taken is None and not self.offer.purpose_fixed
        if purpose is not None and usual and not self.field("purpose").changed:
            self.field("purpose").offer(purpose.name)
            if not self.field("minutes").changed:
                self.field("minutes").offer(str(purpose.minutes))
        if not desk_of(self).gone_on():
            self.go_on()

    def on_mount(self) -> None:
        """Start; of a patient in hand what is known is shown at once."""
        super().on_mount()
        self.query_one("#about", Words).display = False
        if self.patient is not None:
            self.read_notes(self.patient.id)

    @work(group="notes")
    async def read_notes(self, patient_id: int) -> None:
        """Show what a clerk wants to know of the patient."""
        try:
            await self._show_notes(patient_id)
        except ClinicError as refusal:
            self.say_problem(f"! {refusal}")

    async def _show_notes(self, patient_id: int) -> None:
        self.notes = await self.patients.booking_notes(patient_id, today=desk_of(self).today)
        told = [*(f"! {alert.text}" for alert in self.notes.alerts), self.notes.no_shows_word]
        about = self.query_one("#about", Words)
        about.show(*(safe(line) for line in told if line))
        about.display = any(told)

    # -- left in the middle

    def about(self) -> Mapping[str, str | int]:
        """Return the place, and what the booking was begun as."""
        place = self.offer.place
        return {
            "provider_id": place.provider_id,
            "day": place.day.isoformat(),
            "start": place.start.isoformat(),
            "origin": self.offer.origin.value,
            "entry_id": self.waiting.id if self.waiting is not None else 0,
            "in_hand": int(self.offer.patient is not None),
        }

    def patient_meant(self) -> int | None:
        """Return who is picked."""
        in_hand = self.offer.patient is not None
        return self.patient.id if self.patient is not None and (in_hand or self.patient_stands()) else None

    def put_patient(self, patient: PatientName) -> None:
        """Take back who had been picked, with what a clerk wants to know."""
        super().put_patient(patient)
        self.patient = patient
        if self.offer.patient is None:
            self.picked_text = self.query_one(PatientFinder).value
            self.read_notes(patient.id)

    # -- saving and waiting

    def place_wanted(self) -> tuple[Place, int]:
        """Return what is typed, as far as it can be read, else what was offered."""
        place, minutes = self.offer.place, desk_of(self).clinic.slot_minutes
        if not self.field("time").problem:
            place = replace(place, start=read_start(self.field("time").text)[0])
        if not self.field("minutes").problem:
            minutes = int(self.field("minutes").text)
        return place, minutes

    async def save(self) -> Appointment | SeriesBooked | None:
        """Book; each warning is asked on its own, and of a series the dates are shown first."""
        if self.patient is None:
            raise InputRefused("Which patient?", field="patient")
        start, fold = read_start(self.field("time").text)
        draft = AppointmentDraft(
            patient_id=self.patient.id,
            place=replace(self.offer.place, start=start),
            minutes=int(self.field("minutes").text),
            purpose_id=self.offer.purposes[self.choice.index(self.field("purpose").text)].id,
            note=self.field("note").text,
            fold=fold,
            origin=self.offer.origin,
            hold_id=self.hold_id,
        )
        desk = desk_of(self)
        if not await knows_alerts(desk, self.patient.name, self.notes):
            return None

        if self.field("repeat").text.strip():
            plan = self.planned(draft)
            dates = SeriesDates(self.scheduling, plan, waiting=self.waiting, hold_id=self.hold_id)
            return await desk.ask(dates)

        async def attempt(leave: Leave) -> Appointment:
            return await self.book(desk.act(), leave.given_to(draft))

        return await with_leave(desk, attempt)

    def planned(self, draft: AppointmentDraft) -> SeriesPlan:
        """Return the series that begins with the draft. Raises `InputRefused` for a walk-in."""
        if self.patient is None or draft.origin is Origin.WALK_IN:
            raise InputRefused("A walk-in is one visit; b books a series.", field="repeat")
        purpose = next(p for p in self.offer.purposes if p.id == draft.purpose_id)
        return plan_series(
            self.patient,
            purpose,
            self.offer.provider,
            draft.place,
            read_repeat(self.field("repeat").text),
            minutes=draft.minutes,
            note=draft.note,
            fold=draft.fold,
        )
