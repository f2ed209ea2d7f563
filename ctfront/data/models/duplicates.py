"""Records of one person: those merged, and pairs that only look like one."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from ctfront.data.models.base import Base, MadeBy


class PatientMergeRow(MadeBy, Base):
    """One record merged into another, with what it takes to part them again."""

    __tablename__ = "patient_merge"
    __table_args__ = (Index("ix_patient_merge_kept", "kept_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    kept_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    gone_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    moved: Mapped[str] = mapped_column(Text)
    """JSON: ids of the rows that went over, by table, and what else was changed, as it was."""
    undone_at: Mapped[datetime | None]


class NotSamePatientRow(MadeBy, Base):
    """A pair that a clerk knows to be two people; written once, lower id first."""

    __tablename__ = "not_same_patient"
    __table_args__ = (CheckConstraint("patient_id < other_id", name="order"),)

    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
