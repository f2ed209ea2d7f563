"""Two records side by side, and what is so once they are one; `y` alone merges."""

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ctfront.domain.errors import ClinicError
from ctfront.domain.merging import MergePreview
from ctfront.domain.text import Shown, safe
from ctfront.services.duplicates import Duplicates
from ctfront.widgets.day_cells import fit
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.words import Words

LABEL, COLUMN = 7, 22
"""Cells of the label and of each of the three columns."""


class MergePreviewDialog(Dialog[str | None]):
    """Show both records; answers with what was done, None when nothing was."""

    AUTO_FOCUS: ClassVar[str | None] = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,Y", "merge", "Merge", tooltip="Make them one record", id="merge.yes"),
        Binding("s,S", "swap", "Keep the other", tooltip="Keep the other record instead", id="merge.swap"),
        Binding("enter,escape", "leave", "Not now", tooltip="Leave both as they are", id="merge.leave"),
    ]

    def __init__(self, duplicates: Duplicates, preview: MergePreview) -> None:
        super().__init__()
        self.duplicates = duplicates
        self.preview = preview

    def compose(self) -> ComposeResult:
        """Lay the table between the question and the keys."""
        with Vertical(classes="dialog"):
            yield Words(id="heading")
            yield Words(id="table")
            yield Words(id="problem")
            yield Words(
                safe("y merge   s keep the other   Enter or Esc not now   can be parted 30 days"), classes="hint"
            )

    def on_mount(self) -> None:
        """Show both."""
        self.show()

    def show(self) -> None:
        """Show both records, what is so afterwards, and what stands against it."""
        it = self.preview
        self.query_one("#heading", Words).show(safe(f"Merge #{it.gone.record_number} into #{it.kept.record_number}?"))
        head = _row("", safe("is kept"), safe("goes into it"), safe("afterwards"))
        self.query_one("#table", Words).show(head, *(_row(r.label, r.kept, r.gone, r.after) for r in it.lines))
        self.say(f"! {it.refusal}" if it.refusal else "")

    def say(self, sentence: str) -> None:
        """Say what stands against it."""
        self.query_one("#problem", Words).show(safe(sentence))

    @work(group="merge")
    async def action_merge(self) -> None:
        """Make them one record."""
        desk, it = desk_of(self), self.preview
        try:
            said = await self.duplicates.merge(desk.act(), it.kept.id, it.gone.id)
        except ClinicError as refusal:
            self.say(f"! {refusal}")
            return
        self.dismiss(said)

    @work(group="swap")
    async def action_swap(self) -> None:
        """Keep the other record instead."""
        it = self.preview
        try:
            self.preview = await self.duplicates.preview(desk_of(self).act(), it.gone.id, it.kept.id)
        except ClinicError as refusal:
            self.say(f"! {refusal}")
            return
        self.show()

    def action_leave(self) -> None:
        """Leave both as they are."""
        self.dismiss(None)


def _row(label: str, kept: Shown, gone: Shown, after: Shown) -> Shown:
    return safe(" ".join([fit(safe(label), LABEL), *(fit(text, COLUMN) for text in (kept, gone, after))]))
