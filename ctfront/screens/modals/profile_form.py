"""A patient's profile: everything a clerk may change of it, in one form."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.widget import Widget

from ctfront.domain.drafts import DraftKind
from ctfront.domain.patients import Alert, Channel, ConsentHow, Patient, ProfileDraft
from ctfront.domain.profile import PatientChanged, profile_of, put
from ctfront.domain.providers import Provider
from ctfront.domain.text import clean_line
from ctfront.domain.times import show_date, show_day
from ctfront.screens.modals.changed_patient import ChangedPatient
from ctfront.screens.modals.patient_form import (
    CONSENT_WORDS,
    EMAIL_LIMIT,
    PatientForm,
    read_alert,
    read_phones,
    show_phones,
    type_alert,
    type_phones,
)
from ctfront.services.patients import NOTE_LIMIT
from ctfront.services.profile import Edited, Profiles
from ctfront.widgets.check_box import Box, CheckBox
from ctfront.widgets.drafted import Drafted
from ctfront.widgets.form import Choice, Field
from ctfront.widgets.front_desk import desk_of

HOWS = (ConsentHow.IN_PERSON, ConsentHow.PHONE, ConsentHow.FORM)
"""How a clerk is told; online and by import come by themselves."""
HOW_WORDS = Choice([how.value for how in HOWS], what="way")
ALERT_LIMIT = 240
ALERTS_SHOWN = 3
"""Of the alerts' fields, as many as fit."""
PHONES_LIMIT = 400


