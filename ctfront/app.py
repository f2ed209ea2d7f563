"""The app: modes, app-wide keys, theme."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from textual import events, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.worker import Worker

from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ClinicError
from ctfront.domain.grammar.commands import ABOUT_INVITATIONS
from ctfront.domain.happenings import Happening, Leads
from ctfront.domain.patients import PatientName
from ctfront.domain.staff import Act, Actor, Staff
from ctfront.domain.text import safe
from ctfront.domain.times import wall_clock
from ctfront.screens.desk_screen import DeskScreen
from ctfront.screens.modals.command_line import CommandLine
from ctfront.screens.modals.find_dialog import FindDialog
from ctfront.screens.modals.help import KeyList, keys_of
from ctfront.screens.modals.new_patient_form import NewPatientForm
from ctfront.screens.modals.news_list import NewsList
from ctfront.screens.patient_access import PatientAccessScreen
from ctfront.screens.patient_information import PatientInformationScreen
from ctfront.screens.scheduler import SchedulerScreen
from ctfront.screens.set_up import SetUpScreen
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.services.command_whom import AtHand
from ctfront.services.desk_command import ON_SCREEN, DeskCommand
from ctfront.services.happenings import Happenings
from ctfront.services.inviting import HOLD, OFF, Inviting
from ctfront.services.mail_post import MailPost
from ctfront.services.patient_access import PatientAccess
from ctfront.services.patients import Patients
from ctfront.services.profile import Profiles
from ctfront.services.scheduling import Scheduling
from ctfront.terminal.driver import DeskDriver
from ctfront.terminal.key_gate import GatedApp
from ctfront.terminal.plain import PlainDriver
from ctfront.theme import THEME
from ctfront.widgets.row_list import RowList

if TYPE_CHECKING:  # only handed on to the services
    from ctfront.data.database import Database

LAST_PATIENTS = 9
"""Patients shown that are remembered."""

POST_SECONDS = 1.0
"""Between two looks for mail that is due, in an app that sends."""

LEAST_WIDTH, LEAST_HEIGHT = 80, 24
"""Below that the screens don't fit: a message says so and keys are held."""

SCREENS = (SchedulerScreen, PatientInformationScreen, PatientAccessScreen, SetUpScreen)
"""The modes of the app."""


def key(keys: str, action: str, words: str, tooltip: str, id: str) -> Binding:
    """Make a binding that works on every screen, outside fields."""
    return Binding(keys, action, words, tooltip=tooltip, id=f"app.{id}")


