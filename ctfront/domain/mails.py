"""Mails: what one says, what became of it, when it is tried again, and why mail waits."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ctfront.domain.invitations import Invitation, Sending
from ctfront.domain.patients import PatientName

FIRST_WAIT = timedelta(minutes=1)
"""Before the second attempt; each further one waits twice as long."""

LONGEST_WAIT = timedelta(hours=4)

SPREAD = 0.5
"""By how much a wait is shortened or lengthened at random, so that mails put off together don't return together."""

GIVEN_UP_AFTER = timedelta(hours=48)
"""A mail that was put off for so long has failed."""

SENDER_GONE_AFTER = timedelta(minutes=5)
"""A sender that has not looked for mail for so long does not run."""

PER_MINUTE = 30
"""Mails a minute, unless the clinic says otherwise: providers block small senders that hurry."""


class MailState(StrEnum):
    """How far one mail has come."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    """What became of an attempt."""

    DELIVERED = "delivered"
    LATER = "later"
    """The network or the server cannot now; trying again may help."""
    REFUSED = "refused"
    """The recipient's side does not take it."""
    OURS = "ours"
    """Our own log-in, address or encryption is at fault: no other mail would leave either."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a mail server, or a mailbox, answered."""

    verdict: Verdict
    words: str = ""
    """The server's words, or what went wrong on the way to it."""


@dataclass(frozen=True, kw_only=True)
class MailText:
    """The words of a mail, with placeholders (see `letters`)."""

    subject: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class InvitationMail:
    """What an invitation says; nothing of it is kept."""

    address: str
    message_id: str
    sending: Sending
    clinic: str
    phone: str
    """The clinic's, empty when none is set up."""
    first_name: str
    """Whom of those who share the address it is meant for."""
    works_days: int
    """How long the link works, from today."""
    date: datetime
    link: str = field(repr=False)
    opt_out_link: str = field(repr=False)
    words: MailText | None = None
    """The clinic's own; None for the built-in ones."""


@dataclass(frozen=True, kw_only=True)
class Sendings:
    """How the sending of a clinic's mail stands."""

    waiting: int = 0
    """Mails that have not left."""
    stopped_at: datetime | None = None
    stopped_why: str = ""
    """The sentence shown while the queue stands still for a fault of ours."""
    seen_at: datetime | None = None
    """When a sender last looked for mail."""
    template_fault: str = ""
    """Why a template of the clinic's is not used."""


def why_mail_waits(sendings: Sendings, *, lacking: str, now: datetime) -> str:
    """Return why no mail leaves, empty when it does; `lacking` is what the settings at hand miss."""
    if sendings.stopped_at is not None:
        return sendings.stopped_why
    if sendings.seen_at is not None and now - sendings.seen_at < SENDER_GONE_AFTER:
        return ""
    return lacking or "Mail waits: no sender is running; “ctfront mail --watch” is the service that sends it."


def next_wait(attempts: int, chance: float) -> timedelta:
    """Return how long a mail waits after so many attempts; `chance` from 0 to 1 spreads it."""
    doubled: timedelta = FIRST_WAIT * (1 << min(max(attempts, 1) - 1, 12))
    return min(min(doubled, LONGEST_WAIT) * (1 - SPREAD + 2 * SPREAD * chance), LONGEST_WAIT)


@dataclass(frozen=True, kw_only=True)
class ListedMail:
    """One mail as a script reads it."""

    to: str
    kind: str
    state: MailState
    attempts: int
    next_attempt: datetime | None
    """None for a mail that is not tried again."""
    error: str


@dataclass(frozen=True, kw_only=True)
class ListedInvitation:
    """One invitation as a script reads it."""

    patient: PatientName
    invitation: Invitation
