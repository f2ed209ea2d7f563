"""The shape of every form: fields, Enter to the next that wants an answer, Okay, and the way out."""

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, Generic, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.css.query import NoMatches
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import Worker

from ctfront.domain.errors import ClinicError, InputRefused, NotAllowed
from ctfront.domain.text import FIELD_LIMIT, safe
from ctfront.widgets.answer import Answer
from ctfront.widgets.check_box import Box
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.safe_input import SafeInput, full_words
from ctfront.widgets.words import Words

Saved = TypeVar("Saved")


def read_anything(text: str) -> str:
    """Take any text, with nothing to read back."""
    return ""


class Line(SafeInput):
    """A one-line field that looks like text and says where it is by its mark."""

    DEFAULT_CSS = "Line { width: 1fr; }"

    def __init__(self, value: str = "", *, limit: int = FIELD_LIMIT, id: str | None = None) -> None:
        super().__init__(value, compact=True, max_length=limit, id=id)
        self.cursor_blink = False


class Field(Answer):
    """A label, a line to type in, and beside it the reading back or what is wrong."""

    DEFAULT_CSS = "Field > Line { width: 28; }"

    def __init__(
        self,
        name: str,
        label: str,
        value: str = "",
        *,
        required: bool = False,
        limit: int = FIELD_LIMIT,
        read: Callable[[str], str] = read_anything,
    ) -> None:
        super().__init__(name, label, first_value=safe(value), required=required)
        self.limit = limit
        self.read = read

    def compose(self) -> ComposeResult:
        """Lay out label, line and note."""
        yield Words(safe(self.label), classes="label")
        yield Line(self.first_value, limit=self.limit, id=self.field)
        yield Words(classes="note")

    @property
    def line(self) -> Line:
        """Where it is typed."""
        return self.query_one(Line)

    @property
    def stop(self) -> Widget:
        """What takes the keys."""
        return self.line

    @property
    def text(self) -> str:
        """What is typed."""
        return self.line.value

    def reading(self, text: str) -> str:
        """Return what the text is read as. Raises `InputRefused`."""
        return self.read(text)

    def offer(self, text: str) -> None:
        """Fill in what can be known; it doesn't count as typed."""
        self.first_value = safe(text)
        self.line.value = text
        self.show_reading()

    @on(Input.Changed)
    def read_again(self, event: Input.Changed) -> None:
        """Read what is typed; the form hears of it too, for what follows from it."""
        self.show_reading()

    @on(SafeInput.Full)
    def say_full(self, event: SafeInput.Full) -> None:
        """Say why what was typed or pasted is not there."""
        event.stop()
        self.query_one(".note", Words).show(safe(full_words(event.limit)))


class Okay(Words, can_focus=True):
    """The bottom line of a form: Enter saves."""

    DEFAULT_CSS = "Okay { height: 1; } Okay:focus { text-style: bold reverse; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "pressed", "Okay", id="form.enter")]

    class Pressed(Message):
        """The clerk wants the form saved."""

    def __init__(self, words: str) -> None:
        super().__init__(safe(f" {words} "), id="okay")

    def action_pressed(self) -> None:
        """Ask the form to save."""
        self.post_message(self.Pressed())


