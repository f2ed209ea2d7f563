"""Cancel several appointments with one reason."""

from collections.abc import Sequence

from ctfront.domain.appointments import Appointment
from ctfront.domain.times import show_date, show_time
from ctfront.screens.modals.question import Question
from ctfront.screens.modals.reason_forms import ReasonForm
from ctfront.services.scheduling import Scheduling
from ctfront.widgets.front_desk import desk_of


class CancelTickedForm(ReasonForm[str]):
    """Ask why and who asked, once for all; more than one is asked about again. Answers with what was done."""

    def __init__(self, scheduling: Scheduling, appointments: Sequence[Appointment], *, of_series: bool = False) -> None:
        super().__init__()
        self.of_series = of_series
        """Whether they are one patient's series, first to last, instead of ticked on a day."""
        self.scheduling = scheduling
        self.appointments = tuple(appointments)

    def heading(self) -> str:
        """Say how many, or which one."""
        it = self.appointments[0]
        if len(self.appointments) == 1:
            return f"Cancel {it.patient.name} · {show_time(it.start)} {show_date(it.day)} with {it.provider}"
        if self.of_series:
            return f"Cancel {len(self.appointments)} visits of {it.patient.name}, from {show_date(it.day)} on"
        return f"Cancel {len(self.appointments)} ticked appointments of {show_date(it.day)}"

    async def save(self) -> str | None:
        """Cancel them all, or none."""
        desk, count = desk_of(self), len(self.appointments)
        if count > 1 and not await desk.ask(Question(f"Cancel all {count}?", yes=f"cancel {count}")):
            return None
        versions = {it.id: it.version for it in self.appointments}
        return await self.scheduling.cancel_ticked(desk.act(), versions, reason=self.reason, asked_by=self.asked_by)
