"""The Scheduler's acts on the place and the appointment under the cursor."""

from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from textual import work
from textual.binding import BindingType

from ctfront.domain.appointments import Appointment, Origin, Place, Status
from ctfront.domain.drafts import Left
from ctfront.domain.errors import ClinicError
from ctfront.domain.openings import free_from, starts_in
from ctfront.domain.patients import PatientName
from ctfront.domain.providers import Event, Provider
from ctfront.domain.schedule import Column
from ctfront.domain.series import SeriesBooked, SeriesChanged
from ctfront.domain.text import safe
from ctfront.domain.times import minute_of, show_minute, time_of
from ctfront.domain.waitlist import WaitlistEntry
from ctfront.screens.appointment_acts import LETTERS, AppointmentActs, where
from ctfront.screens.modals.booking_form import BookingForm, BookingOffer
from ctfront.screens.modals.edit_form import EditForm
from ctfront.screens.modals.event_form import EventForm
from ctfront.screens.modals.hit_list import HitList, in_it
from ctfront.screens.modals.mark_menu import MarkMenu
from ctfront.screens.modals.place_form import PlaceForm
from ctfront.screens.modals.question import Question
from ctfront.screens.scheduler_view import ALL, SchedulerView, key
from ctfront.screens.series_reach import put_back_choice
from ctfront.services.recording import told
from ctfront.services.series import told_series

ABOUT_AN_APPOINTMENT = frozenset({"cancel", "mark", "edit", "info", "pick_up"})
"""Actions that do nothing on a place without an appointment; `cancel` also takes an event away."""


