"""Picking an appointment up and putting it down; a patient in hand."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import work
from textual.binding import BindingType

from ctfront.domain.appointments import Appointment, Place, check_place_may_change
from ctfront.domain.errors import ClinicError
from ctfront.domain.patients import PatientName
from ctfront.domain.schedule import Column
from ctfront.domain.series import shift_between
from ctfront.domain.text import safe
from ctfront.domain.times import minute_of, show_day
from ctfront.domain.waitlist import Offer, WaitlistEntry
from ctfront.screens.appointment_acts import where, where_and_day
from ctfront.screens.leave import Leave, with_leave, with_turn
from ctfront.screens.modals.appointments_list import AppointmentsList
from ctfront.screens.modals.carry_form import CarryForm
from ctfront.screens.modals.reschedule_form import RescheduleForm
from ctfront.screens.modals.reschedule_series_form import RescheduleSeriesForm
from ctfront.screens.scheduler_ticks import SchedulerTicks
from ctfront.screens.scheduler_view import ALL, key
from ctfront.screens.series_reach import reach_of
from ctfront.services.carrying import Carried
from ctfront.widgets.day_grid import DayGrid
from ctfront.widgets.key_line import KeyLine

FREE_IN_HAND = frozenset(
    {
        "move", "page", "edge", "next_appointment", "today", "turn_days", "week", "go_to", "openings",
        "open", "let_go", "help",
    }
)  # fmt: skip
"""Actions that move or find; everything else waits until the hand is empty."""

PUT_DOWN_FIRST = "Put it down first: Enter puts it down, Esc puts it back."


InHand = Appointment | tuple[Appointment, ...] | PatientName | WaitlistEntry | None
"""The appointment picked up, the ticked ones together, the patient taken here, or who waits for a place."""


class SchedulerHand(SchedulerTicks):
    """What is in hand is put down with Enter and put back with Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "m,M", "pick_up", "Move", "Pick the appointment, or the ticked ones, up; Enter puts down, Esc back", "move"
        ),
        key("escape", "let_go", "Put back", "Put back what is in hand; untick", "let_go"),
    ]

    HAND_KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Enter", "Put down"),
        ("Esc", "Put back"),
        ("[ ]", "Day"),
        ("{ }", "Week"),
        ("g", "Go to"),
        ("f", "Openings"),
        ("?", "Keys"),
    )

    hand: InHand = None
    """What is in hand: see `InHand`."""

    @property
    def in_hand(self) -> Appointment | None:
        """The appointment picked up."""
        return self.hand if isinstance(self.hand, Appointment) else None

    @property
    def several(self) -> tuple[Appointment, ...]:
        """The appointments picked up together, all of one day."""
        return self.hand if isinstance(self.hand, tuple) else ()

    @property
    def patient_in_hand(self) -> PatientName | None:
        """The patient taken here from their own screen or from the waitlist."""
        if self.waiting_in_hand is not None:
            return self.waiting_in_hand.patient
        return self.hand if isinstance(self.hand, PatientName) else None

    @property
    def waiting_in_hand(self) -> WaitlistEntry | None:
        """What the patient in hand waits for."""
        return self.hand if isinstance(self.hand, WaitlistEntry) else None

    def hold(self, what: InHand) -> None:
        """Take something in hand, or empty it; the key line follows."""
        self.hand = what
        self.show_keys()

    def show_keys(self) -> None:
        """Show the keys that work with what is in hand, else in what is shown."""
        if self.hand is None:
            super().show_keys()
        else:
            self.query_one(KeyLine).show(self.HAND_KEYS)

    def standing_message(self) -> str:
        """Say what is in hand."""
        if self.in_hand is not None:
            it = self.in_hand
            return f"In hand: {it.patient.name}, {it.purpose} {it.minutes} min. Enter puts it down, Esc puts it back."
        if self.several:
            count = len(self.several)
            return f"{count} in hand: walk to a column or day; Enter puts them down, Esc puts them back."
        if self.patient_in_hand is not None:
            who = self.patient_in_hand
            born = show_day(who.birth_date)
            if (waiting := self.waiting_in_hand) is not None:
                what = safe(waiting.purpose_letter)
                return f"In hand: {who.name} b {born}, waiting for {what}. Enter books, Esc lets go."
            return f"In hand: {who.name} b {born}. Enter on a free place books, Esc lets go."
        return super().standing_message()

    def works_now(self, action: str) -> bool:
        """Tell whether a full hand, or an empty one, lets the action do something."""
        if self.hand is not None:
            return action in FREE_IN_HAND
        return bool(self.ticked) if action == "let_go" else super().works_now(action)

    def set_aside(self) -> Callable[[], Awaitable[None]]:
        """Empty the hand while a form waits; what comes back is the day, the cursor and what was in hand."""
        shown, place, hand = (self.day, self.week_of), self.in_view.place, self.hand
        self.hold(None)
        self.show_standing()

        async def come_back() -> None:
            self.day, self.week_of = shown
            self.hold(hand)
            await self.load(place=place)
            self.show_standing()

        return come_back

    def show_standing(self) -> None:
        """Bring the message line up to date with the hand."""
        self.say(self.standing_message())

    def action_pick_up(self) -> None:
        """Pick up the ticked ones together, else the appointment under the cursor."""
        if self.ticked:
            self.hold(tuple(self.ticked))
            self.show_standing()
        else:
            self._pick_up_here()

    def _pick_up_here(self) -> None:
        if (appointment := self.appointment_here("move")) is None:
            return
        try:
            check_place_may_change(appointment, self.desk.today)
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        self.hold(appointment)
        self.show_standing()

    @work(group="move")
    async def pick_up(self, appointment: Appointment) -> None:
        """Show an appointment on its day and pick it up."""
        self.week_of, self.day = None, appointment.day
        await self.load(appointment_id=appointment.id)
        if self.grid.appointment is not None and self.grid.appointment.id == appointment.id:
            self.grid.tick(frozenset())
            self._pick_up_here()

    def action_let_go(self) -> None:
        """Put back what is in hand; with an empty one take the ticks away."""
        held, several = self.in_hand, self.several
        if self.hand is None:
            if self.ticked:
                self.show_ticks(frozenset())
            return
        self.hold(None)
        if several:
            self.put_several_back(several)
        elif held is not None:
            self.put_back(held)
        else:
            self.say("")

    @work(group="load", exclusive=True)
    async def put_back(self, held: Appointment) -> None:
        """Show the place it was taken from."""
        self.day = held.day
        await self.load(place=held.place, appointment_id=held.id)
        self.say(f"{held.patient.name} is where it was.")

    @work(group="move")
    async def put_down(self) -> None:
        """Move it here, or reschedule it when this is another day."""
        held, place, column = self.in_hand, self.grid.place, self.grid.provider_column
        if held is None or place is None or column is None:
            return
        if place == held.place or self._inside_own_row(held, place):
            self.hold(None)
            self.say(f"{held.patient.name} is where it was.")
            return
        try:
            visits = await reach_of(self.desk, self.scheduling, held, "Move")
            if len(visits) > 1:
                await self._move_series(held, visits, place)
                return
            moved = await self._move_to(held, place, column.provider.name) if visits else None
        except ClinicError as refusal:
            await self.load()
            self.say(f"{refusal} It is still in hand.")
            return
        if moved is None:
            self.show_standing()
            return
        self.hold(None)
        await self.load(appointment_id=moved.id)
        if moved.id == held.id:
            await self.say_freed(f"Moved {where(moved)}.", [held])
        else:
            await self.say_freed(f"Rescheduled {where_and_day(moved)}.", [held])

    async def _move_series(self, held: Appointment, visits: Sequence[Appointment], place: Place) -> None:
        """Move several visits of a series as the one in hand goes; it stays in hand when nothing was done."""
        shift = shift_between(held.place, place)
        if shift.days:
            done = await self.desk.ask(RescheduleSeriesForm(self.scheduling, visits, shift))
        else:
            versions = {it.id: it.version for it in visits}
            done = await self.scheduling.move_series(self.desk.act(), versions, shift)
        if done is None:
            self.show_standing()
            return
        self.hold(None)
        await self.load(appointment_id=next((it.id for it in done.changed if it.ordinal == held.ordinal), held.id))
        await self.say_changed(done)

    def _inside_own_row(self, held: Appointment, place: Place) -> bool:
        """Tell whether the row is the one an off-grid start lies in: put down there it has not moved."""
        slot = self.grid.schedule.slot_minutes
        same_column = (place.provider_id, place.day) == (held.provider_id, held.day)
        return same_column and 0 <= minute_of(held.start) - minute_of(place.start) < slot

    async def _move_to(self, held: Appointment, place: Place, provider: str) -> Appointment | None:
        if place.day != held.day:
            form = RescheduleForm(self.scheduling, held, place, provider)
            moved = await self.desk.ask(form)
            if moved is None:
                await self.let_go(form)
            return moved

        async def at_turn(turn: int | None) -> Appointment | None:
            async def attempt(leave: Leave) -> Appointment:
                how = {"fold": turn, **leave.words()}
                return await self.scheduling.move(self.desk.act(), held.id, place, version=held.version, **how)

            return await with_leave(self.desk, attempt)

        return await with_turn(self.desk, at_turn)

    # -- the ticked ones in hand

    async def load(self, *, appointment_id: int | None = None, place: Place | None = None) -> None:
        """Read and show; what is in hand keeps its ticks while other days are looked at."""
        await super().load(appointment_id=appointment_id, place=place)
        if self.several and self.query(DayGrid):  # the app may have been left meanwhile
            self.grid.tick(frozenset(it.id for it in self.several))
            self.refresh_title()

    @work(group="load", exclusive=True)
    async def put_several_back(self, several: Sequence[Appointment]) -> None:
        """Show them where they are, still ticked."""
        await self._show_ticked(several)
        self.say(f"{_all_of(several)} back in place, still ticked.")

    async def _show_ticked(self, several: Sequence[Appointment]) -> None:
        """Show the day they are on, these and no others ticked, the cursor on the first."""
        self.day, self.week_of = several[0].day, None
        self.wanted_ticks = frozenset(it.id for it in several)
        await self.load(appointment_id=several[0].id)

    @work(group="move")
    async def put_several_down(self) -> None:
        """Move them to the column and day under the cursor, each at its own time; those that do not fit stay."""
        several, column = self.several, self.grid.provider_column
        if not several or column is None:
            return
        if all((it.provider_id, it.day) == (column.provider.id, column.day) for it in several):
            self.hold(None)
            await self._show_ticked(several)
            self.say(f"{_all_of(several)} with {column.provider.name} already, still ticked.")
            return
        try:
            carried = await self._carry(several, column)
        except ClinicError as refusal:
            await self.load()
            self.say(f"{refusal} They are still in hand.")
            return
        if carried is None:
            self.show_standing()
            return
        self.hold(None)
        await self._show_carried(several, carried)

    async def _carry(self, several: Sequence[Appointment], to: Column) -> Carried | None:
        if to.day != several[0].day:
            return await self.desk.ask(CarryForm(self.scheduling, several, to))
        versions = {it.id: it.version for it in several}
        return await self.scheduling.carry_ticked(self.desk.act(), versions, to.provider.id, to.day)

    async def _show_carried(self, several: Sequence[Appointment], carried: Carried) -> None:
        """Show where they went, or list what did not fit and show that where it is, still ticked."""
        said = f"{carried.sentence} u takes it back." if carried.moved else carried.sentence
        there = {it.id: it for it in several}
        left = [there[it] for it in carried.stayed]
        if not left or self.desk.gone_on():
            self.grid.tick(frozenset())
            await self.load(appointment_id=next((it.id for it in carried.moved), None))
            self.say(said)
            return
        await self._show_ticked(left)
        self.say(said)
        count = f"{len(left)} of {len(several)}" if carried.moved else "None"
        does = "did not fit and stay" if carried.moved else "fits: they stay"
        await self.desk.ask(AppointmentsList(f"{count} {does} where they are, ticked:", left, why=carried.stayed))

    # -- a patient in hand

    def take_patient(self, patient: PatientName | WaitlistEntry) -> None:
        """Hold a patient, or one who waits: Enter on a free place books."""
        self.hold(patient)
        self.show_standing()

    @work(group="book")
    async def book_in_hand(self) -> None:
        """Book the patient in hand here."""
        patient, waiting = self.patient_in_hand, self.waiting_in_hand
        if patient is not None and await self.book_here(patient=patient, waiting=waiting):
            self.hold(None)

    @work(group="book")
    async def book_waiting(self, offer: Offer, entry: WaitlistEntry) -> None:
        """Book one who waits on the place that was freed."""
        self.week_of, self.day = None, offer.freed.place.day
        await self.load(place=offer.freed.place)
        await self.book_here(patient=entry.patient, waiting=entry, place=offer.freed.place)

    def action_open(self) -> None:
        """Put down what is in hand, else open what is under the cursor."""
        if self.week_of == ALL:
            self.open_here()
        elif self.in_hand is not None:
            self.put_down()
        elif self.several:
            self.put_several_down()
        elif self.patient_in_hand is not None:
            self.book_in_hand()
        else:
            self.open_here()


def _all_of(several: Sequence[Appointment]) -> str:
    return f"{several[0].patient.name} is" if len(several) == 1 else f"All {len(several)} are"
