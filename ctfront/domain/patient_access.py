"""The lists of Patient Access: who is invited, enrolled, asks to be, or was never invited."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ctfront.domain.invitations import InvitationState, OnlineAccess
from ctfront.domain.patients import PatientName, shown_name
from ctfront.domain.text import Shown


class AccessList(StrEnum):
    """One of the lists, in the order of their digits."""

    INVITED = "Invited"
    ENROLLED = "Enrolled"
    REQUESTS = "Requests"
    NOT_INVITED = "Not invited"


LISTS = tuple(AccessList)


class Sort(StrEnum):
    """In which order a list stands; the value is the word shown."""

    NEWEST = "newest first"
    NAME = "by name"
    STATE = "by state"


SORTS = {
    AccessList.INVITED: (Sort.NEWEST, Sort.NAME, Sort.STATE),
    AccessList.ENROLLED: (Sort.NEWEST, Sort.NAME),
    AccessList.REQUESTS: (Sort.NEWEST, Sort.NAME),
    AccessList.NOT_INVITED: (Sort.NAME, Sort.NEWEST),
}
"""Through which `z` goes, the first one as the list opens."""

INVITED_STATES = frozenset(
    {
        InvitationState.QUEUED,
        InvitationState.SENT,
        InvitationState.FAILED,
        InvitationState.WITHHELD,
        InvitationState.EXPIRED,
        InvitationState.LOCKED,
    }
)
"""What list 1 holds; removed ones are shown on demand."""


@dataclass(frozen=True, kw_only=True)
class EnrollmentRequest:
    """Somebody who registered through the site uninvited."""

    id: int
    last_name: str
    first_name: str
    birth_date: date
    email: str
    phone: str
    asked_at: datetime
    state: str
    """open, enrolled or declined"""
    state_at: datetime
    state_by: str
    reason: str = ""

    @property
    def name(self) -> Shown:
        """`PARK, Soo-jin`, as they wrote it."""
        return shown_name(self.last_name, self.first_name)


@dataclass(frozen=True, kw_only=True)
class AccessRow:
    """One row: a patient with how they stand, or a request."""

    key: int
    """The patient's id, or the request's."""
    patient: PatientName | None = None
    access: OnlineAccess | None = None
    request: EnrollmentRequest | None = None

    @property
    def state(self) -> InvitationState | None:
        """How the patient stands."""
        return self.access.standing.state if self.access is not None else None

    @property
    def why_not_ticked(self) -> str:
        """Why the patient cannot be invited, empty when it can be."""
        if self.access is None:
            return "no patient"
        if not self.access.reach.active:
            return "inactive"
        if not self.access.reach.email:
            return "no email"
        return "" if self.access.reach.consents else "no consent"

    def belongs_to(self, shown: AccessList) -> bool:
        """Tell whether the list, opened anew without inactive ones, would still hold the row."""
        if self.request is not None:
            return self.request.state == "open"
        active = self.access is not None and self.access.reach.active
        match shown:
            case AccessList.INVITED:
                return active and self.state in INVITED_STATES
            case AccessList.ENROLLED:
                return self.state is InvitationState.ENROLLED
        return active and self.state is None


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A patient whom a request may mean, with what fits."""

    patient: PatientName
    fits: str
    """`first name, last name, email`, in words."""
    why_not: str = ""
    """What the clinic's record lacks for linking."""
    also_asked: int = 0
    """Other open requests that fit the patient too."""
    is_sure: bool = False
    """Whether both names and the birth date fit."""


def list_of(access: OnlineAccess) -> tuple[AccessList, bool]:
    """Return the list that holds a patient, and whether only with the inactive ones."""
    state, active = access.standing.state, access.reach.active
    if state is InvitationState.ENROLLED:
        return AccessList.ENROLLED, False
    if state is InvitationState.ENDED:
        return AccessList.ENROLLED, True
    if state is None:
        return AccessList.NOT_INVITED, not active
    return AccessList.INVITED, state is InvitationState.REMOVED or not active
