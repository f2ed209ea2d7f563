"""The clinic's own rows: itself, sites, providers with hours, visit purposes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from sqlalchemy import BindParameter, Integer, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from ctfront.data.database import Reader, Writer
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
from ctfront.domain.providers import Break, DayHours, Governed, Provider, VisitPurpose
from ctfront.domain.times import Span

_SITES = select(func.count()).where(SiteRow.clinic_id == ClinicRow.id).scalar_subquery()


def select_clinic(clinic_id: int | None = None) -> Select[*tuple[Any, ...]]:
    """Select a clinic; without an id the first of the database, which is how a program finds out whose desk it is."""
    query = select(ClinicRow.__table__, _SITES.label("sites")).order_by(ClinicRow.id).limit(1)
    return query if clinic_id is None else query.where(ClinicRow.id == clinic_id)


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
        holidays=row.holidays,
        sites=row.sites,
        version=row.version,
    )


def load_clinic(session: Session, clinic_id: int | None = None) -> Clinic | None:
    """Return the clinic, by default the database's first; None when there is none."""
    row = session.execute(select_clinic(clinic_id)).first()
    return None if row is None else clinic_of(row)


async def read_clinic(session: AsyncSession, clinic_id: int) -> Clinic | None:
    """Return the clinic as it is set up now."""
    row = (await session.execute(select_clinic(clinic_id))).first()
    return None if row is None else clinic_of(row)


def select_sites(clinic_id: int | BindParameter[int]) -> Select[Any]:
    """Select the clinic's sites, the first one first."""
    site = SiteRow.__table__.c
    return select(SiteRow.__table__).where(site.clinic_id == clinic_id).order_by(site.id)


def site_of(row: Any) -> Site:
    """Turn a row of `select_sites` into a site."""
    return Site(id=row.id, name=row.name, zone=row.zone, address=row.address, phone=row.phone, version=row.version)


_FIRST_SITE = select_sites(bindparam("clinic_id", type_=Integer)).limit(1)


def load_site(session: Session, clinic_id: int) -> Site:
    """Return the clinic's first site."""
    return site_of(session.execute(_FIRST_SITE, {"clinic_id": clinic_id}).one())


def load_sites(session: Session, clinic_id: int) -> tuple[Site, ...]:
    """Return the clinic's sites, the first one first."""
    return tuple(site_of(row) for row in session.execute(select_sites(clinic_id)))


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


_HOUR = OfficeHoursRow.__table__.c
_HOURS_FIELDS = (
    _HOUR.weekday,
    _HOUR.start_minute,
    _HOUR.end_minute,
    _HOUR.break_label,
    _HOUR.governor,
    _HOUR.valid_from,
    _HOUR.valid_until,
    _HOUR.site_id,
)
"""What `_week_of` reads, in its order."""


def select_providers(
    clinic_id: int | BindParameter[int], *, provider_id: BindParameter[int] | None = None
) -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    """Select providers in Set-up order (or one of them), their hours, and the purposes they offer."""
    provider, hours, offered = ProviderRow.__table__.c, OfficeHoursRow.__table__.c, ProviderPurposeRow.__table__.c
    purpose = VisitPurposeRow.__table__.c
    queries = (
        select(provider.id, provider.name, provider.governor, provider.position, provider.active, provider.version)
        .where(provider.clinic_id == clinic_id)
        .order_by(provider.position, provider.id),
        select(hours.provider_id, *_HOURS_FIELDS)
        .where(hours.clinic_id == clinic_id)
        .order_by(hours.weekday, hours.start_minute),
        select(offered.provider_id, offered.purpose_id)
        .select_from(ProviderPurposeRow.__table__)
        .join(VisitPurposeRow.__table__, purpose.id == offered.purpose_id)
        .where(purpose.clinic_id == clinic_id, purpose.active)
        .order_by(purpose.position, purpose.id),
    )
    if provider_id is None:
        return queries
    chosen = (provider.id, hours.provider_id, offered.provider_id)
    first, second, third = (query.where(column == provider_id) for query, column in zip(queries, chosen, strict=True))
    return first, second, third


