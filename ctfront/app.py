"""The app: modes, app-wide keys, theme."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.worker import Worker

from ctfront.domain.appointments import Appointment
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ClinicError
from ctfront.domain.keymap import KeyAct, changed, check_keys, switched
from ctfront.domain.staff import Actor, Right, Staff
from ctfront.domain.text import Shown, safe
from ctfront.left_forms import LeftForms
from ctfront.locking import Locking
from ctfront.screens.patient_access import PatientAccessScreen
from ctfront.screens.patient_information import PatientInformationScreen
from ctfront.screens.scheduler import SchedulerScreen
from ctfront.screens.set_up import SetUpScreen
from ctfront.services.bulk_inviting import BulkInviting
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.services.day_sheets import DaySheets, Paper
from ctfront.services.drafts import Drafts
from ctfront.services.duplicates import Duplicates
from ctfront.services.happenings import Happenings
from ctfront.services.inviting import HOLD, Inviting
from ctfront.services.mail_post import MailPost
from ctfront.services.patient_access import PatientAccess
from ctfront.services.patients import Patients
from ctfront.services.pins import Pins
from ctfront.services.profile import Profiles
from ctfront.services.scheduling import Scheduling
from ctfront.services.viewing import Viewing
from ctfront.services.waitlist import Waitlist
from ctfront.terminal.driver import DeskDriver, PlainDriver
from ctfront.theme import THEME
from ctfront.widgets.lines import LEAST_HEIGHT, LEAST_WIDTH
from ctfront.widgets.row_list import RowList

if TYPE_CHECKING:  # only handed on to the services
    from ctfront.data.database import Database

POST_SECONDS = 1.0
"""Between two looks for mail that is due."""

SCREENS = (SchedulerScreen, PatientInformationScreen, PatientAccessScreen, SetUpScreen)
"""The modes of the app."""

LISTS = (PatientAccessScreen, SetUpScreen)
"""Those that show a list under a cursor."""


def key(keys: str, action: str, words: str, tooltip: str, id: str) -> Binding:
    """Make a binding that works on every screen, outside fields."""
    return Binding(keys, action, words, tooltip=tooltip, id=f"app.{id}")


REMAPPED = ("app.", "scheduler.", "patient.", "access.", "set_up.", "list.")
"""How the ids of the acts begin that may have other keys, in the order in which they are shown."""


def _key_act(binding: Binding, keymap: Mapping[str, str]) -> KeyAct:
    shipped = tuple(binding.key.split(","))
    id = binding.id or ""
    keys = tuple(keymap[id].split(",")) if id in keymap else shipped
    return KeyAct(id=id, words=binding.tooltip or binding.description, keys=keys, shipped=shipped, places=frozenset())


def keep_no_keys(keymap: Mapping[str, str]) -> None:
    """Refuse other keys where there is no settings file."""
    raise ClinicError("There is no settings file to keep keys in.")


class CTFrontApp(Locking):
    """The front desk at one terminal."""

    BACKGROUND = LeftForms.BACKGROUND | {"post", "bell"}
    said_before_wait: Shown | None = None
    """What an act had said when the clerk was told to wait."""
    waiting_words = ""
    """What the clerk was told then."""
    has_set_up = False
    """Whether anything of Set-up was saved since the start, here or at another desk."""
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
        key("f5", "waiting_form", "Waiting form", "Go back to the form that waits", "waiting_form"),
        key("f6", "show_mode('set_up')", "Set-up", "Providers, hours, purposes, staff, events, clinic", "set_up"),
        key("slash", "find", "Find", "Find a patient", "find"),
        key("v,V", "news", "News", "What others did since you last looked", "news"),
        key("colon", "command", "Command line", "sc pi pa su bk wi mv ca ar go fo wl ds inv dup lk …", "command"),
        key("n,N", "new_patient", "New patient", "Add a patient", "new_patient"),
        key("question_mark,f1", "help", "Keys", "The keys that work here, searchable", "help"),
        key("ctrl+p", "help", "Palette", "Every act that works here, by its words", "palette"),
        key("ctrl+k", "pin", "PIN", "Choose the PIN that unlocks your screen; :lk locks it", "pin"),
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
        paper: Paper | None = None,
        keep_keys: Callable[[Mapping[str, str]], None] = keep_no_keys,
        walking: Mapping[str, str] | None = None,
        lock_after: timedelta | None = None,
    ) -> None:
        super().__init__(driver_class=PlainDriver if ascii_only else DeskDriver)
        self.database = database
        self.clinic = clinic
        self.actor = actor
        self.clock = clock
        self.scheduling = Scheduling(database, clinic)
        self.patients, self.profiles = Patients(database, clinic, hold=hold), Profiles(database, clinic)
        self.clinic_setup = ClinicSetup(database, clinic, paper.folder if paper else None)
        self.inviting = Inviting(database, clinic, hold=hold)
        self.bulk_inviting = BulkInviting(database, clinic, hold=hold)
        self.patient_access = PatientAccess(database, clinic)
        self.happenings = Happenings(database, clinic)
        self.sheets = DaySheets(self.scheduling, self.patients, paper)
        self.waitlist = Waitlist(database, self.scheduling)
        self.duplicates = Duplicates(database, clinic)
        self.drafts, self.pins = Drafts(database, clinic), Pins(database, clinic)
        self.lock_after = lock_after
        self.register_theme(THEME)
        self.theme = THEME.name
        self.animation_level = "none"
        self.keymap = dict(keymap or {})
        self.set_keymap(self.keymap)
        self.keep_keys = keep_keys
        """Writes the keymap where the next start finds it."""
        self.walking = walking or {}
        """The keys with which letters walk."""
        of_the_day = (self.scheduling, self.patients, self.inviting, self.sheets, self.waitlist)
        self.add_mode("scheduler", lambda: SchedulerScreen(*of_the_day))
        of_a_patient = (self.patients, self.scheduling, self.inviting, self.profiles, self.waitlist)
        self.add_mode("patient", lambda: PatientInformationScreen(*of_a_patient))
        of_access = (self.patient_access, self.inviting, self.bulk_inviting)
        self.add_mode("access", lambda: PatientAccessScreen(*of_access))
        self.add_mode("set_up", lambda: SetUpScreen(self.clinic_setup, self.scheduling))
        self.post = post or MailPost(database, clinic.id, clock, lacking="")
        """How mail stands; sends it where the settings hold the log-in."""
        self.shown_patients, self.waiting = [], []
        self.viewing = Viewing(database, clinic, self.act)
        """Whom this session has looked at, until it is written down."""

    @classmethod
    def key_names(cls) -> frozenset[str]:
        """Return the names by which a clinic's settings may give acts other keys."""
        places = {p for screen in (cls, *SCREENS, RowList) for p in screen.__mro__ if issubclass(p, DOMNode)}
        bindings = (binding for place in places for binding in place.__dict__.get("BINDINGS", ()))
        return frozenset(b.id for b in bindings if isinstance(b, Binding) and b.id)

    def key_acts(self) -> tuple[KeyAct, ...]:
        """Return the acts of all screens with their keys."""
        return self.acts_by(self.keymap)

    @classmethod
    def acts_by(cls, keymap: Mapping[str, str]) -> tuple[KeyAct, ...]:
        """Return the acts of all screens with the keys that a keymap gives them."""
        found: dict[str, KeyAct] = {}
        for screen in SCREENS:
            places = {*screen.__mro__, *cls.__mro__, *((RowList,) if screen in LISTS else ())}
            for place in places:
                for binding in place.__dict__.get("BINDINGS", ()) if issubclass(place, DOMNode) else ():
                    if isinstance(binding, Binding) and binding.id and binding.id.startswith(REMAPPED):
                        known = found.get(binding.id) or _key_act(binding, keymap)
                        found[binding.id] = replace(known, places=known.places | {screen.__name__})
        return tuple(
            sorted(found.values(), key=lambda act: (REMAPPED.index(act.id.partition(".")[0] + "."), act.words))
        )

    @property
    def letters_walk(self) -> bool:
        """Whether h j k l walk as the arrows do."""
        return bool(self.walking) and self.walking.items() <= self.keymap.items()

    async def change_keys(self, act: KeyAct, keys: tuple[str, ...]) -> None:
        """Give an act other keys for everybody, at once. Raises `ClinicError`."""
        await self._keep_keymap(changed(self.keymap, act, keys))

    async def let_letters_walk(self, on: bool) -> None:
        """Let h j k l walk, or no longer. Raises `ClinicError`."""
        keymap = switched(self.keymap, on, self.walking)
        acts = self.acts_by(keymap)
        for act in acts:
            if on and act.id in self.walking:
                check_keys(acts, act, act.keys)
        await self._keep_keymap(keymap)

    async def _keep_keymap(self, keymap: dict[str, str]) -> None:
        self.actor.require(Right.SET_UP)
        await asyncio.to_thread(self.keep_keys, keymap)
        self.keymap = keymap
        self.set_keymap(keymap)

    def on_mount(self) -> None:
        """Open on the Scheduler."""
        self.switch_mode("scheduler")

    def on_ready(self) -> None:
        """Let the keys in: the first screen stands. Mail is looked for from now on."""
        self.start_gate()
        self.hear_news()
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

    def looked_at(self, patient_id: int) -> None:
        """Remember for the audit trail that a patient's record was shown."""
        self.viewing.note(patient_id, self.now)
        if self.viewing.is_full:
            self.write_views()

    @work(group="post")
    async def write_views(self) -> None:
        """Write down who was looked at; no key waits for it."""
        with suppress(ClinicError):  # they are kept, and written with the next ones
            await self.viewing.write()

    # -- what screens ask of the app

    @property
    def now(self) -> datetime:
        """The present instant by the program's clock."""
        return self.clock()

    @property
    def today(self) -> date:
        """The date on the clinic's clock."""
        return self.wall_now.date()

    async def undo(self) -> str:
        """Take back the clerk's last act and return the sentence that says which. Raises `ClinicError`."""
        said = await self.scheduling.undo(self.act())
        if not self.has_set_up:
            return said
        with suppress(ClinicError):  # taken back it is; the next reading shows what this one could not
            self.adopt(await self.clinic_setup.current_clinic())
            for person in await self.clinic_setup.staff():
                self.adopt(person)
        return said

    async def mail_banner(self) -> str:
        """Return why mail waits, empty when it does not. Raises `ClinicError`."""
        return await self.post.banner(for_manager=Right.SET_UP in self.actor.rights)

    async def print_list(self, heading: str, whom: Sequence[Appointment], why: Mapping[int, str] | None = None) -> str:
        """Print or save whom to call, and why each by id; return the sentence. Raises `ClinicError`."""
        return await self.sheets.put_out_list(heading, whom, now=self.wall_now, why=why)

    async def switch_clerk(self, them: Staff) -> None:
        """Work on as a colleague; what the other has viewed is written down as theirs."""
        await self.write_views().wait()
        await super().switch_clerk(them)

    def adopt(self, saved: object) -> None:
        """Work on with what Set-up has saved: the clinic, or the rights of whoever is at the keyboard."""
        self.has_set_up = True
        if isinstance(saved, Clinic):
            if saved.version < self.clinic.version:
                return  # a watcher read it before the latest save
            self.clinic = saved
            services = (self.scheduling, self.patients, self.profiles, self.clinic_setup, self.inviting)
            for service in (
                *services,
                self.bulk_inviting,
                self.patient_access,
                self.happenings,
                self.duplicates,
                self.drafts,
                self.pins,
            ):
                service.clinic = saved
        elif isinstance(saved, Staff) and saved.id == self.actor.id:
            rights = saved.rights if saved.active else frozenset()
            self.actor = replace(self.actor, name=saved.short_name, rights=rights)

    def on_resize(self, event: events.Resize) -> None:
        """Hold the keys while the terminal is too small to work in."""
        self.keys_are_held = event.size.width < LEAST_WIDTH or event.size.height < LEAST_HEIGHT

    def action_repaint(self) -> None:
        """Draw the whole screen again."""
        self.forget_output()

    # -- the key gate speaks

    def wait_long(self, held: int) -> None:
        """Say that keys are held while the database is slow."""
        keys = "key" if held == 1 else "keys"
        screen = self.desk_screen
        if screen is not None and screen.message.text not in (screen.standing_message(), self.waiting_words):
            self.said_before_wait = screen.message.text
        self.waiting_words = f"Waiting for the database. Esc drops the {held} {keys} typed ahead."
        self.say(self.waiting_words)

    def wait_over(self) -> None:
        """Say again what the waiting message stood over, the result of an act perhaps."""
        if (screen := self.desk_screen) is not None and screen.message.text == self.waiting_words:
            screen.message.show(self.said_before_wait or safe(screen.standing_message()))
        self.said_before_wait = None

    def wait_broken(self, dropped: int) -> None:
        """Say how many keys were dropped."""
        keys = "key" if dropped == 1 else "keys"
        self.say(f"{dropped} {keys} dropped. What was begun may still come.")

    def came_late(self) -> None:
        """Say that a form or question was left out."""
        self.say("What you asked for came late and was left out; ask again.")
