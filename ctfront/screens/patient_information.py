"""Patient Information: who the patient is, how to reach them, and their appointments."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ctfront.domain.appointments import Appointment
from ctfront.domain.drafts import Left
from ctfront.domain.errors import ClinicError
from ctfront.domain.families import Relative
from ctfront.domain.invitations import OnlineAccess, Source
from ctfront.domain.patients import BookingNotes, Patient
from ctfront.domain.text import safe
from ctfront.domain.waitlist import WaitlistEntry
from ctfront.screens.appointment_acts import AppointmentActs, where_and_day
from ctfront.screens.desk_screen import WATCH_SECONDS
from ctfront.screens.modals.family_form import FamilyForm
from ctfront.screens.modals.notice import Notice
from ctfront.screens.modals.profile_form import ProfileForm
from ctfront.services.inviting import OFF, Inviting
from ctfront.services.patients import Patients
from ctfront.services.profile import Profiles
from ctfront.services.scheduling import Scheduling
from ctfront.services.waitlist import Waitlist
from ctfront.widgets.key_line import KeyLine
from ctfront.widgets.online_block import field_spoken_of, online_words
from ctfront.widgets.patient_card import appointment_line, card_lines, next_index
from ctfront.widgets.waitlist_words import waits_words
from ctfront.widgets.words import Words

PAGE = 8
"""Rows that PgUp and PgDn go."""


def key(keys: str, action: str, words: str, tooltip: str, id: str) -> Binding:
    """Make a binding of Patient Information; its id lets a clinic remap it."""
    return Binding(keys, action, words, tooltip=tooltip, id=f"patient.{id}")


class PatientInformationScreen(AppointmentActs):
    """One patient; arrows walk the appointments."""

    NAME: ClassVar[str] = "PATIENT INFORMATION"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("b", "Book"),
        ("e", "Edit"),
        ("m", "Move"),
        ("c", "Cancel"),
        ("a", "Arrived"),
        ("k", "Mark"),
        ("s", "Send Invitation"),
        ("r", "Review Account"),
        ("Enter", "Show appointment"),
        ("/", "Find"),
        ("n", "New patient"),
        ("F2", "Scheduler"),
        ("?", "Keys"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        key("down", "walk(1)", "Next", "The appointment below", "down"),
        key("up", "walk(-1)", "Before", "The appointment above", "up"),
        key("pagedown", f"walk({PAGE})", "Page down", "A page down", "page_down"),
        key("pageup", f"walk(-{PAGE})", "Page up", "A page up", "page_up"),
        key("enter", "show", "Show", "Show the appointment on the Scheduler", "show"),
        key("b,B", "book", "Book", "Take the patient to the Scheduler", "book"),
        key("e,E", "edit", "Edit", "Change the patient's profile", "edit"),
        Binding(
            "f,F", "openings", "Find openings", tooltip="The next free starts for the patient", id="patient.openings"
        ),
        key("m,M", "move", "Move", "Pick the appointment up on the Scheduler", "move"),
        key("c,C", "cancel", "Cancel", "Cancel the appointment, with a reason", "cancel"),
        key("a,A", "mark('a')", "Arrived", "Mark the appointment arrived", "arrived"),
        key("o,O", "mark('o')", "checked Out", "Mark it checked out", "checked_out"),
        key("k,K", "mark_menu", "marK", "Mark any status; approve a request", "mark"),
        key("s,S", "send", "Send Invitation", "Invite the patient to book online", "send"),
        key("u,U", "undo", "Undo", "Take back my last act", "undo"),
        key("l,L", "link", "Link family", "Enter who belongs to the patient, or take one away", "link"),
        key("r,R", "review", "Review Account", "Open Patient Access on the patient", "review"),
    ]

    def __init__(
        self,
        patients: Patients,
        scheduling: Scheduling,
        inviting: Inviting,
        profiles: Profiles,
        waitlist: Waitlist,
    ) -> None:
        super().__init__()
        self.waitlist = waitlist
        self.waits_for: tuple[WaitlistEntry, ...] = ()
        """What the patient is on the waitlist for."""
        self.profiles = profiles
        self.patients = patients
        self.scheduling = scheduling
        self.inviting = inviting
        self.access: OnlineAccess | None = None
        """How the patient stands with Online Appointments."""
        self.patient: Patient | None = None
        self.wanted_id: int | None = None
        """Who is asked for and not read yet; outlives a reading that was given up."""
        self.provider_name = ""
        self.notes = BookingNotes()
        self.family: tuple[Relative, ...] = ()
        self.seen = 0
        """The newest change that is in what is shown."""
        self.appointments: tuple[Appointment, ...] = ()
        self.cursor = 0

    def compose_body(self) -> ComposeResult:
        """Lay the card above the appointments."""
        with Vertical(id="patient-body"):
            yield Words(id="card")
            yield Words(id="visits")

    def on_mount(self) -> None:
        """Look for what others, and the sender of mails, do to the patient."""
        self.set_interval(WATCH_SECONDS, self.look_out)

    def look_out(self) -> None:
        """Look for changes while the screen is in view, unless the last look is still under way."""
        if self.is_current and self.patient and (self.watching is None or self.watching.is_finished):
            self.watching = self.watch_others()

    @work(group="watch")
    async def watch_others(self) -> None:
        """Read the patient again when something has changed; the cursor stays on its appointment."""
        patient = self.patient
        try:
            newest = await self.patients.newest_change()
        except ClinicError:
            return  # the next act says so; a watcher has nobody to tell
        if newest != self.seen and patient is not None and self.patient is patient:
            await self.read(patient.id, keep_cursor=True, instead_of=patient)
            await self.desk.count_news()

    def show_patient(self, patient_id: int) -> None:
        """Read a patient and put the cursor on the next appointment; until then no key acts on the one before."""
        self.wanted_id = patient_id
        if self.patient is not None and self.patient.id != patient_id:
            self.patient, self.access, self.appointments, self.cursor = None, None, (), 0
        self.load(patient_id)

    def on_screen_resume(self) -> None:
        """Read again: a colleague may have changed what is shown."""
        self.refresh_title()
        online = self.desk.clinic.online
        self.query_one(KeyLine).show(tuple(pair for pair in self.KEYS if online or pair[0] not in {"s", "r"}))
        if self.wanted_id is not None:
            self.load(self.wanted_id)  # who was asked for just now, not who stood here before
        elif self.patient is not None:
            self.load(self.patient.id, keep_cursor=True)

    def set_aside(self) -> Callable[[], Awaitable[None]]:
        """Show the patient of now again when the form that waits comes back."""
        patient = self.patient

        async def come_back() -> None:
            if patient is not None and (self.patient is None or self.patient.id != patient.id):
                self.show_patient(patient.id)

        return come_back

    async def show_changes(self, patient_id: int) -> None:
        """Read the patient again, if it is the one shown."""
        if self.patient is not None and self.patient.id == patient_id:
            await self.read(patient_id, keep_cursor=True)

    @work(group="load", exclusive=True)
    async def load(self, patient_id: int, *, keep_cursor: bool = False) -> None:
        """Read the patient and the appointments."""
        await self.read(patient_id, keep_cursor=keep_cursor)

    async def read(self, patient_id: int, *, keep_cursor: bool = False, instead_of: Patient | None = None) -> None:
        """Read and show; a look that nobody asked for gives way to whatever was read since `instead_of`."""
        try:
            seen = await self.patients.newest_change()
            patient = await self.patients.patient(patient_id)
            appointments = await self.patients.appointments_of(patient_id)
            providers = {p.id: p.name for p in await self.scheduling.providers()}
            notes = await self.patients.booking_notes(patient_id, today=self.desk.today)
            family = await self.patients.family(patient_id)
            access = await self.inviting.access([patient_id], now=self.desk.now)
            waits_for = await self.waitlist.entries_of(patient_id)
        except ClinicError as refusal:
            if instead_of is None:
                self.wanted_id = None
                self.say(str(refusal))
            return
        if instead_of is not None and (self.patient is not instead_of or not self.query("#card")):
            return  # somebody else is shown, or the app was left
        if self.patient is not None and self.patient.id == patient_id and seen < self.seen:
            return  # a reading that began earlier never replaces a later one
        standing = self.appointments[self.cursor].id if keep_cursor and self.appointments else None
        if self.wanted_id not in {None, patient_id}:
            return  # somebody else was asked for meanwhile
        self.wanted_id = None
        self.patient, self.appointments, self.seen = patient, appointments, seen
        self.access, self.notes = access.get(patient_id), notes
        self.family, self.waits_for = family, waits_for
        self.provider_name = providers.get(patient.preferred_provider_id or 0, "")
        places = [n for n, a in enumerate(appointments) if a.id == standing]
        self.cursor = places[0] if places else next_index(appointments, self.desk.today)
        self.paint()
        if instead_of is None:
            self.desk.looked_at(patient_id)

    def on_resize(self, event: events.Resize) -> None:
        """Show as many rows as there is room for."""
        self.paint()

    def paint(self) -> None:
        """Draw card and rows."""
        if self.patient is None:
            self.query_one("#card", Words).show(safe("No patient yet: / finds one, n adds one."))
            return
        desk = self.desk
        card = card_lines(
            self.patient,
            today=desk.today,
            zone=desk.clinic.tz,
            provider=self.provider_name,
            no_shows=self.notes.no_shows_word,
            family=self.family,
        )
        card += [safe(f"Waiting   {waits_words(entry)}") for entry in self.waits_for]
        if self.access is not None and desk.clinic.online:
            online = online_words(self.access, now=desk.now, zone=desk.clinic.tz)
            told = [f"Online    {online.what}", *(f"          {more}" for more in (online.where, online.keys) if more)]
            card += [safe(line) for line in told]
        self.query_one("#card", Words).show(*card)
        self._show_visits(max(3, self.size.height - len(card) - 6))
        self.refresh_title()

    def _show_visits(self, room: int) -> None:
        count = len(self.appointments)
        heading = safe(f"Appointments: {count}" if count else "No appointments")
        first = max(0, min(self.cursor - room // 2, count - room))
        shown = self.appointments[first : first + room]
        here = self.cursor - first
        rows = [
            safe(f"{'▸' if number == here else ' '}{appointment_line(appointment, today=self.desk.today)}")
            for number, appointment in enumerate(shown)
        ]
        self.query_one("#visits", Words).show(heading, *rows, cursor=here + 1 if rows else None)

    def action_walk(self, step: int) -> None:
        """Move the cursor."""
        if self.appointments:
            self.cursor = max(0, min(self.cursor + step, len(self.appointments) - 1))
            self.paint()

    def action_show(self) -> None:
        """Show the appointment under the cursor on the Scheduler."""
        if self.appointments:
            appointment = self.appointments[self.cursor]
            self.desk.show_on_scheduler(appointment.day, appointment.id)
        else:
            self.say("No appointment to show; b books one.")

    # -- the appointment under the cursor

    def appointment_here(self, verb: str) -> Appointment | None:
        """Return the appointment under the cursor, or say that there is none."""
        if not self.appointments:
            self.say(f"No appointment here to {verb}; b books one.")
            return None
        return self.appointments[self.cursor]

    async def show_again(self, appointment: Appointment | None = None) -> None:
        """Read the patient again; the cursor stays on its appointment."""
        await self.read_again()

    def told(self, appointment: Appointment) -> str:
        """Name the day, too: the list holds many."""
        return where_and_day(appointment)

    def action_move(self) -> None:
        """Pick the appointment up on the Scheduler."""
        if (appointment := self.appointment_here("move")) is not None:
            self.desk.pick_up_on_scheduler(appointment)

    # -- booking

    def _bookable(self) -> Patient | None:
        """Return the patient, or say why nothing can be booked."""
        if self.patient is None:
            self.say("No patient yet: / finds one.")
        elif not self.patient.active:
            self.say(f"{self.patient.name} is inactive; make the patient active again first.")
        else:
            return self.patient
        return None

    def action_book(self) -> None:
        """Take the patient in hand to the Scheduler."""
        if (patient := self._bookable()) is not None:
            self.desk.book_in_hand(patient)

    def action_openings(self) -> None:
        """List the next free starts, the patient in hand."""
        if (patient := self._bookable()) is not None:
            self.desk.find_openings_for(patient)

    @work(group="edit")
    async def action_edit(self) -> None:
        """Change the patient's profile."""
        await self.edit_profile()

    async def edit_profile(self, *, left: Left | None = None) -> None:
        """Change the profile of the patient shown; a form that was `left` in the middle stands as it was."""
        if self.patient is None:
            self.say("No patient yet: / finds one.")
            return
        try:
            patient = await self.patients.patient(self.patient.id)
            providers = await self.scheduling.providers()
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        first = field_spoken_of(self.access) if self.access is not None and self.desk.clinic.online else "last_name"
        form = ProfileForm(self.profiles, patient, providers, first=first)
        form.open_from(left)
        edited = await self.desk.ask(form)
        if edited is not None:
            if (
                self.patient is not None and self.patient.id == patient.id
            ):  # else the save came late, and the clerk has gone on
                await self.read(patient.id, keep_cursor=True)
            self.desk.say(edited.sentence)

    @work(group="edit")
    async def action_link(self) -> None:
        """Enter who belongs to the patient, or take one away."""
        patient = self.patient
        if patient is None:
            self.say("No patient yet: / finds one.")
            return
        try:
            family = await self.patients.family(patient.id)
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        said = await self.desk.ask(FamilyForm(self.patients, patient, family))
        if said is not None:
            await self.show_changes(patient.id)
            self.desk.say(said)

    @work(group="send")
    async def action_send(self) -> None:
        """Send the invitation; whatever comes of it is one message."""
        if self.patient is None:
            self.say("No patient yet: / finds one.")
            return
        if not self.desk.clinic.online:
            self.say(OFF)
            return
        try:
            said = await self.inviting.invite(self.desk.act(), self.patient.id, source=Source.PATIENT_INFORMATION)
            sent = True
        except ClinicError as refusal:
            said, sent = str(refusal), False
        await self.read(self.patient.id, keep_cursor=True)
        if await self.desk.ask(Notice([said], undoable=sent)):
            await self.take_back()

    async def read_again(self) -> None:
        """Read the patient again."""
        if self.patient is not None:
            await self.read(self.patient.id, keep_cursor=True)

    def action_review(self) -> None:
        """Open Patient Access on the patient."""
        if not self.desk.clinic.online:
            self.say(OFF)
        elif self.patient is None:
            self.say("No patient yet: / finds one.")
        else:
            self.desk.show_access(self.patient.id)

    def title_left(self) -> str:
        """Return the patient's name."""
        return self.patient.name if self.patient is not None else ""
