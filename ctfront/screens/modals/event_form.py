"""An event: time in which a provider is not bookable."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import ClassVar

from textual.widget import Widget

from ctfront.domain.appointments import Appointment
from ctfront.domain.drafts import DraftKind
from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.times import read_time
from ctfront.domain.providers import Event, Provider
from ctfront.domain.times import DAY, Span, minute_of, show_date, show_minute
from ctfront.services.scheduling import Scheduling
from ctfront.widgets.drafted import Drafted
from ctfront.widgets.form import Field
from ctfront.widgets.front_desk import desk_of

HOUR = 60


class EventForm(Drafted[tuple[Event, tuple[Appointment, ...]]]):
    """What, from when until when."""

    DRAFT: ClassVar[DraftKind | None] = DraftKind.EVENT

    def __init__(self, scheduling: Scheduling, provider: Provider, day: date, minute: int) -> None:
        super().__init__()
        self.scheduling = scheduling
        self.provider = provider
        self.day = day
        self.minute = minute

    def heading(self) -> str:
        """Say whose day."""
        return f"Event · {self.provider.name} is not bookable · {show_date(self.day)}"

    def fields(self) -> Iterable[Widget]:
        """Make the fields."""
        until = min(self.minute + HOUR, DAY - 5)
        yield Field("text", "What", required=True)
        yield Field("from", "From", show_minute(self.minute), required=True, read=read_back)
        yield Field("until", "Until", show_minute(until), required=True, read=read_back)

    async def save(self) -> tuple[Event, tuple[Appointment, ...]] | None:
        """Block the time."""
        text, span = self.what()
        provider, day = self.whose()
        return await self.scheduling.add_event(desk_of(self).act(), provider.id, day, span, text)

    def what(self) -> tuple[str, Span]:
        """Return the event's words and its time. Raises `InputRefused`."""
        text, first, last = (self.query_one(f"#field-{n}", Field).text for n in ("text", "from", "until"))
        start, end = minute_of(read_time(first)), minute_of(read_time(last))
        if end <= start:
            raise InputRefused("The end must come after the start.", field="until")
        return text, Span(start, end)

    def about(self) -> Mapping[str, str | int]:
        """Return whose time it is, from when on."""
        return {"provider_id": self.provider.id, "day": self.day.isoformat(), "minute": self.minute}

    def whose(self) -> tuple[Provider, date]:
        """Return whose time it is, and on which day."""
        return self.provider, self.day


def read_back(text: str) -> str:
    """Read a time back."""
    return show_minute(minute_of(read_time(text)))
