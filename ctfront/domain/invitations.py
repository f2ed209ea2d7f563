"""The invitation's life: its states, what may follow on what, and who may send from where.

Each sending is an invitation of its own; what counts for a patient is the last one (`Standing`). An
invitation is *stale* while the address it was made for differs from the record: a fact, not a state.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ctfront.domain.errors import InvitationRefused, NoConsent, NoEmail

EXPIRES_AFTER = timedelta(days=7)
"""How long a link works, unless the clinic says otherwise."""

MOST_WRONG_BIRTH_DATES = 5
"""At the fifth one the invitation is locked."""


class InvitationState(StrEnum):
    """How far one sending has come."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"
    EXPIRED = "expired"
    LOCKED = "locked"
    REMOVED = "removed"
    ENROLLED = "enrolled"
    ENDED = "ended"

    @property
    def word(self) -> str:
        """As it is shown."""
        return self.value.capitalize()


class Source(StrEnum):
    """From where an invitation was asked for."""

    PATIENT_INFORMATION = "patient_information"
    NEW_PATIENT = "new_patient"
    COMMAND = "command"
    PATIENT_ACCESS = "patient_access"
    SCHEDULE = "schedule"
    """No invitation: an appointment was changed."""
    SITE = "site"
    """No invitation: a patient did something on the site."""


class Change(StrEnum):
    """What happens to an invitation that was made."""

    DELIVER = "deliver"
    FAIL = "fail"
    WITHHOLD = "withhold"
    EXPIRE = "expire"
    LOCK = "lock"
    REMOVE = "remove"
    ACCEPT = "accept"
    END = "end"


class Sending(StrEnum):
    """Why an invitation is sent; the value is the word in the outbox."""

    FIRST = "invitation"
    AGAIN = "again"
    REACTIVATED = "reactivated"
    REPLACED = "replaced"
    NEW = "new"
    """After one that came to nothing, or that was removed before the address changed."""


_S, _C = InvitationState, Change

TRANSITIONS: dict[tuple[InvitationState, Change], InvitationState] = {
    (_S.QUEUED, _C.DELIVER): _S.SENT,
    (_S.QUEUED, _C.FAIL): _S.FAILED,
    (_S.QUEUED, _C.WITHHOLD): _S.WITHHELD,
    (_S.SENT, _C.FAIL): _S.FAILED,
    (_S.SENT, _C.EXPIRE): _S.EXPIRED,
    (_S.SENT, _C.LOCK): _S.LOCKED,
    (_S.SENT, _C.ACCEPT): _S.ENROLLED,
    (_S.ENROLLED, _C.END): _S.ENDED,
    (_S.QUEUED, _C.REMOVE): _S.REMOVED,
    (_S.SENT, _C.REMOVE): _S.REMOVED,
    (_S.FAILED, _C.REMOVE): _S.REMOVED,
    (_S.WITHHELD, _C.REMOVE): _S.REMOVED,
    (_S.EXPIRED, _C.REMOVE): _S.REMOVED,
    (_S.LOCKED, _C.REMOVE): _S.REMOVED,
}
"""Every change there is; every other pair is refused. Taking back restores the state before."""

REMOVABLE = frozenset(state for state, change in TRANSITIONS if change is _C.REMOVE)
LIVE = frozenset({_S.QUEUED, _S.SENT})
"""Of these a patient has one at the most."""
CAME_TO_NOTHING = frozenset({_S.FAILED, _S.WITHHELD, _S.EXPIRED})
"""After these the desk may send again, unless the address has changed."""
GIVES_WAY = frozenset({_S.SENT, _S.LOCKED})
"""What a new sending removes, so that its link is dead."""


def follow(state: InvitationState, change: Change) -> InvitationState:
    """Return the state after a change. Raises `InvitationRefused` for a pair that is not in `TRANSITIONS`."""
    if (state, change) not in TRANSITIONS:
        raise InvitationRefused(f"An invitation that is {state.value} cannot {change.value}.")
    return TRANSITIONS[state, change]


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """One sending, as the desk reads it."""

    id: int
    patient_id: int
    address: str
    source: Source
    sent_by: str
    """Who asked for it."""
    made_at: datetime
    state: InvitationState
    state_at: datetime
    state_by: str
    error: str = ""
    """Why it failed or was withheld."""
    expires_at: datetime | None = None
    """Set when it left."""
    stale: bool = False
    """Whether the address on record is another one now."""

    def state_on(self, now: datetime) -> InvitationState:
        """Return the state at a moment: a sent one expires without anybody writing it down."""
        over = self.state is InvitationState.SENT and self.expires_at is not None and self.expires_at <= now
        return InvitationState.EXPIRED if over else self.state


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How things stand between a patient and Online Appointments."""

    state: InvitationState | None = None
    """Of the last invitation, or `ENROLLED` and `ENDED` by any other way; None for one never invited."""
    stale: bool = False
    name: str = "The patient"
    """Who it is, for the sentences."""
    address: str = ""
    """Where the last invitation went."""
    sent_by: str = ""
    since: str = ""
    """When the state came about, in the clinic's words."""


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What decides whether a mail about a patient may be written."""

    active: bool
    email: str | None
    consents: bool
    """Whether the consent to emails stands."""
    opted_out: str = ""
    """Who recorded that it ended, and when, in the clinic's words."""


