"""Go to a date."""

from collections.abc import Iterable
from datetime import date

from textual.widget import Widget

from ctfront.domain.clinic import DateOrder
from ctfront.domain.grammar.dates import read_date
from ctfront.domain.times import show_date
from ctfront.widgets.form import Field, Form


class GoTo(Form[date]):
    """One field; the reading back decides."""

    HEADING = "Go to a day"
    WAITS = False

    def __init__(self, *, today: date, at_hand: date, order: DateOrder) -> None:
        super().__init__()
        self.today = today
        self.at_hand = at_hand
        self.order = order

    def fields(self) -> Iterable[Widget]:
        """Make the field."""
        yield Field("date", "Date", required=True, read=self.read_back)

    def read(self, text: str) -> date:
        """Read the date."""
        return read_date(text, today=self.today, at_hand=self.at_hand, order=self.order)

    def read_back(self, text: str) -> str:
        """Read it back with its weekday."""
        return show_date(self.read(text))

    def next_wanting(self) -> None:
        """Go at once: there is nothing to save."""
        self.action_okay()

    async def save(self) -> date | None:
        """Return the day."""
        return self.read(self.query_one(Field).text)
