"""Set-up: the clinic itself."""

from dataclasses import replace

from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import clinic_changes as changes
from ctfront.data import ledger
from ctfront.data import staff as staff_rows
from ctfront.domain.clinic import Clinic, Identity
from ctfront.domain.errors import InputRefused
from ctfront.domain.set_up import ClinicDraft, check_clinic
from ctfront.domain.staff import Act, Right
from ctfront.services import placing
from ctfront.services.public_holidays import check_region
from ctfront.services.set_up_saving import check_version, record, refuse_orphans
from ctfront.services.set_up_staff import managers


def save_clinic(
    session: Session, clinic: Clinic, act: Act, draft: ClinicDraft, *, version: int | None = None
) -> Clinic:
    """Save the clinic and its first site; how staff are known is never changed to or from a demo's way."""
    act.who.require(Right.SET_UP)
    if ledger.repeated(session, act):
        return clinics.load_clinic(session, clinic.id) or clinic
    was, site = clinics.load_clinic(session, clinic.id) or clinic, clinics.load_site(session, clinic.id)
    saved = put_clinic(session, clinic, act, clinic.id, draft, version=version)
    after = ClinicDraft.of(saved, clinics.load_site(session, clinic.id))
    record(session, clinic, act, "clinic", saved, was, ClinicDraft.of(was, site), after)
    return saved


def put_clinic(
    session: Session, clinic: Clinic, act: Act, clinic_id: int | None, draft: ClinicDraft, *, version: int | None = None
) -> Clinic:
    """Write the clinic and its first site, unless something stands against it."""
    was = clinics.load_clinic(session, clinic.id) or clinic
    check_version(was, version)
    clean = check_clinic(draft)
    clean = replace(clean, holidays=check_region(clean.holidays, year=act.at.year))
    if clean.identity is not was.identity and Identity.DEMO in {clean.identity, was.identity}:
        raise InputRefused("A demo stays a demo, and no other clinic becomes one.", field="identity")
    if not managers(staff_rows.load_staff(session, clinic.id), clean.identity):
        raise InputRefused("No manager has an account on this machine yet; enter one first.", field="identity")
    if clean.zone != was.zone:
        refuse_orphans(changes.load_expected(session, clinic.id, placing.today(was, act)))
    return changes.save_clinic(session, clinic.id, clean)
