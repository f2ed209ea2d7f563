"""What Patient Access shows: four lists behind digits, narrowed, sorted, and the row under the cursor in full."""

import contextlib
from functools import partial
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input
from textual.worker import Worker, WorkerCancelled

from ctfront.domain.errors import ClinicError
from ctfront.domain.patient_access import LISTS, SORTS, AccessList, AccessRow, list_of
from ctfront.domain.text import Shown, safe
from ctfront.screens.desk_screen import DeskScreen
from ctfront.services.inviting import OFF, Inviting
from ctfront.services.patient_access import PAGE, PatientAccess
from ctfront.widgets.access_rows import Shelf, columns_of, details_of
from ctfront.widgets.key_line import KeyLine
from ctfront.widgets.narrow_line import NarrowLine
from ctfront.widgets.row_list import ListColumn, RowList
from ctfront.widgets.tab_line import TabLine
from ctfront.widgets.words import Words

WATCH_SECONDS = 0.7
"""Between two looks for what others, and the sender of mails, have done."""

FIRST_KEYS = (("1-4", "Lists"), ("/", "Narrow"), ("z", "Sort"))
LAST_KEYS = (("i", "Info"), ("u", "Undo"), ("F2", "Scheduler"), ("?", "Keys"))
KEYS = {
    AccessList.INVITED: (("s", "Send"), ("x", "Remove"), ("p", "Replace"), *FIRST_KEYS, ("h", "Removed"), *LAST_KEYS),
    AccessList.ENROLLED: (("x", "End enrollment"), *FIRST_KEYS, ("h", "Ended"), *LAST_KEYS),
    AccessList.REQUESTS: (("l", "Link"), ("x", "Decline"), *FIRST_KEYS, ("h", "Declined"), *LAST_KEYS),
    AccessList.NOT_INVITED: (
        ("Space", "Tick"),
        ("*", "All"),
        ("s", "Send"),
        *FIRST_KEYS,
        ("h", "Inactive"),
        *LAST_KEYS,
    ),
}
EMPTY = {
    AccessList.INVITED: "Nobody is invited; list 4 invites, h shows removed ones.",
    AccessList.ENROLLED: "Nobody is enrolled yet.",
    AccessList.REQUESTS: "No request waits.",
    AccessList.NOT_INVITED: "Everybody was invited.",
}


def key(keys: str, action: str, words: str, tooltip: str, id: str) -> Binding:
    """Make a binding of Patient Access; its id lets a clinic remap it."""
    return Binding(keys, action, words, tooltip=tooltip, id=f"access.{id}")


