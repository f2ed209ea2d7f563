"""Decline an enrollment request, with a reason."""

from collections.abc import Iterable

from textual.widget import Widget

from ctfront.domain.patient_access import EnrollmentRequest
from ctfront.services.patient_access import PatientAccess
from ctfront.widgets.form import Field, Form
from ctfront.widgets.front_desk import desk_of

USUAL_REASON = "not a patient here"


class DeclineForm(Form[str]):
    """Ask why; answers with the sentence to say."""

    OKAY = "Decline"

    def __init__(self, patient_access: PatientAccess, request: EnrollmentRequest) -> None:
        super().__init__()
        self.patient_access = patient_access
        self.request = request

    def heading(self) -> str:
        """Say whose request it is."""
        return f"Decline the request of {self.request.name}, {self.request.email}"

    def fields(self) -> Iterable[Widget]:
        """Make the one field, filled in."""
        yield Field("reason", "Why", USUAL_REASON, required=True)

    async def save(self) -> str | None:
        """Decline it."""
        reason = self.query_one("#field-reason", Field).text
        return await self.patient_access.decline_request(desk_of(self).act(), self.request.id, reason)
