"""The review behind `:dup`: who may be on record twice, and what was merged in the last 30 days."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ctfront.domain.duplicates import Pair
from ctfront.domain.errors import ClinicError
from ctfront.domain.patients import PatientName
from ctfront.domain.text import Shown, safe
from ctfront.domain.times import show_day, show_moment
from ctfront.screens.modals.merge_preview import MergePreviewDialog
from ctfront.screens.modals.question import Question
from ctfront.services.duplicates import Duplicates, Merged
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.progress import Progress
from ctfront.widgets.row_list import ListColumn, RowList
from ctfront.widgets.words import Words

ROWS = 12
"""Heading and rows in view; a longer list scrolls."""

OF_PAIRS = "Enter side by side   x two people   h merged ones   u undo   Esc close"
OF_MERGES = "Enter parts them   h pairs again   u undo   Esc close"
"""What the keys do in either list."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A pair to look at, or a merge that can be parted."""

    number: int
    it: Pair | Merged
    done: str = ""
    """What was done with it since the list was read."""

    @property
    def key(self) -> Hashable:
        """What tells rows apart."""
        return self.it.id if isinstance(self.it, Merged) else (self.it.first.id, self.it.second.id)


def _first(row: Row) -> Shown:
    return row.it.kept.name if isinstance(row.it, Merged) else row.it.first.name


def _second(row: Row) -> Shown:
    return safe("") if isinstance(row.it, Merged) else row.it.second.name


def _why(row: Row) -> Shown:
    return safe(row.done or ("merged" if isinstance(row.it, Merged) else row.it.why))


COLUMNS: tuple[ListColumn[Row], ...] = (
    ListColumn(heading="   #", width=4, text=lambda row: safe(f"{row.number:>4}")),
    ListColumn(heading="One record", width=22, text=_first),
    ListColumn(heading="Another", width=22, text=_second),
    ListColumn(heading="Same", width=0, text=_why),
)


