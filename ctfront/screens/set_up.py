"""Set-up: lists of providers, visit purposes, staff and events, and the clinic's own data, each with its form."""

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from ctfront.domain.appointments import Appointment
from ctfront.domain.clinic import Clinic, Site
from ctfront.domain.errors import ClinicError
from ctfront.domain.keymap import KeyAct
from ctfront.domain.providers import Event, Provider, VisitPurpose
from ctfront.domain.repeats import Reach
from ctfront.domain.set_up import SetUp
from ctfront.domain.staff import Right, Staff
from ctfront.domain.text import safe
from ctfront.domain.times import show_date
from ctfront.screens.desk_screen import DeskScreen
from ctfront.screens.modals.clinic_form import ClinicForm
from ctfront.screens.modals.coming_event_form import ComingEventForm
from ctfront.screens.modals.hit_list import HitList, in_it
from ctfront.screens.modals.keys_form import KeysForm
from ctfront.screens.modals.mark_menu import MarkMenu
from ctfront.screens.modals.provider_form import ProviderForm
from ctfront.screens.modals.purpose_form import PurposeForm
from ctfront.screens.modals.question import Question
from ctfront.screens.modals.site_form import SiteForm
from ctfront.screens.modals.staff_form import StaffForm
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.services.scheduling import Scheduling
from ctfront.widgets.key_line import KeyLine
from ctfront.widgets.row_list import ListColumn, RowList
from ctfront.widgets.set_up_rows import (
    ADD,
    CLINIC,
    EVENTS,
    LISTS,
    PROVIDERS,
    PURPOSES,
    SITES,
    STAFF,
    SetUpRow,
    key_rows,
)
from ctfront.widgets.set_up_rows import KEYS as KEY_LIST
from ctfront.widgets.tab_line import TabLine
from ctfront.widgets.words import Words

Subject = Provider | VisitPurpose | Staff | Clinic | Site
"""What a form of Set-up saves."""

FIRST_KEYS = (("1-7", "Lists"), ("Enter", "Open"))
LAST_KEYS = (("F2", "Scheduler"), ("?", "Keys"))
KEYS = (*FIRST_KEYS, ("h", "Inactive"), *LAST_KEYS)
OTHER_KEYS = {
    EVENTS.name: (*FIRST_KEYS, ("c", "Take away"), ("u", "Undo"), *LAST_KEYS),
    CLINIC.name: (*FIRST_KEYS, *LAST_KEYS),
    SITES.name: (*FIRST_KEYS, *LAST_KEYS),
    KEY_LIST.name: (*FIRST_KEYS, *LAST_KEYS),
}
"""Keys shown for the lists in which nothing is inactive."""


def key(keys: str, action: str, words: str, tooltip: str, id: str) -> Binding:
    """Make a binding of Set-up; its id lets a clinic remap it."""
    return Binding(keys, action, words, tooltip=tooltip, id=f"set_up.{id}")


