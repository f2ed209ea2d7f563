"""A place where the clinic works: name, address, phone."""

from collections.abc import Iterable

from textual.widget import Widget

from ctfront.domain.clinic import Site
from ctfront.domain.set_up import SiteDraft
from ctfront.screens.modals.set_up_form import SetUpForm
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.widgets.form import Field
from ctfront.widgets.front_desk import desk_of


class SiteForm(SetUpForm[Site]):
    """Add a site or change one."""

    def __init__(self, set_up: ClinicSetup, site: Site | None) -> None:
        super().__init__(set_up, first=None if site is None else "name")
        self.site = site

    def heading(self) -> str:
        """Say which one, and how it is used."""
        return f"Site · {self.site.name}" if self.site else "New site · a provider's hours name it, as 8-18 @its name"

    def fields(self) -> Iterable[Widget]:
        """Make the fields."""
        it = self.site or SiteDraft(name="")
        yield Field("name", "Name", it.name, required=True)
        yield Field("address", "Address", it.address)
        yield Field("phone", "Phone", it.phone)

    async def send(self) -> Site:
        """Save the site."""
        it = self.site
        draft = SiteDraft(name=self.text_of("name"), address=self.text_of("address"), phone=self.text_of("phone"))
        return await self.set_up.save_site(
            desk_of(self).act(), it.id if it else None, draft, version=it.version if it else None
        )
