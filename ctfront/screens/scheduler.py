"""The Scheduler as the clerk has it: the schedule, its acts, the hand, and the ways to find."""

from typing import ClassVar

from textual import events, work
from textual.binding import BindingType

from ctfront.domain.appointments import Place
from ctfront.domain.errors import ClinicError
from ctfront.domain.grammar.commands import ABOUT_INVITATIONS, Command, Verb
from ctfront.domain.staff import Right
from ctfront.domain.times import show_date, time_of
from ctfront.screens.desk_screen import WATCH_SECONDS, action_name
from ctfront.screens.modals.command_line import CommandLine
from ctfront.screens.modals.go_to import GoTo
from ctfront.screens.modals.openings_list import OpeningsList
from ctfront.screens.modals.question import Question
from ctfront.screens.modals.series_dates import SeriesDates
from ctfront.screens.scheduler_hand import FREE_IN_HAND, PUT_DOWN_FIRST, SchedulerHand
from ctfront.screens.scheduler_view import key
from ctfront.services.command_whom import AtHand
from ctfront.services.day_sheets import DaySheets
from ctfront.services.desk_command import DeskCommand, opens_something
from ctfront.services.inviting import Inviting
from ctfront.services.patients import Patients
from ctfront.services.scheduling import Scheduling
from ctfront.services.waitlist import Waitlist
from ctfront.widgets.day_grid import EMPTY, DayGrid
from ctfront.widgets.lines import SCHEDULER_KEYS, Keys


