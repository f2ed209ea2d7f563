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
from ctfront.data.models.duplicates import NotSamePatientRow, PatientMergeRow
from ctfront.data.models.ledger import (
    ActRow,
    AuditDetailRow,
    AuditHeadRow,
    AuditRow,
    ChangeRow,
    MailStateRow,
    OutboxRow,
)
from ctfront.data.models.online import OnlineLinkRow, OnlineSessionRow, OnlineThrottleRow
from ctfront.data.models.people import (
    AlertRow,
    ConsentRow,
    EnrollmentRequestRow,
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
from ctfront.data.models.waitlist import WaitlistEntryRow, WaitlistProviderRow

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
    "EnrollmentRequestRow",
    "EnrollmentRow",
    "EventRow",
    "InvitationRow",
    "MailStateRow",
    "NotSamePatientRow",
    "OfficeHoursRow",
    "OnlineAccountRow",
    "OnlineLinkRow",
    "OnlineSessionRow",
    "OnlineThrottleRow",
    "OutboxRow",
    "PatientIdentifierRow",
    "PatientMergeRow",
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
    "WaitlistEntryRow",
    "WaitlistProviderRow",
]
