"""Set-up: the clinic itself."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import clinic_changes as changes
from ctfront.data import staff as staff_rows
from ctfront.domain.clinic import Clinic, DateOrder, Identity
from ctfront.domain.errors import InputRefused
from ctfront.domain.set_up import ClinicDraft, check_clinic
from ctfront.domain.staff import Act
from ctfront.services import placing
from ctfront.services.public_holidays import check_region
from ctfront.services.set_up_saving import Kind, refuse_orphans, save
from ctfront.services.set_up_staff import managers


def save_clinic(
    session: Session, clinic: Clinic, act: Act, draft: ClinicDraft, *, version: int | None = None
) -> Clinic:
    """Save the clinic and its first site; how staff are known is never changed to or from a demo's way."""
    return save(session, clinic, act, CLINIC, clinic.id, draft, version=version)


def _put(
    session: Session, clinic: Clinic, act: Act, known: Sequence[Clinic], was: Clinic | None, draft: ClinicDraft
) -> Clinic:
    [was] = known
    clean = check_clinic(draft)
    clean = replace(clean, holidays=check_region(clean.holidays, year=act.at.year))
    if clean.identity is not was.identity and Identity.DEMO in {clean.identity, was.identity}:
        raise InputRefused("A demo stays a demo, and no other clinic becomes one.", field="identity")
    if not managers(staff_rows.load_staff(session, clinic.id), clean.identity):
        raise InputRefused("No manager has an account on this machine yet; enter one first.", field="identity")
    if clean.zone != was.zone:
        refuse_orphans(changes.load_expected(session, clinic.id, placing.today(was, act)))
    return changes.save_clinic(session, clinic.id, clean)


def _read(fields: Mapping[str, Any]) -> ClinicDraft:
    kept = {"date_order": DateOrder(fields["date_order"]), "identity": Identity(fields["identity"])}
    return ClinicDraft(**{**fields, **kept})


CLINIC = Kind(
    name="clinic",
    words="clinic",
    rows=lambda session, clinic: (clinics.load_clinic(session, clinic.id) or clinic,),
    draft_of=lambda session, clinic: ClinicDraft.of(clinic, clinics.load_site(session, clinic.id)),
    put=_put,
    read=_read,
)
