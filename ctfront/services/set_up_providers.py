"""Set-up: providers with their hours and visit purposes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import clinic_changes as changes
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import InputRefused
from ctfront.domain.providers import Break, DayHours, Governed, Provider
from ctfront.domain.set_up import ProviderDraft, check_governor, check_hours, orphans, required_line
from ctfront.domain.staff import Act
from ctfront.domain.times import Span
from ctfront.services import placing
from ctfront.services.set_up_saving import Kind, refuse_namesake, refuse_orphans, save


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
    return save(session, clinic, act, PROVIDERS, provider_id, draft, version=version)


def _put(
    session: Session, clinic: Clinic, act: Act, known: Sequence[Provider], was: Provider | None, draft: ProviderDraft
) -> Provider:
    clean = _check_provider(session, clinic, draft)
    refuse_namesake(known, was, clean.name)
    if was is not None:
        expected = changes.load_expected(session, clinic.id, placing.today(clinic, act), provider_id=was.id)
        refuse_orphans(orphans(expected, was, changes.becomes(was, clean)))
    return changes.save_provider(session, clinic.id, was.id if was else None, clean)


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


def _read(fields: Mapping[str, Any]) -> ProviderDraft:
    hours = tuple(_read_hours(day) for day in fields["hours"])
    return ProviderDraft(**{**fields, "hours": hours, "purpose_ids": tuple(fields["purpose_ids"])})


def _read_hours(day: Mapping[str, Any]) -> DayHours:
    return DayHours(
        weekday=day["weekday"],
        spans=tuple(Span(**span) for span in day["spans"]),
        breaks=tuple(Break(span=Span(**pause["span"]), label=pause["label"]) for pause in day["breaks"]),
        governed=tuple(Governed(span=Span(**part["span"]), governor=part["governor"]) for part in day["governed"]),
        since=date.fromisoformat(day["since"]) if day["since"] else None,
        until=date.fromisoformat(day["until"]) if day["until"] else None,
        site_id=day["site_id"],
    )


PROVIDERS = Kind(
    name="provider",
    words="provider",
    rows=lambda session, clinic: clinics.load_providers(session, clinic.id, active_only=False),
    draft_of=lambda session, provider: ProviderDraft.of(provider),
    put=_put,
    read=_read,
)
