"""Shows two clerks' changes of one patient side by side, and asks what to save."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ctfront.domain.patients import consent_word
from ctfront.domain.profile import FieldChange, PatientChanged
from ctfront.domain.providers import Provider
from ctfront.domain.text import Shown, safe
from ctfront.domain.times import show_day
from ctfront.widgets.day_cells import fit
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.words import Words

WIDTH = 31
"""Cells for each version."""
LED_IN = 8
"""Characters shown before the first that differs, when the beginning of both is alike."""


class ChangedPatient(Dialog["frozenset[str] | None"]):
    """List field, theirs and mine; answers with the fields to take of mine, None for *not now*.

    What one clerk alone changed is merged; what both changed is picked with `t` or `m`, then `y` saves.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,Y", "merge", "Merge and save", id="changed.merge"),
        Binding("t,T", "pick(False)", "Theirs", id="changed.theirs"),
        Binding("m,M", "pick(True)", "Mine", id="changed.mine"),
        Binding("down", "walk(1)", "Next", id="changed.down"),
        Binding("up", "walk(-1)", "Before", id="changed.up"),
        Binding("enter,escape", "leave", "Not now", id="changed.leave"),
    ]

    def __init__(self, changed: PatientChanged, providers: Sequence[Provider]) -> None:
        super().__init__()
        self.changed = changed
        self.providers = {provider.id: provider.name for provider in providers}
        self.clashes = [change.name for change in changed.changes if change.clashes]
        self.picks: dict[str, bool] = {}
        """Of the clashing fields picked so far, whether mine is taken."""
        self.cursor = 0

    def compose(self) -> ComposeResult:
        """Lay the sentence above the rows and the keys."""
        with Vertical(classes="dialog"):
            yield Words(safe(str(self.changed)))
            yield Words(id="fields")
            yield Words(id="ask")
            keys = "y merge and save   Enter or Esc not now"
            yield Words(safe(f"t theirs   m mine   {keys}" if self.clashes else keys), classes="hint")

    def on_mount(self) -> None:
        """Show the rows."""
        self.paint()

    def paint(self) -> None:
        """Show the rows, the one to pick in reverse."""
        heading = safe(f"  {'':<11}{fit(f'  {self.changed.who}', WIDTH)} {'  you'}")
        rows = [self._row(change) for change in self.changed.changes]
        here = self.clashes[self.cursor] if self.clashes else None
        names = [change.name for change in self.changed.changes]
        self.query_one("#fields", Words).show(heading, *rows, cursor=names.index(here) + 1 if here else None)
        left = len(self.clashes) - len(self.picks)
        what = "1 field was" if left == 1 else f"{left} fields were"
        self.query_one("#ask", Words).show(safe(f"{what} changed by both: pick one version." if left else ""))

    def _row(self, change: FieldChange) -> Shown:
        theirs, mine = _apart(self._words(change.name, change.theirs), self._words(change.name, change.mine))
        taken = self._takes_mine(change)
        marks = ("?", " ", " ") if taken is None else (" ", " ", "▸") if taken else (" ", "▸", " ")
        return safe(
            f"{marks[0]} {change.word:<11}{marks[1]} {fit(theirs, WIDTH - 2)} {marks[2]} {fit(mine, WIDTH - 2)}"
        )

    def _takes_mine(self, change: FieldChange) -> bool | None:
        """Tell whether mine is taken, None while a clash is not picked."""
        return self.picks.get(change.name) if change.clashes else change.is_mine

    def _words(self, name: str, value: Any) -> Shown:
        return safe(shown_value(name, value, self.providers))

    def action_walk(self, step: int) -> None:
        """Go to another field that both changed."""
        if self.clashes:
            self.cursor = max(0, min(self.cursor + step, len(self.clashes) - 1))
            self.paint()

    def action_pick(self, mine: bool) -> None:
        """Take one version of the field under the cursor and go to the next that is not picked."""
        if not self.clashes:
            return
        self.picks[self.clashes[self.cursor]] = mine
        left = [number for number, name in enumerate(self.clashes) if name not in self.picks]
        self.cursor = left[0] if left else self.cursor
        self.paint()

    def action_merge(self) -> None:
        """Close with what to take of mine, once each clash is picked."""
        if len(self.picks) == len(self.clashes):
            self.dismiss(frozenset(c.name for c in self.changed.changes if self._takes_mine(c)))

    def action_leave(self) -> None:
        """Go back to the form as it was."""
        self.dismiss(None)


def shown_value(name: str, value: Any, providers: dict[int, str]) -> str:
    """Return a field's value in words."""
    match name:
        case "birth_date":
            return show_day(value)
        case "sex":
            return value.value or "not stated"
        case "preferred_provider_id":
            return "none" if value is None else providers.get(value, "another provider")
        case "phones":
            return _listed(f"{phone.number} {phone.kind}" for phone in value)
        case "alerts":
            return _listed(alert.text for alert in value)
        case "consent":
            return consent_word(value)
        case "active":
            active, reason = value
            return "yes" if active else f"no: {reason}"
    return value or "none"


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts) or "none"


def _apart(theirs: Shown, mine: Shown) -> tuple[str, str]:
    """Return both texts from where they begin to differ, when that would lie beyond what is shown."""
    alike = 0
    while alike < min(len(theirs), len(mine)) and theirs[alike] == mine[alike]:
        alike += 1
    if max(len(theirs), len(mine)) <= WIDTH - 2 or alike <= LED_IN * 2:
        return theirs, mine
    return f"…{theirs[alike - LED_IN :]}", f"…{mine[alike - LED_IN :]}"
