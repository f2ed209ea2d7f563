"""What lies over a screen: a form, a list or a question; the keys that lead elsewhere work from inside."""

from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

Answer = TypeVar("Answer")


def way(key: str, action: str, words: str, tooltip: str, id: str) -> Binding:
    """Make a binding of the app that leads elsewhere; a clinic remaps it here and on the screens alike."""
    return Binding(key, f"app.{action}", words, tooltip=tooltip, show=False, id=f"app.{id}")


class Dialog(ModalScreen[Answer], Generic[Answer]):
    """Over a screen; what leads elsewhere lets a form wait, and closes what is none as Esc does."""

    AUTO_FOCUS: ClassVar[str | None] = None
    BINDINGS: ClassVar[list[BindingType]] = [
        way("f2", "show_mode('scheduler')", "Scheduler", "The day's schedule; the form waits", "scheduler"),
        way("f3", "patient", "Find", "Find a patient; the form waits", "patient"),
        way("f4", "access", "Patient Access", "Who is invited, who is enrolled; the form waits", "access"),
        way("f5", "waiting_form", "Waiting form", "Go back to the form that waits; this one waits", "waiting_form"),
        way("f6", "show_mode('set_up')", "Set-up", "Providers, hours, purposes …; the form waits", "set_up"),
    ]
