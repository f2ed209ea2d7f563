"""The next free starts for a purpose: the rows follow what is typed."""

from datetime import date, datetime, timedelta
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList

from ctfront.domain.errors import ClinicError, InputRefused
from ctfront.domain.grammar.commands import Command, Names, read_command
from ctfront.domain.providers import Provider, VisitPurpose
from ctfront.domain.schedule import Start
from ctfront.domain.text import safe
from ctfront.domain.times import show_date, show_minute
from ctfront.services.scheduling import Scheduling
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.form import Line
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.safe_input import full_words
from ctfront.widgets.words import Words

DAYS_AHEAD = 42
"""How far is looked when no date is typed."""


class OpeningsLine(Line):
    """All typing is text; the rows follow."""

    def types_ahead(self, event: events.Key) -> bool:
        """Tell whether the key may go in while rows are looked for."""
        return event.is_printable or event.key == "backspace"


class OpeningsRows(OptionList):
    """The rows; Enter takes the one under the cursor."""


class OpeningsList(Dialog[tuple[Start, VisitPurpose] | None]):
    """`adj chen mornings 2w`: purpose, providers, part of day, until when."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", tooltip="Close the list", id="openings.leave"),
        Binding("tab,shift+tab", "swap", "Rows or line", tooltip="To the rows and back", id="openings.swap"),
    ]

    def __init__(
        self,
        scheduling: Scheduling,
        providers: tuple[Provider, ...],
        purposes: tuple[VisitPurpose, ...],
        *,
        text: str,
        start: date,
        not_before: datetime,
    ) -> None:
        super().__init__()
        self.scheduling = scheduling
        self.providers = providers
        self.purposes = purposes
        self.text = text
        self.start = start
        self.not_before = not_before
        self.names = Names([p.name for p in providers], [(p.name, p.letter) for p in purposes])
        self.starts: tuple[Start, ...] = ()
        self.purpose: VisitPurpose | None = None

    def compose(self) -> ComposeResult:
        """Lay the line above what it is read as, and the rows."""
        with Vertical(classes="dialog"):
            yield Words(safe("Next openings: purpose, providers, mornings, until"), id="heading")
            yield OpeningsLine(self.text, id="openings")
            yield Words(id="problem")
            yield OpeningsRows(markup=False)
            yield Words(safe("Enter to the rows, Enter takes one  Esc leave"), classes="hint")

    def on_mount(self) -> None:
        """Type at once."""
        line = self.query_one(OpeningsLine)
        line.focus()
        if not line.value:
            self.look("")

    @on(Input.Changed)
    def follow(self, event: Input.Changed) -> None:
        """Look for what is typed."""
        event.stop()
        self.look(event.value)

    @work(group="find", exclusive=True)
    async def look(self, text: str) -> None:
        """Read the line and fill the rows."""
        problem = self.query_one("#problem", Words)
        self.starts, self.purpose = (), None
        try:
            command = self._read(text)
            self.purpose = next((p for p in self.purposes if p.name == command.purpose), None)
            if self.purpose is None:
                raise InputRefused(f"Which purpose: {', '.join(f'{p.letter} {p.name}' for p in self.purposes)}?")
            until = self._until(command)
            self.starts = await self.scheduling.openings(
                self.purpose.id,
                provider_ids=[p.id for p in self.providers if p.name in command.providers],
                start=self.start,
                until=until,
                part=command.part,
                not_before=self.not_before,
            )
            who = ", ".join(command.providers) or "any provider"
            problem.show(safe(f"{self.purpose.name} · {who} · {command.part or 'any time'} · to {show_date(until)}"))
        except ClinicError as refusal:
            problem.show(safe(f"! {refusal}"))
        self._fill()

    def _read(self, text: str) -> Command:
        desk = desk_of(self)
        return read_command(f"fo {text}", today=desk.today, order=desk.clinic.date_order, names=self.names)

    def _until(self, command: Command) -> date:
        desk = desk_of(self)
        day = command.day(today=desk.today, at_hand=self.start, order=desk.clinic.date_order)
        return day or self.start + timedelta(days=DAYS_AHEAD)

    def _fill(self) -> None:
        rows = self.query_one(OpeningsRows)
        rows.clear_options()
        rows.add_options([opening_line(start) for start in self.starts])
        rows.highlighted = 0 if self.starts else None

    @on(Line.Full)
    def say_full(self, event: Line.Full) -> None:
        """Say why what was typed or pasted is not there."""
        event.stop()
        self.query_one("#problem", Words).show(safe(full_words(event.limit)))

    @on(Input.Submitted)
    def go_to_rows(self, event: Input.Submitted) -> None:
        """Go to the rows, when there are any."""
        event.stop()
        if self.starts:
            self.query_one(OpeningsRows).focus()

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        """Close with the start under the cursor."""
        event.stop()
        if self.purpose is not None:
            self.dismiss((self.starts[event.option_index], self.purpose))

    def action_swap(self) -> None:
        """Go to the rows, or back to the line."""
        rows, line = self.query_one(OpeningsRows), self.query_one(OpeningsLine)
        (line if rows.has_focus or not self.starts else rows).focus()

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)


def opening_line(start: Start) -> str:
    """Return `Mon 2 Mar 2026  8:15  Dr Alvarez  45 min free`."""
    return safe(
        f"{show_date(start.day):<16} {show_minute(start.minute):>5}  {start.provider:<20} {start.minutes_free} min free"
    )
