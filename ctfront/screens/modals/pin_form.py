"""Choosing the PIN that unlocks one's screen."""

from collections.abc import Iterable

from textual.widget import Widget

from ctfront.domain.errors import InputRefused
from ctfront.domain.pins import LONGEST, SHORTEST, check_pin
from ctfront.services.pins import Pins
from ctfront.widgets.form import Field, Form
from ctfront.widgets.front_desk import desk_of


class SecretField(Field):
    """A field that shows a dot for each character."""

    def on_mount(self) -> None:
        """Hide what is typed."""
        self.line.password = True
        super().on_mount()


def read_pin(text: str) -> str:
    """Read a PIN; nothing of it is shown. Raises `InputRefused`."""
    check_pin(text)
    return ""


class PinForm(Form[str]):
    """Type a PIN twice."""

    WAITS = False
    HEADING = f"Your PIN: {SHORTEST} to {LONGEST} digits that unlock your screen"

    def __init__(self, pins: Pins) -> None:
        super().__init__()
        self.pins = pins

    def fields(self) -> Iterable[Widget]:
        """Make the fields."""
        yield SecretField("pin", "PIN", required=True, limit=LONGEST, read=read_pin)
        yield SecretField("again", "Once more", required=True, limit=LONGEST)

    async def save(self) -> str | None:
        """Keep it."""
        pin, again = (self.query_one(f"#field-{name}", Field).text for name in ("pin", "again"))
        if pin != again:
            raise InputRefused("The two are not the same; type it again.", field="again")
        return await self.pins.choose(desk_of(self).act(), pin)
