"""The clinic, its sites, staff, providers, hours and visit purposes."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ctfront.data.models.base import Base


class ClinicRow(Base):
    """One practice."""

    __tablename__ = "clinic"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(64))
    date_order: Mapped[str] = mapped_column(String(3))
    online: Mapped[bool]
    slot_minutes: Mapped[int]
    correction_days: Mapped[int]
    retention_years: Mapped[int]
    identity: Mapped[str] = mapped_column(String(20))
    holidays: Mapped[str] = mapped_column(String(20), default="")
    """Whose public holidays it keeps, as `US-CA`; empty for nobody's."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class SiteRow(Base):
    """A place where the clinic works."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    name: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(400))
    phone: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class CounterRow(Base):
    """The last number given: record numbers per clinic, day numbers per clinic and day."""

    __tablename__ = "counter"

    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    """`record`, or an ISO day."""
    last: Mapped[int]


class StaffRow(Base):
    """A member of staff; never deleted."""

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("clinic_id", "short_name"), UniqueConstraint("clinic_id", "os_user"))

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(40))
    os_user: Mapped[str | None] = mapped_column(String(64))
    rights: Mapped[str] = mapped_column(String(400))
    """The values of `Right`, joined by commas."""
    pin_hash: Mapped[str | None] = mapped_column(String(200))
    pin_tries: Mapped[int] = mapped_column(default=0)
    """Wrong ones since the PIN was right last, or its owner logged in."""
    pin_tried_at: Mapped[datetime | None]
    active: Mapped[bool]
    last_seen_change: Mapped[int] = mapped_column(default=0)
    """Newest change_log id at which this clerk last looked."""
    last_seen_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ProviderRow(Base):
    """A clinician with a schedule."""

    __tablename__ = "provider"
    __table_args__ = (
        UniqueConstraint("clinic_id", "name"),
        CheckConstraint("governor BETWEEN 1 AND 20", name="governor"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    name: Mapped[str] = mapped_column(String(200))
    governor: Mapped[int]
    position: Mapped[int]
    active: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ProviderIdentifierRow(Base):
    """What another system calls the provider; makes an import repeatable."""

    __tablename__ = "provider_identifier"
    __table_args__ = (UniqueConstraint("clinic_id", "system", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    system: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(200))


class OfficeHoursRow(Base):
    """One span of a provider's weekday at a site, from a day until a day.

    With a label it is a break inside the hours, with a governor a part of them in which that one rules.
    """

    __tablename__ = "office_hours"
    __table_args__ = (
        Index("ix_office_hours_provider", "provider_id"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("governor BETWEEN 1 AND 20", name="governor"),
        CheckConstraint("valid_from <= valid_until", name="validity"),
        CheckConstraint("0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440", name="span"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    """NULL while the clinic has one site only."""
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    weekday: Mapped[int]
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    break_label: Mapped[str | None] = mapped_column(String(40))
    governor: Mapped[int | None]
    valid_from: Mapped[date | None]
    """First day; NULL for always."""
    valid_until: Mapped[date | None]
    """Last day; NULL for open-ended."""


class VisitPurposeRow(Base):
    """A kind of visit."""

    __tablename__ = "visit_purpose"
    __table_args__ = (
        UniqueConstraint("clinic_id", "name"),
        CheckConstraint("minutes BETWEEN 5 AND 720", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    name: Mapped[str] = mapped_column(String(200))
    minutes: Mapped[int]
    letter: Mapped[str] = mapped_column(String(3))
    color: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    active: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ProviderPurposeRow(Base):
    """A visit purpose that a provider offers."""

    __tablename__ = "provider_purpose"

    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), primary_key=True)
    purpose_id: Mapped[int] = mapped_column(ForeignKey("visit_purpose.id"), primary_key=True)
    offered_online: Mapped[bool]
