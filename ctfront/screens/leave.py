"""Warnings of the schedule, asked one by one: `y` tries again with leave."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from ctfront.domain.appointments import AppointmentDraft
from ctfront.domain.errors import NotAllowed, OutsideHours, PatientBusy, PlaceHeld, ScheduleRefused, SlotTaken
from ctfront.domain.grammar.times import TURNS
from ctfront.domain.patients import BookingNotes
from ctfront.domain.staff import Right
from ctfront.domain.times import RepeatedTime
from ctfront.screens.modals.mark_menu import MarkMenu
from ctfront.screens.modals.question import Question
from ctfront.widgets.front_desk import FrontDesk

Saved = TypeVar("Saved")


@dataclass(frozen=True, kw_only=True)
class Leave:
    """What the clerk has said `y` to."""

    override: bool = False
    overbook: bool = False
    double_book_patient: bool = False

    def given_to(self, draft: AppointmentDraft) -> AppointmentDraft:
        """Return the draft with this leave."""
        return replace(
            draft,
            override=self.override,
            overbook=self.overbook,
            double_book_patient=self.double_book_patient,
        )

    def words(self) -> dict[str, bool]:
        """Return it as the services take it."""
        return {
            "override": self.override,
            "overbook": self.overbook,
            "double_book_patient": self.double_book_patient,
        }


async def knows_alerts(desk: FrontDesk, patient: str, notes: BookingNotes) -> bool:
    """Ask about the alerts that are marked so; tell whether the clerk goes on."""
    if not (asked := notes.to_confirm):
        return True
    question = Question(f"{patient}:", *(f"! {alert.text}" for alert in asked), yes="I know; book")
    return await desk.ask(question) is True


async def with_turn(desk: FrontDesk, attempt: Callable[[int | None], Awaitable[Saved | None]]) -> Saved | None:
    """Try an act; where the clocks show its time twice ask which one, and return None when the clerk says neither."""
    try:
        return await attempt(None)
    except RepeatedTime as twice:
        letter = await desk.ask(MarkMenu(str(twice), [(turn[0], turn) for turn in TURNS], does="chooses"))
    return None if letter is None else await attempt([turn[0] for turn in TURNS].index(letter))


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
        case PlaceHeld() if Right.OVERBOOK not in desk.actor.rights:
            return leave, ""  # the refusal names the holder, which says more than the right that lacks
        case SlotTaken():
            _require(desk, Right.OVERBOOK)
            return replace(leave, overbook=True), "Overbook?"
        case OutsideHours():
            _require(desk, Right.OVERRIDE)
            return replace(leave, override=True), "Book outside office hours?"
        case _:
            return replace(leave, double_book_patient=True), "Give the patient both?"


def _require(desk: FrontDesk, right: Right) -> None:
    """Refuse with the cursor at the time, which is what the clerk can change."""
    try:
        desk.actor.require(right)
    except NotAllowed as lacking:
        lacking.field = "time"
        raise
