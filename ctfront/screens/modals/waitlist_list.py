"""The list behind `:wl`: who waits, those first whom the place fits that was freed last."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ctfront.domain.drafts import Left
from ctfront.domain.errors import ClinicError
from ctfront.domain.providers import Provider, VisitPurpose
from ctfront.domain.text import safe
from ctfront.domain.times import show_day, show_weekday
from ctfront.domain.waitlist import Offer, WaitlistEntry
from ctfront.screens.modals.waitlist_form import WaitlistForm
from ctfront.services.patients import Patients
from ctfront.services.waitlist import Waitlist
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.row_list import ListColumn, RowList
from ctfront.widgets.waitlist_words import reach_words, waits_words
from ctfront.widgets.words import Words

MOST_ROWS = 12
"""Rows in view; a longer list scrolls."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A row: who waits, the how manieth, and how the entry stands."""

    number: int
    entry: WaitlistEntry
    state: str
    """`fits`, `inactive`, `over`, or empty."""


Taken = tuple[WaitlistEntry, Offer | None]
"""Who is to be booked, and the place when it is the one that was freed."""

COLUMNS: tuple[ListColumn[Waiting], ...] = (
    ListColumn(heading="  #", width=3, text=lambda row: safe(f"{row.number:>3}")),
    ListColumn(heading="Patient", width=0, text=lambda row: row.entry.patient.name),
    ListColumn(heading="Born", width=11, text=lambda row: safe(show_day(row.entry.patient.birth_date))),
    ListColumn(heading="Phone", width=15, text=lambda row: safe(row.entry.phone or "no phone")),
    ListColumn(heading="For", width=3, text=lambda row: safe(row.entry.purpose_letter)),
    ListColumn(heading="Until", width=10, text=lambda row: safe(show_weekday(row.entry.until))),
    ListColumn(heading="", width=8, text=lambda row: safe(row.state)),
)


