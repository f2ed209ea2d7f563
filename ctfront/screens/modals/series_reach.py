"""Which visits of a series an act takes: this one, this and later, or all still to come."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ctfront.domain.appointments import Appointment
from ctfront.domain.series import Reach, reached
from ctfront.domain.text import safe
from ctfront.domain.times import show_weekday
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.words import Words

REACHES = tuple(Reach)


class SeriesReach(Dialog[tuple[Appointment, ...] | None]):
    """A digit answers, Enter takes this one alone, Esc nothing; answers with the visits."""

    AUTO_FOCUS: ClassVar[str | None] = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take(1)", "This one", id="reach.one"),
        *(Binding(str(n), f"take({n})", reach.value, id=f"reach.{n}") for n, reach in enumerate(REACHES, 1)),
        Binding("escape", "leave", "Leave", id="reach.leave"),
    ]

    def __init__(self, verb: str, this: Appointment, to_come: Sequence[Appointment]) -> None:
        super().__init__()
        self.heading = f"{verb} {this.patient.name}, no. {this.ordinal} of a series:"
        self.choices = [reached(this, to_come, reach) for reach in REACHES]

    def compose(self) -> ComposeResult:
        """Lay a line out for each choice, with how many visits it takes and until when."""
        with Vertical(classes="dialog"):
            yield Words(safe(self.heading), id="heading")
            for number, (reach, taken) in enumerate(zip(REACHES, self.choices, strict=True), 1):
                visits = f", {len(taken)} visits to {show_weekday(taken[-1].day)}" if reach is not Reach.ONE else ""
                yield Words(safe(f" {number}  {reach.value}{visits}"))
            yield Words(safe("A digit chooses  Enter this one  Esc leave"), classes="hint")

    def action_take(self, number: int) -> None:
        """Close with the visits."""
        self.dismiss(self.choices[number - 1])

    def action_leave(self) -> None:
        """Close without any."""
        self.dismiss(None)
