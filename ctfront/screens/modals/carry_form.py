"""Put several appointments on another day with one reason."""

from collections.abc import Sequence

from ctfront.domain.appointments import PROVIDER_AWAY, Appointment, Asker
from ctfront.domain.schedule import Column
from ctfront.domain.times import show_date
from ctfront.screens.modals.reason_forms import ReasonForm
from ctfront.services.carrying import Carried
from ctfront.services.scheduling import Scheduling
from ctfront.widgets.front_desk import desk_of


class CarryForm(ReasonForm[Carried]):
    """Ask why and who asked, once for all; several patients at once are moved by the clinic, one by the patient."""

    def __init__(self, scheduling: Scheduling, appointments: Sequence[Appointment], to: Column) -> None:
        super().__init__()
        self.scheduling = scheduling
        self.appointments = tuple(appointments)
        self.to = to
        if len(self.appointments) > 1:
            self.why, self.asker = PROVIDER_AWAY, Asker.CLINIC

    def heading(self) -> str:
        """Say how many, from where to where."""
        there = f"{show_date(self.appointments[0].day)} → {show_date(self.to.day)} with {self.to.provider.name}"
        return f"{len(self.appointments)} ticked · {there}, each at its own time"

    async def save(self) -> Carried | None:
        """Reschedule those that fit."""
        versions = {it.id: it.version for it in self.appointments}
        return await self.scheduling.carry_ticked(
            desk_of(self).act(),
            versions,
            self.to.provider.id,
            self.to.day,
            asked_by=self.asked_by,
            reason=self.reason,
        )