def check_reach(reach: Reach, *, name: str = "The patient") -> str:
    """Return the address that may be written to. Raises `InvitationRefused`, `NoEmail` or `NoConsent`."""
    if not reach.active:
        raise InvitationRefused(f"{name} is inactive; make the patient active again first.")
    if not reach.email:
        raise NoEmail(f"{name} has no email address on record; e adds one.")
    if not reach.consents:
        told = f"has opted out of emails ({reach.opted_out})" if reach.opted_out else "has not consented to emails"
        raise NoConsent(f"{name} {told}: contact the patient to obtain consent, then e records it.")
    return reach.email


STEPS = "save the new address (e), remove the old invitation and send a new one; the last two in Patient Access (r)"
"""How an invited patient's address is corrected."""


def desk_sending(standing: Standing) -> Sending:
    """Return what a sending from the desk would be.

    Allowed for a patient never invited, and after one that came to nothing while its address still holds.
    Raises `InvitationRefused` with the way on.
    """
    who, state = standing.name, standing.state
    if state is None:
        return Sending.FIRST
    if standing.stale and state is InvitationState.REMOVED:
        raise InvitationRefused(
            f"{who}’s invitation was removed, and the address has changed since: a new one is sent from "
            "Patient Access only (r)."
        )
    if standing.stale and state is not InvitationState.ENROLLED:
        raise InvitationRefused(
            f"{who} was invited at {standing.address}, and the address on record is another one now: {STEPS}."
        )
    if state in CAME_TO_NOTHING:
        return Sending.NEW
    match state:
        case InvitationState.QUEUED:
            raise InvitationRefused(
                f"{who} is being invited already, by {standing.sent_by}; Patient Access (r) shows what waits."
            )
        case InvitationState.SENT:
            raise InvitationRefused(
                f"{who} was invited already, {standing.since} by {standing.sent_by}; it is sent again in "
                "Patient Access only (r)."
            )
        case InvitationState.ENROLLED:
            raise InvitationRefused(f"{who} is enrolled already, since {standing.since}.")
    past = "was locked" if state is InvitationState.LOCKED else f"was {state.value}"
    thing = "enrollment" if state is InvitationState.ENDED else "invitation"
    raise InvitationRefused(f"{who}’s {thing} {past} {standing.since}; a new one is sent from Patient Access only (r).")


def access_sending(standing: Standing) -> Sending:
    """Return what `s` in Patient Access would do. Raises `InvitationRefused` with the way on."""
    who, state = standing.name, standing.state
    match state:
        case None:
            return Sending.FIRST
        case InvitationState.ENROLLED:
            raise InvitationRefused(f"{who} is enrolled already, since {standing.since}.")
        case InvitationState.ENDED:
            return Sending.NEW
        case InvitationState.REMOVED:
            return Sending.NEW if standing.stale else Sending.REACTIVATED
    if standing.stale:
        raise InvitationRefused(
            f"The address on record is no longer {standing.address}: x removes the old invitation, "
            "then s sends a new one; p does both."
        )
    if state is InvitationState.QUEUED:
        raise InvitationRefused(f"{who}’s invitation waits to leave already; x removes it.")
    return Sending.AGAIN if state in GIVES_WAY else Sending.NEW


def check_first(standing: Standing) -> None:
    """Refuse to invite with many others whoever was invited before. Raises `InvitationRefused` with the way on."""
    if standing.state is InvitationState.ENROLLED:
        raise InvitationRefused(f"{standing.name} is enrolled already, since {standing.since}.")
    if standing.state is not None:
        shown = "list 2 with h" if standing.state is InvitationState.ENDED else "list 1"
        raise InvitationRefused(f"{standing.name} was invited before; {shown} tells how it stands, s there sends.")


def check_removable(standing: Standing) -> None:
    """Refuse to remove what is no invitation any more. Raises `InvitationRefused` with the way on."""
    if standing.state is None:
        raise InvitationRefused(f"{standing.name} was never invited; list 4 invites.")
    if standing.state is InvitationState.ENROLLED:
        raise InvitationRefused(f"{standing.name} is enrolled; x in list 2 ends the enrollment.")
    if standing.state not in REMOVABLE:
        raise InvitationRefused(
            f"{standing.name}’s invitation is {standing.state.value} already, since {standing.since}."
        )


def check_replaceable(standing: Standing) -> None:
    """Refuse to replace an invitation whose address still holds. Raises `InvitationRefused` with the way on."""
    if standing.state is InvitationState.REMOVED and standing.stale:
        raise InvitationRefused(f"{standing.name}’s old invitation is removed already; s sends the new one.")
    check_removable(standing)
    if not standing.stale:
        raise InvitationRefused(
            f"The address on record is still {standing.address}; s sends again, and a new address is saved "
            "with e in Patient Information first."
        )


def check_reactivable(standing: Standing) -> None:
    """Refuse to reactivate anything but a removed invitation whose address holds. Raises `InvitationRefused`."""
    if standing.state is not InvitationState.REMOVED:
        raise InvitationRefused(f"{standing.name} has no removed invitation to reactivate.")
    if standing.stale:
        raise InvitationRefused(
            f"{standing.name}’s address has changed since; s sends a new invitation instead of the old one."
        )


@dataclass(frozen=True, kw_only=True)
class Enrollment:
    """An online account that books for the patient, or did."""

    id: int
    login_address: str
    relation: str
    since: datetime
    ended_at: datetime | None = None
    ended_by: str = ""


@dataclass(frozen=True, kw_only=True)
class OnlineAccess:
    """What Patient Information says of a patient's Online Appointments."""

    standing: Standing
    reach: Reach
    invitation: Invitation | None = None
    """The last one."""
    enrollment: Enrollment | None = None
    """One that stands, else the last that ended."""
