"""A form about a place of the schedule: while it waits, the place is held."""

from typing import TypeVar
from uuid import uuid4

from ctfront.domain.appointments import Place
from ctfront.domain.errors import ClinicError
from ctfront.domain.times import show_time
from ctfront.services.scheduling import Scheduling
from ctfront.widgets.form import Form
from ctfront.widgets.front_desk import desk_of

Saved = TypeVar("Saved")


class PlaceForm(Form[Saved]):
    """Waiting, it holds its place; saved or left, it lets go."""

    def __init__(self, scheduling: Scheduling) -> None:
        super().__init__()
        self.scheduling = scheduling
        self.hold_id = ""
        """What it holds its place by, once it has waited."""
        self.held_place: Place | None = None

    def place_wanted(self) -> tuple[Place, int]:
        """Return the place and the minutes that the form is about."""
        raise NotImplementedError

    async def begin_waiting(self) -> str:
        """Hold the place; where somebody else has it the form waits without."""
        place, minutes = self.place_wanted()
        self.hold_id = self.hold_id or str(uuid4())
        try:
            until = await self.scheduling.hold(desk_of(self).act(), place, minutes, hold_id=self.hold_id)
        except ClinicError as refusal:
            return f"The form waits; its place is not held: {refusal}"
        self.held_place = place
        return f"The form waits; {show_time(place.start)} is held until {show_time(until.time())}."

    def go_on_holding(self, place: Place, hold_id: str) -> None:
        """Keep the place that the form has held since before the line dropped."""
        if hold_id:
            self.hold_id, self.held_place = hold_id, place

    @property
    def held_by(self) -> str:
        """What it holds its place by, while it does."""
        return self.hold_id if self.held_place is not None else ""

    async def let_go(self) -> None:
        """Give the place back that was held for a form which was left."""
        if self.held_place is None:
            return
        try:
            await self.scheduling.release(desk_of(self).act(), self.held_place, hold_id=self.hold_id)
        except ClinicError as refusal:
            desk_of(self).say(str(refusal))
