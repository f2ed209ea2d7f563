"""What Patient Access shows: four lists behind digits, narrowed, sorted, and the row under the cursor in full."""

from functools import partial
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input

from ctfront.domain.errors import ClinicError
from ctfront.domain.patient_access import LISTS, SORTS, AccessList, AccessRow, list_of
from ctfront.domain.text import Shown, safe
from ctfront.screens.access_reading import AccessReading
from ctfront.screens.desk_screen import WATCH_SECONDS
from ctfront.services.inviting import OFF, Inviting
from ctfront.services.patient_access import PatientAccess
from ctfront.widgets.access_rows import Shelf, columns_of, details_of
from ctfront.widgets.key_line import KeyLine
from ctfront.widgets.narrow_line import NarrowLine
from ctfront.widgets.row_list import ListColumn, RowList
from ctfront.widgets.tab_line import TabLine
from ctfront.widgets.words import Words

FIRST_KEYS = (("1-4", "Lists"), ("/", "Narrow"), ("z", "Sort"))
LAST_KEYS = (("u", "Undo"), ("F2", "Scheduler"), ("?", "Keys"))
INFO = ("i", "Info")
KEYS = {
    AccessList.INVITED: (
        ("s", "Send"),
        ("x", "Remove"),
        ("p", "Replace"),
        *FIRST_KEYS,
        ("h", "Removed"),
        INFO,
        *LAST_KEYS,
    ),
    AccessList.ENROLLED: (("x", "End enrollment"), *FIRST_KEYS, ("h", "Ended"), INFO, *LAST_KEYS),
    AccessList.REQUESTS: (("l", "Link"), ("x", "Decline"), *FIRST_KEYS, ("h", "Declined"), *LAST_KEYS),
    AccessList.NOT_INVITED: (
        ("Space", "Tick"),
        ("*", "All"),
        ("s", "Send"),
        *FIRST_KEYS,
        ("h", "Inactive"),
        INFO,
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


class PatientAccessView(AccessReading):
    """The lists as they are seen and walked."""

    KEYS: ClassVar[tuple[tuple[str, str], ...]] = KEYS[AccessList.INVITED]

    def __init__(self, patient_access: PatientAccess, inviting: Inviting) -> None:
        super().__init__(patient_access, inviting)
        self.ticked: frozenset[int] = frozenset()

    # -- layout

    def compose_body(self) -> ComposeResult:
        """Lay the names of the lists above the list, and the pane below it."""
        yield TabLine([safe(each.value) for each in LISTS])
        with Horizontal(id="narrow"):
            yield Words(safe("Narrow to: "), classes="label")
            yield NarrowLine(id="narrow-line")
        yield RowList[int](key=lambda row: row, quiet=self._is_gone)
        yield Words(id="banner")
        yield Words(safe("─" * 400), id="rule")
        yield Words(id="details")

    def on_mount(self) -> None:
        """Show no narrowing and no banner yet, and look for what becomes of the mails."""
        self.query_one("#narrow").display = False
        self.query_one("#banner").display = False
        self.set_interval(WATCH_SECONDS, self.look_out)

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
            self.keys, self.known, self.asked_for = (), {}, None
            self.show_list()
            self.say(OFF)
        elif self.asked_for is not None:
            self.asked_for()  # whoever was asked for just now; a reading of what stood here would take their place
        else:
            self.reload()

    # -- showing

    @property
    def shelf(self) -> Shelf:
        """What the rows have in common."""
        return Shelf(shown=self.shown, zone=self.desk.clinic.tz, now=self.desk.now, ticked=self.ticked)

    def show_list(self) -> None:
        """Show the list from what was read, and why mail waits."""
        shelf = self.shelf
        columns = [
            ListColumn(heading=heading, width=width, text=partial(self._cell, cell=cell, shelf=shelf))
            for heading, width, cell in columns_of(self.shown)
        ]
        empty = "Nobody in this list fits; Esc shows all." if self.narrow else EMPTY[self.shown]
        self.rows.show(columns, self.keys, empty=empty if self.desk.clinic.online else "")
        self.query_one(TabLine).show(LISTS.index(self.shown), self._tabs())
        banner = self.query_one("#banner", Words)
        banner.show(safe(f"! {self.banner}"))
        banner.display = bool(self.banner)

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

    @on(RowList.CursorMoved)
    def show_cursor(self) -> None:
        """Say in full what the cursor stands on, and read the rows that came into view."""
        row, rows = self.row, self.rows
        lines = (
            ()
            if row is None
            else details_of(row, today=self.desk.today, shelf=self.shelf, result=self.results.get(row.key, ""))
        )
        self.query_one("#details", Words).show(*lines)
        in_view = self.keys[rows.first_row : rows.first_row + rows.body_height]
        if any(key not in self.known for key in in_view):
            self.read_more()

    # -- lists, sorting, narrowing

    def open_list(self, shown: AccessList, *, with_inactive: bool = False) -> None:
        """Open a list anew: everything done before is settled in it."""
        self.shown, self.with_inactive, self.sort = shown, with_inactive, SORTS[shown][0]
        self.ticked = frozenset()
        self.acted.clear()
        self.results.clear()
        self._end_narrowing()
        self.query_one(KeyLine).show(KEYS[shown])

    @work(group="load", exclusive=True)
    async def action_list(self, number: int) -> None:
        """Open a list, the cursor on its first row."""
        if not self.desk.clinic.online:
            self.say(OFF)
            return
        self.open_list(LISTS[number])
        await self.load(anew=True)

    def review(self, patient_id: int) -> None:
        """Open the list that holds the patient, the cursor on their row."""
        self.asked_for = partial(self._review, patient_id)
        self.asked_for()

    def review_request(self, request_id: int) -> None:
        """Open the requests, the cursor on one of them."""
        self.asked_for = partial(self._review_request, request_id)
        self.asked_for()

    @work(group="load", exclusive=True)
    async def _review(self, patient_id: int) -> None:
        try:
            access = (await self.inviting.access([patient_id], now=self.desk.now)).get(patient_id)
        except ClinicError as refusal:
            self.asked_for = None
            self.say(str(refusal))
            return
        if access is None:
            self.asked_for = None
            self.say("There is no such patient.")
            return
        shown, with_inactive = list_of(access)
        self.open_list(shown, with_inactive=with_inactive)
        await self.load(go_to=patient_id)
        self.asked_for = None

    @work(group="load", exclusive=True)
    async def _review_request(self, request_id: int) -> None:
        self.open_list(AccessList.REQUESTS)
        await self.load(go_to=request_id)
        self.asked_for = None

    @work(group="load", exclusive=True)
    async def action_inactive(self) -> None:
        """Show what the list leaves out, or leave it out again."""
        self.with_inactive = not self.with_inactive
        await self.load(go_to=self.rows.item)
        self.say("Those left out are shown too; h hides them." if self.with_inactive else "They are hidden again.")

    @work(group="load", exclusive=True)
    async def action_sort(self) -> None:
        """Sort the list the next way."""
        ways = SORTS[self.shown]
        self.sort = ways[(ways.index(self.sort) + 1) % len(ways)]
        await self.load(go_to=self.rows.item)
        self.say(f"Sorted {self.sort.value}.")

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