class SetUpScreen(DeskScreen):
    """Seven lists behind digits; Enter opens the form of the row under the cursor."""

    NAME: ClassVar[str] = "SET-UP"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = KEYS
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            key(str(number + 1), f"list({number})", shown.name, f"List: {shown.name}", f"list_{number + 1}")
            for number, shown in enumerate(LISTS)
        ),
        key("enter", "open", "Open", "Open the form of the row under the cursor", "open"),
        key("e,E", "open", "Edit", "Open the form of the row under the cursor", "edit"),
        key("h,H", "inactive", "inactive", "Show inactive ones too, or hide them", "inactive"),
        key("c,C", "cancel", "Cancel", "Take the event under the cursor away", "cancel"),
        key("u,U", "undo", "Undo", "Take back my last act", "undo"),
    ]

    def __init__(self, clinic_setup: ClinicSetup, scheduling: Scheduling) -> None:
        super().__init__()
        self.clinic_setup = clinic_setup
        self.scheduling = scheduling
        self.set_up: SetUp | None = None
        """What was last read."""
        self.list_number = 0
        self.with_inactive = False
        self.kept: set[int | str] = set()
        """Rows saved since the list was opened; they stay in it although they are inactive now."""

    # -- layout

    def compose_body(self) -> ComposeResult:
        """Lay the names of the lists above the list, and the pane below it."""
        yield TabLine([shown.name for shown in LISTS])
        yield RowList(key=lambda row: row.key, quiet=lambda row: not row.active)
        yield Words(safe("─" * 400), id="rule")
        yield Words(id="details")

    @property
    def rows(self) -> "RowList[SetUpRow]":
        """The list in view."""
        return self.query_one(RowList)

    @property
    def row(self) -> SetUpRow | None:
        """The row under the cursor."""
        return self.rows.item

    def on_screen_resume(self) -> None:
        """Read again what a colleague or another screen may have changed."""
        self.rows.focus()
        self.refresh_title()
        self.reload()

    # -- reading

    @work(group="load", exclusive=True)
    async def reload(self) -> None:
        """Read everything again, keeping the cursor."""
        await self.load()

    async def load(self, *, go_to: int | str | None = None) -> None:
        """Read and show; the cursor goes to the row given."""
        first = self.set_up is None
        try:
            self.set_up = await self.clinic_setup.everything(self.desk.today)
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        if go_to is not None:
            self.kept.add(go_to)
        self.show_list()
        if go_to is not None:
            self.rows.go_to(go_to)
        elif first:
            self.start_list()

    def show_list(self) -> None:
        """Show the list in view from the last reading."""
        shown = LISTS[self.list_number]
        rows = list(shown.rows(self.set_up)) if self.set_up is not None else []
        if shown is KEY_LIST:
            rows = key_rows(self.desk.key_acts(), self.desk.letters_walk)
        if not self.with_inactive:
            rows = [row for row in rows if row.active or row.key in self.kept]
        if shown.add is not None:
            blank = safe("")
            cells = (shown.add, *(blank for _ in shown.headings[1:]))
            rows.insert(0, SetUpRow(key=ADD, cells=cells, details=(safe("Enter opens an empty form."),)))
        columns = [
            ListColumn(heading=heading, width=width, text=partial(SetUpRow.cell, number=number))
            for number, (heading, width) in enumerate(shown.headings)
        ]
        self.rows.show(columns, rows)
        self.query_one(TabLine).show(self.list_number)

    def start_list(self) -> None:
        """Put the cursor on the first row that shows something."""
        self.rows.move_to(0 if LISTS[self.list_number].add is None else 1)

    @on(RowList.CursorMoved)
    def show_details(self) -> None:
        """Say in full what the row under the cursor holds."""
        lines = self.row.details if self.row is not None else ()
        self.query_one("#details", Words).show(*lines)

    # -- the lists

    def works_now(self, action: str) -> bool:
        """Tell whether the list in view and the row under the cursor know the action."""
        if action == "cancel":
            return self.row is not None and isinstance(self.row.item, Event)
        return action != "inactive" or LISTS[self.list_number].name not in OTHER_KEYS

    def action_list(self, number: int) -> None:
        """Open a list."""
        self.list_number, self.with_inactive = number, False
        self.kept.clear()
        self.show_list()
        self.start_list()
        self.query_one(KeyLine).show(OTHER_KEYS.get(LISTS[number].name, KEYS))

    def action_inactive(self) -> None:
        """Show inactive rows too, or hide them."""
        shown = LISTS[self.list_number]
        if shown.name in OTHER_KEYS:
            self.say(f"Nothing in the list “{shown.name}” is ever inactive.")
            return
        self.with_inactive = not self.with_inactive
        self.kept.clear()
        self.show_list()
        self.say("Inactive ones are shown too; h hides them." if self.with_inactive else "Inactive ones are hidden.")

    # -- opening and saving

    @work(group="edit")
    async def action_open(self) -> None:
        """Open the form of the row under the cursor; one who may not save is told before typing."""
        wanted, shown = self.row, LISTS[self.list_number]
        if wanted is None:
            return
        try:
            if shown is not EVENTS:
                self.desk.actor.require(Right.SET_UP)
            elif wanted.key == ADD:
                self.desk.actor.require(Right.BOOK)
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        await self.load()
        if self.row is None or self.row.key != wanted.key or self.set_up is None:
            self.say("A colleague has changed the list in between.")
        elif shown is KEY_LIST:
            await self._change_keys(self.row)
        elif shown is EVENTS:
            await self._open_event(self.set_up, self.row)
        else:
            saved: Subject | None = await self.desk.ask(self._form(self.set_up, self.row))
            if saved is not None:
                await self._show_saved(saved, new=wanted.key == ADD)

    def _form(self, set_up: SetUp, row: SetUpRow) -> Screen[Any]:
        """Return the form of a row that isn't an event."""
        it, service = row.item, self.clinic_setup
        match LISTS[self.list_number]:
            case shown if shown is PROVIDERS:
                pattern = next((p for p in set_up.providers if p.active), None)
                provider = it if isinstance(it, Provider) else None
                return ProviderForm(
                    service,
                    set_up.purposes,
                    provider,
                    pattern=pattern,
                    today=set_up.today,
                    order=set_up.clinic.date_order,
                    sites=set_up.sites,
                )
            case shown if shown is PURPOSES:
                return PurposeForm(service, it if isinstance(it, VisitPurpose) else None)
            case shown if shown is STAFF:
                return StaffForm(service, it if isinstance(it, Staff) else None)
            case shown if shown is SITES:
                return SiteForm(service, it if isinstance(it, Site) else None)
            case _:
                return ClinicForm(service, set_up.clinic, set_up.site, first=str(row.key))

    async def _show_saved(self, saved: Subject, *, new: bool) -> None:
        self.desk.adopt(await self.clinic_setup.current_clinic() if isinstance(saved, Site) else saved)
        await self.load(go_to=None if isinstance(saved, Clinic) else saved.id)
        self.refresh_title()
        self.say(f"{'Added' if new else 'Saved'} {saved.name}.")

    # -- keys

    async def _change_keys(self, row: SetUpRow) -> None:
        """Give the act under the cursor other keys, or let letters walk."""
        if isinstance(row.item, KeyAct):
            changed = await self.desk.ask(KeysForm(row.item, self.desk.key_acts()))
            if changed is None:
                return
            said = f"“{changed.words}” has its keys at once, here; other desks from their next start."
        else:
            walk = not self.desk.letters_walk
            question = "Let h j k l walk as the arrows do?" if walk else "Let h j k l walk no longer?"
            if not await self.desk.ask(Question(question, yes="switch")):
                return
            try:
                await self.desk.let_letters_walk(walk)
            except ClinicError as refusal:
                self.say(str(refusal))
                return
            said = "h j k l walk; K marks." if walk else "h j k l no longer walk."
        self.show_list()
        self.say(said)

    # -- events

    async def _open_event(self, set_up: SetUp, row: SetUpRow) -> None:
        if isinstance(row.item, Event):
            await self._show_hit(row.item)
            return
        providers = [provider for provider in set_up.providers if provider.active]
        if not providers:
            self.say("There is no provider yet; list 1 adds one.")
            return
        answer = await self.desk.ask(ComingEventForm(self.scheduling, providers, self.desk.today))
        if answer is None:
            return
        event, hit = answer
        await self.load(go_to=event.id)
        days = len(self._series_of(event))
        more = f" and {days - 1} more day{'s' if days > 2 else ''}" if days > 1 else ""
        self.say(f"{self._words(event)}{more}{f'; {in_it(hit)}' if hit else ': blocked'}. u takes it back.")
        if hit:
            await self._list_hit(event, hit)

    def _series_of(self, event: Event) -> list[Event]:
        """Return the days of the event from today on, itself included."""
        known = self.set_up.events if self.set_up is not None else ()
        return [it for it in known if it.series == event.series] if event.series else [event]

    async def _show_hit(self, event: Event) -> None:
        """List the appointments that an event hits."""
        try:
            hit = await self.scheduling.appointments_in(event)
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        if hit:
            await self._list_hit(event, hit)
        else:
            self.say(f"No appointment is in it. c takes {event.text} away.")

    async def _list_hit(self, event: Event, hit: Sequence[Appointment]) -> None:
        """List them; Enter ticks those of the first day on the Scheduler."""
        if await self.desk.ask(HitList(event, hit)):
            day = hit[0].day
            self.desk.show_on_scheduler(day, hit[0].id, ticked=frozenset(a.id for a in hit if a.day == day))

    def _words(self, event: Event) -> str:
        return f"{event.text} {event.times} {show_date(event.day)}"

    @work(group="cancel")
    async def action_cancel(self) -> None:
        """Take the event under the cursor away."""
        event = self.row.item if self.row is not None else None
        if not isinstance(event, Event):
            self.say("Only an event is taken away; what else is set up is made inactive in its form.")
            return
        try:
            self.desk.actor.require(Right.BOOK)
            reach = await self._ask_reach(event)
            if reach is None:
                return
            await self.scheduling.remove_event(self.desk.act(), event.id, reach)
        except ClinicError as refusal:
            await self.load()
            self.say(str(refusal))
            return
        await self.load()
        self.say(f"{event.text} is taken away; the time is bookable. u takes it back.")

    async def _ask_reach(self, event: Event) -> Reach | None:
        """Ask whether the event goes, and on which of its days; None for not now."""
        question = f"Take {self._words(event)} away?"
        days = self._series_of(event)
        if len(days) == 1:
            return Reach.ONE if await self.desk.ask(Question(question, yes="take it away")) else None
        later = sum(it.day >= event.day for it in days)
        choices = (
            ("o", "Only this one"),
            ("l", f"This and later ones, {later} in all"),
            ("a", f"All from today on, {len(days)} in all"),
        )
        letter = await self.desk.ask(MarkMenu(question, choices, does="takes away"))
        return {"o": Reach.ONE, "l": Reach.LATER, "a": Reach.ALL}.get(letter or "")

    async def read_again(self) -> None:
        """Read everything again."""
        await self.load()
