"""What the Online Appointments site keeps: who is logged in, who must wait, and links that work once."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
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


class OnlineRulesRow(Base):
    """What a clinic allows its patients on the site; without a row the defaults hold."""

    __tablename__ = "online_rules"

    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    notice_minutes: Mapped[int]
    """So long before its start an appointment is still taken."""
    days_ahead: Mapped[int]
    most_coming: Mapped[int]
    """Appointments to come that one person may have made online."""
    welcome: Mapped[str] = mapped_column(Text)
    """The clinic's own words on the first page."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class OnlineProviderRow(Base):
    """A provider on the site; without a row the provider is there, as at the desk."""

    __tablename__ = "online_provider"
    __table_args__ = (CheckConstraint("governor BETWEEN 1 AND 20", name="governor"),)

    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    available: Mapped[bool]
    governor: Mapped[int | None]
    """None, or at most the desk's."""
    own_hours: Mapped[bool]
    """Whether `online_hours` hold instead of the office hours."""
    description: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class OnlineHoursRow(Base):
    """One span of a weekday in which a provider is offered on the site."""

    __tablename__ = "online_hours"
    __table_args__ = (
        Index("ix_online_hours_provider", "provider_id"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440", name="span"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    weekday: Mapped[int]
    start_minute: Mapped[int]
    end_minute: Mapped[int]


class OnlinePurposeRow(Base):
    """What is said of a visit purpose on the site only; without a row it is booked at once."""

    __tablename__ = "online_purpose"

    purpose_id: Mapped[int] = mapped_column(ForeignKey("visit_purpose.id"), primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    needs_approval: Mapped[bool]


class MailTextRow(Base):
    """What a mail of the clinic's says; without a row, or with no subject, what ships."""

    __tablename__ = "mail_text"

    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    """`invitation`, or the word in the outbox."""
    subject: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
    """A paragraph a line."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
