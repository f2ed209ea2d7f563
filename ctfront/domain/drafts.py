"""A form that was left in the middle because the line dropped: what was typed, and what it was about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ctfront.domain.patients import PatientName

KEPT_FOR = timedelta(hours=24)
"""How long a draft is offered."""


class DraftKind(StrEnum):
    """Which form it was."""

    BOOKING = "booking"
    EDIT = "edit"
    EVENT = "event"
    NEW_PATIENT = "new_patient"
    PROFILE = "profile"
    WAITLIST = "waitlist"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a form needs to stand again as it was left."""

    id: str
    """The form's own, which stays while it is saved again and again."""
    kind: DraftKind
    about: Mapping[str, str | int] = field(default_factory=dict)
    """Ids, dates and times of what the form was opened on."""
    typed: Mapping[str, str] = field(default_factory=dict)
    """Text by field, of those only where something was typed."""
    offered: Mapping[str, str] = field(default_factory=dict)
    """Text by field that the form had filled in by itself for what was typed."""
    patient_id: int | None = None
    """Who was picked in the form, or whom it is about."""
    at: str = ""
    """The field that the cursor was in."""
    hold_id: str = ""
    """What the form holds its place by, when it does."""


@dataclass(frozen=True, kw_only=True)
class KeptDraft:
    """A draft as it is found again."""

    draft: Draft
    saved_at: datetime
    owner: str
    """The session that keeps it, as `services.drafts.session_name` says."""


@dataclass(frozen=True, kw_only=True)
class Left:
    """What a form opens from: its draft, and who had been picked in it."""

    draft: Draft
    patient: PatientName | None = None
