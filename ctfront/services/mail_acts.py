"""What a sender writes down: the claim of a mail and its result, the queue stopped and started, time that is over.

Each is one synchronous function for one transaction; the conversation with the mail server is never inside one.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import invitations, ledger, mail_queue, outbox
from ctfront.data.models import InvitationRow, MailStateRow, OutboxRow, PatientRow
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import InvitationRefused, NotFound
from ctfront.domain.invitations import Change, InvitationState
from ctfront.domain.mails import GIVEN_UP_AFTER, MailState, Verdict, next_wait
from ctfront.domain.patients import shown_name
from ctfront.domain.staff import Act
from ctfront.domain.text import safe
from ctfront.mail.links import KeyRefused, LinkKey
from ctfront.services import mail_contents
from ctfront.services.mail_claims import Claim, Claimed, NotSent, Result, Rules, Stopped, Waiting

__all__ = ["Claim", "Claimed", "NotSent", "Result", "Rules", "Stopped", "Waiting"]

PORTION = 50
"""Most rows that one transaction of a sweep changes."""


# -- the claim


def claim_mail(session: Session, clinic_id: int, act: Act, rules: Rules) -> Claim:
    """Lease the next mail that is due, its consent and address checked now, its link's digest written down."""
    state = mail_queue.lock_state(session, clinic_id)
    state.sender_seen_at = act.at
    if state.stopped_at is not None:
        return Stopped(why=state.stopped_why)
    clinic = clinics.load_clinic(session, clinic_id)
    assert clinic is not None, "a sender has its clinic"
    try:
        key = _key(state, rules)
    except KeyRefused as refusal:
        stop(session, clinic, act, state, str(refusal))
        return Stopped(why=str(refusal))
    if rules.per_minute:
        free = mail_queue.next_free(session, clinic_id, rules.per_minute, act.at)
        if free is not None:
            return Waiting(until=free)
    row = mail_queue.claim(session, clinic_id, rules.owner, act.at)
    if row is None:
        return Waiting()
    invitation = _invitation_of(session, row)
    if invitation is not None and invitation.state != InvitationState.QUEUED.value:
        row.state, row.lease_until = MailState.WITHDRAWN.value, None
        return NotSent(mail_id=row.id, why="the invitation does not wait for it any more")
    try:
        mail = mail_contents.mail_of(session, clinic, act, rules, key, row, invitation)
    except (InvitationRefused, NotFound) as refusal:
        _withhold(session, clinic, act, row, invitation, str(refusal))
        return NotSent(mail_id=row.id, why=str(refusal))
    return Claimed(mail_id=row.id, mail=mail)


def _key(state: MailStateRow, rules: Rules) -> LinkKey:
    """Return the key; the first one that is used becomes the clinic's."""
    key = rules.key_for(state.key_check)
    state.key_check = key.check
    return key


def _withhold(
    session: Session, clinic: Clinic, act: Act, row: OutboxRow, invitation: InvitationRow | None, why: str
) -> None:
    row.state, row.error, row.lease_until, row.next_at = MailState.WITHHELD.value, why[:400], None, act.at
    if invitation is not None:
        invitations.change(session, act, invitation, Change.WITHHOLD, error=why)
    _record(session, clinic.id, act, row, kind="mail_withheld", said=f"was withheld: {why}")


# -- the result


def record_and_claim(
    session: Session, clinic_id: int, act: Act, next_act: Act, rules: Rules, claimed: Claimed, result: Result
) -> tuple[bool, Claim]:
    """Write a mail's result down and lease the next one, in one transaction: half the waiting for the disk.

    Tells whether the lease was still this sender's.
    """
    mail_queue.lock_state(session, clinic_id)  # first, as every claim does: two senders then never wait for each other
    done = record(session, clinic_id, act, rules, claimed, result)
    return done, claim_mail(session, clinic_id, next_act, rules)


def record(session: Session, clinic_id: int, act: Act, rules: Rules, claimed: Claimed, result: Result) -> bool:
    """Write a mail's result down; tell whether the lease was still this sender's."""
    match result.verdict:
        case Verdict.DELIVERED:
            return record_sent(session, clinic_id, act, rules, claimed)
        case Verdict.LATER:
            return record_later(session, clinic_id, act, rules, claimed, result.words, result.chance)
        case Verdict.REFUSED:
            return record_refused(session, clinic_id, act, rules, claimed, result.words)
        case Verdict.OURS:
            return record_ours(session, clinic_id, act, rules, claimed, result.words)


