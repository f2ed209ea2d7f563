"""Set-up: the clinic, providers with hours, visit purposes, staff; each save is one act that needs the right."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import date
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import clinic_changes as changes
from ctfront.data import events, ledger
from ctfront.data import staff as staff_rows
from ctfront.data.database import Database
from ctfront.domain.appointments import Appointment
from ctfront.domain.clinic import Clinic, Identity, Site
from ctfront.domain.errors import ChangedElsewhere, InputRefused, NotFound
from ctfront.domain.providers import Provider, VisitPurpose
from ctfront.domain.set_up import (
    LONGEST_LETTER,
    ClinicDraft,
    ProviderDraft,
    SetUp,
    StaffDraft,
    VisitPurposeDraft,
    WouldOrphan,
    account_name,
    check_clinic,
    check_governor,
    check_hours,
    check_minutes,
    orphans,
    required_line,
)
from ctfront.domain.staff import Act, Right, Staff
from ctfront.domain.text import clean_line, safe
from ctfront.domain.times import wall_clock
from ctfront.services.public_holidays import check_region

__all__ = ["ClinicDraft", "ClinicSetup", "ProviderDraft", "StaffDraft", "VisitPurposeDraft", "WouldOrphan"]

Result = TypeVar("Result")


class ClinicSetup:
    """What a manager sets up; every method is one reading or one act.

    A save given the version that its form was opened with raises `ChangedElsewhere` when it is another now.
    """

    def __init__(self, database: Database, clinic: Clinic) -> None:
        self._database = database
        self.clinic = clinic

    async def everything(self, today: date) -> SetUp:
        """Return all that is set up, and the events of today and later."""
        async with self._database.reading() as session:
            clinic = await clinics.read_clinic(session, self.clinic.id) or self.clinic
            return SetUp(
                clinic=clinic,
                site=(await clinics.read_sites(session, clinic.id))[0],
                providers=await clinics.read_providers(session, clinic.id, active_only=False),
                purposes=await clinics.read_purposes(session, clinic.id, active_only=False),
                staff=await staff_rows.read_staff(session, clinic.id),
                events=tuple(await events.read_coming_events(session, clinic.id, today)),
            )

    async def current_clinic(self) -> Clinic:
        """Return the clinic as it is set up now."""
        async with self._database.reading() as session:
            return await clinics.read_clinic(session, self.clinic.id) or self.clinic

    async def sites(self) -> tuple[Site, ...]:
        """Return the clinic's sites, the first one first."""
        async with self._database.reading() as session:
            return await clinics.read_sites(session, self.clinic.id)

    async def providers(self, *, include_inactive: bool = True) -> tuple[Provider, ...]:
        """Return the providers in Set-up order."""
        async with self._database.reading() as session:
            return await clinics.read_providers(session, self.clinic.id, active_only=not include_inactive)

    async def purposes(self, *, include_inactive: bool = True) -> tuple[VisitPurpose, ...]:
        """Return the visit purposes in Set-up order."""
        async with self._database.reading() as session:
            return await clinics.read_purposes(session, self.clinic.id, active_only=not include_inactive)

    async def staff(self, *, include_inactive: bool = True) -> tuple[Staff, ...]:
        """Return who works here, and who did."""
        async with self._database.reading() as session:
            everybody = await staff_rows.read_staff(session, self.clinic.id)
        return tuple(person for person in everybody if person.active or include_inactive)

    async def save_clinic(self, act: Act, draft: ClinicDraft, *, version: int | None = None) -> Clinic:
        """Save the clinic and its first site. Raises `InputRefused` or `WouldOrphan`."""
        return await self._write(lambda session: save_clinic(session, self.clinic, act, draft, version=version))

    async def save_provider(
        self, act: Act, provider_id: int | None, draft: ProviderDraft, *, version: int | None = None
    ) -> Provider:
        """Save a new or known provider. Raises `InputRefused` or `WouldOrphan`."""
        return await self._write(
            lambda session: save_provider(session, self.clinic, act, provider_id, draft, version=version)
        )

    async def save_purpose(
        self, act: Act, purpose_id: int | None, draft: VisitPurposeDraft, *, version: int | None = None
    ) -> VisitPurpose:
        """Save a new or known visit purpose. Raises `InputRefused` or `WouldOrphan`."""
        return await self._write(
            lambda session: save_purpose(session, self.clinic, act, purpose_id, draft, version=version)
        )

    async def save_staff(
        self, act: Act, staff_id: int | None, draft: StaffDraft, *, version: int | None = None
    ) -> Staff:
        """Save a new or known member of staff. Raises `InputRefused`."""
        return await self._write(
            lambda session: save_staff(session, self.clinic, act, staff_id, draft, version=version)
        )

    async def _write(self, act_on: Callable[[Session], Result]) -> Result:
        return await self._database.write(act_on)


