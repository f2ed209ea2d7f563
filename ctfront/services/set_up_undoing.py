"""Taking back what Set-up saved: what was so before is saved again, with all that is checked of a save."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import clinic_changes as changes
from ctfront.data import staff as staff_rows
from ctfront.data.models import ActRow
from ctfront.domain.clinic import Clinic, DateOrder, Identity
from ctfront.domain.errors import ChangedElsewhere, ClinicError, NotFound, NothingToUndo
from ctfront.domain.providers import Break, DayHours, Governed
from ctfront.domain.set_up import ClinicDraft, ProviderDraft, SiteDraft, StaffDraft, VisitPurposeDraft
from ctfront.domain.staff import Act, Right
from ctfront.domain.times import Span
from ctfront.services.set_up_clinic import put_clinic
from ctfront.services.set_up_providers import put_provider
from ctfront.services.set_up_purposes import put_purpose
from ctfront.services.set_up_saving import Draft, Named
from ctfront.services.set_up_sites import put_site
from ctfront.services.set_up_staff import put_staff

Row = TypeVar("Row", bound=Named)


def put_back(session: Session, clinic: Clinic, act: Act, last: ActRow, saved: Mapping[str, Any]) -> None:
    """Save again what was so before; what was new goes. Raises `ChangedElsewhere` or `NothingToUndo`."""
    act.who.require(Right.SET_UP)
    kind, row_id = saved["kind"], saved["id"]
    if _NOW[kind](session, clinic, row_id) != _DRAFT[kind](saved["after"]):
        raise ChangedElsewhere(f"A colleague has changed it since: “{last.sentence}” stays.")
    if saved["before"] is None:
        _take_away(session, clinic, act, kind, row_id)
        return
    try:
        _PUT[kind](session, clinic, act, row_id, _DRAFT[kind](saved["before"]))
    except ClinicError as refusal:
        raise NothingToUndo(f"That cannot be taken back any more: {refusal}") from None


def _take_away(session: Session, clinic: Clinic, act: Act, kind: str, row_id: int) -> None:
    """Take away what a save has added; somebody who was added can no longer log in."""
    if kind == "staff":
        person = StaffDraft.of(_one(staff_rows.load_staff(session, clinic.id), row_id))
        put_staff(session, clinic, act, row_id, replace(person, active=False))
        return
    try:
        with session.begin_nested():
            changes.remove(session, kind, row_id)
    except IntegrityError:
        raise NothingToUndo("It is used already and stays; make it inactive in Set-up (F6).") from None


def _provider_now(session: Session, clinic: Clinic, row_id: int) -> ProviderDraft:
    return ProviderDraft.of(_one(clinics.load_providers(session, clinic.id, active_only=False), row_id))


def _purpose_now(session: Session, clinic: Clinic, row_id: int) -> VisitPurposeDraft:
    return VisitPurposeDraft.of(_one(clinics.load_purposes(session, clinic.id, active_only=False), row_id))


def _one(rows: Iterable[Row], row_id: int) -> Row:
    for row in rows:
        if row.id == row_id:
            return row
    raise NotFound("That is not there any more.")


_NOW: Mapping[str, Callable[[Session, Clinic, int], Draft]] = {
    "clinic": lambda session, clinic, row_id: ClinicDraft.of(
        clinics.load_clinic(session, row_id) or clinic, clinics.load_site(session, row_id)
    ),
    "site": lambda session, clinic, row_id: SiteDraft.of(_one(clinics.load_sites(session, clinic.id), row_id)),
    "provider": _provider_now,
    "purpose": _purpose_now,
    "staff": lambda session, clinic, row_id: StaffDraft.of(_one(staff_rows.load_staff(session, clinic.id), row_id)),
}
"""What would be saved of each as it is now."""
_PUT: Mapping[str, Callable[..., Named]] = {
    "clinic": put_clinic,
    "site": put_site,
    "provider": put_provider,
    "purpose": put_purpose,
    "staff": put_staff,
}


def _clinic_draft(fields: Mapping[str, Any]) -> ClinicDraft:
    kept = {"date_order": DateOrder(fields["date_order"]), "identity": Identity(fields["identity"])}
    return ClinicDraft(**{**fields, **kept})


def _provider_draft(fields: Mapping[str, Any]) -> ProviderDraft:
    hours = tuple(_hours(day) for day in fields["hours"])
    return ProviderDraft(**{**fields, "hours": hours, "purpose_ids": tuple(fields["purpose_ids"])})


def _hours(day: Mapping[str, Any]) -> DayHours:
    return DayHours(
        weekday=day["weekday"],
        spans=tuple(Span(**span) for span in day["spans"]),
        breaks=tuple(Break(span=Span(**pause["span"]), label=pause["label"]) for pause in day["breaks"]),
        governed=tuple(Governed(span=Span(**part["span"]), governor=part["governor"]) for part in day["governed"]),
        since=date.fromisoformat(day["since"]) if day["since"] else None,
        until=date.fromisoformat(day["until"]) if day["until"] else None,
        site_id=day["site_id"],
    )


_DRAFT: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "clinic": _clinic_draft,
    "site": lambda fields: SiteDraft(**fields),
    "provider": _provider_draft,
    "purpose": lambda fields: VisitPurposeDraft(**fields),
    "staff": lambda fields: StaffDraft(**{**fields, "rights": frozenset(map(Right, fields["rights"]))}),
}
"""How a draft is read back from what the act kept."""
