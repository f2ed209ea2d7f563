"""Set-up: the places where the clinic works."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import clinic_changes as changes
from ctfront.domain.clinic import Clinic, Site
from ctfront.domain.set_up import SiteDraft, check_site
from ctfront.domain.staff import Act
from ctfront.services.set_up_saving import Kind, refuse_namesake, save


def save_site(
    session: Session, clinic: Clinic, act: Act, site_id: int | None, draft: SiteDraft, *, version: int | None = None
) -> Site:
    """Save a new or known site, in the clinic's zone."""
    return save(session, clinic, act, SITES, site_id, draft, version=version)


def _put(session: Session, clinic: Clinic, act: Act, known: Sequence[Site], was: Site | None, draft: SiteDraft) -> Site:
    clean = check_site(draft)
    refuse_namesake(known, was, clean.name)
    return changes.save_site(session, clinic, was.id if was else None, clean)


SITES = Kind(
    name="site",
    words="site",
    rows=lambda session, clinic: clinics.load_sites(session, clinic.id),
    draft_of=lambda session, site: SiteDraft.of(site),
    put=_put,
    read=lambda fields: SiteDraft(**fields),
)
