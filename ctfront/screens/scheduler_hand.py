"""Picking an appointment up and putting it down; a patient in hand."""

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.binding import BindingType

from ctfront.domain.appointments import Appointment, Place, check_place_may_change
from ctfront.domain.errors import ClinicError
from ctfront.domain.patients import PatientName
from ctfront.domain.series import shift_between
from ctfront.domain.times import minute_of, show_day
from ctfront.screens.appointment_acts import where, where_and_day
from ctfront.screens.leave import Leave, with_leave, with_turn
from ctfront.screens.modals.reschedule_form import RescheduleForm
from ctfront.screens.modals.reschedule_series_form import RescheduleSeriesForm
from ctfront.screens.scheduler_ticks import SchedulerTicks
from ctfront.screens.scheduler_view import ALL, key
from ctfront.screens.series_reach import reach_of
from ctfront.widgets.key_line import KeyLine

FREE_IN_HAND = frozenset(
    {
        "move", "page", "edge", "next_appointment", "today", "turn_days", "week", "go_to", "openings",
        "open", "let_go", "help",
    }
)  # fmt: skip
"""Actions that move or find; everything else waits until the hand is empty."""

PUT_DOWN_FIRST = "Put it down first: Enter puts it down, Esc puts it back."


class SchedulerHand(SchedulerTicks):
    """What is in hand is put down with Enter and put back with Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("m,M", "pick_up", "Move", "Pick the appointment up; Enter puts it down, Esc back", "move"),
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

    hand: Appointment | PatientName | None = None
    """The appointment picked up, or the patient taken here from their own screen."""

    @property
    def in_hand(self) -> Appointment | None:
        """The appointment picked up."""
        return self.hand if isinstance(self.hand, Appointment) else None

    @property
    def patient_in_hand(self) -> PatientName | None:
        """The patient taken here from their own screen."""
        return self.hand if isinstance(self.hand, PatientName) else None

    def hold(self, what: Appointment | PatientName | None) -> None:
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
        if self.patient_in_hand is not None:
            who = self.patient_in_hand
            born = show_day(who.birth_date)
            return f"In hand: {who.name} b {born}. Enter on a free place books, Esc lets go."
        return super().standing_message()

    def works_now(self, action: str) -> bool:
        """Tell whether a full hand, or an empty one, lets the action do something."""
        if self.hand is not None:
            return action in FREE_IN_HAND
        return bool(self.ticked) if action == "let_go" else super().works_now(action)

    def show_standing(self) -> None:
        """Bring the message line up to date with the hand."""
        self.say(self.standing_message())

    def action_pick_up(self) -> None:
        """Pick up the appointment under the cursor; ticked ones are not moved together."""
        if self.ticked:
            self.say("m moves one at a time: Esc unticks, then m picks it up.")
            return
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
            self.action_pick_up()

    def action_let_go(self) -> None:
        """Put back what is in hand; with an empty one take the ticks away."""
        held = self.in_hand
        if self.hand is None:
            if self.ticked:
                self.show_ticks(frozenset())
            return
        self.hold(None)
        if held is None:
            self.say("")
            return
        self.put_back(held)

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
            self.say(f"Moved {where(moved)}. u takes it back.")
        else:
            self.say(f"Rescheduled {where_and_day(moved)}. u takes it back.")

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
            return await self.desk.ask(RescheduleForm(self.scheduling, held, place, provider))

        async def at_turn(turn: int | None) -> Appointment | None:
            async def attempt(leave: Leave) -> Appointment:
                how = {"fold": turn, **leave.words()}
                return await self.scheduling.move(self.desk.act(), held.id, place, version=held.version, **how)

            return await with_leave(self.desk, attempt)

        return await with_turn(self.desk, at_turn)

    # -- a patient in hand

    def take_patient(self, patient: PatientName) -> None:
        """Hold a patient: Enter on a free place books."""
        self.hold(patient)
        self.show_standing()

    @work(group="book")
    async def book_in_hand(self) -> None:
        """Book the patient in hand here."""
        patient = self.patient_in_hand
        if patient is not None and await self.book_here(patient=patient):
            self.hold(None)

    def action_open(self) -> None:
        """Put down what is in hand, else open what is under the cursor."""
        if self.week_of == ALL:
            self.open_here()
        elif self.in_hand is not None:
            self.put_down()
        elif self.patient_in_hand is not None:
            self.book_in_hand()
        else:
            self.open_here()
