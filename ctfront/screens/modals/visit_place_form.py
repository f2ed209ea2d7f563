"""Where one date of a series goes, typed: date, time, provider."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from textual.widget import Widget

from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.commands import Names, read_command
from ctfront.domain.providers import Provider
from ctfront.domain.series import Visit
from ctfront.domain.times import show_date, show_time
from ctfront.widgets.form import Field, Form
from ctfront.widgets.front_desk import desk_of


class VisitPlaceForm(Form[Visit]):
    """One field, as `mv` takes it; what is left out stays as it is."""

    def __init__(self, visit: Visit, providers: Sequence[Provider]) -> None:
        super().__init__()
        self.visit_asked = visit
        self.providers = {provider.name: provider.id for provider in providers}

    def heading(self) -> str:
        """Say which date, and what is typed."""
        no, place = self.visit_asked.ordinal, self.visit_asked.place
        return f"No. {no}, {show_time(place.start)} {show_date(place.day)}, goes to (as fri 930 chen)"

    def fields(self) -> Iterable[Widget]:
        """Make the field."""
        yield Field("place", "Place", required=True, read=self.read_back)

    def read(self, text: str) -> Visit:
        """Read date, time and provider. Raises `InputRefused`."""
        desk, place = desk_of(self), self.visit_asked.place
        names = Names(list(self.providers))
        command = read_command(f"mv 1 {text}", today=desk.today, order=desk.clinic.date_order, names=names)
        day = command.day(today=desk.today, at_hand=place.day, order=desk.clinic.date_order)
        if day is None and command.start is None and command.provider is None:
            raise InputRefused("Type a date, a time or a provider, as fri 930 chen.")
        who = self.providers[command.provider] if command.provider else place.provider_id
        there = replace(place, day=day or place.day, start=command.start or place.start, provider_id=who)
        turn = self.visit_asked.fold if command.start is None else command.turn
        return replace(self.visit_asked, place=there, fold=turn, left_out=False, on_holiday=False)

    def read_back(self, text: str) -> str:
        """Read the place back with its weekday."""
        place = self.read(text).place
        name = next((name for name, one in self.providers.items() if one == place.provider_id), "")
        return f"{show_time(place.start)} {show_date(place.day)} {name}"

    def next_wanting(self) -> None:
        """Go at once: there is nothing to save."""
        self.action_okay()

    async def save(self) -> Visit | None:
        """Return the visit where it goes."""
        return self.read(self.query_one(Field).text)
