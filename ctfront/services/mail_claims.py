"""What a sender goes by, and what it is given when it asks for the next mail."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ctfront.domain.invitations import EXPIRES_AFTER
from ctfront.domain.mails import PER_MINUTE, InvitationMail, Verdict
from ctfront.domain.online_mails import AppointmentMail, LinkMail
from ctfront.mail.links import LinkKey

KeyFor = Callable[[str | None], LinkKey]
"""Gives the key of the clinic's links, told the check of the one that made them; raises `KeyRefused`."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a sender goes by."""

    site: str
    """What links begin with."""
    domain: str
    """In which Message-IDs are."""
    key_for: KeyFor
    per_minute: int = PER_MINUTE
    """Over all senders; 0 is no limit."""
    expires_after: timedelta = EXPIRES_AFTER
    owner: str = field(default="", repr=False)
    """Names the sender in its leases; random per start."""


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A mail that is this sender's for a while."""

    mail_id: int
    mail: InvitationMail | AppointmentMail | LinkMail


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Nothing was claimed: none is due, or the limit is reached."""

    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """The queue stands still for a fault of ours."""

    why: str


@dataclass(frozen=True, kw_only=True)
class NotSent:
    """A mail was claimed that must not leave any more."""

    mail_id: int
    why: str


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of an attempt, as it is written down."""

    verdict: Verdict
    words: str
    """The server's, or for a fault of ours the sentence shown."""
    chance: float = 0.5
    """From 0 to 1; spreads the next attempt."""


Claim = Claimed | Waiting | Stopped | NotSent
