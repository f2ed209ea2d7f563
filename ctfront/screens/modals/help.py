"""The keys that work here, searchable; made from the bindings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from ctfront.domain.text import safe
from ctfront.screens.desk_screen import DeskScreen, action_name
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.form import Line
from ctfront.widgets.words import Words

NAMES = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "home": "Home",
    "end": "End",
    "backspace": "Backspace",
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


def keys_of(screen: DeskScreen) -> tuple[KeyHelp, ...]:
    """Return the acts that have a key on a screen, as bound now: those of letters first, then what moves."""
    found: dict[str, KeyHelp] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.description or not binding.id or screen.is_gone(action_name(binding.action)):
            continue
        earlier = found.get(binding.id)
        keys = earlier.keys if earlier else ()
        name = shown_key(binding.key)
        if name.lower() not in keys:
            keys = (*keys, name)
        found[binding.id] = KeyHelp(
            keys=keys,
            words=binding.description,
            tooltip=binding.tooltip,
            action=binding.action,
            enabled=active.enabled and screen.works_now(action_name(binding.action)),
        )
    return tuple(sorted(found.values(), key=lambda help: not help.keys[0].isalpha() or len(help.keys[0]) > 1))


def shown_key(key: str) -> str:
    """Return a key as people call it: `[`, `PgUp`, `F2`, `Ctrl+L`."""
    if key in NAMES:
        return NAMES[key]
    if key[:1] == "f" and key[1:].isdecimal():
        return key.upper()
    modifier, plus, letter = key.partition("+")
    return f"{modifier.capitalize()}+{letter.upper()}" if plus else key.removeprefix("upper_")


class KeyList(Dialog[str | None]):
    """The list behind `?` and Ctrl+P; Enter does what is under the cursor."""

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
            with Horizontal(id="wanted"):
                yield Words(safe("Keys that work here. Find:"), classes="label")
                yield Line()
            yield OptionList(*self._options(), markup=False)
            yield Words(safe("Enter does what is under the cursor  Esc leave"), classes="hint")

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
