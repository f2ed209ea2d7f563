"""Shared by the forms about a patient: how their fields are read, and the question about a slip in an address."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from ctfront.domain.clinic import DateOrder
from ctfront.domain.email_slips import likely_meant
from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.dates import read_birth_date, read_date
from ctfront.domain.patients import Alert, Phone, Sex
from ctfront.domain.providers import Provider
from ctfront.domain.times import age_on, show_date, show_day
from ctfront.screens.modals.question import Question
from ctfront.widgets.answer import Answer
from ctfront.widgets.form import Choice, Field, Form
from ctfront.widgets.front_desk import desk_of

Saved = TypeVar("Saved")

CONSENT_WORDS = "Patient consents to texts and emails"
SEXES = (Sex.FEMALE, Sex.MALE, Sex.OTHER, Sex.UNKNOWN)
SEX_WORDS = Choice([sex.value or "not stated" for sex in SEXES], what="answer")
KINDS = Choice(["mobile", "home", "work"], what="kind of phone")
EMAIL_LIMIT = 254
"""Characters that an address has at most."""
_ALERT = re.compile(r"(?P<text>.*?)(?:\s+until\s+(?P<until>.*?))?(?P<must>\s+!)?\s*", re.IGNORECASE)


class PatientForm(Form[Saved]):
    """A form about a patient."""

    def __init__(self, providers: Sequence[Provider]) -> None:
        super().__init__()
        self.providers = tuple(providers)
        self.choice = Choice([provider.name for provider in providers], what="provider")
        self.kept_address = ""
        """The address that is meant as it was typed, although it looks like a slip."""

    def answer(self, name: str) -> Answer:
        """Return what asks for something, by name."""
        return self.query_one(f"#field-{name}", Answer)

    def text_of(self, name: str) -> str:
        """Return what a field holds."""
        return self.answer(name).text

    # -- reading

    def birth_date(self, text: str) -> date:
        """Read a birth date. Raises `CannotRead`."""
        desk = desk_of(self)
        return read_birth_date(text, today=desk.today, order=desk.clinic.date_order)

    def read_birth(self, text: str) -> str:
        """Read the birth date back with weekday and age."""
        born = self.birth_date(text)
        return f"{show_date(born)} ({age_on(born, desk_of(self).today)})"

    def sex(self, text: str) -> Sex:
        """Read the sex, not stated for nothing. Raises `InputRefused`."""
        return SEXES[SEX_WORDS.index(text)] if text.strip() else Sex.UNKNOWN

    def read_sex(self, text: str) -> str:
        """Read back what was begun."""
        return (self.sex(text).value or "not stated") if text.strip() else ""

    def provider_id(self, text: str) -> int | None:
        """Read the preferred provider, None for nothing. Raises `InputRefused`."""
        return self.providers[self.choice.index(text)].id if text.strip() else None

    def read_provider(self, text: str) -> str:
        """Read the preferred provider back."""
        return self.providers[self.choice.index(text)].name if text.strip() else ""

    # -- a slip of the finger

    async def address_is_meant(self) -> bool:
        """Ask about an address that looks like a slip; `y` takes the likely one, else the form stays open once."""
        field = self.query_one("#field-email", Field)
        likely = likely_meant(field.text) if field.changed else None
        if likely is None or field.text == self.kept_address:
            return True
        desk = desk_of(self)
        if await desk.ask(Question(f"Did you mean {likely}?", yes="takes it")):
            field.line.value = likely
            return True
        self.kept_address = field.text
        if not desk.gone_on():
            field.line.focus()
        return False


def read_phones(text: str) -> tuple[Phone, ...]:
    """Read several phones, commas between them, each with its kind behind it. Raises `InputRefused`."""
    return tuple(_read_phone(part.strip()) for part in text.split(",") if part.strip())


def _read_phone(text: str) -> Phone:
    number, _, last = text.rpartition(" ")
    kind = "mobile"
    if number and last.isalpha():
        kind, text = KINDS.names[KINDS.index(last)], number.strip()
    if not any(character.isdecimal() for character in text):
        raise InputRefused("A phone number has digits.", field="phones")
    return Phone(kind=kind, number=text)


def show_phones(text: str) -> str:
    """Read the phones back by their kinds. Raises `InputRefused`."""
    return ", ".join(phone.kind for phone in read_phones(text))


def type_phones(phones: Iterable[Phone]) -> str:
    """Return phones as they are typed."""
    return ", ".join(f"{phone.number} {phone.kind}" for phone in phones)


def read_alert(text: str, *, today: date, order: DateOrder) -> Alert | None:
    """Read `Fear of needles until 4/1/2026 !`: the day it ends and whether booking asks; None for nothing.

    Raises `CannotRead` for a day that begins like one and is none.
    """
    match = _ALERT.fullmatch(text.strip())
    if match is None or not text.strip():
        return None
    said, until = match["text"], match["until"]
    if until is None or not re.match(r"[\dt+]", until, re.IGNORECASE):
        said, day = text.strip(), None
        if match["must"]:
            said = said[:-1].rstrip()
    else:
        day = read_date(until, today=today, at_hand=today, order=order)
    return Alert(text=said, until=day, must_confirm=match["must"] is not None)


def type_alert(alert: Alert) -> str:
    """Return an alert as it is typed."""
    until = f" until {show_day(alert.until)}" if alert.until else ""
    return f"{alert.text}{until}{' !' if alert.must_confirm else ''}"
