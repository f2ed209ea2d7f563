"""What is said of a patient's Online Appointments, on Patient Information and in Patient Access."""

from datetime import datetime, tzinfo

from ctfront.domain.invitations import Invitation, InvitationState, OnlineAccess
from ctfront.domain.text import Shown, safe
from ctfront.domain.times import show_day, show_moment


def online_lines(access: OnlineAccess, *, now: datetime, zone: tzinfo) -> tuple[Shown, Shown]:
    """Return what is so, and what can be done on Patient Information."""
    what, keys = _told(access, now, zone)
    if not access.reach.active:
        what = f"{what}; no invitation while the patient is inactive"
    return safe(what), safe(keys)


SEND = "s Send Invitation"
REVIEW = "r Review Account"


def _told(access: OnlineAccess, now: datetime, zone: tzinfo) -> tuple[str, str]:
    reach, invitation, state = access.reach, access.invitation, access.standing.state
    if state is None:
        if not reach.email:
            return "Not invited: no email address", f"{SEND}   e adds the address"
        if not reach.consents:
            opted = f" (ended by {reach.opted_out})" if reach.opted_out else ""
            return f"Not invited: no consent to emails{opted}", f"{SEND}   e records the consent"
        return "Not invited", SEND
    if state in {InvitationState.ENROLLED, InvitationState.ENDED} or invitation is None:
        return _enrollment_words(access, zone), REVIEW
    if invitation.stale:
        now_on_record = f"the address on record is now {reach.email}" if reach.email else "no address is on record now"
        return f"Invited at {invitation.address}; {now_on_record}", f"{REVIEW}, where the old one is removed"
    return _invitation_words(invitation, state, zone), SEND if state in _SENT_ANEW else REVIEW


_SENT_ANEW = frozenset({InvitationState.WITHHELD, InvitationState.FAILED, InvitationState.EXPIRED})


def _enrollment_words(access: OnlineAccess, zone: tzinfo) -> str:
    enrollment = access.enrollment
    if enrollment is None:
        return f"Enrollment {access.standing.since}"
    if enrollment.ended_at is not None:
        return f"Enrollment ended {show_moment(enrollment.ended_at, zone)} by {enrollment.ended_by}"
    words = f"Enrolled since {show_day(enrollment.since.astimezone(zone).date())} as {enrollment.login_address}"
    if enrollment.login_address.casefold() != (access.reach.email or "").casefold():
        return f"{words}; the record says {access.reach.email or 'no address'}"
    return words


def _invitation_words(it: Invitation, state: InvitationState, zone: tzinfo) -> str:
    since = show_moment(it.state_at, zone)
    match state:
        case InvitationState.LOCKED:
            return f"Locked {since}: too many wrong birth dates; it went to {it.address}"
        case InvitationState.REMOVED:
            return f"Removed {since} by {it.state_by}; it went to {it.address}"
        case InvitationState.QUEUED:
            how = "queued"
        case InvitationState.SENT:
            how = f"sent {since}"
        case InvitationState.EXPIRED:
            how = f"expired {show_moment(it.expires_at, zone)}" if it.expires_at else "expired"
        case _:
            how = f"{state.value}: {it.error}" if it.error else state.value
    return f"Invited on {show_moment(it.made_at, zone)} by {it.sent_by} at {it.address}; {how}"
