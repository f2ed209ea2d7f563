"""Set-up: lists of providers, visit purposes, staff, events and so on, each with its form."""

from typing import Any, ClassVar

from textual import work
from textual.binding import BindingType
from textual.screen import Screen

from ctfront.domain.clinic import Clinic, Site
from ctfront.domain.errors import ClinicError
from ctfront.domain.keymap import KeyAct
from ctfront.domain.letters import MailWording
from ctfront.domain.online import OnlineBook, OnlineProvider
from ctfront.domain.providers import Provider, VisitPurpose
from ctfront.domain.set_up import SetUp
from ctfront.domain.staff import Right, Staff
from ctfront.screens.modals.audit_list import AuditList
from ctfront.screens.modals.clinic_form import ClinicForm
from ctfront.screens.modals.keys_form import KeysForm
from ctfront.screens.modals.mail_text_form import MailTextForm
from ctfront.screens.modals.online_provider_form import OnlineProviderForm
from ctfront.screens.modals.online_rules_form import OnlineRulesForm
from ctfront.screens.modals.provider_form import ProviderForm
from ctfront.screens.modals.purpose_form import PurposeForm
from ctfront.screens.modals.question import Question
from ctfront.screens.modals.site_form import SiteForm
from ctfront.screens.modals.staff_form import StaffForm
from ctfront.screens.set_up_events import SetUpEvents
from ctfront.screens.set_up_view import key
from ctfront.widgets.set_up_lists import LISTS
from ctfront.widgets.set_up_rows import (
    ADD,
    DATABASE,
    EVENTS,
    FOR_LOOKING,
    PROVIDERS,
    PURPOSES,
    SITES,
    STAFF,
    SetUpRow,
)
from ctfront.widgets.set_up_rows import KEYS as KEY_LIST

Subject = Provider | VisitPurpose | Staff | Clinic | Site | OnlineBook | OnlineProvider | MailWording
"""What a form of Set-up saves."""


class SetUpScreen(SetUpEvents):
    """Enter opens the form of the row under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "open", "Open", "Open the form of the row; of an event list whom it hits", "open"),
        key("e,E", "open", "Edit", "The same as Enter", "edit"),
    ]

    @work(group="edit")
    async def action_open(self) -> None:
        """Open the form of the row under the cursor; one who may not save is told before typing."""
        wanted, shown = self.row, LISTS[self.list_number]
        if wanted is None:
            return
        if wanted.key in FOR_LOOKING:
            await self._look_into(str(wanted.key))
            return
        try:
            if shown is not EVENTS:
                self.desk.actor.require(Right.SET_UP)
            elif wanted.key == ADD:
                self.desk.actor.require(Right.BOOK)
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        await self.load()
        if self.row is None or self.row.key != wanted.key or self.set_up is None:
            self.say("A colleague has changed the list in between.")
        elif shown is KEY_LIST:
            await self._change_keys(self.row)
        elif shown is EVENTS:
            await self.open_event(self.set_up, self.row)
        else:
            saved: Subject | None = await self.desk.ask(self._form(self.set_up, self.row))
            if saved is not None:
                await self._show_saved(saved, new=wanted.key == ADD)

    def _form(self, set_up: SetUp, row: SetUpRow) -> Screen[Any]:
        """Return the form of a row that isn't an event."""
        it, service = row.item, self.clinic_setup
        if isinstance(it, OnlineProvider):
            return OnlineProviderForm(service, it, set_up.purposes, today=set_up.today)
        if isinstance(it, OnlineBook):
            return OnlineRulesForm(service, it, set_up.purposes, first=str(row.key))
        if isinstance(it, MailWording):
            return MailTextForm(service, it, set_up.clinic, set_up.site)
        match LISTS[self.list_number]:
            case shown if shown is PROVIDERS:
                pattern = next((p for p in set_up.providers if p.active), None)
                provider = it if isinstance(it, Provider) else None
                return ProviderForm(
                    service,
                    set_up.purposes,
                    provider,
                    pattern=pattern,
                    today=set_up.today,
                    order=set_up.clinic.date_order,
                    sites=set_up.sites,
                )
            case shown if shown is PURPOSES:
                return PurposeForm(service, it if isinstance(it, VisitPurpose) else None)
            case shown if shown is STAFF:
                return StaffForm(service, it if isinstance(it, Staff) else None)
            case shown if shown is SITES:
                return SiteForm(service, it if isinstance(it, Site) else None)
            case _:
                return ClinicForm(service, set_up.clinic, set_up.site, first=str(row.key))

    async def _show_saved(self, saved: Subject, *, new: bool) -> None:
        self.desk.adopt(await self.clinic_setup.current_clinic() if isinstance(saved, Site) else saved)
        await self.load(go_to=None if isinstance(saved, Clinic | OnlineBook | MailWording) else saved.id)
        self.refresh_title()
        self.say(f"{'Added' if new else 'Saved'} {saved.name}. u takes it back.")

    async def _look_into(self, key: str) -> None:
        """List the audit trail, for whoever has the right; say what is to be known of the database."""
        if key == DATABASE:
            self.say("The database is chosen when ctfront starts: see docs/operating.md.")
            return
        trail = self.clinic_setup.trail
        try:
            entries = await trail.find(self.desk.act().who, "", today=self.desk.today)
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        await self.desk.ask(AuditList(trail, entries, self.desk.clinic.tz))

    # -- keys

    async def _change_keys(self, row: SetUpRow) -> None:
        """Give the act under the cursor other keys, or let letters walk."""
        if isinstance(row.item, KeyAct):
            changed = await self.desk.ask(KeysForm(row.item, self.desk.key_acts()))
            if changed is None:
                return
            said = f"“{changed.words}” has its keys at once, here; other desks from their next start."
        else:
            walk = not self.desk.letters_walk
            question = "Let h j k l walk as the arrows do?" if walk else "Let h j k l walk no longer?"
            if not await self.desk.ask(Question(question, yes="switch")):
                return
            try:
                await self.desk.let_letters_walk(walk)
            except ClinicError as refusal:
                self.say(str(refusal))
                return
            said = "h j k l walk; K marks." if walk else "h j k l no longer walk."
        self.show_list()
        self.say(said)
