"""Taking back what Set-up saved: what was so before is saved again, with all that is checked of a save."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ctfront.data import clinic_changes as changes
from ctfront.data.models import ActRow
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ChangedElsewhere, ClinicError, NothingToUndo
from ctfront.domain.set_up import StaffDraft
from ctfront.domain.staff import Act, Right
from ctfront.services import set_up_online
from ctfront.services.set_up_clinic import CLINIC
from ctfront.services.set_up_mails import MAILS
from ctfront.services.set_up_providers import PROVIDERS
from ctfront.services.set_up_purposes import PURPOSES
from ctfront.services.set_up_saving import Kind, known_row
from ctfront.services.set_up_sites import SITES
from ctfront.services.set_up_staff import STAFF

KINDS: Mapping[str, Kind[Any, Any]] = {
    kind.name: kind
    for kind in (CLINIC, SITES, PROVIDERS, PURPOSES, STAFF, MAILS, set_up_online.RULES, set_up_online.PROVIDERS)
}


def put_back(session: Session, clinic: Clinic, act: Act, last: ActRow, saved: Mapping[str, Any]) -> None:
    """Save again what was so before; what was new goes. Raises `ChangedElsewhere` or `NothingToUndo`."""
    act.who.require(Right.SET_UP)
    kind = KINDS[saved["kind"]]
    known = kind.rows(session, clinic)
    row = known_row(known, saved["id"], kind.words)
    now = kind.draft_of(session, row)
    if now != kind.read(saved["after"]):
        raise ChangedElsewhere(f"A colleague has changed it since: “{last.sentence}” stays.")
    if saved["before"] is not None:
        before = kind.read(saved["before"])
    elif isinstance(now, StaffDraft):
        before = replace(now, active=False)  # somebody who was added can no longer log in; the row stays
    else:
        _take_away(session, kind.name, row.id)
        return
    try:
        kind.put(session, clinic, act, known, row, before)
    except ClinicError as refusal:
        raise NothingToUndo(f"That cannot be taken back any more: {refusal}") from None


def _take_away(session: Session, kind: str, row_id: int) -> None:
    """Take away what a save has added."""
    try:
        with session.begin_nested():
            changes.remove(session, kind, row_id)
    except IntegrityError:
        raise NothingToUndo("It is used already and stays; make it inactive in Set-up (F6).") from None
