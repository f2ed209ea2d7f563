"""Changes to the clinic's own rows: itself, its site, providers with hours, visit purposes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ctfront.data.appointments import appointment_of, in_order, select_appointments
from ctfront.data.clinic import clinic_of, load_provider, load_site, purposes_of, select_clinic, site_of
from ctfront.data.models import (
    AppointmentRow,
    ClinicRow,
    OfficeHoursRow,
    OnlineHoursRow,
    OnlineProviderRow,
    OnlinePurposeRow,
    ProviderPurposeRow,
    ProviderRow,
    SiteRow,
    VisitPurposeRow,
)
from ctfront.domain.appointments import Appointment
from ctfront.domain.clinic import Clinic, Site
from ctfront.domain.errors import NotFound
from ctfront.domain.providers import DayHours, Provider, VisitPurpose
from ctfront.domain.set_up import EXPECTED, ClinicDraft, ProviderDraft, SiteDraft, VisitPurposeDraft

RETENTION_YEARS = 10
"""How long records are kept unless a manager says otherwise."""


def add_clinic(session: Session, draft: ClinicDraft) -> Clinic:
    """Insert the clinic with its first site."""
    row = ClinicRow(retention_years=RETENTION_YEARS, **_clinic_fields(draft))
    session.add(row)
    session.flush()
    session.add(SiteRow(clinic_id=row.id, **_site_fields(draft)))
    session.flush()
    return _clinic(session, row.id)


def save_clinic(session: Session, clinic_id: int, draft: ClinicDraft) -> Clinic:
    """Update the clinic and its first site."""
    row = session.get_one(ClinicRow, clinic_id)
    site = session.get_one(SiteRow, load_site(session, clinic_id).id)
    session.execute(update(SiteRow).where(SiteRow.clinic_id == clinic_id).values(zone=draft.zone))
    for target, fields in ((row, _clinic_fields(draft)), (site, _site_fields(draft))):
        for name, value in fields.items():
            setattr(target, name, value)
    flag_modified(row, "name")  # another version too where only the site is another
    session.flush()
    return _clinic(session, row.id)


def _clinic(session: Session, clinic_id: int) -> Clinic:
    return clinic_of(session.execute(select_clinic(clinic_id)).one())


def save_site(session: Session, clinic: Clinic, site_id: int | None, draft: SiteDraft) -> Site:
    """Insert or update a site; with the second one the hours of all learn that they are at the first.

    Raises `NotFound`.
    """
    if site_id is None:
        hours_anywhere = update(OfficeHoursRow).where(
            OfficeHoursRow.clinic_id == clinic.id, OfficeHoursRow.site_id.is_(None)
        )
        session.execute(hours_anywhere.values(site_id=load_site(session, clinic.id).id))
        row = SiteRow(clinic_id=clinic.id, zone=clinic.zone)
    else:
        found = session.get(SiteRow, site_id)
        if found is None or found.clinic_id != clinic.id:
            raise NotFound("There is no such site.")
        row = found
    row.name, row.address, row.phone = draft.name, draft.address, draft.phone
    session.add(row)
    session.flush()
    return site_of(row)


def _clinic_fields(draft: ClinicDraft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "zone": draft.zone,
        "date_order": draft.date_order.value,
        "online": draft.online,
        "slot_minutes": draft.slot_minutes,
        "correction_days": draft.correction_days,
        "identity": draft.identity.value,
        "holidays": draft.holidays,
    }


def _site_fields(draft: ClinicDraft) -> dict[str, Any]:
    return {
        "name": draft.site_name,
        "zone": draft.zone,
        "address": draft.site_address,
        "phone": draft.site_phone,
    }


def save_provider(session: Session, clinic_id: int, provider_id: int | None, draft: ProviderDraft) -> Provider:
    """Insert or update a provider with hours and offered purposes; a new one comes last."""
    if provider_id is None:
        row = ProviderRow(clinic_id=clinic_id, position=_next_position(session, clinic_id, ProviderRow))
    else:
        row = session.get_one(ProviderRow, load_provider(session, clinic_id, provider_id).id)
    row.name, row.governor, row.active = draft.name, draft.governor, draft.active
    session.add(row)
    flag_modified(row, "name")  # another version too where only hours or purposes are others
    session.flush()
    _replace_hours(session, clinic_id, row.id, draft.hours)
    _replace_purposes(session, clinic_id, row.id, draft.purpose_ids)
    return load_provider(session, clinic_id, row.id)


def _next_position(session: Session, clinic_id: int, table: Any) -> int:
    last = session.scalar(
        select(table.position).where(table.clinic_id == clinic_id).order_by(table.position.desc()).limit(1)
    )
    return 0 if last is None else last + 1


def _replace_hours(session: Session, clinic_id: int, provider_id: int, week: Sequence[DayHours]) -> None:
    owner = {"clinic_id": clinic_id, "provider_id": provider_id}
    sites = session.scalars(select(SiteRow.id).where(SiteRow.clinic_id == clinic_id).order_by(SiteRow.id)).all()
    first = sites[0] if len(sites) > 1 else None
    rows = [
        {
            **owner,
            "site_id": first if day.site_id is None else day.site_id,
            "weekday": day.weekday,
            "start_minute": span.start,
            "end_minute": span.end,
            "break_label": label,
            "governor": governor,
            "valid_from": day.since,
            "valid_until": day.until,
        }
        for day in week
        for span, label, governor in (
            *((span, None, None) for span in day.spans),
            *((pause.span, pause.label, None) for pause in day.breaks),
            *((part.span, None, part.governor) for part in day.governed),
        )
    ]
    session.execute(delete(OfficeHoursRow).where(OfficeHoursRow.provider_id == provider_id))
    if rows:
        session.execute(insert(OfficeHoursRow), rows)


def _replace_purposes(session: Session, clinic_id: int, provider_id: int, purpose_ids: Sequence[int]) -> None:
    """Offer exactly these of the active purposes; what was offered of an inactive one comes back with it."""
    active = select(VisitPurposeRow.id).where(VisitPurposeRow.clinic_id == clinic_id, VisitPurposeRow.active)
    offered = set(
        session.scalars(
            select(ProviderPurposeRow.purpose_id).where(
                ProviderPurposeRow.provider_id == provider_id, ProviderPurposeRow.purpose_id.in_(active)
            )
        )
    )
    wanted = set(purpose_ids)
    session.execute(
        delete(ProviderPurposeRow).where(
            ProviderPurposeRow.provider_id == provider_id,
            ProviderPurposeRow.purpose_id.in_(sorted(offered - wanted)),
        )
    )
    new = [
        {"provider_id": provider_id, "purpose_id": purpose_id, "offered_online": True}
        for purpose_id in sorted(wanted - offered)
    ]
    if new:
        session.execute(insert(ProviderPurposeRow), new)


def save_purpose(session: Session, clinic_id: int, purpose_id: int | None, draft: VisitPurposeDraft) -> VisitPurpose:
    """Insert or update a visit purpose; a new one comes last. Raises `NotFound`."""
    if purpose_id is None:
        row = VisitPurposeRow(clinic_id=clinic_id, position=_next_position(session, clinic_id, VisitPurposeRow))
    else:
        found = session.get(VisitPurposeRow, purpose_id)
        if found is None or found.clinic_id != clinic_id:
            raise NotFound("There is no such visit purpose.")
        row = found
    row.name, row.minutes, row.letter = draft.name, draft.minutes, draft.letter
    row.color, row.active = draft.color, draft.active
    session.add(row)
    session.flush()
    return purposes_of([row])[0]


def remove(session: Session, kind: str, row_id: int) -> None:
    """Take a site, provider or visit purpose out again; the database refuses where something hangs on it."""
    owned = {
        "site": (),
        "provider": (
            delete(OfficeHoursRow).where(OfficeHoursRow.provider_id == row_id),
            delete(ProviderPurposeRow).where(ProviderPurposeRow.provider_id == row_id),
            delete(OnlineHoursRow).where(OnlineHoursRow.provider_id == row_id),
            delete(OnlineProviderRow).where(OnlineProviderRow.provider_id == row_id),
        ),
        "purpose": (
            delete(ProviderPurposeRow).where(ProviderPurposeRow.purpose_id == row_id),
            delete(OnlinePurposeRow).where(OnlinePurposeRow.purpose_id == row_id),
        ),
    }
    table = {"site": SiteRow, "provider": ProviderRow, "purpose": VisitPurposeRow}[kind].__table__
    for statement in owned[kind]:
        session.execute(statement)
    session.execute(delete(table).where(table.c.id == row_id))


def load_expected(
    session: Session, clinic_id: int, today: date, *, provider_id: int | None = None, purpose_id: int | None = None
) -> list[Appointment]:
    """Return the appointments of today and later that are still expected, narrowed as asked."""
    query = select_appointments(clinic_id).where(
        AppointmentRow.day >= today, AppointmentRow.status.in_([status.value for status in EXPECTED])
    )
    if provider_id is not None:
        query = query.where(AppointmentRow.provider_id == provider_id)
    if purpose_id is not None:
        query = query.where(AppointmentRow.purpose_id == purpose_id)
    return [appointment_of(row) for row in session.execute(in_order(query))]


def becomes(was: Provider, draft: ProviderDraft) -> Provider:
    """Return the provider as the draft would leave it."""
    return replace(
        was,
        name=draft.name,
        governor=draft.governor,
        active=draft.active,
        hours=draft.hours,
        purpose_ids=draft.purpose_ids,
    )
