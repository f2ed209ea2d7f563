"""Link an enrollment request to a patient of the clinic, and enroll."""

from collections.abc import Iterable, Sequence

from textual.widget import Widget

from ctfront.domain.errors import InputRefused
from ctfront.domain.patient_access import Candidate, EnrollmentRequest
from ctfront.domain.text import safe
from ctfront.domain.times import age_on, show_day
from ctfront.screens.modals.question import Question
from ctfront.services.patient_access import PatientAccess
from ctfront.widgets.form import Field, Form
from ctfront.widgets.front_desk import desk_of
from ctfront.widgets.patient_finder import patient_row
from ctfront.widgets.words import Words


class LinkForm(Form[str]):
    """A digit links one of the candidates; nothing takes effect until Enroll saves it."""

    OKAY = "Enroll"

    def __init__(
        self, patient_access: PatientAccess, request: EnrollmentRequest, candidates: Sequence[Candidate]
    ) -> None:
        super().__init__()
        self.patient_access = patient_access
        self.request = request
        self.candidates = tuple(candidates)

    def heading(self) -> str:
        """Say who asks."""
        it = self.request
        born = f"b {show_day(it.birth_date)} ({age_on(it.birth_date, desk_of(self).today)})"
        return f"Link {it.name} {born} {it.email} {it.phone} to"

    def fields(self) -> Iterable[Widget]:
        """List the candidates above the digit."""
        today = desk_of(self).today
        for number, each in enumerate(self.candidates, 1):
            yield Words(patient_row(each.patient, number, today=today, namesake=False))
            others = "another request fits, too" if each.also_asked == 1 else f"{each.also_asked} other requests fit"
            notes = [
                f"same {each.fits}",
                f"! {each.why_not}" if each.why_not else "",
                others if each.also_asked else "",
            ]
            yield Words(safe("    " + "   ".join(note for note in notes if note)))
        only = self.candidates[0]
        sure = len(self.candidates) == 1 and only.is_sure and not only.why_not
        yield Field("which", "Which", "1" if sure else "", required=True, read=self.read_which)

    def _linked(self, text: str) -> Candidate:
        digit = text.strip()
        if not digit.isdecimal() or not 1 <= int(digit) <= len(self.candidates):
            raise InputRefused(f"Type a digit from 1 to {len(self.candidates)}.", field="which")
        return self.candidates[int(digit) - 1]

    def read_which(self, text: str) -> str:
        """Read back who is linked. Raises `InputRefused` when the record lacks what linking needs."""
        linked = self._linked(text)
        if linked.why_not:
            raise InputRefused(
                f"{linked.patient.name}: {linked.why_not}. Linking needs an email and consent on record; "
                "i opens Patient Information, e there changes it.",
                field="which",
            )
        return f"{linked.patient.name} b {show_day(linked.patient.birth_date)}"

    async def save(self) -> str | None:
        """Enroll; a patient of another name or birth date than the request's is asked about."""
        linked, desk = self._linked(self.query_one("#field-which", Field).text), desk_of(self)
        if not linked.is_sure:
            it, request = linked.patient, self.request
            question = Question(
                f"The request says {request.name} b {show_day(request.birth_date)},",
                f"the record {it.name} b {show_day(it.birth_date)}. The same person?",
                yes="the same: enroll",
            )
            if not await desk.ask(question):
                return None
        return await self.patient_access.enroll_request(desk.act(), self.request.id, linked.patient.id)
