"""What can go wrong at a front desk, named as the problem.

ClinicError                     str() is one sentence a clerk can act on
├── InputRefused                a field holds what cannot be taken; names the field
│   └── (grammar) CannotRead    typed text that has no reading; says where
├── ScheduleRefused             the schedule does not take it
│   ├── SlotTaken               the governor is reached at that time
│   │   └── PlaceHeld           a colleague's form that waits holds the place
│   ├── PatientBusy             the patient already has an appointment then
│   ├── OutsideHours            the provider has no office hours then
│   └── StatusRefused           the appointment's status does not allow the act
├── InvitationRefused           the invitation's life does not allow it
│   ├── NoEmail                 there is no address to write to
│   └── NoConsent               the patient has not consented to emails
├── NotAllowed                  the staff member lacks the right; names it
├── NotFound                    nobody and nothing by that name
├── Ambiguous                   more than one fits; carries the candidates
├── ChangedElsewhere            a colleague saved in between
│   └── (profile) PatientChanged  a patient; carries both versions, field by field
├── NothingToUndo               the last act cannot be taken back; says why
└── DatabaseUnavailable         locked, missing, full, read-only, newer, restarting
    └── WrongDatabase           waiting will not help: the file itself is the problem
"""

from collections.abc import Sequence


class ClinicError(Exception):
    """A refusal in words a clerk can act on."""

    field: str = ""
    """Name of the form's field or the CSV's column at fault, empty when it is none."""


class InputRefused(ClinicError):
    """Refuse what one field holds."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class ScheduleRefused(ClinicError):
    """Refuse a place in the schedule."""

    field = "time"


class SlotTaken(ScheduleRefused):
    """The governor is reached at that time."""


class PlaceHeld(SlotTaken):
    """A form that waits holds the place for a while."""


class PatientBusy(ScheduleRefused):
    """The patient already has an appointment at that time."""


class OutsideHours(ScheduleRefused):
    """The provider has no office hours at that time."""


class StatusRefused(ScheduleRefused):
    """The appointment's status does not allow the act."""


class InvitationRefused(ClinicError):
    """Refuse an act on a patient's way into Online Appointments."""


class NoEmail(InvitationRefused):
    """There is no address to write to."""

    field = "email"


class NoConsent(InvitationRefused):
    """The patient has not consented to emails, or no longer does."""

    field = "consent"


class NotAllowed(ClinicError):
    """The staff member lacks the right that the act needs."""


class NotFound(ClinicError):
    """Nobody and nothing by that name."""


class Ambiguous(ClinicError):
    """More than one fits."""

    def __init__(self, message: str, candidates: Sequence[object] = ()) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)


class ChangedElsewhere(ClinicError):
    """A colleague saved in between."""


class NothingToUndo(ClinicError):
    """The last act cannot be taken back."""


class DatabaseUnavailable(ClinicError):
    """The database does not answer now; what was typed is kept and trying again may help."""


class WrongDatabase(DatabaseUnavailable):
    """The database itself is the problem; waiting will not help."""
