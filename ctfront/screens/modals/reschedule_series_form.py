"""Put visits of a series on other days: who wanted it and why, once for all."""

from collections.abc import Sequence

from ctfront.domain.appointments import Appointment
from ctfront.domain.series import SeriesChanged, Shift
from ctfront.screens.modals.reason_forms import ReasonForm
from ctfront.services.scheduling import Scheduling
from ctfront.widgets.front_desk import desk_of


class RescheduleSeriesForm(ReasonForm[SeriesChanged]):
    """*Patient asked* is filled in, so that Enter is Okay."""

    def __init__(self, scheduling: Scheduling, visits: Sequence[Appointment], shift: Shift) -> None:
        super().__init__()
        self.scheduling = scheduling
        self.visits = tuple(visits)
        self.shift = shift

    def heading(self) -> str:
        """Say how many go how far."""
        days = self.shift.days
        far = f"{abs(days)} {'day' if abs(days) == 1 else 'days'} {'later' if days > 0 else 'earlier'}"
        return f"{self.visits[0].patient.name} · {len(self.visits)} visits {far}"

    async def save(self) -> SeriesChanged | None:
        """Reschedule those that can go there."""
        versions = {it.id: it.version for it in self.visits}
        why = {"asked_by": self.asked_by, "reason": self.reason}
        return await self.scheduling.move_series(desk_of(self).act(), versions, self.shift, **why)
