"""Set-up: visit purposes."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import clinic_changes as changes
from ctfront.domain.clinic import Clinic
from ctfront.domain.providers import VisitPurpose
from ctfront.domain.set_up import LONGEST_LETTER, VisitPurposeDraft, check_color, check_minutes, required_line
from ctfront.domain.staff import Act
from ctfront.services import placing
from ctfront.services.set_up_saving import Kind, refuse_namesake, refuse_orphans, save


def save_purpose(
    session: Session,
    clinic: Clinic,
    act: Act,
    purpose_id: int | None,
    draft: VisitPurposeDraft,
    *,
    version: int | None = None,
) -> VisitPurpose:
    """Save a visit purpose; another length changes no appointment, and one still expected keeps it active."""
    return save(session, clinic, act, PURPOSES, purpose_id, draft, version=version)


def _put(
    session: Session,
    clinic: Clinic,
    act: Act,
    known: Sequence[VisitPurpose],
    was: VisitPurpose | None,
    draft: VisitPurposeDraft,
) -> VisitPurpose:
    clean = _check_purpose(draft)
    refuse_namesake(known, was, clean.name)
    if was is not None and not clean.active:
        refuse_orphans(changes.load_expected(session, clinic.id, placing.today(clinic, act), purpose_id=was.id))
    return changes.save_purpose(session, clinic.id, was.id if was else None, clean)


def _check_purpose(draft: VisitPurposeDraft) -> VisitPurposeDraft:
    check_minutes(draft.minutes)
    return replace(
        draft,
        name=required_line(draft.name, field="name"),
        letter=required_line(draft.letter, field="letter", limit=LONGEST_LETTER),
        color=check_color(draft.color),
    )


PURPOSES = Kind(
    name="purpose",
    words="visit purpose",
    rows=lambda session, clinic: clinics.load_purposes(session, clinic.id, active_only=False),
    draft_of=lambda session, purpose: VisitPurposeDraft.of(purpose),
    put=_put,
    read=lambda fields: VisitPurposeDraft(**fields),
)