def save_clinic(
    session: Session, clinic: Clinic, act: Act, draft: ClinicDraft, *, version: int | None = None
) -> Clinic:
    """Save the clinic and its first site; how staff are known is never changed to or from a demo's way."""
    act.who.require(Right.SET_UP)
    was = clinics.load_clinic(session, clinic.id) or clinic
    if ledger.repeated(session, act):
        return was
    _check_version(was, version)
    clean = check_clinic(draft)
    clean = replace(clean, holidays=check_region(clean.holidays, year=act.at.year))
    if clean.identity is not was.identity and Identity.DEMO in {clean.identity, was.identity}:
        raise InputRefused("A demo stays a demo, and no other clinic becomes one.", field="identity")
    if not _managers(staff_rows.load_staff(session, clinic.id), clean.identity):
        raise InputRefused("No manager has an account on this machine yet; enter one first.", field="identity")
    if clean.zone != was.zone:
        _refuse(changes.load_expected(session, clinic.id, _today(was, act)))
    saved = changes.save_clinic(session, clinic.id, clean)
    _record(session, clinic, act, "clinic", saved.id, saved.name, was, clean)
    return saved


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
    was = _known(known, provider_id, "provider")
    clean = _check_provider(session, clinic, draft)
    _refuse_namesake(known, provider_id, clean.name)
    if was is not None:
        _check_version(was, version)
        expected = changes.load_expected(session, clinic.id, _today(clinic, act), provider_id=was.id)
        _refuse(orphans(expected, was, changes.becomes(was, clean)))
    saved = changes.save_provider(session, clinic.id, provider_id, clean)
    _record(session, clinic, act, "provider", saved.id, saved.name, was, clean)
    return saved


def _check_provider(session: Session, clinic: Clinic, draft: ProviderDraft) -> ProviderDraft:
    check_governor(draft.governor)
    active = {purpose.id for purpose in clinics.load_purposes(session, clinic.id)}
    if not active.issuperset(draft.purpose_ids):
        raise InputRefused("One of these visit purposes is not offered any more.", field="purpose_ids")
    return replace(
        draft,
        name=required_line(draft.name, field="name"),
        hours=check_hours(draft.hours),
        purpose_ids=tuple(dict.fromkeys(draft.purpose_ids)),
    )


def save_purpose(
    session: Session,
    clinic: Clinic,
    act: Act,
    purpose_id: int | None,
    draft: VisitPurposeDraft,
    *,
    version: int | None = None,
) -> VisitPurpose:
    """Save a visit purpose; another length changes no appointment, and one still expected keeps it active."""
    act.who.require(Right.SET_UP)
    known = clinics.load_purposes(session, clinic.id, active_only=False)
    if earlier := ledger.repeated(session, act):
        return next(purpose for purpose in known if purpose.id == earlier.subject_id)
    was = _known(known, purpose_id, "visit purpose")
    clean = _check_purpose(draft)
    _refuse_namesake(known, purpose_id, clean.name)
    if was is not None:
        _check_version(was, version)
        if not clean.active:
            _refuse(changes.load_expected(session, clinic.id, _today(clinic, act), purpose_id=was.id))
    saved = changes.save_purpose(session, clinic.id, purpose_id, clean)
    _record(session, clinic, act, "purpose", saved.id, saved.name, was, clean)
    return saved


def _check_purpose(draft: VisitPurposeDraft) -> VisitPurposeDraft:
    check_minutes(draft.minutes)
    return replace(
        draft,
        name=required_line(draft.name, field="name"),
        letter=required_line(draft.letter, field="letter", limit=LONGEST_LETTER),
        color=clean_line(draft.color, field="color", limit=20),
    )


def add_staff(session: Session, clinic: Clinic, act: Act, draft: StaffDraft) -> Staff:
    """Save a new member of staff."""
    return save_staff(session, clinic, act, None, draft)


