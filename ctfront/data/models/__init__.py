"""The tables, by subject."""

from ctfront.data.models.base import Base
from ctfront.data.models.clinic import (
    ClinicRow,
    CounterRow,
    OfficeHoursRow,
    ProviderIdentifierRow,
    ProviderPurposeRow,
    ProviderRow,
    SiteRow,
    StaffRow,
    VisitPurposeRow,
)
from ctfront.data.models.ledger import (
    ActRow,
    AuditDetailRow,
    AuditHeadRow,
    AuditRow,
    ChangeRow,
    OutboxRow,
)
from ctfront.data.models.people import (
    AlertRow,
    ConsentRow,
    EnrollmentRow,
    InvitationRow,
    OnlineAccountRow,
    PatientIdentifierRow,
    PatientNameRow,
    PatientRelationRow,
    PatientRow,
    PhoneRow,
)
from ctfront.data.models.schedule import AppointmentRow, EventRow, SeatRow, SeriesRow, StatusChangeRow

__all__ = [
    "ActRow",
    "AlertRow",
    "AppointmentRow",
    "AuditDetailRow",
    "AuditHeadRow",
    "AuditRow",
    "Base",
    "ChangeRow",
    "ClinicRow",
    "ConsentRow",
    "CounterRow",
    "EnrollmentRow",
    "EventRow",
    "InvitationRow",
    "OfficeHoursRow",
    "OnlineAccountRow",
    "OutboxRow",
    "PatientIdentifierRow",
    "PatientNameRow",
    "PatientRelationRow",
    "PatientRow",
    "PhoneRow",
    "ProviderIdentifierRow",
    "ProviderPurposeRow",
    "ProviderRow",
    "SeatRow",
    "SeriesRow",
    "SiteRow",
    "StaffRow",
    "StatusChangeRow",
    "VisitPurposeRow",
]
