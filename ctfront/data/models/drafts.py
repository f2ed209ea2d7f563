"""Forms that were left in the middle."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ctfront.data.models.base import Base


class DraftRow(Base):
    """What one clerk has typed into one form and not saved."""

    __tablename__ = "draft"
    __table_args__ = (Index("ix_draft_staff", "clinic_id", "staff_id", "saved_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    owner: Mapped[str] = mapped_column(String(200))
    """The session in whose terminal the form stands; empty once that has ended."""
    kind: Mapped[str] = mapped_column(String(20))
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"))
    body: Mapped[str] = mapped_column(Text)
    """JSON of the rest."""
    saved_at: Mapped[datetime]
