"""Set-up: providers with their hours and visit purposes."""

from dataclasses import replace

from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import clinic_changes as changes
from ctfront.data import ledger
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import InputRefused
from ctfront.domain.providers import Provider
from ctfront.domain.set_up import ProviderDraft, check_governor, check_hours, orphans, required_line
from ctfront.domain.staff import Act, Right
from ctfront.services import placing
from ctfront.services.set_up_saving import (
    check_version,
    known_row,
    record,
    refuse_namesake,
    refuse_orphans,
)


def save_provider(
    session: Session,
    clinic: Clinic,
    act: Act,
    provider_id: int | None,
    draft: ProviderDraft,
    *,
    version: int | None = None,
) -> Provider:
    """Save a provider with hours and purposes, unless that would orphan future appointments."""
    act.who.require(Right.SET_UP)
    if earlier := ledger.repeated(session, act):
        return clinics.load_provider(session, clinic.id, earlier.subject_id or 0)
    known = clinics.load_providers(session, clinic.id, active_only=False)
    was = known_row(known, provider_id, "provider")
    saved = put_provider(session, clinic, act, provider_id, draft, version=version)
    record(
        session,
        clinic,
        act,
        "provider",
        saved,
        was,
        None if was is None else ProviderDraft.of(was),
        ProviderDraft.of(saved),
    )
    return saved


def put_provider(
    session: Session,
    clinic: Clinic,
    act: Act,
    provider_id: int | None,
    draft: ProviderDraft,
    *,
    version: int | None = None,
) -> Provider:
    """Write the row, unless something stands against it."""
    known = clinics.load_providers(session, clinic.id, active_only=False)
    was = known_row(known, provider_id, "provider")
    clean = _check_provider(session, clinic, draft)
    refuse_namesake(known, provider_id, clean.name)
    if was is not None:
        check_version(was, version)
        expected = changes.load_expected(session, clinic.id, placing.today(clinic, act), provider_id=was.id)
        refuse_orphans(orphans(expected, was, changes.becomes(was, clean)))
    saved = changes.save_provider(session, clinic.id, provider_id, clean)
    return saved


def _check_provider(session: Session, clinic: Clinic, draft: ProviderDraft) -> ProviderDraft:
    check_governor(draft.governor)
    active = {purpose.id for purpose in clinics.load_purposes(session, clinic.id)}
    if not active.issuperset(draft.purpose_ids):
        raise InputRefused("One of these visit purposes is not offered any more.", field="purpose_ids")
    sites = {site.id for site in clinics.load_sites(session, clinic.id)} | {None}
    if not sites.issuperset(day.site_id for day in draft.hours):
        raise InputRefused("One of these sites is not the clinic's.", field="hours")
    return replace(
        draft,
        name=required_line(draft.name, field="name"),
        hours=check_hours(draft.hours),
        purpose_ids=tuple(dict.fromkeys(draft.purpose_ids)),
    )