class WaitlistList(Dialog[Taken | None]):
    """Show who waits; answers with whom to book."""

    AUTO_FOCUS: ClassVar[str | None] = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "take", "Book or open", tooltip="Book who fits the place; open who does not", id="waitlist.take"
        ),
        Binding("b,B", "book", "Book", tooltip="Book on the place that was freed, else in hand", id="waitlist.book"),
        Binding("e,E", "edit", "Edit", tooltip="Change what the patient waits for", id="waitlist.edit"),
        Binding("n,N", "add", "New", tooltip="Put a patient on the waitlist", id="waitlist.add"),
        Binding("x,X", "take_off", "Take off", tooltip="Take the patient off the waitlist", id="waitlist.take_off"),
        Binding("u,U", "undo", "Undo", tooltip="Take back my last act", id="waitlist.undo"),
        Binding("escape", "leave", "Close", tooltip="Close the list", id="waitlist.leave"),
        *(Binding(str(n), f"go_to({n})", f"Row {n}", show=False, id=f"waitlist.row_{n}") for n in range(1, 10)),
    ]

    def __init__(
        self,
        waitlist: Waitlist,
        patients: Patients,
        providers: Sequence[Provider],
        purposes: Sequence[VisitPurpose],
        entries: Sequence[WaitlistEntry],
        offer: Offer | None,
    ) -> None:
        super().__init__()
        self.waitlist = waitlist
        self.patients = patients
        self.providers = providers
        self.purposes = purposes
        self.entries = tuple(entries)
        self.offer = offer
        self.left: Left | None = None
        """The form that opens with the list, when it was left in the middle."""

    def compose(self) -> ComposeResult:
        """Lay the list between its heading and what the row under the cursor says."""
        with Vertical(classes="dialog"):
            yield Words(id="heading")
            rows: RowList[Waiting] = RowList(
                key=lambda row: row.entry.id, quiet=lambda row: row.state not in {"", "fits"}
            )
            yield rows
            yield Words(id="details")
            yield Words(id="problem")
            yield Words(id="hint", classes="hint")

    def on_mount(self) -> None:
        """Show the rows."""
        self.show()
        self.rows.focus()
        if self.left is not None:
            self.open_left(self.left)

    @property
    def rows(self) -> RowList[Waiting]:
        """The list."""
        return self.query_one(RowList)

    @property
    def here(self) -> Waiting | None:
        """The row under the cursor."""
        return self.rows.item

    def show(self) -> None:
        """Show who waits, those first whom the place fits."""
        fitting = self.offer.entries if self.offer else ()
        ids = {entry.id for entry in fitting}
        ordered = [*fitting, *(entry for entry in self.entries if entry.id not in ids)]
        shown = [
            Waiting(number=number, entry=entry, state="fits" if entry.id in ids else self._state(entry))
            for number, entry in enumerate(ordered, 1)
        ]
        self.rows.styles.height = min(max(len(shown), 1), MOST_ROWS) + 1
        self.rows.show(COLUMNS, shown, empty="Nobody waits; n adds.")
        told = f" · {self.offer.count} fit{'' if self.offer.count > 1 else 's'} {self.offer.told}" if self.offer else ""
        self.query_one("#heading", Words).show(safe(f"Waitlist · {len(shown)} waiting{told}"))
        self.show_row()

    def _state(self, entry: WaitlistEntry) -> str:
        if not entry.patient.active:
            return "inactive"
        return "over" if entry.until < desk_of(self).today else ""

    @on(RowList.CursorMoved)
    def show_row(self) -> None:
        """Show what the row under the cursor waits for, and the keys for it."""
        row = self.here
        lines = (waits_words(row.entry), reach_words(row.entry, desk_of(self).clinic.tz)) if row else ()
        self.query_one("#details", Words).show(*lines)
        fits = row is not None and row.state == "fits"
        first = "Enter or b books it  e edit" if fits else "Enter or e opens  b to the Scheduler"
        self.query_one("#hint", Words).show(safe(f"{first}  n new  x take off  u undo  Esc close"))

    async def read(self, said: str) -> None:
        """Read anew who waits and whom the place fits, and say what was done."""
        try:
            if self.offer is not None:
                self.offer = await self.waitlist.offer(self.offer.freed.place, now=desk_of(self).wall_now)
            self.entries = await self.waitlist.entries()
        except ClinicError as refusal:
            said = str(refusal)
        self.show()
        self.say(said)

    def say(self, sentence: str) -> None:
        """Say what was done, or why not."""
        self.query_one("#problem", Words).show(safe(sentence))

    # -- the keys

    def action_go_to(self, number: int) -> None:
        """Put the cursor on a row."""
        if number <= len(self.rows.items):
            self.rows.move_to(number - 1)

    def action_take(self) -> None:
        """Book who fits the place; open who does not."""
        if self.here is not None and self.here.state == "fits":
            self.action_book()
        else:
            self.action_edit()

    def action_book(self) -> None:
        """Close with who is to be booked."""
        row = self.here
        if row is None:
            self.say("Nobody waits; n adds.")
        elif not row.entry.patient.active:
            self.say(f"{row.entry.patient.name} is inactive; make the patient active again first.")
        else:
            self.dismiss((row.entry, self.offer if row.state == "fits" else None))

    @work(group="edit")
    async def action_edit(self) -> None:
        """Change what the patient under the cursor waits for."""
        if (row := self.here) is not None:
            await self._ask(row.entry)

    @work(group="edit")
    async def action_add(self) -> None:
        """Put another patient on the waitlist."""
        await self._ask(None)

    @work(group="edit")
    async def open_left(self, left: Left) -> None:
        """Open the form as it was left in the middle."""
        changed = left.draft.about.get("entry_id")
        await self._ask(next((entry for entry in self.entries if entry.id == changed), None), left)

    async def _ask(self, entry: WaitlistEntry | None, left: Left | None = None) -> None:
        form = WaitlistForm(self.waitlist, self.patients, self.providers, self.purposes, entry)
        form.open_from(left)
        said = await desk_of(self).ask(form)
        if said is not None:
            await self.read(f"{said} u takes it back.")

    @work(group="take_off")
    async def action_take_off(self) -> None:
        """Take the patient under the cursor off the waitlist."""
        if (row := self.here) is None:
            return
        try:
            act = desk_of(self).act()
            said = await self.waitlist.take_off(act, row.entry.id, version=row.entry.version)
            await self.read(f"{said} u takes it back.")
        except ClinicError as refusal:
            await self.read(str(refusal))

    @work(group="undo")
    async def action_undo(self) -> None:
        """Take back my last act."""
        try:
            said = await desk_of(self).undo()
        except ClinicError as refusal:
            said = str(refusal)
        await self.read(said)

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)
