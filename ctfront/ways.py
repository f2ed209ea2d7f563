"""The ways from anywhere: to a screen, to a patient, to what is new, through a line of commands."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from textual import work
from textual.binding import Binding

from ctfront.domain.appointments import Appointment
from ctfront.domain.clinic import Clinic
from ctfront.domain.drafts import Left
from ctfront.domain.errors import ClinicError, DatabaseUnavailable
from ctfront.domain.grammar.commands import ABOUT_INVITATIONS
from ctfront.domain.happenings import Happening, Leads, listed, still_open
from ctfront.domain.patients import PatientName
from ctfront.domain.staff import Act, Actor
from ctfront.domain.times import wall_clock
from ctfront.domain.waitlist import Offer
from ctfront.screens.modals.command_line import CommandLine
from ctfront.screens.modals.duplicates_list import DuplicatesList
from ctfront.screens.modals.find_dialog import FindDialog
from ctfront.screens.modals.help import KeyList, keys_of
from ctfront.screens.modals.new_patient_form import new_patient_form
from ctfront.screens.modals.news_list import NewsList
from ctfront.screens.modals.waitlist_list import WaitlistList
from ctfront.screens.patient_access import PatientAccessScreen
from ctfront.screens.patient_information import PatientInformationScreen
from ctfront.screens.scheduler import SchedulerScreen
from ctfront.services.command_whom import AtHand
from ctfront.services.day_sheets import DaySheets
from ctfront.services.desk_command import DeskCommand, opens_something
from ctfront.services.duplicates import Duplicates
from ctfront.services.happenings import Happenings
from ctfront.services.inviting import OFF, Inviting
from ctfront.services.patients import Patients
from ctfront.services.scheduling import Scheduling
from ctfront.services.waitlist import Waitlist
from ctfront.waiting_forms import WaitingForms

if TYPE_CHECKING:  # only asked for what its bell tells
    from ctfront.data.database import Database

DEAF_SECONDS = 15.0
"""Until the bell of a server that went away is looked for again."""

LAST_PATIENTS = 9
"""Patients shown that are remembered."""


class Ways(WaitingForms):
    """What the keys that work everywhere do, and what screens ask for to be shown."""

    database: "Database"
    clinic: Clinic
    actor: Actor
    clock: Callable[[], datetime]
    scheduling: Scheduling
    patients: Patients
    inviting: Inviting
    sheets: DaySheets
    happenings: Happenings
    waitlist: Waitlist
    duplicates: Duplicates
    offer: Offer | None = None
    """The place that was freed last, and whom it fits."""
    news_count = 0
    """What others did that this clerk has not seen."""
    last_news: tuple[Happening, ...] = ()
    """What the clerk saw when looking last."""
    shown_patients: list[int]
    """Patients last shown, newest first."""

    @property
    def wall_now(self) -> datetime:
        """The clinic's clock, without zone."""
        return wall_clock(self.clock(), self.clinic.zone)

    def act(self, *, batch_id: str | None = None) -> Act:
        """Frame a change: who, when and a new op id."""
        return Act(who=self.actor, at=self.clock().astimezone(UTC), op_id=uuid4().hex, batch_id=batch_id)

    # -- to a screen

    @work(group="show")
    async def show_on_scheduler(
        self, day: date, appointment_id: int | None = None, *, ticked: frozenset[int] = frozenset()
    ) -> None:
        """Open the Scheduler on a day, with the cursor on an appointment, and tick some."""
        await self.switch_mode("scheduler")
        if isinstance(self.desk_screen, SchedulerScreen):
            self.desk_screen.week_of = None
            self.desk_screen.go_to_day(day, appointment_id=appointment_id, ticked=ticked)

    @work(group="bell")
    async def hear_news(self) -> None:
        """Look at once when the database tells that a desk or a patient did something; no key waits for it."""
        while not self.database.sqlite:
            with suppress(DatabaseUnavailable):
                async for _ in self.database.news():
                    if self.desk_screen is not None:
                        await self.desk_screen.look_now()
            await asyncio.sleep(DEAF_SECONDS)  # meanwhile the screens' own looks see it, a little later

    @work(group="show")
    async def show_patient(self, patient_id: int) -> None:
        """Open Patient Information on a patient."""
        self.shown_patients = [patient_id, *(p for p in self.shown_patients if p != patient_id)][:LAST_PATIENTS]
        await self.switch_mode("patient")
        if isinstance(self.desk_screen, PatientInformationScreen):
            self.desk_screen.show_patient(patient_id)

    @work(group="show")
    async def show_access(self, patient_id: int) -> None:
        """Open Patient Access on the list that holds the patient."""
        await self.switch_mode("access")
        if isinstance(self.desk_screen, PatientAccessScreen):
            self.desk_screen.review(patient_id)

    @work(group="show")
    async def show_request(self, request_id: int) -> None:
        """Open Patient Access on a request."""
        await self.switch_mode("access")
        if isinstance(self.desk_screen, PatientAccessScreen):
            self.desk_screen.review_request(request_id)

    @work(group="show")
    async def book_in_hand(self, patient: PatientName) -> None:
        """Take a patient to the Scheduler: Enter on a free place books."""
        await self.switch_mode("scheduler")
        if isinstance(self.desk_screen, SchedulerScreen):
            self.desk_screen.take_patient(patient)

    @work(group="show")
    async def find_openings_for(self, patient: PatientName) -> None:
        """Take a patient to the Scheduler and list the next free starts."""
        await self.switch_mode("scheduler")
        if isinstance(self.desk_screen, SchedulerScreen):
            self.desk_screen.take_patient(patient)
            self.desk_screen.action_openings()

    @work(group="show")
    async def pick_up_on_scheduler(self, appointment: Appointment) -> None:
        """Show an appointment on the Scheduler and pick it up."""
        await self.switch_mode("scheduler")
        if isinstance(self.desk_screen, SchedulerScreen):
            self.desk_screen.pick_up(appointment)

    def patients_in_hand(self) -> Sequence[int]:
        """Return the patients last shown, newest first."""
        return self.shown_patients

    # -- by the keys that work everywhere

    @work(group="show")
    async def action_patient(self) -> None:
        """Show the last patient, or find one; from inside a form, where `/` is text, the find box opens too."""
        waits = await self.step_aside()
        if waits is None:
            return
        if self.shown_patients:
            await self.show_patient(self.shown_patients[0]).wait()
        if waits or not self.shown_patients:
            self.action_find()
        self.say_waiting(waits)

    @work(group="find_patient")
    async def action_find(self) -> None:
        """Find a patient and show them."""
        answer = await self.ask(FindDialog(self.patients))
        if isinstance(answer, PatientName):
            self.show_patient(answer.id)
        elif answer is not None:
            self.action_new_patient(answer)

    @work(group="new_patient")
    async def action_new_patient(self, typed: str = "") -> None:
        """Add a patient and show them."""
        await self.add_new_patient(typed)

    async def add_new_patient(self, typed: str = "", *, left: Left | None = None) -> None:
        """Add a patient in the form, and show them; one that was `left` in the middle stands as it was."""
        try:
            added = await self.ask(await new_patient_form(self.patients, self.scheduling, typed, left=left))
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        if added is not None:
            if not self.gone_on():
                await self.show_patient(added.patient.id).wait()  # the sentence belongs on that screen
            self.say(added.sentence)

    def action_access(self) -> None:
        """Show Patient Access, or say why there is none."""
        if not self.clinic.online:
            self.say(OFF)
        else:
            self.action_show_mode("access")

    @work(group="show")
    async def action_show_mode(self, mode: str) -> None:
        """Show another screen as it was left; a form in view waits."""
        waits = await self.step_aside()
        if waits is None:
            return
        await self.switch_mode(mode)
        self.say_waiting(waits)

    @work(group="help")
    async def action_help(self) -> None:
        """List the keys that work here; Enter does what is under the cursor."""
        screen = self.desk_screen
        if screen is None:
            return
        action = await self.ask(KeyList(keys_of(screen)))
        if action is not None:
            await self.run_action(action, default_namespace=self if action in self._own_actions() else screen)

    def _own_actions(self) -> set[str]:
        return {binding.action for binding in self.BINDINGS if isinstance(binding, Binding)}

    async def count_news(self) -> None:
        """Bring the count in the title up to date."""
        try:
            self.news_count = await self.happenings.count(self.actor)
        except ClinicError:
            return  # the next act says so; a count has nobody to tell
        if (screen := self.desk_screen) is not None:
            screen.refresh_title()

    @work(group="news")
    async def action_news(self) -> None:
        """List what others did since the clerk last looked, and what is still open after the clinic's hours.

        When nothing is new, what was seen last is listed again: after going to one of several the others are
        still wanted.
        """
        try:
            now = self.wall_now
            left = still_open(await self.scheduling.day(now.date()), now)
            unseen = await self.happenings.unseen(self.actor)
            if unseen and not self.gone_on():
                await self.happenings.look(self.actor, self.clock(), until=unseen[0])
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        if not unseen and not self.last_news and not left:
            self.say("Nothing new since you last looked.")
            return
        if unseen:
            self.last_news = tuple(unseen)
            await self.count_news()
        heading, rows = listed(self.last_news, left, now=self.clock(), is_new=bool(unseen))
        chosen = await self.ask(NewsList(heading, rows, self.clinic.tz))
        match chosen:
            case Happening(leads=Leads.SCHEDULER, day=date() as day):
                self.show_on_scheduler(day, chosen.subject_id)
            case Happening(leads=Leads.STILL_OPEN, day=date() as day):
                self.show_on_scheduler(day, left[0].id, ticked=frozenset(it.id for it in left))
            case Happening(leads=Leads.REQUESTS):
                self.show_request(chosen.subject_id)
            case Happening(leads=Leads.PATIENT_ACCESS):
                self.show_access(chosen.subject_id)

    @work(group="waitlist")
    async def show_waitlist(self, left: Left | None = None) -> None:
        """List who waits, those first whom the place that was freed last fits; whom Enter takes is booked there.

        A form that was `left` in the middle opens with it.
        """
        try:
            freed = self.offer.freed if self.offer else None
            offer = await self.waitlist.offer(freed.place, now=self.wall_now) if freed else None
            providers, purposes = await self.scheduling.providers(), await self.scheduling.purposes()
            entries = await self.waitlist.entries()
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        shown = WaitlistList(self.waitlist, self.patients, providers, purposes, entries, offer)
        shown.left = left
        taken = await self.ask(shown)
        if taken is None:
            if (screen := self.desk_screen) is not None:
                await screen.read_again()  # u in the list may have reached further back
            return
        entry, fitting = taken
        await self.switch_mode("scheduler")
        if not isinstance(self.desk_screen, SchedulerScreen):
            return
        if fitting is not None:
            self.desk_screen.book_waiting(fitting, entry)
        else:
            self.desk_screen.take_patient(entry)

    @work(group="duplicates")
    async def review_duplicates(self) -> None:
        """Review who may be on record twice."""
        await self.ask(DuplicatesList(self.duplicates))
        if (screen := self.desk_screen) is not None:
            await screen.read_again()

    @work(group="command")
    async def action_command(self) -> None:
        """Do one line of the command grammar from a screen that shows no day; today is at hand."""
        commands = DeskCommand(self.scheduling, self.patients, self.inviting, self.sheets, self.waitlist)
        at_hand = AtHand(day=self.wall_now.date(), now=self.wall_now, in_access=self.current_mode == "access")
        command = await self.ask(CommandLine(commands, at_hand))
        if command is None:
            return
        if opens_something(command):
            self.show_by_verb(command.verb.value)
            return
        if command.verb in ABOUT_INVITATIONS and self.desk_screen is not None:
            await self.desk_screen.do_invitation(commands, command, at_hand)
            return
        await self.switch_mode("scheduler")
        if isinstance(self.desk_screen, SchedulerScreen):
            await self.desk_screen.carry_out(commands, command, at_hand)

    def lock_now(self) -> object:
        """Lock the screen."""

    def show_by_verb(self, verb: str) -> None:
        """Do what `sc`, `pi`, `pa`, `su`, `wl`, `dup` or `q` asks for."""
        match verb:
            case "wl":
                self.show_waitlist()
            case "dup":
                self.review_duplicates()
            case "q":
                self.leave_program()
            case "lk":
                self.lock_now()
            case "sc":
                self.switch_mode("scheduler")
            case "pi":
                self.action_patient()
            case "pa" if self.clinic.online:
                self.switch_mode("access")
            case "pa":
                self.say(OFF)
            case "su":
                self.switch_mode("set_up")
