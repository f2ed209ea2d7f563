"""Put an appointment on another day: who wanted it and why."""

from ctfront.domain.appointments import Appointment, Place
from ctfront.domain.times import show_date, show_time
from ctfront.screens.leave import Leave, with_leave, with_turn
from ctfront.screens.modals.place_form import PlaceForm
from ctfront.screens.modals.reason_forms import ReasonForm
from ctfront.services.scheduling import Scheduling
from ctfront.widgets.front_desk import desk_of


class RescheduleForm(PlaceForm[Appointment], ReasonForm[Appointment]):
    """*Patient asked* is filled in, so that Enter is Okay."""

    def __init__(self, scheduling: Scheduling, appointment: Appointment, place: Place, provider: str) -> None:
        super().__init__(scheduling)
        self.appointment = appointment
        self.place = place
        self.provider = provider

    def heading(self) -> str:
        """Say from where to where."""
        it, to = self.appointment, self.place
        return (
            f"{it.patient.name} · {show_time(it.start)} {show_date(it.day)}"
            f" → {show_time(to.start)} {show_date(to.day)} with {self.provider}"
        )

    def place_wanted(self) -> tuple[Place, int]:
        """Return where it goes, and its length."""
        return self.place, self.appointment.minutes

    async def save(self) -> Appointment | None:
        """Reschedule it; each warning is asked on its own."""
        desk = desk_of(self)

        async def at_turn(turn: int | None) -> Appointment | None:
            async def attempt(leave: Leave) -> Appointment:
                return await self.scheduling.reschedule(
                    desk.act(),
                    self.appointment.id,
                    self.place,
                    version=self.appointment.version,
                    asked_by=self.asked_by,
                    reason=self.reason,
                    hold_id=self.hold_id,
                    fold=turn,
                    **leave.words(),
                )

            return await with_leave(desk, attempt)

        return await with_turn(desk, at_turn)