class SchedulerScreen(SchedulerHand):
    """The Scheduler."""

    KEYS: ClassVar[Keys] = SCHEDULER_KEYS
    BINDINGS: ClassVar[list[BindingType]] = [
        key("g,G", "go_to", "Go to", "Go to a date", "go_to"),
        key("f,F", "openings", "Openings", "The next free starts for a purpose", "openings"),
        key("colon", "command", "Command line", "bk wi mv ca ar go fo wl ds inv dup del q …", "command"),
        key("i,I", "info", "patient Info", "Open Patient Information on the appointment's patient", "info"),
    ]

    def __init__(
        self,
        scheduling: Scheduling,
        patients: Patients,
        inviting: Inviting,
        sheets: DaySheets,
        waitlist: Waitlist,
    ) -> None:
        super().__init__(scheduling, patients)
        self.waitlist = waitlist
        self.inviting = inviting
        self.sheets = sheets

    looked_at = 0
    """The newest change that a look has seen and that touched nothing of what is shown."""

    def on_mount(self) -> None:
        """Look for what other desks change, and for what is new to this clerk."""
        self.set_interval(WATCH_SECONDS, self.look_out)
        self.count_news()

    @work(group="news")
    async def count_news(self) -> None:
        """Count what the clerk has not seen."""
        await self.desk.count_news()

    def look_out(self) -> None:
        """Look for changes unless the last look is still under way: breaking it off would never see any."""
        if not self.query(DayGrid):
            return  # the app is being left
        if self.watching is None or self.watching.is_finished:
            self.watching = self.watch_others()

    def on_key(self, event: events.Key) -> None:
        """While something is in hand, let only keys that move or find through."""
        if self.hand is None:
            return
        active = self.active_bindings.get(event.key)
        if active is None:
            return
        if action_name(active.binding.action) not in FREE_IN_HAND:
            event.stop()
            event.prevent_default()  # the base class would clear the sentence
            self.say(PUT_DOWN_FIRST)

    @work(group="go_to")
    async def action_go_to(self) -> None:
        """Ask for a date and show it."""
        desk = self.desk
        day = await desk.ask(GoTo(today=desk.today, at_hand=self.day, order=desk.clinic.date_order))
        if day is not None:
            self.day = day
            await self.load()
            self.say(show_date(day))

    @work(group="openings")
    async def action_openings(self) -> None:
        """List the next free starts; the one taken opens the booking form, or is where the hand goes."""
        desk = self.desk
        try:
            providers, purposes = await self.scheduling.providers(), await self.scheduling.purposes()
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        shown = self.in_hand or self.waiting_in_hand or self.grid.appointment
        text = shown.purpose_letter if shown is not None else ""
        taken = await desk.ask(
            OpeningsList(
                self.scheduling,
                providers,
                purposes,
                text=text,
                start=max(self.day, desk.today),
                not_before=desk.wall_now,
            )
        )
        if taken is None:
            self.show_standing()
            return
        start, purpose = taken
        self.day, self.week_of = start.day, None
        place = Place(provider_id=start.provider_id, day=start.day, start=time_of(start.minute))
        await self.load(place=place)
        if self.in_hand is not None or self.several:
            self.show_standing()
        elif await self.book_here(patient=self.patient_in_hand, purpose_id=purpose.id, waiting=self.waiting_in_hand):
            self.hold(None)

    @work(group="command")
    async def action_command(self) -> None:
        """Do one line of the command grammar."""
        commands = DeskCommand(self.scheduling, self.patients, self.inviting, self.sheets, self.waitlist)
        at_hand = AtHand(day=self.day, now=self.desk.wall_now)
        self.grid.show_numbers(True)
        command = await self.desk.ask(CommandLine(commands, at_hand))
        self.grid.show_numbers(False)
        if command is not None:
            await self.carry_out(commands, command, at_hand)

    async def carry_out(self, commands: DeskCommand, command: Command, at_hand: AtHand) -> None:
        """Do a line that was read, and show what it touched."""
        if opens_something(command):
            self.desk.show_by_verb(command.verb.value)
            return
        if command.verb in ABOUT_INVITATIONS:
            await self.do_invitation(commands, command, at_hand)
            return
        try:
            if command.verb is Verb.DELETE:
                self.desk.actor.require(Right.DELETE)
                whom = await commands.meant(command, at_hand)
                if not await self.desk.ask(Question(f"Delete {whom}?", yes="delete")):
                    return
            if (plan := await commands.series(command, at_hand)) is not None:
                await self.show_series(await self.desk.ask(SeriesDates(self.scheduling, plan)))
                return
            said = await commands.do(self.desk.act, command, at_hand)
        except ClinicError as refusal:
            await self.load()
            self.say(str(refusal))
            return
        if said.day is not None and said.day != self.day:
            self.day, self.week_of = said.day, None
        await self.load(appointment_id=said.appointment_id)
        if said.left:
            await self.say_freed(said.sentence, said.left)
        else:
            self.say(said.sentence)

    async def show_changes(self, patient_id: int) -> None:
        """Read the day again: the pane says how the patient stands."""
        await self.load()

    def action_info(self) -> None:
        """Open the patient of the appointment under the cursor."""
        if self.grid.appointment is None:
            self.say("No appointment here, so no patient; / finds one.")
        else:
            self.desk.show_patient(self.grid.appointment.patient.id)

    @work(group="watch")
    async def watch_others(self) -> None:
        """Read the shown day again when another desk has touched it; the cursor stays where it is."""
        if self.grid.schedule is EMPTY and not self.glance.display:
            return
        seen = max(self.in_view.change_seen, self.looked_at)
        try:
            newest, days = await self.scheduling.changes_since(seen)
            if not self.query(DayGrid):
                return  # the app was left meanwhile
            if newest == seen:
                if self.grid.schedule.has_ended_hold(self.desk.wall_now):
                    await self.load()
                return
            clinic = await self.scheduling.set_up_since(seen)
            patients = await self.scheduling.patients_since(seen)
        except ClinicError:
            return  # the next act says so; a watcher has nobody to tell
        if not self.query(DayGrid):
            return
        shown = {self.day, *self.in_view.days_shown}
        await self.desk.count_news()
        if clinic is not None:
            self.desk.adopt(clinic)
        if clinic is not None or shown & days or patients & self.known.keys():
            await self.load()
        else:
            self.looked_at = newest
