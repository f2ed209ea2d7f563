"""What a mail to patients says: its subject and paragraphs, with placeholders."""

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from ctfront.domain import letters
from ctfront.domain.clinic import Clinic, Site
from ctfront.domain.errors import ClinicError
from ctfront.domain.letters import BUILT_IN, LONGEST_PARAGRAPH, LONGEST_SUBJECT, MOST_PARAGRAPHS, TITLES, MailWording
from ctfront.domain.mails import MailText
from ctfront.domain.online_mails import LINK_KINDS
from ctfront.domain.text import safe
from ctfront.screens.modals.set_up_form import SetUpForm
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.widgets.dialog import Dialog
from ctfront.widgets.form import Field
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.row_list import ListColumn, RowList
from ctfront.widgets.words import Words

MOST_LINES = 16
"""Lines of a preview in view; a longer mail scrolls."""

FIELDS = ("subject", *(f"paragraph-{number}" for number in range(MOST_PARAGRAPHS)))


class LetterLine(Field):
    """A label and a line as wide as there is room; the form says what it is read as."""

    DEFAULT_CSS = "LetterLine > Line { width: 1fr; } LetterLine > .note { display: none; }"

    def on_descendant_blur(self) -> None:
        """Show how a long line begins, once it is left."""
        self.line.cursor_position = 0


class MailTextForm(SetUpForm[MailWording]):
    """Change what a mail says, and see it as it leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f7,ctrl+t", "preview", "Preview", tooltip="The whole mail as it leaves", id="form.preview"),
        Binding("f8,ctrl+r", "restore", "Restore", tooltip="The built-in text again", id="form.restore_text"),
    ]

    def __init__(self, set_up: ClinicSetup, wording: MailWording, clinic: Clinic, site: Site) -> None:
        super().__init__(set_up, first="subject")
        self.wording = wording
        self.values = letters.example(safe(clinic.name), safe(site.phone), safe(site.address))
        """What the placeholders stand for in the preview."""

    def heading(self) -> str:
        """Say which mail."""
        return f"Mail · {TITLES[self.wording.kind]} · a paragraph a line, an empty one is left out"

    def fields(self) -> Iterable[Widget]:
        """Make the fields."""
        for field, text in zip(FIELDS, _lines_of(self.wording.text), strict=True):
            label, limit = ("Subject", LONGEST_SUBJECT) if field == "subject" else ("", LONGEST_PARAGRAPH)
            yield LetterLine(
                field, label, text, required=field == "subject", limit=limit, read=partial(self.read_line, field)
            )
        names = " ".join(f"{{{name}}}" for name in letters.placeholders(self.wording.kind))
        yield Words(safe(names), id="placeholders")
        yield Words(id="reading")
        yield Words(safe("F7 or Ctrl+T the whole mail   F8 or Ctrl+R the built-in text"), id="mail-hint")

    def read_line(self, field: str, text: str) -> str:
        """Read a line back with its placeholders filled in. Raises `InputRefused`."""
        return letters.fill(letters.check_line(self.wording.kind, text, field=field), self.values)

    @property
    def text(self) -> MailText:
        """What is typed."""
        subject, *paragraphs = (self.text_of(field) for field in FIELDS)
        return MailText(subject=subject, paragraphs=tuple(paragraphs))

    # -- what it is read as

    def show_line(self) -> None:
        """Say what the line under the cursor is read as, or what is wrong with it."""
        here = next((field for field in self.query(LetterLine) if field.line.has_focus), None)
        words = ""
        if here is not None:
            words = f"! {here.problem}" if here.problem else here.reading(here.text)
        self.query_one("#reading", Words).show(*map(safe, words.splitlines()))

    def on_descendant_focus(self) -> None:
        """Say what the line that is now under the cursor is read as."""
        self.show_line()

    @on(Input.Changed)
    def follow_typing(self) -> None:
        """Say what the line is read as with every letter."""
        self.show_line()

    def show_refusal(self, refusal: ClinicError) -> None:
        """Show the refusal where the line is read back."""
        super().show_refusal(refusal)
        self.show_line()

    # -- preview and restore

    @work(group="preview")
    async def action_preview(self) -> None:
        """Show the whole mail as it leaves."""
        try:
            text = letters.check_text(self.wording.kind, self.text)
        except ClinicError as refusal:
            self.show_refusal(refusal)
            return
        opt_out = "" if self.wording.kind in LINK_KINDS else "https://book.example.org/opt-out/…"
        foot = letters.foot(self.values["clinic"], self.values["phone"], opt_out)
        body = letters.plain([*letters.paragraphs_of(text, self.values), *foot])
        await desk_of(self).ask(MailPreview(letters.fill(text.subject, self.values), body))

    def action_restore(self) -> None:
        """Fill in the built-in text again."""
        for field, text in zip(FIELDS, _lines_of(BUILT_IN[self.wording.kind]), strict=True):
            self.field(field).line.value = text
        self.say_problem("The built-in text is filled in; Okay saves it.")

    async def send(self) -> MailWording:
        """Save what the mail says."""
        it = self.wording
        return await self.set_up.save_mail(desk_of(self).act(), it.id, self.text, version=it.version)


def _lines_of(text: MailText) -> list[str]:
    lines = [text.subject, *text.paragraphs]
    return lines + [""] * (len(FIELDS) - len(lines))


class MailPreview(Dialog[None]):
    """A mail as it leaves, with made-up details; it scrolls."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,escape", "leave", "Close", tooltip="Close the preview", id="preview.leave"),
    ]

    def __init__(self, subject: str, body: str) -> None:
        super().__init__()
        self.subject = subject
        self.lines = tuple(enumerate(body.splitlines()))

    def compose(self) -> ComposeResult:
        """Lay the subject above the text."""
        with Vertical(classes="dialog"):
            yield Words(safe(f"Subject: {self.subject}"), id="heading")
            rows: RowList[tuple[int, str]] = RowList(key=lambda line: line[0])
            rows.styles.height = min(len(self.lines), MOST_LINES) + 1
            yield rows
            yield Words(safe("Made-up details   Arrows and PgDn scroll   Enter or Esc close"), classes="hint")

    def on_mount(self) -> None:
        """Show the text."""
        rows = self.query_one(RowList)
        rows.show([ListColumn(heading="", width=0, text=lambda line: safe(line[1]))], self.lines)
        rows.focus()

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)