def record_sent(session: Session, clinic_id: int, act: Act, rules: Rules, claimed: Claimed) -> bool:
    """Write down that a mail has left; tell whether the lease was still this sender's."""
    values = {"state": MailState.SENT.value, "sent_at": act.at, "next_at": act.at, "error": ""}
    row = mail_queue.finish(session, claimed.mail_id, rules.owner, **values)
    if row is None:
        return False
    invitation = _invitation_of(session, row)
    said = "has left"
    if invitation is not None and invitation.state == InvitationState.QUEUED.value:
        _deliver(session, act, invitation, act.at + rules.expires_after)
    elif invitation is not None:
        said = "left while it was taken back; its link is dead"
    _record(session, clinic_id, act, row, kind="mail_sent", said=said)
    return True


def _invitation_of(session: Session, row: OutboxRow) -> InvitationRow | None:
    return None if row.invitation_id is None else session.get_one(InvitationRow, row.invitation_id)


def _deliver(session: Session, act: Act, invitation: InvitationRow, expires_at: datetime) -> None:
    invitation.expires_at = expires_at
    invitations.change(session, act, invitation, Change.DELIVER)


def record_later(
    session: Session, clinic_id: int, act: Act, rules: Rules, claimed: Claimed, words: str, chance: float
) -> bool:
    """Put a mail off, or give it up after 48 hours; tell whether the lease was still this sender's."""
    row = session.get_one(OutboxRow, claimed.mail_id)
    if act.at - row.made_at >= GIVEN_UP_AFTER:  # one that waited for us before its first attempt has its time still
        begun = mail_queue.first_delay(session, row)
        if begun is not None and act.at - begun >= GIVEN_UP_AFTER:
            return record_refused(session, clinic_id, act, rules, claimed, f"given up after 48 hours: {words}")
    next_at = act.at + next_wait(row.attempts, chance)
    values = {"state": MailState.QUEUED.value, "next_at": next_at, "error": words[:400]}
    if mail_queue.finish(session, claimed.mail_id, rules.owner, **values) is None:
        return False
    said = f"is tried again: {words}"
    _record(session, clinic_id, act, row, kind=mail_queue.DELAYED, said=said, attempts=row.attempts, next=next_at)
    return True


def record_refused(session: Session, clinic_id: int, act: Act, rules: Rules, claimed: Claimed, words: str) -> bool:
    """Write down that the recipient's side does not take a mail; tell whether the lease was still this sender's."""
    values = {"state": MailState.FAILED.value, "next_at": act.at, "error": words[:400]}
    row = mail_queue.finish(session, claimed.mail_id, rules.owner, **values)
    if row is None:
        return False
    invitation = _invitation_of(session, row)
    if invitation is not None and invitation.state == InvitationState.QUEUED.value:
        invitations.change(session, act, invitation, Change.FAIL, error=words)
    _record(session, clinic_id, act, row, kind="mail_failed", said=f"failed: {words}")
    return True


def record_ours(session: Session, clinic_id: int, act: Act, rules: Rules, claimed: Claimed, why: str) -> bool:
    """Put a mail back untouched and stop the queue; tell whether the lease was still this sender's."""
    row = session.get_one(OutboxRow, claimed.mail_id)
    values = {"state": MailState.QUEUED.value, "next_at": act.at, "lease_until": None, "attempts": row.attempts - 1}
    mine = mail_queue.finish(session, claimed.mail_id, rules.owner, **values) is not None
    state = mail_queue.lock_state(session, clinic_id)
    clinic = clinics.load_clinic(session, clinic_id)
    assert clinic is not None, "a sender has its clinic"
    stop(session, clinic, act, state, why)
    return mine


# -- the queue


def stop(session: Session, clinic: Clinic, act: Act, state: MailStateRow, why: str) -> None:
    """Let no mail leave until somebody has put right what is wrong on our side."""
    if state.stopped_at is None:
        state.stopped_at, state.stopped_why = act.at, why[:400]
        _record_of_queue(session, clinic.id, act, kind="mail_stopped", sentence=why)


def start(session: Session, clinic_id: int, act: Act, rules: Rules) -> bool:
    """Let mail leave again after a proof that it can; tell whether it stood still. Raises `KeyRefused`."""
    state = mail_queue.lock_state(session, clinic_id)
    _key(state, rules)
    state.sender_seen_at = act.at
    if state.stopped_at is None:
        return False
    state.stopped_at, state.stopped_why = None, ""
    _record_of_queue(session, clinic_id, act, kind="mail_started", sentence="Mail leaves again.")
    return True


def take_new_key(session: Session, clinic_id: int, act: Act, rules: Rules) -> None:
    """Make the file's key the clinic's, whatever it was before, and make one when there is none.

    Links that have left go on working; a mail whose sending was broken off gets another link. Raises `KeyRefused`.
    """
    state = mail_queue.lock_state(session, clinic_id)
    state.key_check = None
    _key(state, rules)
    _record_of_queue(session, clinic_id, act, kind="mail_key_taken", sentence="A new key makes the links in mails.")


