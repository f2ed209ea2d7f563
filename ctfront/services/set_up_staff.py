"""Set-up: who works here, and that somebody can always set up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import staff as staff_rows
from ctfront.domain.clinic import Clinic, Identity
from ctfront.domain.errors import InputRefused
from ctfront.domain.set_up import StaffDraft, account_name, required_line
from ctfront.domain.staff import Act, Right, Staff
from ctfront.domain.text import safe
from ctfront.services.set_up_saving import Kind, save


def add_staff(session: Session, clinic: Clinic, act: Act, draft: StaffDraft) -> Staff:
    """Save a new member of staff."""
    return save_staff(session, clinic, act, None, draft)


def save_staff(
    session: Session, clinic: Clinic, act: Act, staff_id: int | None, draft: StaffDraft, *, version: int | None = None
) -> Staff:
    """Save a member of staff; somebody active who can come in always keeps the right to set up."""
    return save(session, clinic, act, STAFF, staff_id, draft, version=version)


def _put(
    session: Session, clinic: Clinic, act: Act, known: Sequence[Staff], was: Staff | None, draft: StaffDraft
) -> Staff:
    clean = _check_staff(known, was, draft)
    if was is not None:
        after = [_as_drafted(person, clean) if person.id == was.id else person for person in known]
        mode = (clinics.load_clinic(session, clinic.id) or clinic).identity
        if managers(known, mode) and not managers(after, mode):
            raise InputRefused(
                "Somebody active must keep the right “set-up”; give it to another first.", field="rights"
            )
    return staff_rows.save_staff(session, clinic.id, was.id if was else None, clean)


def _check_staff(known: Iterable[Staff], was: Staff | None, draft: StaffDraft) -> StaffDraft:
    clean = replace(
        draft,
        name=required_line(draft.name, field="name"),
        short_name=account_name(draft.short_name, field="short_name", limit=40),
        os_user=account_name(draft.os_user, field="os_user", limit=64) if draft.os_user else None,
    )
    for other in known:
        if was is not None and other.id == was.id:
            continue
        if other.short_name.casefold() == clean.short_name.casefold():
            raise InputRefused(f"{safe(clean.short_name)} is {safe(other.name)}'s short name.", field="short_name")
        if clean.os_user is not None and other.os_user == clean.os_user:
            raise InputRefused(f"The account {safe(clean.os_user)} is {safe(other.name)}'s.", field="os_user")
    return clean


def _as_drafted(person: Staff, draft: StaffDraft) -> Staff:
    return replace(person, os_user=draft.os_user, rights=draft.rights, active=draft.active)


def managers(everybody: Iterable[Staff], mode: Identity) -> list[Staff]:
    """Return who can come in under that mode and set up."""
    return [
        person
        for person in everybody
        if person.active and Right.SET_UP in person.rights and (person.os_user or mode is not Identity.OS)
    ]


def _read(fields: Mapping[str, Any]) -> StaffDraft:
    return StaffDraft(**{**fields, "rights": frozenset(map(Right, fields["rights"]))})


STAFF = Kind(
    name="staff",
    words="member of staff",
    rows=lambda session, clinic: staff_rows.load_staff(session, clinic.id),
    draft_of=lambda session, person: StaffDraft.of(person),
    put=_put,
    read=_read,
)