class PatientAccessView(DeskScreen):
    """The lists as they are seen and walked."""

    NAME: ClassVar[str] = "PATIENT ACCESS"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = KEYS[AccessList.INVITED]

    def __init__(self, patient_access: PatientAccess, inviting: Inviting) -> None:
        super().__init__()
        self.patient_access = patient_access
        self.inviting = inviting
        self.shown = AccessList.INVITED
        self.sort = SORTS[self.shown][0]
        self.with_inactive = False
        self.narrow = ""
        self.seen = 0
        """The newest change that is in what is shown."""
        self.watching: Worker[None] | None = None
        self.banner = ""
        """Why mail waits; stands on the message line between two acts."""
        self.keys: tuple[int, ...] = ()
        self.is_whole = False
        """Whether the keys are all of the list, not only those of its first page."""
        self.known: dict[int, AccessRow] = {}
        """Rows that were read: those in view and around them."""
        self.ticked: frozenset[int] = frozenset()
        self.acted: set[int] = set()
        """Rows something was done to since the list was opened: they stay where they are."""
        self.results: dict[int, str] = {}
        """What came of the last sending, by row."""

    # -- layout

    def compose_body(self) -> ComposeResult:
        """Lay the names of the lists above the list, and the pane below it."""
        yield TabLine([safe(each.value) for each in LISTS])
        with Horizontal(id="narrow"):
            yield Words(safe("Narrow to: "), classes="label")
            yield NarrowLine(id="narrow-line")
        yield RowList[int](key=lambda row: row, quiet=self._is_gone)
        yield Words(safe("─" * 400), id="rule")
        yield Words(id="details")

    def on_mount(self) -> None:
        """Show no narrowing yet, and look for what becomes of the mails."""
        self.query_one("#narrow").display = False
        self.set_interval(WATCH_SECONDS, self.look_out)

    def look_out(self) -> None:
        """Look for changes while the screen is in view, unless the last look is still under way."""
        if self.is_current and (self.watching is None or self.watching.is_finished):
            self.watching = self.watch_others()

    @work(group="watch")
    async def watch_others(self) -> None:
        """Show anew what has changed in the rows in view; no row comes, goes or moves."""
        shown = self.shown
        try:
            newest = await self.patient_access.newest_change()
            if newest == self.seen or not self.keys:
                return
            known = await self._read(self._around(self.rows.first_row))
        except ClinicError:
            return  # the next act says so; a watcher has nobody to tell
        if shown is self.shown and self.query(RowList):
            self.seen = newest
            self.known |= known
            self.show_list()

    @property
    def rows(self) -> RowList[int]:
        """The list in view."""
        return self.query_one(RowList)

    @property
    def row(self) -> AccessRow | None:
        """The row under the cursor, once it was read."""
        key = self.rows.item
        return None if key is None else self.known.get(key)

    def on_screen_resume(self) -> None:
        """Read again what a colleague or another screen may have changed; rows acted on stay in place."""
        self.rows.focus()
        self.refresh_title()
        if not self.desk.clinic.online:
            self.keys, self.known = (), {}
            self.show_list()
            self.say(OFF)
        else:
            self.reload()

    # -- reading

    @work(group="load", exclusive=True)
    async def reload(self) -> None:
        """Read again, keeping the cursor."""
        await self.load(keep=bool(self.acted), anew=not self.keys)

    async def show_changes(self, patient_id: int) -> None:
        """Read again, in place of a reading that began before the act; unless rows were acted on here, all of it."""
        with contextlib.suppress(WorkerCancelled):  # a later reading took over
            await self.reload().wait()

    async def load(self, *, keep: bool = False, anew: bool = False, go_to: int | None = None) -> None:
        """Read the list in view, or with `keep` only its rows; the cursor goes to the row given.

        A list opened `anew` shows its first page as soon as that is read.
        """
        asked = self.shown, self.sort, self.with_inactive, self.narrow
        try:
            if anew:
                await self._show_first_page()
            seen = await self.patient_access.newest_change()
            if not keep:
                keys = await self.patient_access.keys(
                    self.shown,
                    sort=self.sort,
                    with_inactive=self.with_inactive,
                    now=self.desk.now,
                    narrow=self.narrow,
                )
                if asked != (self.shown, self.sort, self.with_inactive, self.narrow):
                    return  # another list was asked for meanwhile
                self.keys, self.is_whole = keys, True
            start = self.keys.index(go_to) if go_to in self.keys else self.rows.first_row
            known = await self._read(self._around(start))
            self.banner = await self.desk.mail_banner()
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        if asked != (self.shown, self.sort, self.with_inactive, self.narrow):
            return
        self.known, self.seen = known, seen
        self.show_list()
        if not self.message.text:
            self.say(self.banner)
        if go_to is not None and not self.desk.gone_on():
            self.rows.go_to(go_to)

    async def _show_first_page(self) -> None:
        page = await self.patient_access.first_page(
            self.shown, sort=self.sort, with_inactive=self.with_inactive, now=self.desk.now
        )
        self.keys, self.known, self.is_whole = tuple(page), page, False
        self.show_list()
        self.rows.move_to(0)

    def standing_message(self) -> str:
        """Say why mail waits."""
        return self.banner

    def _around(self, row: int) -> tuple[int, ...]:
        """Return the keys of a page around a row."""
        first = max(0, row - PAGE // 4)
        return self.keys[first : first + PAGE]

    async def _read(self, keys: tuple[int, ...]) -> dict[int, AccessRow]:
        return await self.patient_access.rows(self.shown, keys, now=self.desk.now)

    async def read_row(self, key: int) -> None:
        """Read one row again and show it where it stands."""
        self.acted.add(key)
        try:
            self.known |= await self._read((key,))
        except ClinicError as refusal:
            self.say(str(refusal))
        self.show_list()

    @on(RowList.CursorMoved)
    def show_cursor(self) -> None:
        """Say in full what the cursor stands on, and read the rows that came into view."""
        self.show_details()
        rows = self.rows
        in_view = self.keys[rows.first_row : rows.first_row + rows.body_height]
        if any(key not in self.known for key in in_view):
            self.read_more()

    @work(group="load", exclusive=True)
    async def read_more(self) -> None:
        """Read the rows in view and around them."""
        shown, keys = self.shown, self._around(self.rows.first_row)
        try:
            known = await self._read(tuple(key for key in keys if key not in self.known))
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        if shown is self.shown:
            self.known |= known
            self.show_list()

    # -- showing

    @property
    def shelf(self) -> Shelf:
        """What the rows have in common."""
        return Shelf(shown=self.shown, zone=self.desk.clinic.tz, now=self.desk.now, ticked=self.ticked)

    def show_list(self) -> None:
        """Show the list from what was read."""
        shelf = self.shelf
        columns = [
            ListColumn(heading=heading, width=width, text=partial(self._cell, cell=cell, shelf=shelf))
            for heading, width, cell in columns_of(self.shown)
        ]
        empty = "Nobody in this list fits; Esc shows all." if self.narrow else EMPTY[self.shown]
        self.rows.show(columns, self.keys, empty=empty if self.desk.clinic.online else "")
        self.query_one(TabLine).show(LISTS.index(self.shown), self._tabs())

    def _cell(self, key: int, *, cell: Any, shelf: Shelf) -> Shown:
        row = self.known.get(key)
        return safe(cell(row, shelf) if row is not None else "…")

    def _tabs(self) -> list[Shown]:
        count = f" {len(self.keys):,}" if self.is_whole else ""
        return [safe(f"{each.value}{count}" if each is self.shown else each.value) for each in LISTS]

    def _is_gone(self, key: int) -> bool:
        """Tell whether the row stands in the list only until it is opened anew."""
        row = self.known.get(key)
        return row is not None and not row.belongs_to(self.shown)

    def show_details(self) -> None:
        """Fill the pane from the row under the cursor."""
        row = self.row
        lines = (
            ()
            if row is None
            else details_of(row, today=self.desk.today, shelf=self.shelf, result=self.results.get(row.key, ""))
        )
        self.query_one("#details", Words).show(*lines)

    # -- lists, sorting, narrowing

    def open_list(self, shown: AccessList, *, with_inactive: bool = False) -> None:
        """Open a list anew: everything done before is settled in it."""
        self.shown, self.with_inactive, self.sort = shown, with_inactive, SORTS[shown][0]
        self._start_anew()
        self._end_narrowing()
        self.query_one(KeyLine).show(KEYS[shown])

    def _start_anew(self) -> None:
        self.ticked = frozenset()
        self.acted.clear()
        self.results.clear()

    @work(group="load", exclusive=True)
    async def action_list(self, number: int) -> None:
        """Open a list, the cursor on its first row."""
        if not self.desk.clinic.online:
            self.say(OFF)
            return
        self.open_list(LISTS[number])
        await self.load(anew=True)

    @work(group="load", exclusive=True)
    async def review(self, patient_id: int) -> None:
        """Open the list that holds the patient, the cursor on their row."""
        try:
            access = (await self.inviting.access([patient_id], now=self.desk.now)).get(patient_id)
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        if access is None:
            self.say("There is no such patient.")
            return
        shown, with_inactive = list_of(access)
        self.open_list(shown, with_inactive=with_inactive)
        await self.load(go_to=patient_id)

    @work(group="load", exclusive=True)
    async def review_request(self, request_id: int) -> None:
        """Open the requests, the cursor on one of them."""
        self.open_list(AccessList.REQUESTS)
        await self.load(go_to=request_id)

    @work(group="load", exclusive=True)
    async def action_inactive(self) -> None:
        """Show what the list leaves out, or leave it out again."""
        self.with_inactive = not self.with_inactive
        self._start_anew()
        await self.load(go_to=self.rows.item)
        self.say("Those left out are shown too; h hides them." if self.with_inactive else "They are hidden again.")

    @work(group="load", exclusive=True)
    async def action_sort(self) -> None:
        """Sort the list the next way."""
        ways = SORTS[self.shown]
        self.sort = ways[(ways.index(self.sort) + 1) % len(ways)]
        await self.load(go_to=self.rows.item)
        self.say(f"Sorted {self.sort.value}." if len(ways) > 1 else "This list has one order.")

    def action_narrow(self) -> None:
        """Type to narrow the list."""
        self.query_one("#narrow").display = True
        self.query_one(NarrowLine).focus()

    @on(Input.Changed, "#narrow-line")
    def narrow_list(self, event: Input.Changed) -> None:
        """Narrow to whom the text may mean."""
        event.stop()
        if event.value != self.narrow:
            self.narrow = event.value
            self.run_worker(self._narrow_to(event.value), group="find")

    async def _narrow_to(self, text: str) -> None:
        if text == self.narrow:
            await self.load()

    @on(Input.Submitted, "#narrow-line")
    def end_typing(self, event: Input.Submitted) -> None:
        """Go back to the list, narrowed."""
        event.stop()
        if not self.narrow.strip():
            self._end_narrowing()
        self.rows.focus()

    def _end_narrowing(self) -> None:
        self.narrow = ""
        self.query_one(NarrowLine).value = ""
        self.query_one("#narrow").display = False
        self.rows.focus()

    def action_back(self) -> None:
        """Show the whole list again, else go back to the Scheduler."""
        if self.query_one("#narrow").display:
            here = self.rows.item
            self._end_narrowing()
            self._show_whole(here)
        else:
            super().action_back()

    @work(group="load", exclusive=True)
    async def _show_whole(self, here: int | None) -> None:
        await self.load(go_to=here)