def note_template(session: Session, clinic_id: int, act: Act, fault: str) -> None:
    """Write down why a template of the clinic's is not used, or that it is again; only when that is news."""
    mail_queue.lock_state(session, clinic_id)  # one after the other: two senders tell it once
    last = mail_queue.last_template_act(session, clinic_id)
    standing = last.sentence if last is not None and last.kind == "template_failed" else ""
    words = f"The shipped wording is used, because of the clinic’s own template {fault}"[:399] + "." if fault else ""
    if words != standing:
        kind = "template_failed" if fault else "template_mended"
        sentence = words or "The clinic’s own mail templates are used again."
        ledger.record(
            session, clinic_id, act, kind=kind, subject_kind=mail_queue.TEMPLATE, subject_id=None, sentence=sentence
        )


def see(session: Session, clinic_id: int, act: Act) -> None:
    """Write down that a sender runs."""
    mail_queue.lock_state(session, clinic_id).sender_seen_at = act.at


# -- sweeps and bounces


def expire(session: Session, clinic_id: int, act: Act) -> int:
    """Write down a portion of the invitations whose time is over; return how many."""
    rows = mail_queue.expired(session, clinic_id, act.at, PORTION)
    if not rows:
        return 0
    for row in rows:
        invitations.settle_expiry(session, act, row)
    count = len(rows)
    ledger.record(
        session,
        clinic_id,
        act,
        kind="invitation_expired",
        subject_kind="patient" if count == 1 else "clinic",
        subject_id=rows[0].patient_id if count == 1 else None,
        sentence=f"{count} invitation{'' if count == 1 else 's'} expired.",
        after={"invitations": [row.id for row in rows]},
    )
    return count


def settle_strays(session: Session, clinic_id: int, act: Act, rules: Rules) -> int:
    """Bring queued invitations and mails that are through together; return how many.

    `u` puts an invitation back that was removed while its mail was being handed in.
    """
    found = mail_queue.strays(session, clinic_id, PORTION)
    for invitation, mail in found:
        match MailState(mail.state):
            case MailState.SENT:
                assert mail.sent_at is not None, "a sent mail has its time"
                _deliver(session, act, invitation, mail.sent_at + rules.expires_after)
            case MailState.WITHDRAWN:
                outbox.put_back(session, clinic_id, invitation.id, due=act.at)
            case MailState.WITHHELD:
                invitations.change(session, act, invitation, Change.WITHHOLD, error=mail.error)
            case _:
                invitations.change(session, act, invitation, Change.FAIL, error=mail.error)
    if found:
        _record_of_queue(session, clinic_id, act, kind="mail_settled", sentence=f"{len(found)} invitations settled.")
    return len(found)


def fail_bounced(session: Session, clinic_id: int, act: Act, message_id: str, words: str) -> str:
    """Mark what a mail that came back was about as failed and return the sentence. Raises `NotFound`."""
    row = mail_queue.find_by_message_id(session, clinic_id, message_id)
    if row is None:
        raise NotFound("The message that came back is none of this clinic’s.")
    to = safe(row.address)
    if row.state == MailState.FAILED.value:
        return f"The mail to {to} has failed already: {row.error}"
    row.state, row.error = MailState.FAILED.value, words[:400]
    invitation = _invitation_of(session, row)
    if invitation is not None and InvitationState(invitation.state) in {InvitationState.QUEUED, InvitationState.SENT}:
        invitations.change(session, act, invitation, Change.FAIL, error=words)
    _record(session, clinic_id, act, row, kind="mail_failed", said=f"came back: {words}")
    return f"The {_noun(row)} to {to} has failed: {words}"


def _record(
    session: Session, clinic_id: int, act: Act, row: OutboxRow, *, kind: str, said: str, **more: object
) -> None:
    """Write a result into the ledger: with the address it went to, never with its link."""
    patient = session.get(PatientRow, row.patient_id) if row.patient_id is not None else None
    whose = "A" if patient is None else f"{shown_name(patient.last_name, patient.first_name)}’s"
    about = {"mail": row.id, "invitation": row.invitation_id, "address": row.address, "message_id": row.message_id}
    ledger.record(
        session,
        clinic_id,
        act,
        kind=kind if patient is not None else f"link_{kind}",
        subject_kind="patient",
        subject_id=row.patient_id,
        sentence=f"{whose} {_noun(row)} {said}."[:400],
        after={**about, **more},
    )


def _noun(row: OutboxRow) -> str:
    return "mail" if row.invitation_id is None else "invitation"


def _record_of_queue(session: Session, clinic_id: int, act: Act, *, kind: str, sentence: str) -> None:
    ledger.record(session, clinic_id, act, kind=kind, subject_kind="mail_queue", subject_id=None, sentence=sentence)
