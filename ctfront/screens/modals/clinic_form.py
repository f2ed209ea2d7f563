"""The clinic's own data and those of its first site."""

from collections.abc import Iterable

from textual.widget import Widget

from ctfront.domain.appointments import Appointment
from ctfront.domain.clinic import Clinic, DateOrder, Identity, Site
from ctfront.domain.set_up import ClinicDraft, check_correction_days, check_slot_minutes, check_zone
from ctfront.screens.modals.set_up_form import SetUpForm, read_number, read_yes
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.services.public_holidays import check_region, holidays_of
from ctfront.widgets.form import Choice, Field
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.set_up_rows import IDENTITY_WORDS, ORDER_WORDS, yes_or_no

ORDERS = tuple(DateOrder)
IDENTITIES = tuple(Identity)
EXAMPLES = {DateOrder.DAY_FIRST: "2/3 is 2 March", DateOrder.MONTH_FIRST: "2/3 is 3 February"}


def read_zone(text: str) -> str:
    """Refuse what is no time zone."""
    check_zone(text)
    return ""


def read_online(text: str) -> str:
    """Read back whether the clinic subscribes. Raises `InputRefused`."""
    return "takes part" if read_yes(text) else "does not take part"


def read_slot(text: str) -> str:
    """Read the height of a row back. Raises `InputRefused`."""
    check_slot_minutes(read_number(text))
    return "min, one row of the Scheduler"


def read_days(text: str) -> str:
    """Read the days back. Raises `InputRefused`."""
    days = "day" if check_correction_days(read_number(text)) == 1 else "days"
    return f"{days} to correct a past status"


class ClinicForm(SetUpForm[Clinic]):
    """Change the clinic."""

    HEADING = "Clinic"

    def __init__(self, set_up: ClinicSetup, clinic: Clinic, site: Site, *, first: str = "name") -> None:
        super().__init__(set_up, first=first)
        self.clinic = clinic
        self.site = site
        self.orders = Choice([ORDER_WORDS[order] for order in ORDERS], what="order")
        self.identities = Choice([identity.value for identity in IDENTITIES], what="way")

    def fields(self) -> Iterable[Widget]:
        """Make the fields."""
        it, site = self.clinic, self.site
        order = ORDER_WORDS[it.date_order]
        yield Field("name", "Name", it.name, required=True)
        yield Field("zone", "Time zone", it.zone, required=True, read=read_zone)
        yield Field("date_order", "Date order", order, required=True, read=self.read_order)
        yield Field("online", "Online", yes_or_no(it.online), required=True, read=read_online)
        yield Field("slot_minutes", "Slot", str(it.slot_minutes), required=True, read=read_slot)
        yield Field("correction_days", "Corrections", str(it.correction_days), required=True, read=read_days)
        yield Field("holidays", "Holidays", it.holidays, read=self.read_holidays)
        yield Field("site_name", "Site", site.name, required=True)
        yield Field("site_address", "Address", site.address)
        yield Field("site_phone", "Phone", site.phone)
        yield Field("identity", "Identity", it.identity.value, required=True, read=self.read_identity)

    def read_order(self, text: str) -> str:
        """Read the date order back. Raises `InputRefused`."""
        return EXAMPLES[ORDERS[self.orders.index(text)]]

    def read_holidays(self, text: str) -> str:
        """Read back how many public holidays that is. Raises `InputRefused`."""
        year = desk_of(self).today.year
        days = holidays_of(check_region(text, year=year), year)
        return f"{len(days)} days in {year}" if days else ""

    def read_identity(self, text: str) -> str:
        """Read back how staff are known. Raises `InputRefused`."""
        return IDENTITY_WORDS[IDENTITIES[self.identities.index(text)]]

    async def send(self) -> Clinic:
        """Save clinic and site."""
        draft = ClinicDraft(
            name=self.text_of("name"),
            zone=self.text_of("zone").strip(),
            date_order=ORDERS[self.orders.index(self.text_of("date_order"))],
            online=read_yes(self.text_of("online")),
            slot_minutes=read_number(self.text_of("slot_minutes")),
            correction_days=read_number(self.text_of("correction_days")),
            identity=IDENTITIES[self.identities.index(self.text_of("identity"))],
            site_name=self.text_of("site_name"),
            site_address=self.text_of("site_address"),
            site_phone=self.text_of("site_phone"),
            holidays=self.text_of("holidays"),
        )
        return await self.set_up.save_clinic(desk_of(self).act(), draft, version=self.clinic.version)

    def at_fault(self, appointment: Appointment) -> str:
        """Return the zone: nothing else of the clinic moves an appointment."""
        return "zone"
