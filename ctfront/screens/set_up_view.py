"""What Set-up shows: lists of what the clinic is made of, read all at once."""

from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from ctfront.domain.errors import ClinicError
from ctfront.domain.providers import Event
from ctfront.domain.set_up import SetUp
from ctfront.domain.text import safe
from ctfront.screens.desk_screen import DeskScreen
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.services.scheduling import Scheduling
from ctfront.widgets.key_line import KeyLine
from ctfront.widgets.row_list import ListColumn, RowList
from ctfront.widgets.set_up_lists import LISTS
from ctfront.widgets.set_up_online_rows import ONLINE
from ctfront.widgets.set_up_rows import ADD, CLINIC, EVENTS, SITES, SetUpRow, key_rows
from ctfront.widgets.set_up_rows import KEYS as KEY_LIST
from ctfront.widgets.tab_line import TabLine
from ctfront.widgets.words import Words

TO_LISTS = ("1-8", "Lists")
FIRST_KEYS = (TO_LISTS, ("Enter", "Open"))
LAST_KEYS = (("F2", "Scheduler"), ("?", "Keys"))
UNDO = ("u", "Undo")
KEYS = (*FIRST_KEYS, ("h", "Inactive"), UNDO, *LAST_KEYS)
OTHER_KEYS = {
    EVENTS.name: (TO_LISTS, ("Enter", "Whom it hits"), ("c", "Take away"), UNDO, *LAST_KEYS),
    CLINIC.name: (*FIRST_KEYS, UNDO, *LAST_KEYS),
    SITES.name: (*FIRST_KEYS, UNDO, *LAST_KEYS),
    KEY_LIST.name: (TO_LISTS, ("Enter", "Change"), *LAST_KEYS),
    ONLINE.name: (*FIRST_KEYS, UNDO, *LAST_KEYS),
}
"""Keys shown for the lists in which nothing is inactive."""


def key(keys: str, action: str, words: str, tooltip: str, id: str) -> Binding:
    """Make a binding of Set-up; its id lets a clinic remap it."""
    return Binding(keys, action, words, tooltip=tooltip, id=f"set_up.{id}")


class SetUpView(DeskScreen):
    """Eight lists behind digits, and the pane that says in full what the row under the cursor holds."""

    NAME: ClassVar[str] = "SET-UP"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = KEYS
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            key(str(number + 1), f"list({number})", shown.name, f"List: {shown.name}", f"list_{number + 1}")
            for number, shown in enumerate(LISTS)
        ),
        key("h,H", "inactive", "inactive", "Show inactive ones too, or hide them", "inactive"),
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

    async def read_again(self) -> None:
        """Read everything again."""
        await self.load()
