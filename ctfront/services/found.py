"""The first act of every database: a clinic, its site and its first manager."""

from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import clinic_changes, ledger
from ctfront.data.database import Database
from ctfront.data.staff import save_staff
from ctfront.domain.clinic import Clinic, Identity
from ctfront.domain.errors import InputRefused
from ctfront.domain.set_up import (
    ClinicDraft,
    ClinicExists,
    FoundingDraft,
    StaffDraft,
    account_name,
    check_clinic,
    required_line,
)
from ctfront.domain.staff import Act, Actor, ActorKind
from ctfront.domain.text import safe

__all__ = ["FoundingDraft", "found_clinic"]


def found_clinic(
    database: Database, at: datetime, draft: FoundingDraft, *, session_id: str = "", origin: str = "local"
) -> tuple[Clinic, Actor]:
    """Make the clinic, its site and its manager in an empty database.

    Raises `ClinicExists`, or `InputRefused` naming the field.
    """
    return database.write_now(lambda session: _found(session, at, draft, session_id, origin))


def _found(session: Session, at: datetime, draft: FoundingDraft, session_id: str, origin: str) -> tuple[Clinic, Actor]:
    if existing := clinics.load_clinic(session):
        raise ClinicExists(f"This database already holds {safe(existing.name)}; nothing was changed.")
    manager = StaffDraft(
        name=required_line(draft.manager_name, field="manager_name"),
        short_name=account_name(draft.manager_short, field="manager_short", limit=40),
        os_user=account_name(draft.os_user, field="os_user", limit=64) if draft.os_user else None,
        rights=draft.manager_rights,
    )
    if draft.identity is Identity.OS and manager.os_user is None:
        raise InputRefused("The manager's log-in name on this machine is needed.", field="os_user")
    clinic = clinic_changes.add_clinic(session, check_clinic(_clinic_draft(draft)))
    staff = save_staff(session, clinic.id, None, manager)
    actor = Actor(
        kind=ActorKind.STAFF,
        id=staff.id,
        name=staff.short_name,
        rights=staff.rights,
        os_user=staff.os_user or "",
        session=session_id,
        origin=origin,
    )
    ledger.record(
        session,
        clinic.id,
        Act(who=actor, at=at, op_id=str(uuid5(NAMESPACE_OID, f"found {clinic.name} {at.isoformat()}"))),
        kind="found_clinic",
        subject_kind="clinic",
        subject_id=clinic.id,
        sentence=f"Founded {safe(clinic.name)}.",
        after={"name": clinic.name, "zone": clinic.zone, "identity": clinic.identity, "manager": staff.short_name},
    )
    return clinic, actor


def _clinic_draft(draft: FoundingDraft) -> ClinicDraft:
    return ClinicDraft(
        name=draft.name,
        zone=draft.zone,
        date_order=draft.date_order,
        online=draft.online,
        slot_minutes=draft.slot_minutes,
        correction_days=7,
        identity=draft.identity,
        site_name=draft.site_name or draft.name,
        site_address=draft.site_address,
        site_phone=draft.site_phone,
        holidays=draft.holidays,
    )
