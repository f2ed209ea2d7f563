"""Forms that outlive the line: written down while they are filled in, offered at the clerk's next log-in."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, time
from typing import TypeVar

from textual.screen import Screen

from ctfront.domain.appointments import Origin, Place
from ctfront.domain.drafts import Draft, DraftKind, KeptDraft, Left
from ctfront.domain.errors import ClinicError
from ctfront.domain.times import show_time, time_of, wall_clock
from ctfront.screens.modals.place_form import PlaceForm
from ctfront.screens.patient_information import PatientInformationScreen
from ctfront.screens.scheduler import SchedulerScreen
from ctfront.services.drafts import Drafts
from ctfront.terminal.key_gate import GatedApp
from ctfront.ways import Ways
from ctfront.widgets.drafted import Drafted
from ctfront.widgets.message_line import MessageLine

Answer = TypeVar("Answer")

KEPT_AFTER = 1.0
"""Seconds behind the last key after which what is typed is written down."""

LEAVING_SECONDS = 20.0
"""Most seconds that a session whose line has dropped takes to write down what is open."""

WORDS = {
    DraftKind.BOOKING: "A booking",
    DraftKind.EDIT: "A change of an appointment",
    DraftKind.EVENT: "An event",
    DraftKind.NEW_PATIENT: "A new patient",
    DraftKind.PROFILE: "A patient's profile",
    DraftKind.WAITLIST: "A waitlist entry",
}


class LeftForms(Ways):
    """Keeps what is typed, and opens what an earlier session left in the middle."""

    BACKGROUND = GatedApp.BACKGROUND | {"draft"}

    drafts: Drafts
    left: tuple[KeptDraft, ...] = ()
    """What earlier sessions of this clerk left, newest first."""
    is_leaving = False
    """Whether the line has dropped."""
    _soon: asyncio.TimerHandle | None = None

    @property
    def waiting_count(self) -> int:
        """How many forms wait, those of earlier sessions among them."""
        return len(self.waiting) + len(self.left)

    # -- written down

    def hold_output(self) -> None:
        """Write down what is typed soon after the last key that was let in."""
        super().hold_output()
        if self._soon is not None:
            self._soon.cancel()
        self._soon = asyncio.get_running_loop().call_later(KEPT_AFTER, self._keep_soon)

    def _keep_soon(self) -> None:
        self._soon = None
        if self.is_running and any(form.as_draft() not in (None, form.kept) for form in self._drafted()):
            self.run_worker(self.keep_forms(), group="draft")

    def _drafted(self) -> Iterator[Drafted[object]]:
        """Yield the forms in view and those that wait."""
        for screens in (self.screen_stack, *(waiting.forms for waiting in self.waiting)):
            for screen in screens:
                if isinstance(screen, Drafted):
                    yield screen

    async def keep_forms(self) -> None:
        """Write down what is typed into each form, where it is not written down yet."""
        for form in self._drafted():
            draft = form.as_draft()
            if draft is None or draft == form.kept:
                continue
            with suppress(ClinicError):  # the next key tries again
                await self.drafts.keep(self.act(), draft)
                form.kept = draft

    async def ask(self, screen: Screen[Answer]) -> Answer | None:
        """Ask; what was written down of a form that was answered or left on purpose goes."""
        answer = await super().ask(screen)
        if isinstance(screen, Drafted):
            self._forget([screen])
        return answer

    def _forget(self, forms: Sequence[Drafted[object]]) -> None:
        if ids := [form.draft_id for form in forms if form.kept is not None]:
            self.run_worker(self._drop(ids), group="draft")

    async def _drop(self, ids: Sequence[str]) -> None:
        with suppress(ClinicError):  # it is offered once more, and goes by itself after a day
            await self.drafts.drop(self.actor, ids)

    async def give_up_forms(self) -> None:
        """Take away what was written down of the forms that the clerk gives up."""
        await self._drop([form.draft_id for form in self._drafted() if form.kept is not None])

    # -- the line drops

    def leave_by(self, number: int) -> None:
        """Write down what is open, its places held, and end as a program does that a signal ended."""
        if self.is_leaving:
            return
        if not self.is_running or self.gate is None:
            super().leave_by(number)
            return
        self.is_leaving = True
        self.run_worker(self._keep_and_leave(number), group="draft")

    async def _keep_and_leave(self, number: int) -> None:
        await self.keep_all()
        super().leave_by(number)

    async def keep_all(self) -> None:
        """Write down all that is open, its places held, and leave it to the clerk's next session."""
        with suppress(TimeoutError, ClinicError):
            async with asyncio.timeout(LEAVING_SECONDS):
                for form in self._drafted():
                    if isinstance(form, PlaceForm) and form.as_draft() is not None:
                        await form.begin_waiting()
                await self.keep_forms()
                await self.drafts.release()

    # -- and the clerk is back

    def on_ready(self) -> None:
        """Look what an earlier session left."""
        self.run_worker(self._offer_left(), group="draft")

    async def _offer_left(self) -> None:
        await self._look_for_left()
        screen = self.desk_screen
        if not self.left or screen is None or not screen.query(MessageLine):  # gone when the app was left meanwhile
            return
        screen.refresh_title()
        if screen.message.text == screen.standing_message():
            newest = self.left[0]
            at = show_time(wall_clock(newest.saved_at, self.clinic.zone).time())
            others = f", and {len(self.left) - 1} more" if len(self.left) > 1 else ""
            screen.say(f"{WORDS[newest.draft.kind]} was left in the middle at {at}{others}. F5 goes back to it.")

    async def _look_for_left(self) -> None:
        with suppress(ClinicError):  # F5 looks again
            here = {form.draft_id for form in self._drafted()}
            found = await self.drafts.left(self.actor, self.clock())
            self.left = tuple(kept for kept in found if kept.draft.id not in here)

    async def go_back_to_form(self) -> None:
        """Go back to the form that waits, else to what an earlier session left."""
        if not self.waiting:
            await self._look_for_left()
        if self.waiting or not self.left:
            await super().go_back_to_form()
            return
        newest, self.left = self.left[0].draft, self.left[1:]
        if (screen := self.desk_screen) is not None:
            screen.refresh_title()
        try:
            patient = None if newest.patient_id is None else await self.patients.patient(newest.patient_id)
            if await self.step_aside(behind=True) is not None:
                await self._open(Left(draft=newest, patient=patient))
        except ClinicError as refusal:
            self.say(f"The form cannot be opened again: {refusal}")

    async def _open(self, left: Left) -> None:
        """Show what the form is about, and the form over it as it was left. Raises `ClinicError`."""
        draft = left.draft
        match draft.kind:
            case DraftKind.NEW_PATIENT:
                await self.add_new_patient(left=left)
            case DraftKind.PROFILE:
                await self._open_profile(left)
            case DraftKind.WAITLIST:
                self.show_waitlist(left)
            case _:
                await self.switch_mode("scheduler")
                screen = self.desk_screen
                assert isinstance(screen, SchedulerScreen)
                screen.week_of, screen.day = None, date.fromisoformat(str(draft.about["day"]))
                if draft.kind is DraftKind.EDIT:
                    await self._open_edit(screen, left)
                else:
                    await self._open_place(screen, left)

    async def _open_profile(self, left: Left) -> None:
        assert left.draft.patient_id is not None
        await self.show_patient(left.draft.patient_id).wait()
        if isinstance(screen := self.desk_screen, PatientInformationScreen):
            await screen.read(left.draft.patient_id)
            await screen.edit_profile(left=left)

    async def _open_edit(self, screen: SchedulerScreen, left: Left) -> None:
        wanted = int(left.draft.about["appointment_id"])
        await screen.load(appointment_id=wanted)
        appointment = screen.grid.appointment
        if appointment is None or appointment.id != wanted:
            self.say("The appointment that the form was about is not there any more.")
        else:
            await screen.edit_here(appointment, left=left)

    async def _open_place(self, screen: SchedulerScreen, left: Left) -> None:
        place = place_of(left.draft, screen.day)
        await screen.load(place=place)
        column = screen.grid.provider_column
        if column is None or column.provider.id != place.provider_id:
            self.say("The provider has no column on that day any more.")
        elif left.draft.kind is DraftKind.EVENT:
            await screen.add_event(left=left)
        else:
            about = left.draft.about
            entry_id = int(about["entry_id"])
            await screen.book_here(
                patient=left.patient if about["in_hand"] else None,
                origin=Origin(str(about["origin"])),
                waiting=await self.waitlist.entry(entry_id) if entry_id else None,
                place=place,
                left=left,
            )


def place_of(draft: Draft, day: date) -> Place:
    """Return the place that a booking or an event was begun on."""
    about = draft.about
    start = time.fromisoformat(str(about["start"])) if "start" in about else time_of(int(about["minute"]))
    return Place(provider_id=int(about["provider_id"]), day=day, start=start)