class Form(Dialog[Saved | None], Generic[Saved]):
    """A form that closes only when its save stood; `None` means that the clerk left it."""

    HEADING: ClassVar[str] = ""
    OKAY: ClassVar[str] = "Okay"
    WAITS: ClassVar[bool] = True
    """Whether it waits when the clerk goes elsewhere, instead of closing."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9,ctrl+o", "okay", "Okay", tooltip="Save from any field", id="form.okay"),
        Binding("ctrl+s", "okay", "Okay", show=False, id="form.okay_too"),
        Binding("escape", "leave", "Leave", tooltip="Leave; twice when something was typed", id="form.leave"),
        Binding("down,tab", "step(1)", "Next field", id="form.down"),
        Binding("up,shift+tab", "step(-1)", "Field before", id="form.up"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.saving: Worker[Saved | None] | None = None
        """The last save."""
        self.leaving = False
        """Whether the next Esc leaves although something was typed."""

    # -- what a form says of itself

    def heading(self) -> str:
        """Return the first line."""
        return self.HEADING

    def fields(self) -> Iterable[Widget]:
        """Make the fields, top to bottom."""
        raise NotImplementedError

    async def save(self) -> Saved | None:
        """Save through the service; a `ClinicError` or None keeps the form open."""
        raise NotImplementedError

    async def begin_waiting(self) -> str:
        """Do what must be done before the form waits, and return the sentence that says so."""
        return "The form waits."

    def stops(self) -> Sequence[Widget]:
        """Return what Tab visits, top to bottom."""
        return [*(answer.stop for answer in self.query(Answer)), self.query_one(Okay)]

    def wanting(self) -> Widget | None:
        """Return the first stop that still wants an answer, else None."""
        return next((answer.stop for answer in self.query(Answer) if answer.wants_answer), None)

    def typed(self) -> bool:
        """Tell whether something was typed that leaving would lose."""
        return any(answer.changed for answer in self.query(Answer))

    # -- layout

    def compose(self) -> ComposeResult:
        """Lay out heading, fields, problem line and Okay."""
        with Vertical(classes="dialog"):
            yield Words(safe(self.heading()), id="heading")
            yield from self.fields()
            yield Words(id="problem")
            yield Okay(self.OKAY)
            waits = "  F2–F4 let it wait" if self.WAITS else ""
            yield Words(safe(f"Enter next  F9 or Ctrl+O Okay  Esc leave{waits}"), classes="hint")

    def on_mount(self) -> None:
        """Start where the form says."""
        self.start()

    def start(self) -> None:
        """Start in the first field that wants an answer."""
        self.go_on()

    # -- going through it

    def go_on(self) -> None:
        """Go to the next stop that wants an answer, or to Okay."""
        self.visit(self.wanting() or self.query_one(Okay))

    def visit(self, stop: Widget) -> None:
        """Go to a stop."""
        stop.focus()

    def next_wanting(self) -> None:
        """Answer Enter: the next field below that wants an answer, else any that does, else Okay."""
        stops = list(self.stops())
        here = stops.index(self.focused) if self.focused in stops else -1
        below = [a.stop for a in self.query(Answer) if a.wants_answer and stops.index(a.stop) > here]
        target = below[0] if below else self.wanting()
        if target is not None and target is self.focused:
            self._name_problem(target)
        self.visit(target or self.query_one(Okay))

    def _name_problem(self, stop: Widget) -> None:
        for answer in self.query(Answer):
            if answer.stop is stop:
                answer.show_reading(quiet=False)

    def action_step(self, step: int) -> None:
        """Visit the next or previous stop, round and round."""
        stops = list(self.stops())
        here = stops.index(self.focused) if self.focused in stops else 0
        self.visit(stops[(here + step) % len(stops)])

    @on(Input.Submitted)
    def answer_enter(self, event: Input.Submitted) -> None:
        """Go on from a field."""
        event.stop()
        self.next_wanting()

    @on(Box.GoOn)
    def answer_box(self, event: Box.GoOn) -> None:
        """Go on from a box."""
        event.stop()
        self.next_wanting()

    @on(Okay.Pressed)
    def answer_okay(self, event: Okay.Pressed) -> None:
        """Save from the Okay line."""
        event.stop()
        self.action_okay()

    def on_key(self, event: events.Key) -> None:
        """Forget a first Esc when another key comes."""
        if event.key != "escape" and self.leaving:
            self.leaving = False
            self.say_problem("")

    def say_problem(self, sentence: str) -> None:
        """Say what concerns the whole form."""
        self.query_one("#problem", Words).show(safe(sentence))

    # -- out of it

    def action_leave(self) -> None:
        """Leave; when something was typed only the second Esc does. A save that runs goes on."""
        if self.typed() and not self.leaving and not self.is_saving:
            self.leaving = True
            self.say_problem("What was typed is not saved. Esc again leaves.")
        else:
            self.dismiss(None)

    @property
    def is_saving(self) -> bool:
        """Whether a save runs; keys come only once the clerk has broken the wait for it off."""
        return self.saving is not None and not self.saving.is_finished

    def action_okay(self) -> None:
        """Save and close, once nothing wants an answer.

        What was refused before is tried again: the schedule or the database may have changed.
        """
        if self.is_saving:
            return
        for answer in self.query(Answer):
            answer.refused = None
        if (wanting := self.wanting()) is not None:
            self.visit(wanting)
            self._name_problem(wanting)
            return
        # A worker of the app: the form may be left before its save has ended.
        self.saving = self.app.run_worker(self._save(), group="save")

    async def _save(self) -> Saved | None:
        """Save; a refusal stays in the form, the cursor in the field at fault, or is said once the form was left."""
        desk = desk_of(self)
        try:
            saved = await self.save()
        except ClinicError as refusal:
            if self.is_attached:
                self.show_refusal(refusal)
            else:
                desk.say(str(refusal))
            return None
        if saved is not None and self.is_active:
            self.dismiss(saved)
        return saved

    def on_screen_resume(self) -> None:
        """Close when the save stood while another screen was in view."""
        if self.saving is not None and self.saving.is_finished and self.saving.result is not None:
            self.dismiss(self.saving.result)

    def show_refusal(self, refusal: ClinicError) -> None:
        """Show the refusal beside its field, or in the problem line; the cursor goes to the field at fault.

        What is not about the text itself, as a right that is lacking, stays in the problem line while keys typed
        ahead change the text.
        """
        try:
            field = self.query_one(f"#field-{refusal.field}", Answer) if refusal.field else None
        except NoMatches:
            field = None
        about_text = field is not None and not isinstance(refusal, NotAllowed)
        self.say_problem("" if about_text else f"! {refusal}")
        if field is None:
            return
        if about_text:
            field.refuse(str(refusal))
        if not desk_of(self).gone_on():
            self.visit(field.stop)


class Choice:
    """Reads typed text as one of a list, by the beginning of its words."""

    def __init__(self, names: Sequence[str], *, what: str) -> None:
        self.names = tuple(names)
        self.what = what

    def index(self, text: str) -> int:
        """Return which one is meant, or raise `InputRefused` with those that fit."""
        typed = text.strip().casefold()
        for index, name in enumerate(self.names):
            if name.casefold() == typed:
                return index
        fitting = [i for i, n in enumerate(self.names) if n.casefold().startswith(typed)]
        fitting = fitting or [
            i for i, n in enumerate(self.names) if any(w.startswith(typed) for w in n.casefold().split())
        ]
        if len(fitting) == 1:
            return fitting[0]
        words = ", ".join(self.names[i] for i in fitting or range(len(self.names)))
        raise InputRefused(f"{'Which' if fitting else f'No such {self.what}'}: {words}")
