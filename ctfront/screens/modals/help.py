"""The keys that work here, searchable; made from the bindings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from ctfront.widgets.form import Line

NAMES = {
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "comma": ",",
    "full_stop": ".",
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "escape": "Esc",
    "enter": "Enter",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "space": "Space",
    "asterisk": "*",
}


@dataclass(frozen=True, kw_only=True)
class KeyHelp:
    """One act with its keys."""

    keys: tuple[str, ...]
    words: str
    tooltip: str
    action: str
    enabled: bool

    @property
    def line(self) -> str:
        """How help and palette list it."""
        keys = " ".join(self.keys)
        words = f"{keys:<12} {self.words:<14} {self.tooltip}"
        return words if self.enabled else f"{words}  (not now)"


def keys_of(screen: Screen[object]) -> tuple[KeyHelp, ...]:
    """Return the acts that have a key on a screen, as bound now."""
    found: dict[str, KeyHelp] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.description or not binding.id:
            continue
        name = NAMES.get(binding.key, binding.key.removeprefix("upper_"))
        name = name.upper() if name[:1] == "f" and name[1:].isdecimal() else name
        earlier = found.get(binding.id)
        keys = earlier.keys if earlier else ()
        if name.lower() not in keys:
            keys = (*keys, name)
        found[binding.id] = KeyHelp(
            keys=keys,
            words=binding.description,
            tooltip=binding.tooltip,
            action=binding.action,
            enabled=active.enabled,
        )
    return tuple(found.values())


class KeyList(ModalScreen[str | None]):
    """The list behind `?` and Ctrl+P; Enter does what is under the cursor."""

    AUTO_FOCUS: ClassVar[str | None] = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", id="help.leave"),
        Binding("down", "step(1)", "Down", id="help.down"),
        Binding("up", "step(-1)", "Up", id="help.up"),
        Binding("pagedown", "step(10)", "Page down", id="help.page_down"),
        Binding("pageup", "step(-10)", "Page up", id="help.page_up"),
    ]

    def __init__(self, keys: Sequence[KeyHelp]) -> None:
        super().__init__()
        self.keys = tuple(keys)
        self.shown = self.keys

    def compose(self) -> ComposeResult:
        """Lay the search line above the list."""
        with Vertical(classes="dialog"):
            yield Line()
            yield OptionList(*self._options(), markup=False)

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(OptionList).can_focus = False
        self.query_one(Line).focus()

    def _options(self) -> list[Option]:
        return [Option(help.line, disabled=not help.enabled) for help in self.shown]

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """Show the acts whose line holds every word typed."""
        event.stop()
        words = event.value.casefold().split()
        self.shown = tuple(k for k in self.keys if all(w in k.line.casefold() for w in words))
        rows = self.query_one(OptionList)
        rows.clear_options()
        rows.add_options(self._options())
        rows.highlighted = 0 if self.shown else None

    @on(Input.Submitted)
    def choose(self, event: Input.Submitted) -> None:
        """Close with the act under the cursor."""
        event.stop()
        at = self.query_one(OptionList).highlighted
        chosen = self.shown[at] if at is not None and at < len(self.shown) else None
        self.dismiss(chosen.action if chosen is not None and chosen.enabled else None)

    def action_step(self, step: int) -> None:
        """Move in the list."""
        rows = self.query_one(OptionList)
        if self.shown:
            rows.highlighted = max(0, min((rows.highlighted or 0) + step, len(self.shown) - 1))

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)
