"""Set-up: visit purposes."""

from dataclasses import replace

from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import clinic_changes as changes
from ctfront.data import ledger
from ctfront.domain.clinic import Clinic
from ctfront.domain.providers import VisitPurpose
from ctfront.domain.set_up import LONGEST_LETTER, VisitPurposeDraft, check_color, check_minutes, required_line
from ctfront.domain.staff import Act, Right
from ctfront.services import placing
from ctfront.services.set_up_saving import (
    check_version,
    known_row,
    record,
    refuse_namesake,
    refuse_orphans,
)


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
    act.who.require(Right.SET_UP)
    known = clinics.load_purposes(session, clinic.id, active_only=False)
    if earlier := ledger.repeated(session, act):
        return next(purpose for purpose in known if purpose.id == earlier.subject_id)
    was = known_row(known, purpose_id, "visit purpose")
    saved = put_purpose(session, clinic, act, purpose_id, draft, version=version)
    record(
        session,
        clinic,
        act,
        "purpose",
        saved,
        was,
        None if was is None else VisitPurposeDraft.of(was),
        VisitPurposeDraft.of(saved),
    )
    return saved


def put_purpose(
    session: Session,
    clinic: Clinic,
    act: Act,
    purpose_id: int | None,
    draft: VisitPurposeDraft,
    *,
    version: int | None = None,
) -> VisitPurpose:
    """Write the row, unless something stands against it."""
    known = clinics.load_purposes(session, clinic.id, active_only=False)
    was = known_row(known, purpose_id, "visit purpose")
    clean = _check_purpose(draft)
    refuse_namesake(known, purpose_id, clean.name)
    if was is not None:
        check_version(was, version)
        if not clean.active:
            refuse_orphans(changes.load_expected(session, clinic.id, placing.today(clinic, act), purpose_id=was.id))
    saved = changes.save_purpose(session, clinic.id, purpose_id, clean)
    return saved


def _check_purpose(draft: VisitPurposeDraft) -> VisitPurposeDraft:
    check_minutes(draft.minutes)
    return replace(
        draft,
        name=required_line(draft.name, field="name"),
        letter=required_line(draft.letter, field="letter", limit=LONGEST_LETTER),
        color=check_color(draft.color),
    )
