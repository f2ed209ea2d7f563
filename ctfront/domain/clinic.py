"""The clinic and its sites."""

from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo


class DateOrder(StrEnum):
    """Which comes first when a clerk types `2/3`."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class Identity(StrEnum):
    """How the program knows who is at the keyboard; kept in the database, never chosen by the caller."""

    OS = "os"
    """The kernel's user id names the staff member."""
    FORCED_COMMAND = "forced-command"
    """One service account owns the database; sshd's per-key command names the staff member."""
    DEMO = "demo"
    """A made-up clinic: anybody may be anybody."""


@dataclass(frozen=True, kw_only=True)
class Clinic:
    """One practice: everything else belongs to exactly one."""

    id: int
    name: str
    zone: str
    """IANA name; wall-clock times are promised in it."""
    date_order: DateOrder = DateOrder.MONTH_FIRST
    online: bool = True
    """Whether the clinic subscribes to Online Appointments."""
    slot_minutes: int = 15
    """Height of one grid row, 5 to 60."""
    correction_days: int = 7
    """Days after an appointment in which its status may be corrected without a further right."""
    identity: Identity = Identity.OS
    holidays: str = ""
    """Whose public holidays it keeps, as `US` or `US-CA`; empty for nobody's."""
    sites: int = 1
    """How many sites it has; where there is one, nothing is said of sites."""
    version: int = 1

    @property
    def tz(self) -> tzinfo:
        """The zone as a tzinfo."""
        return ZoneInfo(self.zone)


@dataclass(frozen=True, kw_only=True)
class Site:
    """A place where the clinic works."""

    id: int
    name: str
    zone: str
    address: str = ""
    phone: str = ""
    version: int = 1