class CTFrontApp(GatedApp, App[None]):
    """The front desk at one terminal."""

    BACKGROUND = GatedApp.BACKGROUND | {"post"}
    posting: Worker[None] | None = None
    """The look for mail that is under way."""

    CSS_PATH = Path(__file__).with_name("app.tcss")
    TITLE = "ctfront"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (LEAST_WIDTH, "-narrow"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (LEAST_HEIGHT, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = [
        key("f2", "show_mode('scheduler')", "Scheduler", "The day's schedule", "scheduler"),
        key("f3", "patient", "Patient Information", "The last patient, else find one", "patient"),
        key("f4", "access", "Patient Access", "Who is invited, who is enrolled", "access"),
        key("f6", "show_mode('set_up')", "Set-up", "Providers, hours, purposes, staff, events, clinic", "set_up"),
        key("slash", "find", "Find", "Find a patient", "find"),
        key("v,V", "news", "News", "What others did since you last looked", "news"),
        key("colon", "command", "Command line", "sc pi pa su bk mv ca ar go fo inv …", "command"),
        key("n,N", "new_patient", "New patient", "Add a patient", "new_patient"),
        key("question_mark,f1", "help", "Keys", "The keys that work here, searchable", "help"),
        key("ctrl+p", "help", "Palette", "Every act that works here, by its words", "palette"),
        key("ctrl+l", "repaint", "Repaint", "Draw the whole screen again", "repaint"),
    ]

    def __init__(
        self,
        database: "Database",
        clinic: Clinic,
        actor: Actor,
        clock: Callable[[], datetime],
        keymap: Mapping[str, str] | None = None,
        *,
        ascii_only: bool = False,
        hold: timedelta = HOLD,
        post: MailPost | None = None,
    ) -> None:
        super().__init__(driver_class=PlainDriver if ascii_only else DeskDriver)
        self.database = database
        self.clinic = clinic
        self.actor = actor
        self.clock = clock
        self.scheduling = Scheduling(database, clinic)
        self.patients, self.profiles = Patients(database, clinic, hold=hold), Profiles(database, clinic)
        self.clinic_setup = ClinicSetup(database, clinic)
        self.inviting = Inviting(database, clinic, hold=hold)
        self.patient_access = PatientAccess(database, clinic)
        self.happenings = Happenings(database, clinic)
        self.news_count = 0
        """What others did that this clerk has not seen."""
        self.register_theme(THEME)
        self.theme = THEME.name
        self.animation_level = "none"
        self.set_keymap(dict(keymap or {}))
        self.add_mode("scheduler", lambda: SchedulerScreen(self.scheduling, self.patients, self.inviting))
        of_a_patient = (self.patients, self.scheduling, self.inviting, self.profiles)
        self.add_mode("patient", lambda: PatientInformationScreen(*of_a_patient))
        self.add_mode("access", lambda: PatientAccessScreen(self.patient_access, self.inviting, self.scheduling))
        self.add_mode("set_up", lambda: SetUpScreen(self.clinic_setup, self.scheduling))
        self.post = post or MailPost(database, clinic.id, clock, lacking="")
        """How mail stands; sends it where the settings hold the log-in."""
        self.shown_patients: list[int] = []
        """Patients last shown, newest first."""

    @classmethod
    def key_names(cls) -> frozenset[str]:
        """Return the names by which a clinic's settings may give acts other keys."""
        places = {p for screen in (cls, *SCREENS, RowList) for p in screen.__mro__ if issubclass(p, DOMNode)}
        bindings = (binding for place in places for binding in place.__dict__.get("BINDINGS", ()))
        return frozenset(b.id for b in bindings if isinstance(b, Binding) and b.id)

    def on_mount(self) -> None:
        """Open on the Scheduler."""
        self.switch_mode("scheduler")

    def on_ready(self) -> None:
        """Let the keys in: the first screen stands. Mail is looked for from now on."""
        self.start_gate()
        if self.post.sends:
            self.set_interval(POST_SECONDS, self.look_for_mail)

    def look_for_mail(self) -> None:
        """Send what is due, unless it is being done."""
        if self.posting is None or self.posting.is_finished:
            self.posting = self.send_mail()

    @work(group="post")
    async def send_mail(self) -> None:
        """Send the mail that is due; no key waits for it."""
        try:
            await self.post.send_due()
        except ClinicError:
            return  # the mail waits, and the next look tries again

    # -- what screens ask of the app

    @property
    def now(self) -> datetime:
        """The present instant by the program's clock."""
        return self.clock()

    @property
    def wall_now(self) -> datetime:
        """The clinic's clock, without zone."""
        return wall_clock(self.clock(), self.clinic.zone)

    @property
    def today(self) -> date:
        """The date on the clinic's clock."""
        return self.wall_now.date()

    def act(self, *, batch_id: str | None = None) -> Act:
        """Frame a change: who, when and a new op id."""
        return Act(who=self.actor, at=self.clock().astimezone(UTC), op_id=uuid4().hex, batch_id=batch_id)

    @property
    def desk_screen(self) -> DeskScreen | None:
        """The screen in view, under any form."""
        return next((s for s in reversed(self.screen_stack) if isinstance(s, DeskScreen)), None)

    def say(self, sentence: str) -> None:
        """Put a sentence on the message line of the screen in view."""
        if (screen := self.desk_screen) is not None:
            screen.say(sentence)

    def adopt(self, saved: object) -> None:
        """Work on with what Set-up has saved: the clinic, or the rights of whoever is at the keyboard."""
        if isinstance(saved, Clinic):
            self.clinic = saved
            services = (self.scheduling, self.patients, self.clinic_setup, self.inviting, self.patient_access)
            for service in (*services, self.profiles, self.happenings):
                service.clinic = saved
        elif isinstance(saved, Staff) and saved.id == self.actor.id:
            rights = saved.rights if saved.active else frozenset()
            self.actor = replace(self.actor, name=saved.short_name, rights=rights)

    @work(group="show")
    async def show_on_scheduler(self, day: date, appointment_id: int | None = None) -> None:
        """Open the Scheduler on a day, with the cursor on an appointment."""
        await self.switch_mode("scheduler")
        if isinstance(self.desk_screen, SchedulerScreen):
            self.desk_screen.week_of = None
            self.desk_screen.go_to_day(day, appointment_id=appointment_id)

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

    def patients_in_hand(self) -> Sequence[int]:
        """Return the patients last shown, newest first."""
        return self.shown_patients

    # -- app-wide keys

    def action_patient(self) -> None:
        """Show the last patient, or find one."""
        if self.shown_patients:
            self.show_patient(self.shown_patients[0])
        else:
            self.action_find()

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
        try:
            providers = await self.scheduling.providers()
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        added = await self.ask(NewPatientForm(self.patients, providers, typed=typed))
        if added is not None:
            if not self.gone_on():
                await self.show_patient(added.patient.id).wait()  # the sentence belongs on that screen
            self.say(added.sentence)

    async def action_access(self) -> None:
        """Show Patient Access, or say why there is none."""
        if not self.clinic.online:
            self.say(OFF)
        else:
            await self.action_show_mode("access")

    async def action_show_mode(self, mode: str) -> None:
        """Show another screen as it was left."""
        if mode != self.current_mode:
            await self.switch_mode(mode)

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
        """List what others did since the clerk last looked, and go where one of them leads."""
        try:
            unseen = await self.happenings.unseen(self.actor)
            if unseen:
                await self.happenings.look(self.actor, self.clock(), until=unseen[0])
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        if not unseen:
            self.say("Nothing new since you last looked.")
            return
        await self.count_news()
        chosen = await self.ask(NewsList(unseen, self.clinic.tz))
        match chosen:
            case Happening(leads=Leads.SCHEDULER, day=date() as day):
                self.show_on_scheduler(day, chosen.subject_id)
            case Happening(leads=Leads.REQUESTS):
                self.show_request(chosen.subject_id)
            case Happening(leads=Leads.PATIENT_ACCESS):
                self.show_access(chosen.subject_id)

    @work(group="command")
    async def action_command(self) -> None:
        """Do one line of the command grammar from a screen that shows no day; today is at hand."""
        commands = DeskCommand(self.scheduling, self.patients, self.inviting)
        at_hand = AtHand(day=self.today, now=self.wall_now, in_access=self.current_mode == "access")
        command = await self.ask(CommandLine(commands, at_hand))
        if command is None:
            return
        if command.verb in ON_SCREEN:
            self.show_by_verb(command.verb.value)
            return
        if command.verb in ABOUT_INVITATIONS and self.desk_screen is not None:
            await self.desk_screen.do_invitation(commands, command, at_hand)
            return
        await self.switch_mode("scheduler")
        if isinstance(self.desk_screen, SchedulerScreen):
            await self.desk_screen.carry_out(commands, command, at_hand)

    def show_by_verb(self, verb: str) -> None:
        """Do what `sc`, `pi`, `pa`, `su` or `q` asks for."""
        match verb:
            case "q":
                self.exit()
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

    def on_resize(self, event: events.Resize) -> None:
        """Hold the keys while the terminal is too small to work in."""
        self.keys_are_held = event.size.width < LEAST_WIDTH or event.size.height < LEAST_HEIGHT

    def action_repaint(self) -> None:
        """Draw the whole screen again."""
        self.refresh(repaint=True, layout=True)

    # -- the key gate speaks

    def wait_long(self, held: int) -> None:
        """Say that keys are held while the database is slow."""
        keys = "key" if held == 1 else "keys"
        self.say(f"Waiting for the database. Esc drops the {held} {keys} typed ahead.")

    def wait_over(self) -> None:
        """Take the waiting message away."""
        if (screen := self.desk_screen) is not None and screen.message.text.startswith("Waiting for"):
            screen.message.show(safe(screen.standing_message()))

    def wait_broken(self, dropped: int) -> None:
        """Say how many keys were dropped."""
        keys = "key" if dropped == 1 else "keys"
        self.say(f"{dropped} {keys} dropped. What was begun may still come.")

    def came_late(self) -> None:
        """Say that a form or question was left out."""
        self.say("What you asked for came late and was left out; ask again.")
