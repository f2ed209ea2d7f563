"""What happened: acts with what takes them back, the news for other desks, the audit chain, mail to send."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ctfront.data.models.base import Base, MadeBy


class ActRow(MadeBy, Base):
    """One act of the desk; its id, made by the client, makes a retry harmless."""

    __tablename__ = "act"
    __table_args__ = (
        Index("ix_act_undo", "by_id", "undone_by", "serial"),
        Index("ix_act_serial", "clinic_id", "serial"),
    )

    op_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    serial: Mapped[int]
    """Order of the acts: seq of the audit entry written with it."""
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    batch_id: Mapped[str | None] = mapped_column(String(36))
    kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[int | None]
    """The row that the act made or changed: what a retry answers with."""
    sentence: Mapped[str] = mapped_column(String(400))
    """What was said on the message line, for `u`."""
    undo: Mapped[str | None] = mapped_column(Text)
    """JSON of what `u` puts back; None when the act cannot be taken back."""
    undone_by: Mapped[str | None] = mapped_column(String(36))


class ChangeRow(Base):
    """News for the other desks: what kind of thing changed, and on which day."""

    __tablename__ = "change_log"
    __table_args__ = (Index("ix_change_log_clinic", "clinic_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    made_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[int | None]
    day: Mapped[date | None] = mapped_column(Date)
    op_id: Mapped[str] = mapped_column(String(36))


class AuditRow(MadeBy, Base):
    """One link of the audit chain; it holds a salted digest of the details, never the details."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "clinic_id", "subject_kind", "subject_id"),)

    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    os_user: Mapped[str] = mapped_column(String(64))
    session: Mapped[str] = mapped_column(String(36))
    origin: Mapped[str] = mapped_column(String(100))
    op_id: Mapped[str] = mapped_column(String(36))
    act: Mapped[str] = mapped_column(String(30))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int | None]
    digest: Mapped[str] = mapped_column(String(64))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditDetailRow(Base):
    """Before and after of one audit entry; erasing it leaves the chain whole."""

    __tablename__ = "audit_detail"

    clinic_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    salt: Mapped[str] = mapped_column(String(32))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)


class AuditHeadRow(Base):
    """The last link of a clinic's chain; locking it orders the writers on PostgreSQL."""

    __tablename__ = "audit_head"

    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class OutboxRow(MadeBy, Base):
    """One mail to send; what it says is rendered when it leaves."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("message_id"),
        Index("ix_outbox_due", "state", "next_at"),
        Index("ix_outbox_invitation", "invitation_id"),
        Index("ix_outbox_sent", "clinic_id", "sent_at"),
        Index("ix_outbox_batch", "op_id", "patient_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("online_link.id"))
    kind: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(320))
    message_id: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(20))
    """From where it was asked for, as an invitation's."""
    state: Mapped[str] = mapped_column(String(10))
    """queued, sending, sent, failed, withheld or withdrawn"""
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    owner: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(400), default="")
    details: Mapped[str] = mapped_column(Text, default="")
    """JSON of the ids that it is about besides."""
    op_id: Mapped[str] = mapped_column(String(36))


class MailStateRow(Base):
    """How the sending of a clinic's mail stands; one row per clinic that ever sent."""

    __tablename__ = "mail_state"

    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    stopped_at: Mapped[datetime | None]
    stopped_why: Mapped[str] = mapped_column(String(400), default="")
    """The sentence shown while the queue stands still for a fault of ours."""
    key_check: Mapped[str | None] = mapped_column(String(64))
    """Tells another key file from the one that made the links."""
    sender_seen_at: Mapped[datetime | None]
    """When a sender last looked for mail."""