def save_staff(
    session: Session,
    clinic: Clinic,
    act: Act,
    staff_id: int | None,
    draft: StaffDraft,
    *,
    version: int | None = None,
) -> Staff:
    """Save a member of staff; somebody active who can come in always keeps the right to set up."""
    act.who.require(Right.SET_UP)
    known = staff_rows.load_staff(session, clinic.id)
    if earlier := ledger.repeated(session, act):
        return next(person for person in known if person.id == earlier.subject_id)
    was = _known(known, staff_id, "member of staff")
    clean = _check_staff(known, staff_id, draft)
    if was is not None:
        _check_version(was, version)
        after = [_as_drafted(person, clean) if person.id == staff_id else person for person in known]
        mode = (clinics.load_clinic(session, clinic.id) or clinic).identity
        if _managers(known, mode) and not _managers(after, mode):
            raise InputRefused(
                "Somebody active must keep the right “set-up”; give it to another first.", field="rights"
            )
    saved = staff_rows.save_staff(session, clinic.id, staff_id, clean)
    _record(session, clinic, act, "staff", saved.id, saved.name, was, clean)
    return saved


def _check_staff(known: Iterable[Staff], staff_id: int | None, draft: StaffDraft) -> StaffDraft:
    clean = replace(
        draft,
        name=required_line(draft.name, field="name"),
        short_name=account_name(draft.short_name, field="short_name", limit=40),
        os_user=account_name(draft.os_user, field="os_user", limit=64) if draft.os_user else None,
    )
    for other in known:
        if other.id == staff_id:
            continue
        if other.short_name.casefold() == clean.short_name.casefold():
            raise InputRefused(f"{safe(clean.short_name)} is {safe(other.name)}'s short name.", field="short_name")
        if clean.os_user is not None and other.os_user == clean.os_user:
            raise InputRefused(f"The account {safe(clean.os_user)} is {safe(other.name)}'s.", field="os_user")
    return clean


def _as_drafted(person: Staff, draft: StaffDraft) -> Staff:
    return replace(person, os_user=draft.os_user, rights=draft.rights, active=draft.active)


def _managers(everybody: Iterable[Staff], mode: Identity) -> list[Staff]:
    """Return who can come in under that mode and set up."""
    return [
        person
        for person in everybody
        if person.active and Right.SET_UP in person.rights and (person.os_user or mode is not Identity.OS)
    ]


class _Named(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def version(self) -> int: ...


Subject = TypeVar("Subject", bound=_Named)


def _known(rows: Iterable[Subject], row_id: int | None, what: str) -> Subject | None:
    """Return the row to change, None for a new one. Raises `NotFound`."""
    if row_id is None:
        return None
    for row in rows:
        if row.id == row_id:
            return row
    raise NotFound(f"There is no such {what}.")


def _refuse_namesake(known: Iterable[_Named], row_id: int | None, name: str) -> None:
    if any(row.name.casefold() == name.casefold() and row.id != row_id for row in known):
        raise InputRefused(f"There is {safe(name)} already.", field="name")


def _check_version(was: _Named, version: int | None) -> None:
    if version is not None and version != was.version:
        raise ChangedElsewhere(f"A colleague saved {safe(was.name)} in between; open it again.")


def _refuse(left_behind: Iterable[Appointment]) -> None:
    if found := tuple(left_behind):
        raise WouldOrphan(found)


def _today(clinic: Clinic, act: Act) -> date:
    return wall_clock(act.at, clinic.zone).date()


def _record(
    session: Session,
    clinic: Clinic,
    act: Act,
    what: str,
    row_id: int,
    name: str,
    was: Clinic | Provider | VisitPurpose | Staff | None,
    draft: ClinicDraft | ProviderDraft | VisitPurposeDraft | StaffDraft,
) -> None:
    ledger.record(
        session,
        clinic.id,
        act,
        kind=f"save_{what}",
        subject_kind=what,
        subject_id=row_id,
        sentence=f"Saved {safe(name)}.",
        before=None if was is None else _plain(asdict(was)),
        after=_plain(asdict(draft)),
    )


def _plain(fields: dict[str, object]) -> dict[str, object]:
    """Give sets an order, so that the audit trail holds the same text for the same rights."""
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in fields.items()}