class ProfileForm(PatientForm[Edited], Drafted[Edited]):
    """Change a patient's profile; opens on the field that the clerk came for, its text selected."""

    DRAFT: ClassVar[DraftKind | None] = DraftKind.PROFILE
    KEEPS_OFFERED: ClassVar[bool] = False

    def __init__(
        self, profiles: Profiles, patient: Patient, providers: Sequence[Provider], *, first: str = "last_name"
    ) -> None:
        super().__init__(providers)
        self.profiles = profiles
        self.patient = patient
        self.base = profile_of(patient)
        self.first = first

    def heading(self) -> str:
        """Say whose profile it is."""
        it = self.patient
        return f"{it.name} · b {show_day(it.birth_date)} · #{it.record_number}"

    def fields(self) -> Iterable[Widget]:
        """Make the fields."""
        it = self.base
        provider = next((p.name for p in self.providers if p.id == it.preferred_provider_id), "")
        yield Field("last_name", "Last name", it.last_name, required=True)
        yield Field("first_name", "First name", it.first_name)
        yield Field("birth_date", "Birth date", show_day(it.birth_date), required=True, read=self.read_birth)
        yield Field("sex", "Sex", it.sex.value, read=self.read_sex)
        yield Field("phones", "Phones", type_phones(it.phones), limit=PHONES_LIMIT, read=show_phones)
        yield Field("email", "Email", it.email or "", limit=EMAIL_LIMIT)
        yield Field("preferred_provider_id", "Provider", provider, read=self.read_provider)
        yield Field("note", "Note", it.note, limit=NOTE_LIMIT)
        yield CheckBox("consent", CONSENT_WORDS, ticked=_ticked(it.consent))
        yield Field("consent_how", "Told how", HOWS[0].value, read=self.read_how)
        yield CheckBox("active", "Active", ticked=it.active)
        yield Field("inactive_reason", "Reason", it.inactive_reason)
        yield from self._alert_fields()

    def _alert_fields(self) -> Iterable[Widget]:
        alerts = self.base.alerts
        for number, typed in enumerate((*map(type_alert, alerts), "")):
            label = "New alert" if number == len(alerts) else "Alert" if len(alerts) == 1 else f"Alert {number + 1}"
            field = Field(f"alert-{number}", label, typed, limit=ALERT_LIMIT, read=self.read_alert_back)
            field.display = number < ALERTS_SHOWN
            yield field.add_class("alert")

    def visit(self, stop: Widget) -> None:
        """Go to a stop; of many alerts only those around it are shown, so that the form keeps its height."""
        fields = list(self.query(".alert").results(Field))
        here = next((number for number, field in enumerate(fields) if field.line is stop), None)
        if here is not None:
            first = max(0, min(here - 1, len(fields) - ALERTS_SHOWN))
            for number, field in enumerate(fields):
                field.display = first <= number < first + ALERTS_SHOWN
        super().visit(stop)

    def start(self) -> None:
        """Start in the field that the clerk came for; typing replaces what it holds."""
        super().start()
        if self.left is None:
            self.visit(self.answer(self.first).stop)

    def patient_meant(self) -> int | None:
        """Return whose profile it is."""
        return self.patient.id

    # -- reading

    def read_how(self, text: str) -> str:
        """Read back how the clerk was told. Raises `InputRefused`."""
        how = HOWS[HOW_WORDS.index(text)].value
        return "how consent was given or ended" if text.strip() == how else how

    def alert(self, text: str) -> Alert | None:
        """Read an alert. Raises `InputRefused`."""
        desk = desk_of(self)
        read = read_alert(text, today=desk.today, order=desk.clinic.date_order)
        return read and replace(read, text=clean_line(read.text, field="alerts"))

    def read_alert_back(self, text: str) -> str:
        """Read back how long the alert stands, and whether booking asks. Raises `InputRefused`."""
        alert = self.alert(text)
        if alert is None:
            return "until DATE, ! booking asks"
        stands = f"to {show_date(alert.until)}" if alert.until else "stands"
        return f"{stands}, asks" if alert.must_confirm else stands

    @on(Box.Ticked, "#active")
    def want_reason(self, event: Box.Ticked) -> None:
        """Want a reason for who is made inactive."""
        made_inactive = not event.box.ticked and self.base.active
        self.answer("inactive_reason").needs("Why is the patient inactive?" if made_inactive else "")

    def draft(self) -> ProfileDraft:
        """Return the profile as typed; a field left as it was keeps what is on record. Raises `InputRefused`."""
        readers: dict[str, Callable[[str], Any]] = {
            "last_name": str,
            "first_name": str,
            "birth_date": self.birth_date,
            "sex": self.sex,
            "phones": read_phones,
            "email": lambda text: text.strip() or None,
            "preferred_provider_id": self.provider_id,
            "note": str,
            "consent": lambda text: frozenset(Channel) if text else frozenset(),
            "consent_how": lambda text: HOWS[HOW_WORDS.index(text)] if text.strip() else HOWS[0],
            "active": bool,
            "inactive_reason": str,
        }
        typed = {name: read(self.text_of(name)) for name, read in readers.items() if self.answer(name).changed}
        return replace(self.base, **typed, alerts=tuple(self._alerts()))

    def _alerts(self) -> Iterable[Alert]:
        for number, stands in enumerate((*self.base.alerts, None)):
            answer = self.answer(f"alert-{number}")
            if (alert := self.alert(answer.text) if answer.changed else stands) is not None:
                yield alert

    # -- saving

    async def save(self) -> Edited | None:
        """Save; a colleague's save in between is shown field by field, and merged when the clerk agrees."""
        if not await self.address_is_meant():
            return None
        desk = desk_of(self)
        draft, base = self.draft(), self.patient
        while True:
            try:
                return await self.profiles.edit(desk.act(), draft, base=base)
            except PatientChanged as changed:
                mine = await desk.ask(ChangedPatient(changed, self.providers))
                if mine is None:
                    if not desk.gone_on():
                        self.say_problem(f"! {changed} What you typed is not saved yet.")
                    return None
                draft, base = put(profile_of(changed.theirs), draft, mine), changed.theirs


def _ticked(consent: frozenset[Channel]) -> bool | None:
    """Return the box's mark: one box stands for both channels."""
    return bool(consent) if len(consent) in {0, len(Channel)} else None
