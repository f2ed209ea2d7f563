"""Set-up as the screens use it: one reading of everything, and one act for each save."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import engines, events, mail_texts, online_rules
from ctfront.data import staff as staff_rows
from ctfront.data.database import Database
from ctfront.domain.clinic import Clinic, Site
from ctfront.domain.letters import MailWording
from ctfront.domain.mails import MailText
from ctfront.domain.online import OnlineBook, OnlineProvider, OnlineProviderDraft, OnlineRules
from ctfront.domain.providers import Provider, VisitPurpose
from ctfront.domain.set_up import ClinicDraft, ProviderDraft, SetUp, SiteDraft, StaffDraft, VisitPurposeDraft
from ctfront.domain.staff import Act, Staff
from ctfront.services import (
    set_up_clinic,
    set_up_mails,
    set_up_online,
    set_up_providers,
    set_up_purposes,
    set_up_sites,
    set_up_staff,
)
from ctfront.services.audit_trail import AuditTrail

Result = TypeVar("Result")


class ClinicSetup:
    """What a manager sets up; every method is one reading or one act.

    A save given the version that its form was opened with raises `ChangedElsewhere` when it is another now.
    """

    def __init__(self, database: Database, clinic: Clinic, folder: Path | None = None) -> None:
        """Prepare; `folder` is where exports go."""
        self._database = database
        self.clinic = clinic
        self._folder = folder

    @property
    def trail(self) -> AuditTrail:
        """The audit trail."""
        return AuditTrail(self._database, self.clinic, self._folder)

    async def everything(self, today: date) -> SetUp:
        """Return all that is set up, and the events of today and later."""
        async with self._database.reading() as session:
            clinic = await clinics.read_clinic(session, self.clinic.id) or self.clinic
            sites = await clinics.read_sites(session, clinic.id)
            return SetUp(
                today=today,
                clinic=clinic,
                site=sites[0],
                sites=sites,
                providers=await clinics.read_providers(session, clinic.id, active_only=False),
                purposes=await clinics.read_purposes(session, clinic.id, active_only=False),
                staff=await staff_rows.read_staff(session, clinic.id),
                events=tuple(await events.read_coming_events(session, clinic.id, today)),
                online=await online_rules.read_book(session, clinic.id),
                mails=await mail_texts.read_wordings(session, clinic.id),
                engine=engines.engine_of(self._database),
                advice=engines.advice(self._database),
            )

    async def online(self) -> OnlineBook:
        """Return everything that decides what patients are offered on the site."""
        async with self._database.reading() as session:
            return await online_rules.read_book(session, self.clinic.id)

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
        return await self._write(
            lambda session: set_up_clinic.save_clinic(session, self.clinic, act, draft, version=version)
        )

    async def save_site(self, act: Act, site_id: int | None, draft: SiteDraft, *, version: int | None = None) -> Site:
        """Save a new or known site. Raises `InputRefused`."""
        return await self._write(
            lambda session: set_up_sites.save_site(session, self.clinic, act, site_id, draft, version=version)
        )

    async def save_provider(
        self, act: Act, provider_id: int | None, draft: ProviderDraft, *, version: int | None = None
    ) -> Provider:
        """Save a new or known provider. Raises `InputRefused` or `WouldOrphan`."""
        return await self._write(
            lambda session: set_up_providers.save_provider(
                session, self.clinic, act, provider_id, draft, version=version
            )
        )

    async def save_purpose(
        self, act: Act, purpose_id: int | None, draft: VisitPurposeDraft, *, version: int | None = None
    ) -> VisitPurpose:
        """Save a new or known visit purpose. Raises `InputRefused` or `WouldOrphan`."""
        return await self._write(
            lambda session: set_up_purposes.save_purpose(session, self.clinic, act, purpose_id, draft, version=version)
        )

    async def save_staff(
        self, act: Act, staff_id: int | None, draft: StaffDraft, *, version: int | None = None
    ) -> Staff:
        """Save a new or known member of staff. Raises `InputRefused`."""
        return await self._write(
            lambda session: set_up_staff.save_staff(session, self.clinic, act, staff_id, draft, version=version)
        )

    async def save_online_rules(self, act: Act, rules: OnlineRules, *, version: int | None = None) -> OnlineBook:
        """Save the clinic's rules for the site. Raises `InputRefused`."""
        return await self._write(
            lambda session: set_up_online.save_rules(session, self.clinic, act, rules, version=version)
        )

    async def save_online_provider(
        self, act: Act, provider_id: int, draft: OnlineProviderDraft, *, version: int | None = None
    ) -> OnlineProvider:
        """Save how a provider is offered on the site. Raises `InputRefused` or `NotFound`."""
        return await self._write(
            lambda session: set_up_online.save_provider(session, self.clinic, act, provider_id, draft, version=version)
        )

    async def save_mail(self, act: Act, mail_id: int, text: MailText, *, version: int | None = None) -> MailWording:
        """Save what a mail says. Raises `InputRefused`."""
        return await self._write(
            lambda session: set_up_mails.save_mail(session, self.clinic, act, mail_id, text, version=version)
        )

    async def _write(self, act_on: Callable[[Session], Result]) -> Result:
        return await self._database.write(act_on)
