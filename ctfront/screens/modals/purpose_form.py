"""A visit purpose: name, usual length, letters in the grid and their colour."""

from collections.abc import Iterable

from textual import on
from textual.widget import Widget
from textual.widgets import Input

from ctfront.domain.errors import InputRefused
from ctfront.domain.providers import COLORS, VisitPurpose
from ctfront.domain.set_up import LONGEST_LETTER, VisitPurposeDraft, check_minutes
from ctfront.screens.modals.set_up_form import SetUpForm, read_number, read_yes
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.widgets.form import Choice, Field
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.set_up_rows import yes_or_no


def read_minutes(text: str) -> str:
    """Read a length back. Raises `InputRefused`."""
    minutes = check_minutes(read_number(text))
    return "min" if minutes < 60 else f"min, {minutes // 60} h {minutes % 60:02}"


def read_letter(text: str) -> str:
    """Read the letters back. Raises `InputRefused`."""
    if len(text.strip()) > LONGEST_LETTER:
        raise InputRefused(f"At most {LONGEST_LETTER} letters.")
    return "in the grid"


def read_active(text: str) -> str:
    """Read back whether it can be booked. Raises `InputRefused`."""
    return "can be booked" if read_yes(text) else "not offered any more"


class PurposeForm(SetUpForm[VisitPurpose]):
    """Add a visit purpose or change one."""

    def __init__(self, set_up: ClinicSetup, purpose: VisitPurpose | None) -> None:
        super().__init__(set_up, first=None if purpose is None else "name")
        self.purpose = purpose
        self.palette = Choice(COLORS, what="colour")

    def heading(self) -> str:
        """Say which one, and what a change does."""
        if self.purpose is None:
            return "New visit purpose · providers offer it once it is in their form"
        return f"Visit purpose · {self.purpose.name} · booked visits keep their length"

    def fields(self) -> Iterable[Widget]:
        """Make the fields."""
        it = self.purpose
        yield Field("name", "Name", it.name if it else "", required=True)
        yield Field("minutes", "Minutes", str(it.minutes) if it else "", required=True, read=read_minutes)
        yield Field("letter", "Letters", it.letter if it else "", required=True, read=read_letter)
        yield Field("color", "Colour", it.color if it else "", read=self.read_color)
        yield Field("active", "Active", yes_or_no(it is None or it.active), required=True, read=read_active)

    @on(Input.Changed, "#name")
    def follow_name(self, event: Input.Changed) -> None:
        """Offer a new purpose the first letters of its name."""
        if self.purpose is None and not self.field("letter").changed:
            self.field("letter").offer(event.value.strip()[:LONGEST_LETTER].strip())

    def color_of(self, text: str) -> str:
        """Return the colour meant, empty for none. Raises `InputRefused`."""
        if not text.strip() or "none".startswith(text.strip().casefold()):
            return ""
        return COLORS[self.palette.index(text)]

    def read_color(self, text: str) -> str:
        """Read the colour back. Raises `InputRefused`."""
        if color := self.color_of(text):
            return f"the letters in {color}"
        return "no colour; red, green, yellow, blue, cyan …"

    async def send(self) -> VisitPurpose:
        """Save the visit purpose."""
        it = self.purpose
        draft = VisitPurposeDraft(
            name=self.text_of("name"),
            minutes=read_number(self.text_of("minutes")),
            letter=self.text_of("letter"),
            color=self.color_of(self.text_of("color")),
            active=read_yes(self.text_of("active")),
        )
        return await self.set_up.save_purpose(
            desk_of(self).act(), it.id if it else None, draft, version=it.version if it else None
        )