def providers_of(
    rows: Iterable[Sequence[Any]], hours: Iterable[Sequence[Any]], offered: Iterable[Sequence[Any]]
) -> tuple[Provider, ...]:
    """Join the three answers of `select_providers`."""
    spans: dict[int, list[Sequence[Any]]] = defaultdict(list)
    for provider_id, *span in hours:
        spans[provider_id].append(span)
    purposes: dict[int, list[int]] = defaultdict(list)
    for provider_id, purpose_id in offered:
        purposes[provider_id].append(purpose_id)
    return tuple(
        Provider(
            id=provider_id,
            name=name,
            governor=governor,
            position=position,
            active=active,
            hours=_week_of(spans[provider_id]),
            purpose_ids=tuple(purposes[provider_id]),
            version=version,
        )
        for provider_id, name, governor, position, active, version in rows
    )


def _week_of(rows: Iterable[Sequence[Any]]) -> tuple[DayHours, ...]:
    """Return the office hours of each weekday that has any; the rows come in the order of weekday and start."""
    week: dict[tuple[date, int], tuple[Sequence[Any], list[Span], list[Break], list[Governed]]] = {}
    for row in rows:
        weekday, start, end, label, governor, since, *_ = row
        _, spans, breaks, governed = week.setdefault((since or date.min, weekday), (row, [], [], []))
        span = Span(start, end)
        if label is not None:
            breaks.append(Break(span=span, label=label))
        elif governor is not None:
            governed.append(Governed(span=span, governor=governor))
        else:
            spans.append(span)
    return tuple(
        DayHours(
            weekday=row[0],
            spans=tuple(spans),
            breaks=tuple(breaks),
            governed=tuple(governed),
            since=row[-3],
            until=row[-2],
            site_id=row[-1],
        )
        for _, (row, spans, breaks, governed) in sorted(week.items(), key=itemgetter(0))
    )


def load_providers(session: Session, clinic_id: int, *, active_only: bool = True) -> tuple[Provider, ...]:
    """Return providers with hours, in Set-up order."""
    answers = [session.execute(query).all() for query in select_providers(clinic_id)]
    return _only_active(providers_of(*answers), active_only)


async def read_providers(reader: Reader, clinic_id: int, *, active_only: bool = True) -> tuple[Provider, ...]:
    """Return providers with hours, in Set-up order."""
    answers = [(await reader.execute(query)).all() for query in select_providers(clinic_id)]
    return _only_active(providers_of(*answers), active_only)


def _only_active(providers: tuple[Provider, ...], active_only: bool) -> tuple[Provider, ...]:
    return tuple(p for p in providers if p.active) if active_only else providers


_PROVIDER, _, _OFFERED = select_providers(
    bindparam("clinic_id", type_=Integer), provider_id=bindparam("provider_id", type_=Integer)
)
_ONE_PROVIDER = (
    _PROVIDER.add_columns(*_HOURS_FIELDS)
    .outerjoin(
        OfficeHoursRow.__table__, (_HOUR.provider_id == ProviderRow.id) & (_HOUR.clinic_id == ProviderRow.clinic_id)
    )
    .order_by(_HOUR.weekday, _HOUR.start_minute)
)
"""A provider, once with each span of the office hours: one statement where two would be."""


def load_provider(writer: Writer, clinic_id: int, provider_id: int) -> Provider:
    """Return one provider. Raises `NotFound`."""
    ids = {"clinic_id": clinic_id, "provider_id": provider_id}
    rows = writer.execute(_ONE_PROVIDER, ids).all()
    if not rows:
        raise NotFound("There is no such provider.")
    hours = [(provider_id, *row[6:]) for row in rows if row.weekday is not None]
    return providers_of([rows[0][:6]], hours, writer.execute(_OFFERED, ids))[0]
