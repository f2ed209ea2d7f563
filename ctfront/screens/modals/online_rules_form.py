"""The clinic's rules for the Online Appointments site."""

from collections.abc import Iterable, Sequence

from textual.widget import Widget

from ctfront.domain.grammar.choices import read_several
from ctfront.domain.online import (
    LONGEST_TEXT,
    MOST_COMING,
    MOST_DAYS,
    MOST_NOTICE,
    OnlineBook,
    OnlineRules,
    check_number,
)
from ctfront.domain.providers import VisitPurpose
from ctfront.screens.modals.set_up_form import NOTHING, SetUpForm, read_number
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.widgets.form import Field
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.long_field import LongField
from ctfront.widgets.set_up_online_rows import show_notice


def read_notice(text: str) -> str:
    """Read the earliest notice back. Raises `InputRefused`."""
    minutes = check_number(read_number(text), field="notice_minutes", least=0, most=MOST_NOTICE)
    return f"min: {show_notice(minutes)} before its start" if minutes else "min: up to its start"


def read_ahead(text: str) -> str:
    """Read the latest notice back. Raises `InputRefused`."""
    days = check_number(read_number(text), field="days_ahead", most=MOST_DAYS)
    return f"day{'' if days == 1 else 's'} ahead, no further"


def read_most(text: str) -> str:
    """Read back how many are allowed. Raises `InputRefused`."""
    check_number(read_number(text), field="most_coming", most=MOST_COMING)
    return "coming ones of a person"


class OnlineRulesForm(SetUpForm[OnlineBook]):
    """Change what patients may book."""

    HEADING = "Online Appointments · what patients may book themselves"

    def __init__(self, set_up: ClinicSetup, book: OnlineBook, purposes: Sequence[VisitPurpose], *, first: str) -> None:
        super().__init__(set_up, first=first)
        self.book = book
        self.purposes = tuple(purpose for purpose in purposes if purpose.active)
        self.names = tuple((purpose.name, purpose.letter) for purpose in self.purposes)

    def fields(self) -> Iterable[Widget]:
        """Make the fields."""
        it = self.book.rules
        yield Field("notice_minutes", "Notice", str(it.notice_minutes), required=True, read=read_notice)
        yield Field("days_ahead", "Days ahead", str(it.days_ahead), required=True, read=read_ahead)
        yield Field("most_coming", "At most", str(it.most_coming), required=True, read=read_most)
        letters = [purpose.letter for purpose in self.purposes if purpose.id in it.to_approve]
        yield LongField(
            "to_approve",
            "Approve",
            ", ".join(letters) or "none",
            hint=", ".join([*(purpose.letter for purpose in self.purposes), "all or none"]),
            required=True,
            read=self.show_approved,
        )
        hint = "your own words on the first page; empty for none"
        yield LongField("welcome", "Site text", it.welcome, hint=hint, limit=LONGEST_TEXT)

    def approved(self, text: str) -> tuple[VisitPurpose, ...]:
        """Read which visit purposes the desk looks at first. Raises `InputRefused`."""
        return tuple(self.purposes[n] for n in read_several(text, self.names, what="visit purpose", shortcuts=NOTHING))

    def show_approved(self, text: str) -> str:
        """Read them back by name. Raises `InputRefused`."""
        names = ", ".join(purpose.name for purpose in self.approved(text))
        return f"{names}: booked as ? until the desk approves" if names else "all are booked at once"

    async def send(self) -> OnlineBook:
        """Save the rules."""
        rules = OnlineRules(
            notice_minutes=read_number(self.text_of("notice_minutes")),
            days_ahead=read_number(self.text_of("days_ahead")),
            most_coming=read_number(self.text_of("most_coming")),
            to_approve=frozenset(purpose.id for purpose in self.approved(self.text_of("to_approve"))),
            welcome=self.text_of("welcome"),
        )
        return await self.set_up.save_online_rules(desk_of(self).act(), rules, version=self.book.version)