class DuplicatesList(Dialog[None]):
    """List who may be on record twice; each is looked at, merged or said to be two people."""

    AUTO_FOCUS: ClassVar[str | None] = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "look", "Look", tooltip="Both records side by side; part what was merged", id="duplicates.look"
        ),
        Binding("x,X", "two", "Two people", tooltip="Remember that they are two people", id="duplicates.two"),
        Binding(
            "h,H", "merged", "Merged", tooltip="What was merged in the last 30 days, or back", id="duplicates.merged"
        ),
        Binding("u,U", "undo", "Undo", tooltip="Take back my last act", id="duplicates.undo"),
        Binding("escape", "leave", "Close", tooltip="Close the review", id="duplicates.leave"),
    ]

    def __init__(self, duplicates: Duplicates) -> None:
        super().__init__()
        self.duplicates = duplicates
        self.pairs: list[Row] = []
        self.merges: list[Row] = []
        self.shows_merges = False
        self.stopped = False

    def compose(self) -> ComposeResult:
        """Lay the list between its heading and the two records under the cursor."""
        with Vertical(classes="dialog"):
            yield Words(safe("On record twice?"), id="heading")
            rows: RowList[Row] = RowList(key=lambda row: row.key, quiet=lambda row: bool(row.done))
            rows.styles.height = ROWS
            yield rows
            yield Words(id="details")
            yield Words(id="problem")
            yield Words(safe(OF_PAIRS), id="hint", classes="hint")

    def on_mount(self) -> None:
        """Compare all patients."""
        self.query_one(RowList).focus()
        self.compare()

    @property
    def here(self) -> Row | None:
        """The row under the cursor."""
        row: Row | None = self.query_one(RowList).item
        return row

    def say(self, sentence: str) -> None:
        """Say what was done, or how far it is."""
        self.query_one("#problem", Words).show(safe(sentence))

    @work(group="compare")
    async def compare(self) -> None:
        """Compare all patients; once it is seen to take long, Esc stops it."""
        desk = desk_of(self)
        progress = Progress(self.say, "Comparing")
        try:
            with desk.stoppable(progress):
                found = await self.duplicates.find(progress.show, progress.is_stopped)
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        self.pairs = [Row(number=number, it=pair) for number, pair in enumerate(found.pairs, 1)]
        self.stopped = found.stopped
        self.say("")
        self.show()

    def show(self) -> None:
        """Show the pairs, or what was merged."""
        rows = self.merges if self.shows_merges else self.pairs
        empty = "Nothing was merged in the last 30 days." if self.shows_merges else "Nobody is on record twice."
        self.query_one(RowList).show(COLUMNS, rows, empty=empty)
        self.query_one("#hint", Words).show(safe(OF_MERGES if self.shows_merges else OF_PAIRS))
        what = "merged in the last 30 days" if self.shows_merges else "perhaps on record twice"
        so_far = " so far: stopped" if self.stopped and not self.shows_merges else ""
        self.query_one("#heading", Words).show(safe(f"{len(rows):,} {what}{so_far}"))
        self.show_row()

    @on(RowList.CursorMoved)
    def show_row(self) -> None:
        """Show both records of the row under the cursor."""
        row = self.here
        if row is None:
            lines: tuple[Shown, ...] = ()
        elif isinstance(row.it, Merged):
            at = show_moment(row.it.at, desk_of(self).clinic.tz)
            lines = (_who(row.it.kept), safe(f"merged {at}; Enter parts them again"))
        else:
            lines = (_who(row.it.first), _who(row.it.second))
        self.query_one("#details", Words).show(*lines)

    def settle(self, row: Row, done: str, said: str) -> None:
        """Mark a row as done with; it stays where it is."""
        rows = self.merges if self.shows_merges else self.pairs
        rows[row.number - 1] = Row(number=row.number, it=row.it, done=done)
        self.show()
        self.say(f"{said} u takes it back." if done == "merged" else said)

    @work(group="look")
    async def action_look(self) -> None:
        """Show both records side by side, or ask whether what was merged is to be parted."""
        row = self.here
        if row is None:
            return
        if row.done:
            self.say(f"That is done: {row.done}.")
            return
        try:
            if isinstance(row.it, Merged):
                await self._part(row, row.it)
            else:
                await self._merge(row, row.it)
        except ClinicError as refusal:
            self.say(str(refusal))

    async def _merge(self, row: Row, pair: Pair) -> None:
        desk = desk_of(self)
        preview = await self.duplicates.preview(desk.act(), pair.first.id, pair.second.id)
        if preview.visits[1] > preview.visits[0]:
            preview = await self.duplicates.preview(desk.act(), pair.second.id, pair.first.id)
        said = await desk.ask(MergePreviewDialog(self.duplicates, preview))
        if said is not None:
            self.settle(row, "merged", said)

    async def _part(self, row: Row, merged: Merged) -> None:
        desk = desk_of(self)
        if await desk.ask(Question(f"Part what was merged into {merged.kept.name} again?", yes="part them")):
            self.settle(row, "parted", await self.duplicates.part(desk.act(), merged.id))

    @work(group="two")
    async def action_two(self) -> None:
        """Remember that the pair is two people."""
        row = self.here
        if row is None or isinstance(row.it, Merged) or row.done:
            return
        try:
            said = await self.duplicates.not_same(desk_of(self).act(), row.it.first.id, row.it.second.id)
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        self.settle(row, "two people", said)

    @work(group="merged")
    async def action_merged(self) -> None:
        """Show what was merged, or the pairs again."""
        desk = desk_of(self)
        if not self.shows_merges:
            try:
                merges = await self.duplicates.merged(desk.now)
            except ClinicError as refusal:
                self.say(str(refusal))
                return
            self.merges = [Row(number=number, it=merged) for number, merged in enumerate(merges, 1)]
        self.shows_merges = not self.shows_merges
        self.say("")
        self.show()

    @work(group="undo")
    async def action_undo(self) -> None:
        """Take back my last act; the pairs are as they were."""
        try:
            said = await desk_of(self).undo()
        except ClinicError as refusal:
            said = str(refusal)
        else:
            self.pairs = [Row(number=r.number, it=r.it, done=r.done if r.done != "merged" else "") for r in self.pairs]
            self.show()
        self.say(said)

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)


def _who(name: PatientName) -> Shown:
    inactive = "" if name.active else "   inactive"
    return safe(f"{name.name}   b {show_day(name.birth_date)}   #{name.record_number}   {name.phone}{inactive}")
