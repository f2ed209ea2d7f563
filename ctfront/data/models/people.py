"""Patients, what is known of them, and the online accounts joined to them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ctfront.data.models.base import Base, MadeBy

BINARY = "C"
"""Collation on PostgreSQL under which a prefix is a range, as it is in SQLite."""

Folded = String(200, collation=None).with_variant(String(200, collation=BINARY), "postgresql")


class PatientRow(MadeBy, Base):
    """A patient of the clinic; the id is never shown."""

    __tablename__ = "patient"
    __table_args__ = (
        UniqueConstraint("clinic_id", "record_number"),
        UniqueConstraint("public_id"),
        Index("ix_patient_names", "clinic_id", "folded_last", "folded_first"),
        Index("ix_patient_first", "clinic_id", "folded_first", "folded_last"),
        Index("ix_patient_born", "clinic_id", "birth_date"),
        Index("ix_patient_email", "clinic_id", "folded_email"),
        Index(
            "ix_patient_active",
            "clinic_id",
            "folded_last",
            "folded_first",
            sqlite_where=text("active = 1 AND erased_at IS NULL AND merged_into_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    record_number: Mapped[str] = mapped_column(String(40))
    public_id: Mapped[str] = mapped_column(String(36))
    last_name: Mapped[str] = mapped_column(String(200))
    first_name: Mapped[str] = mapped_column(String(200))
    folded_last: Mapped[str] = mapped_column(Folded)
    folded_first: Mapped[str] = mapped_column(Folded)
    fold_version: Mapped[int]
    birth_date: Mapped[date] = mapped_column(Date)
    sex: Mapped[str] = mapped_column(String(10))
    email: Mapped[str | None] = mapped_column(String(320))
    folded_email: Mapped[str | None] = mapped_column(String(320))
    preferred_provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))
    note: Mapped[str] = mapped_column(Text)
    active: Mapped[bool]
    inactive_reason: Mapped[str] = mapped_column(String(200))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"))
    erased_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class PhoneRow(Base):
    """A telephone number of a patient; its digits are kept reversed so that the tail is a prefix."""

    __tablename__ = "patient_phone"
    __table_args__ = (
        Index("ix_patient_phone_patient", "patient_id", "position", "number"),
        Index("ix_patient_phone_tail", "clinic_id", "digits_reversed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(60))
    e164: Mapped[str | None] = mapped_column(String(20))
    digits_reversed: Mapped[str] = mapped_column(String(60).with_variant(String(60, collation=BINARY), "postgresql"))


class PatientNameRow(Base):
    """A former or preferred name, searchable like the present one."""

    __tablename__ = "patient_name"
    __table_args__ = (
        Index("ix_patient_name_last", "clinic_id", "folded_last"),
        Index("ix_patient_name_patient", "patient_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    kind: Mapped[str] = mapped_column(String(10))
    """former or preferred"""
    name: Mapped[str] = mapped_column(String(200))
    folded_last: Mapped[str] = mapped_column(Folded)
    fold_version: Mapped[int]


class PatientIdentifierRow(Base):
    """What another system calls the patient; makes an import repeatable."""

    __tablename__ = "patient_identifier"
    __table_args__ = (
        UniqueConstraint("clinic_id", "system", "value"),
        Index("ix_patient_identifier_patient", "patient_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    system: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(200))


class PatientRelationRow(Base):
    """How two patients belong together; written once per pair."""

    __tablename__ = "patient_relation"
    __table_args__ = (CheckConstraint("patient_id < other_id", name="order"),)

    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    kind: Mapped[str] = mapped_column(String(20))
    """What `other` is to `patient`: child, partner, guardian, other."""


class AlertRow(MadeBy, Base):
    """A note that staff must see."""

    __tablename__ = "patient_alert"
    __table_args__ = (Index("ix_patient_alert_patient", "patient_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    text: Mapped[str] = mapped_column(String(200))
    shown_when: Mapped[str] = mapped_column(String(20))
    """always or booking"""
    must_confirm: Mapped[bool]
    until: Mapped[date | None] = mapped_column(Date)
    ended_at: Mapped[datetime | None]


class ConsentRow(Base):
    """One consent for one channel; never updated, only ended."""

    __tablename__ = "consent"
    __table_args__ = (
        Index(
            "uq_consent_open",
            "patient_id",
            "channel",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
        ),
        Index("ix_consent_patient", "patient_id", "channel"),  # ended ones say who ended them
        CheckConstraint("channel IN ('email', 'text')", name="channel"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    channel: Mapped[str] = mapped_column(String(10))
    given_at: Mapped[datetime]
    given_how: Mapped[str] = mapped_column(String(20))
    given_kind: Mapped[str] = mapped_column(String(12))
    given_id: Mapped[int | None]
    given_name: Mapped[str] = mapped_column(String(200))
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None] = mapped_column(String(20))
    ended_kind: Mapped[str | None] = mapped_column(String(12))
    ended_id: Mapped[int | None]
    ended_name: Mapped[str | None] = mapped_column(String(200))


class OnlineAccountRow(Base):
    """A log-in of the Online Appointments site; it knows no clinic."""

    __tablename__ = "online_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    login_address: Mapped[str] = mapped_column(String(320))
    folded_address: Mapped[str] = mapped_column(String(320), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    locked_at: Mapped[datetime | None]
    made_at: Mapped[datetime]


class EnrollmentRow(MadeBy, Base):
    """An online account joined to a patient of a clinic, several each way."""

    __tablename__ = "enrollment"
    __table_args__ = (
        Index(
            "uq_enrollment_live",
            "patient_id",
            "account_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
        ),
        Index("ix_enrollment_patient", "patient_id"),
        Index("ix_enrollment_clinic", "clinic_id", "ended_at", "made_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("online_account.id"))
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    relation: Mapped[str] = mapped_column(String(10))
    """self, child, ward or other"""
    ended_at: Mapped[datetime | None]
    ended_kind: Mapped[str | None] = mapped_column(String(12))
    ended_id: Mapped[int | None]
    ended_name: Mapped[str | None] = mapped_column(String(200))


class InvitationRow(MadeBy, Base):
    """One invitation; its sendings are in the outbox. One live invitation per patient."""

    __tablename__ = "invitation"
    __table_args__ = (
        Index(
            "uq_invitation_live",
            "patient_id",
            unique=True,
            sqlite_where=text("state IN ('queued', 'sent')"),
        ),
        Index(
            "uq_invitation_last",
            "patient_id",
            unique=True,
            sqlite_where=text("is_last"),
        ),
        Index("ix_invitation_patient", "patient_id"),
        Index("ix_invitation_newest", "clinic_id", "is_last", "state_at", "patient_id"),
        Index("ix_invitation_state", "clinic_id", "is_last", "state", "state_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    is_last: Mapped[bool]
    """Whether the patient has no later one: it is the one that says how things stand."""
    address: Mapped[str] = mapped_column(String(320))
    folded_address: Mapped[str] = mapped_column(String(320))
    source: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10))
    state_at: Mapped[datetime]
    state_by_kind: Mapped[str] = mapped_column(String(12))
    state_by_id: Mapped[int | None]
    state_by_name: Mapped[str] = mapped_column(String(200))
    error: Mapped[str] = mapped_column(String(400))
    """Why it failed or was withheld, in words for the clerk."""
    nonce: Mapped[str] = mapped_column(String(64))
    """Drawn anew for every sending; the link's secret is derived from it under a key that is not here."""
    secret_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    """SHA-256 of the secret, written by the sender when the mail leaves; None means that no link works."""
    wrong_birth_dates: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class EnrollmentRequestRow(Base):
    """Somebody who registered through the site uninvited and waits for the desk."""

    __tablename__ = "enrollment_request"
    __table_args__ = (Index("ix_enrollment_request_state", "clinic_id", "state", "made_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("online_account.id"))
    last_name: Mapped[str] = mapped_column(String(200))
    first_name: Mapped[str] = mapped_column(String(200))
    birth_date: Mapped[date] = mapped_column(Date)
    email: Mapped[str] = mapped_column(String(320))
    phone: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    """open, enrolled or declined"""
    state_at: Mapped[datetime]
    state_by_kind: Mapped[str] = mapped_column(String(12))
    state_by_id: Mapped[int | None]
    state_by_name: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(200))
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"))
    """Whom it was enrolled for."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
