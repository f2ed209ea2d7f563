"""What the Online Appointments site keeps: who is logged in, who must wait, and links that work once."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ctfront.data.models.base import Base


class OnlineSessionRow(Base):
    """Somebody who is logged in to the site."""

    __tablename__ = "online_session"
    __table_args__ = (Index("ix_online_session_account", "account_id"), Index("ix_online_session_seen", "seen_at"))

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of what the browser holds; a new one at every log-in."""
    account_id: Mapped[int] = mapped_column(ForeignKey("online_account.id"))
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    wish: Mapped[str] = mapped_column(Text, default="")
    """JSON of what has been chosen so far of a booking under way."""


class OnlineThrottleRow(Base):
    """Tries at a log-in, or from an address, that came to nothing; digests only, whether or not anybody is known."""

    __tablename__ = "online_throttle"
    __table_args__ = (Index("ix_online_throttle_last", "last_at"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    tries: Mapped[int]
    until: Mapped[datetime]
    """Before that no further try is looked at."""
    last_at: Mapped[datetime]


class OnlineLinkRow(Base):
    """A link that proves an address, and works once: to choose a new password, or to register."""

    __tablename__ = "online_link"
    __table_args__ = (Index("ix_online_link_expires", "expires_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    kind: Mapped[str] = mapped_column(String(10))
    """reset or register"""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("online_account.id"))
    address: Mapped[str] = mapped_column(String(320))
    nonce: Mapped[str] = mapped_column(String(64))
    secret_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    """SHA-256 of the secret, written by the sender when the mail leaves."""
    details: Mapped[str] = mapped_column(Text, default="")
    """JSON of what was stated at registering; emptied when the link is used."""
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
