"""A member of staff: names, log-in, rights."""

from collections.abc import Iterable

from textual.widget import Widget

from ctfront.domain.grammar.rights import read_rights, show_rights, type_rights
from ctfront.domain.set_up import StaffDraft
from ctfront.domain.staff import Staff
from ctfront.screens.modals.set_up_form import SetUpForm, read_yes
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.widgets.form import Field
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.long_field import LongField
from ctfront.widgets.set_up_rows import yes_or_no

RIGHTS_HINT = "manager, front desk or none; or rights by name, commas between them"


def read_os_user(text: str) -> str:
    """Read back what the account is for."""
    return "account on this machine" if text.strip() else "no account on this machine"


def read_active(text: str) -> str:
    """Read back whether the person works here. Raises `InputRefused`."""
    return "works here" if read_yes(text) else "cannot log in"


def read_rights_back(text: str) -> str:
    """Read the rights back by name. Raises `InputRefused`."""
    return show_rights(read_rights(text))


class StaffForm(SetUpForm[Staff]):
    """Add a member of staff or change one."""

    def __init__(self, set_up: ClinicSetup, person: Staff | None) -> None:
        super().__init__(set_up, first=None if person is None else "name")
        self.person = person

    def heading(self) -> str:
        """Say who."""
        return f"Staff · {self.person.name}" if self.person else "New member of staff"

    def fields(self) -> Iterable[Widget]:
        """Make the fields."""
        it = self.person or StaffDraft(name="", short_name="")
        yield Field("name", "Full name", it.name, required=True)
        yield Field("short_name", "Short name", it.short_name, required=True)
        yield Field("os_user", "Log-in", it.os_user or "", read=read_os_user)
        yield LongField(
            "rights", "Rights", type_rights(it.rights), hint=RIGHTS_HINT, required=True, read=read_rights_back
        )
        yield Field("active", "Active", yes_or_no(it.active), required=True, read=read_active)

    async def send(self) -> Staff:
        """Save the member of staff."""
        it = self.person
        draft = StaffDraft(
            name=self.text_of("name"),
            short_name=self.text_of("short_name"),
            os_user=self.text_of("os_user").strip() or None,
            rights=read_rights(self.text_of("rights")),
            active=read_yes(self.text_of("active")),
        )
        return await self.set_up.save_staff(
            desk_of(self).act(), it.id if it else None, draft, version=it.version if it else None
        )
