"""Cancel an appointment, with a reason."""

from ctfront.domain.appointments import Appointment, Status
from ctfront.domain.times import show_date, show_time
from ctfront.screens.modals.reason_forms import ReasonForm
from ctfront.services.scheduling import Scheduling
from ctfront.widgets.front_desk import desk_of


class CancelForm(ReasonForm[Appointment]):
    """Ask why and who asked; the appointment stays visible as cancelled."""

    def __init__(self, scheduling: Scheduling, appointment: Appointment) -> None:
        super().__init__()
        self.scheduling = scheduling
        self.appointment = appointment

    def heading(self) -> str:
        """Say what is cancelled."""
        it = self.appointment
        verb = "Decline" if it.status is Status.REQUESTED else "Cancel"
        return f"{verb} {it.patient.name} · {show_time(it.start)} {show_date(it.day)} with {it.provider}"

    async def save(self) -> Appointment | None:
        """Cancel it."""
        return await self.scheduling.cancel(
            desk_of(self).act(),
            self.appointment.id,
            version=self.appointment.version,
            reason=self.reason,
            asked_by=self.asked_by,
        )
