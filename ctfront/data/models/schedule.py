"""Appointments, their history, events, and the seats that make double booking impossible."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ctfront.data.models.base import Base, MadeBy


class SeriesRow(MadeBy, Base):
    """A care plan's run of appointments."""

    __tablename__ = "appointment_series"

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    rule: Mapped[str] = mapped_column(String(200))


class AppointmentRow(MadeBy, Base):
    """One appointment: promised in wall-clock time, ordered and seated by the instant."""

    __tablename__ = "appointment"
    __table_args__ = (
        UniqueConstraint("clinic_id", "day", "number"),
        UniqueConstraint("clinic_id", "import_key"),
        Index("ix_appointment_provider_day", "provider_id", "day"),
        Index("ix_appointment_patient_day", "patient_id", "day"),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        CheckConstraint("start_second BETWEEN 0 AND 86399", name="start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    purpose_id: Mapped[int] = mapped_column(ForeignKey("visit_purpose.id"))
    day: Mapped[date] = mapped_column(Date)
    number: Mapped[int]
    start_second: Mapped[int]
    """Wall clock, seconds from midnight; imported history starts to the second."""
    minutes: Mapped[int]
    zone: Mapped[str] = mapped_column(String(64))
    starts_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(12))
    status_at: Mapped[datetime]
    origin: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text)
    overbooked: Mapped[bool]
    overridden: Mapped[bool]
    series_id: Mapped[int | None] = mapped_column(ForeignKey("appointment_series.id"))
    ordinal: Mapped[int | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    cancel_reason: Mapped[str] = mapped_column(String(200))
    asked_by: Mapped[str] = mapped_column(String(10))
    batch_id: Mapped[str | None] = mapped_column(String(36))
    import_key: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class StatusChangeRow(MadeBy, Base):
    """One step of an appointment's life."""

    __tablename__ = "appointment_status"
    __table_args__ = (Index("ix_appointment_status_appointment", "appointment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"))
    old: Mapped[str | None] = mapped_column(String(12))
    new: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(200))
    op_id: Mapped[str] = mapped_column(String(36))
    undone_by: Mapped[str | None] = mapped_column(String(36))


class SeatRow(Base):
    """One of the places that a provider or a patient has in one five-minute slot.

    The primary key is what refuses a double booking, whoever writes.
    """

    __tablename__ = "seat"
    __table_args__ = (
        CheckConstraint("seat >= 0 AND (seat < cap OR over_ok = 1)", name="cap"),
        CheckConstraint("kind IN ('P', 'T')", name="kind"),
        CheckConstraint("appointment_id IS NOT NULL OR hold_until IS NOT NULL", name="holder"),
        Index("ix_seat_appointment", "appointment_id"),
        Index(
            "ix_seat_hold",
            "hold_id",
            sqlite_where=text("hold_id IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    kind: Mapped[str] = mapped_column(String(1), primary_key=True)
    """P provider, T patient"""
    resource_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Minutes since 1970 in UTC, divided by five."""
    seat: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0 to cap - 1; overbooked ones count on from cap."""
    cap: Mapped[int]
    """The governor that the booking relied on."""
    over_ok: Mapped[int]
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    hold_id: Mapped[str | None] = mapped_column(String(36))
    """The form that holds it; a seat has this or an appointment."""
    hold_by: Mapped[str | None] = mapped_column(String(64))
    """Short name of whoever holds it."""
    hold_until: Mapped[datetime | None]


class EventRow(MadeBy, Base):
    """Time in which a provider is not bookable."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_provider_day", "provider_id", "day"),
        Index("ix_event_clinic_day", "clinic_id", "day"),
        CheckConstraint("0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440", name="span"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    day: Mapped[date] = mapped_column(Date)
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    text: Mapped[str] = mapped_column(String(200))
    series: Mapped[int | None]
    """The id of the first one of an event that repeats."""
    removed_at: Mapped[datetime | None]
