"""Warnings of the schedule, asked one by one: `y` tries again with leave."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from ctfront.domain.errors import OutsideHours, PatientBusy, ScheduleRefused, SlotTaken
from ctfront.domain.staff import Right
from ctfront.screens.modals.question import Question
from ctfront.widgets.front_desk import FrontDesk

Saved = TypeVar("Saved")


@dataclass(frozen=True, kw_only=True)
class Leave:
    """What the clerk has said `y` to."""

    override: bool = False
    overbook: bool = False
    double_book_patient: bool = False

    def words(self) -> dict[str, bool]:
        """Return it as the services take it."""
        return {
            "override": self.override,
            "overbook": self.overbook,
            "double_book_patient": self.double_book_patient,
        }


async def with_leave(desk: FrontDesk, attempt: Callable[[Leave], Awaitable[Saved]]) -> Saved | None:
    """Try an act; ask about each warning, and return None when the clerk says *not now*.

    Raises what is no warning, and `NotAllowed` when the clerk lacks the right to say `y`.
    """
    leave = Leave()
    while True:
        try:
            return await attempt(leave)
        except (SlotTaken, OutsideHours, PatientBusy) as warning:
            wider, question = _wider(desk, leave, warning)
            if wider == leave:
                raise
            if not await desk.ask(Question(str(warning), question)):
                return None
            leave = wider


def _wider(desk: FrontDesk, leave: Leave, warning: ScheduleRefused) -> tuple[Leave, str]:
    match warning:
        case SlotTaken():
            desk.actor.require(Right.OVERBOOK)
            return replace(leave, overbook=True), "Overbook?"
        case OutsideHours():
            desk.actor.require(Right.OVERRIDE)
            return replace(leave, override=True), "Book outside office hours?"
        case _:
            return replace(leave, double_book_patient=True), "Give the patient both?"
