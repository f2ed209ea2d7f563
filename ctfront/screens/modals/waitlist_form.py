"""What somebody waits for: purpose, providers, days, times, until when, and how to reach them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import ClassVar

from textual import on
from textual.containers import Horizontal
from textual.widget import Widget

from ctfront.domain.drafts import DraftKind
from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.choices import read_several
from ctfront.domain.grammar.dates import read_date
from ctfront.domain.grammar.wanted import (
    ANY,
    read_times,
    read_weekdays,
    show_times,
    show_weekdays,
    type_times,
    type_weekdays,
)
from ctfront.domain.patients import PatientName
from ctfront.domain.providers import Provider, VisitPurpose
from ctfront.domain.text import safe
from ctfront.domain.times import show_date
from ctfront.domain.waitlist import WaitlistDraft, WaitlistEntry
from ctfront.services.patients import Patients
from ctfront.services.waitlist import Waitlist
from ctfront.services.waitlist_acts import PHONE_LIMIT
from ctfront.services.waitlist_command import WAITS_FOR
from ctfront.widgets.drafted import Drafted
from ctfront.widgets.form import Choice, Field
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.patient_finder import PatientFinder
from ctfront.widgets.words import Words


class WaitlistForm(Drafted[str]):
    """Put a patient on the waitlist, or change what one waits for; answers with what was done."""

    DRAFT: ClassVar[DraftKind | None] = DraftKind.WAITLIST

    def __init__(
        self,
        waitlist: Waitlist,
        patients: Patients,
        providers: Sequence[Provider],
        purposes: Sequence[VisitPurpose],
        entry: WaitlistEntry | None = None,
    ) -> None:
        super().__init__()
        self.waitlist = waitlist
        self.patients = patients
        self.providers = tuple(providers)
        self.purposes = tuple(purposes)
        self.entry = entry
        self.patient: PatientName | None = entry.patient if entry else None
        self.choice = Choice([p.name for p in purposes], what="purpose")

    def heading(self) -> str:
        """Say whether it is a new one."""
        return f"Waitlist · {self.entry.patient.name}" if self.entry else "Waitlist · who wants a place?"

    def fields(self) -> Iterable[Widget]:
        """Make the fields, filled in with what the entry says or most people want."""
        it, desk = self.entry, desk_of(self)
        with Horizontal(id="who"):
            yield Words(safe("Patient"), classes="label")
            if it is None:
                yield PatientFinder(self.patients, today=desk.today)
            else:
                yield Words(safe(it.patient.name))
        purpose = it.purpose if it else ""
        yield Field("purpose", "Purpose", purpose, required=True, read=lambda text: self._purpose(text).name)
        providers = ", ".join(it.providers) if it and it.providers else ANY
        yield Field("providers", "Providers", providers, read=self.read_providers)
        weekdays = type_weekdays(it.weekdays) if it else ANY
        yield Field("weekdays", "Days", weekdays, read=lambda text: show_weekdays(read_weekdays(text)))
        times = type_times(it.times) if it else ANY
        yield Field("times", "Times", times, read=lambda text: show_times(read_times(text)))
        first, last = (it.earliest, it.until) if it else (desk.today, desk.today + WAITS_FOR)
        yield Field("earliest", "From", first.isoformat(), required=True, read=self.read_day)
        yield Field("until", "Until", last.isoformat(), required=True, read=self.read_day)
        phone = it.phone if it else ""
        yield Field("phone", "Call", phone, limit=PHONE_LIMIT)
        yield Field("note", "Note", it.note if it else "")

    # -- the patient

    @property
    def finder(self) -> PatientFinder | None:
        """Where the patient is typed; None for one who waits already."""
        return self.query_one(PatientFinder) if self.entry is None else None

    def stops(self) -> Sequence[Widget]:
        """Return what Tab visits: the patient first."""
        return [*([self.finder.line] if self.finder else []), *super().stops()]

    def wanting(self) -> Widget | None:
        """Return the first stop that wants an answer: the patient before all."""
        if self.finder is not None and (self.patient is None or self.finder.value != self.finder.picked):
            return self.finder.line
        return super().wanting()

    def typed(self) -> bool:
        """Tell whether leaving would lose something."""
        return bool(self.finder is not None and self.finder.value) or super().typed()

    def start(self) -> None:
        """Start in the first field that wants an answer; of one who waits already in the purpose."""
        super().start()
        if self.entry is not None and self.left is None:
            self.field("purpose").line.focus()

    # -- left in the middle

    def about(self) -> Mapping[str, str | int]:
        """Return whose entry is changed, 0 for a new one."""
        return {"entry_id": self.entry.id if self.entry else 0}

    def patient_meant(self) -> int | None:
        """Return who is picked."""
        stands = self.finder is None or self.finder.value == self.finder.picked
        return self.patient.id if self.patient is not None and stands else None

    def put_patient(self, patient: PatientName) -> None:
        """Take back who had been picked."""
        super().put_patient(patient)
        self.patient = patient

    @on(PatientFinder.Picked)
    def take_patient(self, event: PatientFinder.Picked) -> None:
        """Keep who it is, offer the phone on record, and go on."""
        event.stop()
        self.patient = event.patient
        if not self.field("phone").changed:
            self.field("phone").offer(event.patient.phone)
        self.next_wanting()

    @on(PatientFinder.NewPatientWanted)
    def say_who_waits(self, event: PatientFinder.NewPatientWanted) -> None:
        """Name the way for somebody whom the clinic does not know."""
        event.stop()
        self.say_problem("! Only a patient on record waits: Esc, n adds one, then :wl.")

    # -- reading and saving

    def field(self, name: str) -> Field:
        """Return a field by name."""
        return self.query_one(f"#field-{name}", Field)

    def _purpose(self, text: str) -> VisitPurpose:
        letters = [p for p in self.purposes if p.letter.casefold() == text.strip().casefold()]
        return letters[0] if letters else self.purposes[self.choice.index(text)]

    def read_providers(self, text: str) -> str:
        """Read the providers back."""
        chosen = self._providers(text)
        return ", ".join(provider.name for provider in chosen) or "any who offers it"

    def _providers(self, text: str) -> list[Provider]:
        if not text.strip() or text.strip().casefold() == ANY:
            return []
        found = read_several(text, [(p.name, *p.name.split()) for p in self.providers], what="provider")
        return [self.providers[index] for index in found]

    def read_day(self, text: str) -> str:
        """Read a date back with its weekday."""
        return show_date(self._day(text))

    def _day(self, text: str) -> date:
        desk = desk_of(self)
        return read_date(text, today=desk.today, at_hand=desk.today, order=desk.clinic.date_order)

    async def save(self) -> str | None:
        """Save it."""
        if self.patient is None:
            raise InputRefused("Which patient?", field="patient")
        text = {answer.field: answer.text for answer in self.query(Field)}
        phone = text["phone"].strip()
        draft = WaitlistDraft(
            patient_id=self.patient.id,
            purpose_id=self._purpose(text["purpose"]).id,
            provider_ids=tuple(provider.id for provider in self._providers(text["providers"])),
            weekdays=read_weekdays(text["weekdays"]),
            times=read_times(text["times"]),
            earliest=self._day(text["earliest"]),
            until=self._day(text["until"]),
            phone="" if phone == self.patient.phone else phone,
            note=text["note"],
        )
        act = desk_of(self).act()
        if self.entry is None:
            return await self.waitlist.add(act, draft)
        return await self.waitlist.change(act, self.entry.id, draft, version=self.entry.version)