class SchedulerActs(SchedulerView, AppointmentActs):
    """Booking, cancelling, marking, editing and taking back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("b,B", "book", "Book", "Book the place under the cursor", "book"),
        key("c,C", "cancel", "Cancel", "Cancel the appointment, with a reason; take an event away", "cancel"),
        key("a,A", "mark('a')", "Arrived", "Mark the appointment arrived", "arrived"),
        key("o,O", "mark('o')", "checked Out", "Mark the appointment checked out", "checked_out"),
        key("k,K", "mark_menu", "marK", "Mark any status; approve a request; walk-in or event", "mark"),
        key("e,E", "edit", "Edit", "Purpose, length, note and patient of the appointment", "edit"),
        key("enter", "open", "Open", "Open the appointment or event under the cursor", "open"),
        key("u,U", "undo", "Undo", "Take back my last act", "undo"),
    ]

    last_booked: int | None = None
    """The patient booked last, whose family is offered next."""

    def works_now(self, action: str) -> bool:
        """Tell whether what the cursor stands on lets the action do something."""
        if action == "cancel" and self.event_here() is not None:
            return True
        return action not in ABOUT_AN_APPOINTMENT or self.grid.appointment is not None

    # -- booking

    @work(group="book")
    async def action_book(self) -> None:
        """Book the place under the cursor; the form stays open until the booking stands."""
        if self.week_of == ALL and not await self.show_place_on_its_day():
            return
        await self.book_here()

    async def book_here(
        self,
        *,
        patient: PatientName | None = None,
        origin: Origin = Origin.DESK,
        purpose_id: int | None = None,
        waiting: WaitlistEntry | None = None,
        place: Place | None = None,
        left: Left | None = None,
    ) -> bool:
        """Offer a place of the column under the cursor and book it; tell whether a booking was made.

        Without a `place` it is the one under the cursor. Booking for one who is `waiting` closes that entry.
        A form that was `left` in the middle stands as it was.
        """
        place, column = place or self.grid.place, self.grid.provider_column
        if place is None or column is None:
            self.say("Nobody works on this day; there is no place to book.")
            return False
        hold_id = left.draft.hold_id if left is not None else ""
        try:
            offer = await self._offer(column, place, patient, origin, hold_id=hold_id)
            if waiting is not None and purpose_id is None:
                purpose_id = waiting.purpose_id
            if purpose_id is not None:
                offer = replace(offer, purpose_id=purpose_id, purpose_fixed=True)
        except ClinicError as refusal:
            self.say(str(refusal))
            return False
        book = self.scheduling.book if waiting is None else partial(self.waitlist.book, waiting)
        form = BookingForm(self.scheduling, self.patients, offer, book, waiting)
        form.open_from(left)
        form.go_on_holding(place, hold_id)
        booked = await self.desk.ask(form)
        if booked is None:
            await self.let_go(form)
            return False
        if isinstance(booked, SeriesBooked):
            await self.let_go(form)
            self.last_booked = booked.booked[0].patient.id
            await self.show_series(booked)
            return True
        self.last_booked = booked.patient.id
        await self.load(appointment_id=booked.id)
        self.say(f"{told(booked)} u takes it back.")
        return True

    async def show_series(self, done: SeriesBooked | None) -> None:
        """Show the first visit of a series that was booked, and say how many there are."""
        if done is None:
            return
        first = min(done.booked, key=lambda one: one.starts_at)
        if first.day not in self.grid.days_shown:
            self.day, self.week_of = first.day, None
        await self.load(appointment_id=first.id)
        self.say(f"{told_series(done.booked)} u takes {'it' if len(done.booked) == 1 else 'them'} back.")

    async def _family_of(self, patient_id: int) -> tuple[PatientName, ...]:
        """Return who may be booked next: those of the family who may be booked at all."""
        return tuple(it.patient for it in await self.patients.family(patient_id) if it.patient.active)

    async def let_go(self, form: PlaceForm[Any]) -> None:
        """Show the place free that a form has held which was left."""
        if form.held_place is not None:
            await form.let_go()
            await self.load()

    async def _offer(
        self, column: Column, place: Place, patient: PatientName | None, origin: Origin, *, hold_id: str = ""
    ) -> BookingOffer:
        """Return what the form opens with: this place, or the next free one of the column.

        What the form itself holds is free.
        """
        every = {p.id: p for p in await self.scheduling.purposes()}
        purposes = tuple(every[i] for i in column.provider.purpose_ids if i in every)
        column = column.at(self.desk.wall_now).without(hold_id)
        held = column.hold_at(minute_of(place.start))
        taken = place.start if column.is_full_at(minute_of(place.start)) else None
        if taken is not None and purposes:
            starts = starts_in(column, purposes[0].minutes, step=self.desk.clinic.slot_minutes)
            later = next((s.minute for s in starts if s.minute > minute_of(taken)), None)
            if later is not None:
                place = Place(provider_id=place.provider_id, day=place.day, start=time_of(later))
        suggestion = await self.scheduling.suggest(
            place, patient.id if patient else None, now=self.desk.wall_now, hold_id=hold_id
        )
        return BookingOffer(
            provider=column.provider,
            place=place,
            purposes=purposes,
            purpose_id=suggestion.purpose_id,
            minutes_free=suggestion.minutes_free,
            taken=taken,
            taken_by="taken" if held is None else held.words,
            patient=patient,
            family=() if self.last_booked is None or patient else await self._family_of(self.last_booked),
            origin=origin,
        )

    # -- cancelling, marking, editing

    @work(group="cancel")
    async def action_cancel(self) -> None:
        """Cancel the appointment, or take the event away."""
        event = self.event_here()
        if self.grid.appointment is None and event is not None:
            await self._remove_event(event)
        elif (appointment := self.appointment_here("cancel")) is not None:
            await self.cancel(appointment)

    async def show_again(self, appointment: Appointment | None = None) -> None:
        """Read the day again, the cursor on the appointment."""
        await self.load(appointment_id=appointment.id if appointment is not None else None)

    @work(group="mark")
    async def action_mark_menu(self) -> None:
        """Offer the marks, the approval of a request, or a walk-in and an event."""
        appointment = self.grid.appointment
        if self.week_of == ALL:
            self.say("Enter shows the day first: marks belong to an appointment.")
            return
        if appointment is not None and appointment.status is Status.REQUESTED:
            await self.approve(appointment)
            return
        choices = [(letter, status.word) for letter, status in LETTERS.items()] if appointment else []
        choices += put_back_choice(appointment) if appointment else []
        if appointment is None or not appointment.live:
            today = self.grid.place is not None and self.grid.place.day == self.desk.today
            choices += [("w", "Walk-in")] if today else []
            choices += [("e", "Event: time that is not bookable")]
        heading = f"Mark {where(appointment)}" if appointment else f"Mark {show_minute(self.grid.minute)}"
        letter = await self.desk.ask(MarkMenu(heading, choices))
        if letter == "w":
            await self.book_here(origin=Origin.WALK_IN)
        elif letter == "e":
            await self.add_event()
        elif letter is not None and appointment is not None:
            await self.mark_or_put_back(appointment, letter)

    @work(group="edit")
    async def action_edit(self) -> None:
        """Open the appointment's form."""
        if (appointment := self.appointment_here("edit")) is not None:
            await self.edit_here(appointment)

    async def edit_here(self, appointment: Appointment, *, left: Left | None = None) -> None:
        """Change an appointment in its form; one that was `left` in the middle stands as it was."""
        provider = self._provider_of(appointment)
        try:
            every = {p.id: p for p in await self.scheduling.purposes()}
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        purposes = tuple(every[i] for i in provider.purpose_ids if i in every)
        form = EditForm(self.scheduling, self.patients, appointment, purposes)
        form.open_from(left)
        edited = await self.desk.ask(form)
        if edited is None:
            return
        if isinstance(edited, SeriesChanged):
            await self.load(appointment_id=appointment.id)
            await self.say_changed(edited)
            return
        await self.load(appointment_id=edited.id)
        if edited.id == appointment.id:
            self.say(f"Saved {where(edited)}. u takes it back.")
        else:
            self.say(f"Now {where(edited)}. u takes it back.")

    def _provider_of(self, appointment: Appointment) -> Provider:
        columns = self.grid.schedule.columns
        return next(c.provider for c in columns if c.provider.id == appointment.provider_id)

    @work(group="edit")
    async def open_here(self) -> None:
        """Open what is under the cursor."""
        event, appointment = self.event_here(), self.grid.appointment
        if self.week_of == ALL:
            await self.show_place_on_its_day()
        elif appointment is not None:
            await self.edit_here(appointment)
        elif event is not None:
            self.say(f"{safe(event.text)} {event.times}. c takes it away.")
        else:
            self.say("b books this place.")

    async def show_place_on_its_day(self) -> bool:
        """Go from the glance to the day, the cursor on the half hour's first free slot; tell whether it is shown."""
        place, step = self.in_view.place, self.glance.shown.rows.step
        if place is None:
            self.say("No provider has office hours; there is no place to show.")
            return False
        self.week_of, self.day = None, place.day
        await self.load(place=place)
        column, first = self.grid.provider_column, minute_of(place.start)
        if self.glance.display or column is None:
            return False
        slots = range(first, first + step, self.desk.clinic.slot_minutes)
        self.grid.go_to_minute(next((m for m in slots if free_from(column, m)), first))
        return True

    # -- events

    def event_here(self) -> Event | None:
        """Return the event under the cursor."""
        column = self.grid.provider_column
        if column is None:
            return None
        minute = self.grid.minute
        return next((e for e in column.events if e.span.start <= minute < e.span.end), None)

    async def add_event(self, *, left: Left | None = None) -> None:
        """Block time of the column under the cursor; a form that was `left` in the middle stands as it was."""
        column = self.grid.provider_column
        if column is None:
            return
        form = EventForm(self.scheduling, column.provider, column.day, self.grid.minute)
        form.open_from(left)
        answer = await self.desk.ask(form)
        if answer is None:
            return
        event, hit = answer
        await self.load()
        counted = f"; {in_it(hit)}" if hit else ""
        self.say(f"Blocked {event.times} for {column.provider.name}{counted}. u takes it back.")
        if not hit:
            return
        if await self.desk.ask(HitList(event, hit)):
            self.day, self.week_of, self.wanted_ticks = event.day, None, frozenset(a.id for a in hit)
            await self.load(appointment_id=hit[0].id)

    async def _remove_event(self, event: Event) -> None:
        if not await self.desk.ask(Question(f"Take {event.text} {event.times} away?", yes="take it away")):
            return
        try:
            await self.scheduling.remove_event(self.desk.act(), event.id)
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        await self.load()
        self.say(f"{event.text} is taken away; the time is bookable. u takes it back.")
