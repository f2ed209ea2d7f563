"""What a visit's series adds to the acts on it: how far one reaches, and the way back to the plan."""

from ctfront.domain.appointments import BEFORE_VISIT, Appointment, Status
from ctfront.domain.times import show_date, show_time
from ctfront.screens.modals.series_reach import SeriesReach
from ctfront.services.scheduling import Scheduling
from ctfront.services.series_rules import planned_place
from ctfront.widgets.front_desk import FrontDesk

PUT_BACK = "p"
"""Its letter in the mark menu."""


async def reach_of(
    desk: FrontDesk, scheduling: Scheduling, appointment: Appointment, verb: str
) -> tuple[Appointment, ...]:
    """Return the visits that an act takes, asked when more of the series are to come; empty when the clerk leaves."""
    to_come = await scheduling.series_to_come(appointment, today=desk.today)
    if len(to_come) < 2 or appointment.id not in {it.id for it in to_come}:
        return (appointment,)
    return await desk.ask(SeriesReach(verb, appointment, to_come)) or ()


def put_back_choice(appointment: Appointment) -> list[tuple[str, str]]:
    """Return the line of the mark menu for a visit of a series that is not where it was planned; else none."""
    if appointment.status not in BEFORE_VISIT | {Status.CANCELLED}:
        return []
    place = planned_place(appointment)
    if place is None or (place == appointment.place and appointment.status is not Status.CANCELLED):
        return []
    return [(PUT_BACK, f"Put back as planned: {show_time(place.start)} {show_date(place.day)}")]
