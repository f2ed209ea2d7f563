"""Who waits for an earlier place, or for any."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ctfront.data.models.base import Base, MadeBy


class WaitlistEntryRow(MadeBy, Base):
    """What one patient waits for; closed when it was booked or taken off."""

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        Index(
            "ix_waitlist_entry_open",
            "clinic_id",
            "until",
            "made_at",
            sqlite_where=text("closed_at IS NULL"),
        ),
        Index("ix_waitlist_entry_patient", "patient_id"),
        CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays"),
        CheckConstraint("0 <= first_minute AND first_minute < end_minute AND end_minute <= 1440", name="times"),
        CheckConstraint("earliest <= until", name="dates"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    purpose_id: Mapped[int] = mapped_column(ForeignKey("visit_purpose.id"))
    weekdays: Mapped[int]
    """One bit a weekday, 1 is Monday."""
    first_minute: Mapped[int]
    end_minute: Mapped[int]
    """A visit may start from the first minute on and before the end, on the wall clock."""
    earliest: Mapped[date] = mapped_column(Date)
    until: Mapped[date] = mapped_column(Date)
    phone: Mapped[str] = mapped_column(String(60))
    """Where to call, when it is not the phone on record."""
    note: Mapped[str] = mapped_column(String(200))
    closed_at: Mapped[datetime | None]
    closed_how: Mapped[str] = mapped_column(String(10))
    """booked, taken off or undone; empty while it is open"""
    closed_by_id: Mapped[int | None]
    closed_by_name: Mapped[str] = mapped_column(String(200))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    """What it was booked as."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class WaitlistProviderRow(Base):
    """A provider whom an entry names; one that names none takes any."""

    __tablename__ = "waitlist_provider"

    entry_id: Mapped[int] = mapped_column(ForeignKey("waitlist_entry.id"), primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), primary_key=True)
