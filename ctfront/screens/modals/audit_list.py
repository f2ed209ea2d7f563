"""The audit trail in Set-up: who, when, what, about whom; `/` narrows, `x` exports."""

from collections.abc import Iterable
from datetime import tzinfo
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from ctfront.domain.audit_trail import AuditEntry
from ctfront.domain.errors import ClinicError
from ctfront.domain.text import safe
from ctfront.domain.times import show_moment
from ctfront.services.audit_trail import MOST, AuditTrail
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.form import Field, Form
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.row_list import ListColumn, RowList
from ctfront.widgets.words import Words

ROWS = 12
"""Rows in view; a longer list scrolls."""


class NarrowAudit(Form[str]):
    """One field: what the trail is narrowed to."""

    HEADING = "Narrow the audit trail"
    WAITS = False

    def __init__(self, text: str) -> None:
        super().__init__()
        self.narrowed = text

    def fields(self) -> Iterable[Widget]:
        """Make the field."""
        yield Field("words", "Narrow to", value=self.narrowed, read=lambda text: text or "everything")

    def start(self) -> None:
        """Start in the field: an empty one is an answer, too."""
        self.query_one(Field).line.focus()

    def next_wanting(self) -> None:
        """Go at once: there is nothing to save."""
        self.action_okay()

    async def save(self) -> str | None:
        """Return what was typed."""
        return self.query_one(Field).text.strip()


class AuditList(Dialog[None]):
    """Show the trail, the newest entry first."""

    AUTO_FOCUS: ClassVar[str | None] = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "narrow", "Narrow", tooltip="Narrow to who, what, whom or a day", id="audit.narrow"),
        Binding("x,X", "export", "eXport", tooltip="Save every entry that fits as CSV", id="audit.export"),
        Binding("escape", "leave", "Close", tooltip="Close the list", id="audit.leave"),
    ]

    def __init__(self, trail: AuditTrail, entries: list[AuditEntry], zone: tzinfo) -> None:
        super().__init__()
        self.trail = trail
        self.entries = entries
        self.zone = zone
        self.narrowed = ""

    def compose(self) -> ComposeResult:
        """Lay the list between its heading and what the row under the cursor says."""
        with Vertical(classes="dialog"):
            yield Words(id="heading")
            rows: RowList[AuditEntry] = RowList(key=lambda it: it.seq)
            rows.styles.height = ROWS + 1
            yield rows
            yield Words(id="details")
            yield Words(id="problem")
            yield Words(safe("/ narrow   x export as CSV   Esc close"), classes="hint")

    def on_mount(self) -> None:
        """Show the rows."""
        self.show()
        self.rows.focus()

    @property
    def rows(self) -> RowList[AuditEntry]:
        """The list."""
        return self.query_one(RowList)

    def show(self) -> None:
        """Show what was read last."""
        count, some = len(self.entries), f" for “{self.narrowed}”" if self.narrowed else ""
        newest = f"the newest {MOST}" if count == MOST else f"{count} {'entry' if count == 1 else 'entries'}"
        self.query_one("#heading", Words).show(safe(f"Audit trail: {newest}{some}"))
        self.rows.show(
            (
                ListColumn(heading="When", width=17, text=lambda it: safe(show_moment(it.at, self.zone))),
                ListColumn(heading="Who", width=12, text=lambda it: safe(it.who)),
                ListColumn(heading="What", width=20, text=lambda it: safe(it.what)),
                ListColumn(heading="About whom", width=0, text=lambda it: safe(it.patient or it.subject)),
            ),
            self.entries,
        )

    @on(RowList.CursorMoved)
    def show_details(self) -> None:
        """Say in full what the row under the cursor holds."""
        it, details = self.rows.item, self.query_one("#details", Words)
        if it is None:
            details.show()
        else:
            where = f"entry {it.seq} by {it.who}, account {it.account or 'unknown'}, from {it.origin or 'unknown'}"
            details.show(safe(where), safe(it.changes))

    @work(group="narrow")
    async def action_narrow(self) -> None:
        """Ask for words and show what fits."""
        desk = desk_of(self)
        text = await desk.ask(NarrowAudit(self.narrowed))
        if text is None:
            return
        try:
            self.entries = await self.trail.find(desk.act().who, text, today=desk.today)
        except ClinicError as refusal:
            self.say_problem(str(refusal))
            return
        self.narrowed = text
        self.say_problem("" if self.entries else "Nothing fits; / and an empty line show all.")
        self.show()
        self.rows.move_to(0)

    @work(group="export")
    async def action_export(self) -> None:
        """Save every entry that fits."""
        desk = desk_of(self)
        try:
            said = await self.trail.export_to_folder(desk.act(), self.narrowed, today=desk.today)
        except ClinicError as refusal:
            said = str(refusal)
        self.say_problem(said)

    def say_problem(self, sentence: str) -> None:
        """Say something below the list."""
        self.query_one("#problem", Words).show(safe(sentence))

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)
