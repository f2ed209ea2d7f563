"""The clash of two clerks over one patient: what each changed, and both joined field by field."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ctfront.domain.errors import ChangedElsewhere
from ctfront.domain.patients import Patient, ProfileDraft

FIELDS: dict[str, tuple[str, str]] = {
    "last_name": ("Last name", ""),
    "first_name": ("First name", ""),
    "birth_date": ("Birth date", ""),
    "sex": ("Sex", ""),
    "phones": ("Phones", ""),
    "email": ("Email", ""),
    "preferred_provider_id": ("Provider", ""),
    "note": ("Note", ""),
    "consent": ("Consent", "consent_how"),
    "active": ("Active", "inactive_reason"),
    "alerts": ("Alerts", ""),
}
"""What is merged as one, by its first field: its word, and the field that goes with it."""


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One field that a clerk, or both, changed since the form was opened."""

    name: str
    base: Any
    """As the form was opened with."""
    theirs: Any
    mine: Any

    @property
    def word(self) -> str:
        """What the field is called."""
        return FIELDS[self.name][0]

    @property
    def clashes(self) -> bool:
        """Whether both changed it, each to something else."""
        return self.mine != self.base and not self.is_mine and bool(self.theirs != self.mine)

    @property
    def is_mine(self) -> bool:
        """Whether only this clerk changed it."""
        return bool(self.theirs == self.base)


class PatientChanged(ChangedElsewhere):
    """A colleague saved the patient in between; both versions, field by field, so that nothing typed is lost."""

    def __init__(
        self, *, who: str, at: datetime, now: datetime, theirs: Patient, changes: Collection[FieldChange]
    ) -> None:
        super().__init__(f"{who} changed this patient {ago(now - at)}.")
        self.who = who
        self.at = at
        self.theirs = theirs
        """As the patient is on record now: what a merged save starts from."""
        self.changes = tuple(changes)
        """Only the fields touched."""


def profile_of(patient: Patient) -> ProfileDraft:
    """Return what a form starts from, and what two clerks' changes are told by."""
    return ProfileDraft(
        last_name=patient.last_name,
        first_name=patient.first_name,
        birth_date=patient.birth_date,
        sex=patient.sex,
        phones=patient.phones,
        email=patient.email,
        preferred_provider_id=patient.preferred_provider_id,
        note=patient.note,
        consent=frozenset(consent.channel for consent in patient.consents if consent.ended_at is None),
        active=patient.active,
        inactive_reason=patient.inactive_reason,
        alerts=tuple(replace(alert, by="") for alert in patient.alerts),
    )


def value_of(profile: ProfileDraft, name: str) -> Any:
    """Return a field as it is compared: why somebody is inactive goes with whether they are."""
    if name == "active":
        return profile.active, profile.inactive_reason
    return getattr(profile, name)


def changed_fields(before: ProfileDraft, after: ProfileDraft) -> tuple[str, ...]:
    """Return the names of the fields that differ."""
    return tuple(name for name in FIELDS if value_of(before, name) != value_of(after, name))


def changes_of(base: ProfileDraft, theirs: ProfileDraft, mine: ProfileDraft) -> tuple[FieldChange, ...]:
    """Return every field that either clerk changed."""
    touched = {*changed_fields(base, theirs), *changed_fields(base, mine)}
    return tuple(
        FieldChange(name=name, base=value_of(base, name), theirs=value_of(theirs, name), mine=value_of(mine, name))
        for name in FIELDS
        if name in touched
    )


def put(into: ProfileDraft, values: ProfileDraft, names: Collection[str]) -> ProfileDraft:
    """Return a profile with the named fields, and what goes with them, of another: how two versions are merged."""
    fields = [field for name in names for field in (name, FIELDS[name][1]) if field]
    return replace(into, **{field: getattr(values, field) for field in fields})


def ago(passed: timedelta) -> str:
    """Return how long ago that is: `40 s ago`, `3 min ago`, `2 h ago`, `5 days ago`."""
    seconds = max(0, int(passed.total_seconds()))
    for size, word in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (word != "days" and seconds >= size):
            return f"{seconds // size} {word} ago"
    return f"{seconds} s ago"
