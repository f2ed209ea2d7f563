"""What is said of a patient's Online Appointments, on Patient Information and in Patient Access."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from ctfront.domain.invitations import CAME_TO_NOTHING, Invitation, InvitationState, OnlineAccess
from ctfront.domain.text import Shown, safe
from ctfront.domain.times import show_day, show_moment

SEND = "s Send Invitation"
REVIEW = "r Review Account"


@dataclass(frozen=True, kw_only=True)
class OnlineWords:
    """The block in three lines; the middle one may be empty."""

    what: Shown
    where: Shown
    keys: Shown
    """What can be done on Patient Information."""


def online_words(access: OnlineAccess, *, now: datetime, zone: tzinfo) -> OnlineWords:
    """Return what is so and what can be done."""
    what, where, keys = _told(access, now, zone)
    if not access.reach.active:
        what = f"{what}; no invitation while the patient is inactive"
    return OnlineWords(what=safe(what), where=safe(where), keys=safe(keys))


def field_spoken_of(access: OnlineAccess) -> str:
    """Return the field of the profile that the block speaks of: the consent where it is missing, else the email."""
    waits_for_consent = access.standing.state is None and access.reach.email and not access.reach.consents
    return "consent" if waits_for_consent else "email"


def _told(access: OnlineAccess, now: datetime, zone: tzinfo) -> tuple[str, str, str]:
    reach, invitation, state = access.reach, access.invitation, access.standing.state
    if state is None:
        if not reach.email:
            return "Not invited: no email address", "", f"{SEND}   e adds the address"
        if not reach.consents:
            opted = f"opted out, recorded by {reach.opted_out}" if reach.opted_out else ""
            return "Not invited: no consent to emails", opted, f"{SEND}   e records the consent"
        return "Not invited", "", SEND
    if state in {InvitationState.ENROLLED, InvitationState.ENDED} or invitation is None:
        return *_enrollment_words(access, zone), REVIEW
    if invitation.stale:
        record = f"the address on record is now {reach.email}" if reach.email else "no address is on record now"
        if state is InvitationState.REMOVED:
            return _invitation_words(invitation, state, zone), record, f"{REVIEW}: send a new one"
        locked = f", locked {show_moment(invitation.state_at, zone)}" if state is InvitationState.LOCKED else ""
        steps = f"{REVIEW}: remove the old invitation, send a new one"
        return f"Invited at {invitation.address}{locked}", record, steps
    what = _invitation_words(invitation, state, zone)
    why = f": {invitation.error}" if invitation.error else ""
    return what, f"at {invitation.address}{why}", SEND if state in CAME_TO_NOTHING else REVIEW


def _enrollment_words(access: OnlineAccess, zone: tzinfo) -> tuple[str, str]:
    enrollment = access.enrollment
    if enrollment is None:
        return "Enrolled", ""
    if enrollment.ended_at is not None:
        ended = f"Enrollment ended {show_moment(enrollment.ended_at, zone)} by {enrollment.ended_by}"
        return ended, f"logged in as {enrollment.login_address}"
    words = f"Enrolled since {show_day(enrollment.since.astimezone(zone).date())} as {enrollment.login_address}"
    if enrollment.login_address.casefold() != (access.reach.email or "").casefold():
        return words, f"the record says {access.reach.email or 'no address'}"
    return words, ""


def _invitation_words(it: Invitation, state: InvitationState, zone: tzinfo) -> str:
    since = show_moment(it.state_at, zone)
    match state:
        case InvitationState.LOCKED:
            return f"Invitation locked {since}: too many wrong birth dates"
        case InvitationState.REMOVED:
            return f"Invitation removed {since} by {it.state_by}"
        case InvitationState.SENT:
            how = f"sent {since}"
        case InvitationState.EXPIRED:
            how = f"expired {show_moment(it.expires_at, zone)}" if it.expires_at else "expired"
        case _:
            how = state.value
    return f"Invited on {show_moment(it.made_at, zone)} by {it.sent_by}; {how}"
