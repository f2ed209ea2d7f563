"""The clinic's own rows: itself, sites, providers with hours, visit purposes."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from ctfront.data.models import (
    ClinicRow,
    OfficeHoursRow,
    ProviderPurposeRow,
    ProviderRow,
    SiteRow,
    VisitPurposeRow,
)
from ctfront.domain.clinic import Clinic, DateOrder, Identity, Site
from ctfront.domain.errors import NotFound
from ctfront.domain.providers import Break, DayHours, Provider, VisitPurpose
from ctfront.domain.times import Span


def select_clinic() -> Select[*tuple[Any, ...]]:
    """Select the first clinic of the database."""
    return select(ClinicRow.__table__).order_by(ClinicRow.id).limit(1)


def clinic_of(row: Any) -> Clinic:
    """Turn a row of `select_clinic` into the clinic."""
    return Clinic(
        id=row.id,
        name=row.name,
        zone=row.zone,
        date_order=DateOrder(row.date_order),
        online=row.online,
        slot_minutes=row.slot_minutes,
        correction_days=row.correction_days,
        identity=Identity(row.identity),
        version=row.version,
    )


def load_clinic(session: Session) -> Clinic | None:
    """Return the clinic, or None in an empty database."""
    row = session.execute(select_clinic()).first()
    return None if row is None else clinic_of(row)


async def read_clinic(session: AsyncSession) -> Clinic | None:
    """Return the clinic, or None in an empty database."""
    row = (await session.execute(select_clinic())).first()
    return None if row is None else clinic_of(row)


def select_sites(clinic_id: int) -> Select[Any]:
    """Select the clinic's sites, the first one first."""
    return select(SiteRow.__table__).where(SiteRow.clinic_id == clinic_id).order_by(SiteRow.id)


def site_of(row: Any) -> Site:
    """Turn a row of `select_sites` into a site."""
    return Site(id=row.id, name=row.name, zone=row.zone, address=row.address, phone=row.phone)


def load_site(session: Session, clinic_id: int) -> Site:
    """Return the clinic's first site."""
    return site_of(session.execute(select_sites(clinic_id).limit(1)).one())


async def read_sites(session: AsyncSession, clinic_id: int) -> tuple[Site, ...]:
    """Return the clinic's sites, the first one first."""
    return tuple(site_of(row) for row in await session.execute(select_sites(clinic_id)))


def select_purposes(clinic_id: int, *, active_only: bool) -> Select[*tuple[Any, ...]]:
    """Select visit purposes in Set-up order."""
    query = select(VisitPurposeRow.__table__).where(VisitPurposeRow.clinic_id == clinic_id)
    if active_only:
        query = query.where(VisitPurposeRow.active)
    return query.order_by(VisitPurposeRow.position, VisitPurposeRow.id)


def purposes_of(rows: Iterable[Any]) -> tuple[VisitPurpose, ...]:
    """Turn rows of `select_purposes` into visit purposes."""
    return tuple(
        VisitPurpose(
            id=row.id,
            name=row.name,
            minutes=row.minutes,
            letter=row.letter,
            color=row.color,
            active=row.active,
            version=row.version,
        )
        for row in rows
    )


def load_purposes(session: Session, clinic_id: int, *, active_only: bool = True) -> tuple[VisitPurpose, ...]:
    """Return visit purposes in Set-up order."""
    return purposes_of(session.execute(select_purposes(clinic_id, active_only=active_only)))


async def read_purposes(session: AsyncSession, clinic_id: int, *, active_only: bool = True) -> tuple[VisitPurpose, ...]:
    """Return visit purposes in Set-up order."""
    return purposes_of(await session.execute(select_purposes(clinic_id, active_only=active_only)))


def select_providers(
    clinic_id: int,
) -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    """Select providers in Set-up order, their hours, and the purposes they offer."""
    return (
        select(ProviderRow.__table__)
        .where(ProviderRow.clinic_id == clinic_id)
        .order_by(ProviderRow.position, ProviderRow.id),
        select(OfficeHoursRow.__table__)
        .where(OfficeHoursRow.clinic_id == clinic_id)
        .order_by(OfficeHoursRow.weekday, OfficeHoursRow.start_minute),
        select(ProviderPurposeRow.provider_id, ProviderPurposeRow.purpose_id)
        .join(VisitPurposeRow, VisitPurposeRow.id == ProviderPurposeRow.purpose_id)
        .where(VisitPurposeRow.clinic_id == clinic_id, VisitPurposeRow.active)
        .order_by(VisitPurposeRow.position, VisitPurposeRow.id),
    )


def providers_of(rows: Sequence[Any], hours: Sequence[Any], offered: Sequence[Any]) -> tuple[Provider, ...]:
    """Join the three answers of `select_providers`."""
    return tuple(
        Provider(
            id=row.id,
            name=row.name,
            governor=row.governor,
            position=row.position,
            active=row.active,
            hours=_week_of([h for h in hours if h.provider_id == row.id]),
            purpose_ids=tuple(o.purpose_id for o in offered if o.provider_id == row.id),
            version=row.version,
        )
        for row in rows
    )


def _week_of(rows: Sequence[Any]) -> tuple[DayHours, ...]:
    return tuple(
        DayHours(
            weekday=weekday,
            spans=tuple(
                Span(row.start_minute, row.end_minute)
                for row in rows
                if row.weekday == weekday and row.break_label is None
            ),
            breaks=tuple(
                Break(span=Span(row.start_minute, row.end_minute), label=row.break_label)
                for row in rows
                if row.weekday == weekday and row.break_label is not None
            ),
        )
        for weekday in sorted({row.weekday for row in rows})
    )


def load_providers(session: Session, clinic_id: int, *, active_only: bool = True) -> tuple[Provider, ...]:
    """Return providers with hours, in Set-up order."""
    answers = [session.execute(query).all() for query in select_providers(clinic_id)]
    return _only_active(providers_of(*answers), active_only)


async def read_providers(session: AsyncSession, clinic_id: int, *, active_only: bool = True) -> tuple[Provider, ...]:
    """Return providers with hours, in Set-up order."""
    answers = [(await session.execute(query)).all() for query in select_providers(clinic_id)]
    return _only_active(providers_of(*answers), active_only)


def _only_active(providers: tuple[Provider, ...], active_only: bool) -> tuple[Provider, ...]:
    return tuple(p for p in providers if p.active) if active_only else providers


def load_provider(session: Session, clinic_id: int, provider_id: int) -> Provider:
    """Return one provider. Raises `NotFound`."""
    for provider in load_providers(session, clinic_id, active_only=False):
        if provider.id == provider_id:
            return provider
    raise NotFound("There is no such provider.")
