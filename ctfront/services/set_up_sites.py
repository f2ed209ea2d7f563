"""Set-up: the places where the clinic works."""

from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import clinic_changes as changes
from ctfront.data import ledger
from ctfront.domain.clinic import Clinic, Site
from ctfront.domain.set_up import SiteDraft, check_site
from ctfront.domain.staff import Act, Right
from ctfront.services.set_up_saving import check_version, known_row, record, refuse_namesake


def save_site(
    session: Session,
    clinic: Clinic,
    act: Act,
    site_id: int | None,
    draft: SiteDraft,
    *,
    version: int | None = None,
) -> Site:
    """Save a new or known site, in the clinic's zone."""
    act.who.require(Right.SET_UP)
    known = clinics.load_sites(session, clinic.id)
    if earlier := ledger.repeated(session, act):
        return next(site for site in known if site.id == earlier.subject_id)
    was = known_row(known, site_id, "site")
    saved = put_site(session, clinic, act, site_id, draft, version=version)
    record(session, clinic, act, "site", saved, was, None if was is None else SiteDraft.of(was), SiteDraft.of(saved))
    return saved


def put_site(
    session: Session,
    clinic: Clinic,
    act: Act,
    site_id: int | None,
    draft: SiteDraft,
    *,
    version: int | None = None,
) -> Site:
    """Write the row, unless something stands against it."""
    known = clinics.load_sites(session, clinic.id)
    was = known_row(known, site_id, "site")
    clean = check_site(draft)
    refuse_namesake(known, site_id, clean.name)
    if was is not None:
        check_version(was, version)
    saved = changes.save_site(session, clinic, site_id, clean)
    return saved
