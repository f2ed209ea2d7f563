"""Shared by cancelling and rescheduling: why, and who asked."""

from collections.abc import Iterable
from typing import TypeVar

from textual.widget import Widget

from ctfront.domain.appointments import CANCEL_REASONS, Asker
from ctfront.widgets.form import Choice, Field, Form

Saved = TypeVar("Saved")
ASKERS = (Asker.PATIENT, Asker.CLINIC)


class ReasonForm(Form[Saved]):
    """One line why and one who; filled in, so that Enter is Okay."""

    why: str = CANCEL_REASONS[0]
    """Filled in as the reason."""
    asker: Asker = Asker.PATIENT
    """Filled in as who asked."""
    choice = Choice([asker.value for asker in ASKERS], what="answer")

    def fields(self) -> Iterable[Widget]:
        """Make the two fields."""
        yield Field("reason", "Why", self.why, required=True)
        yield Field("asked_by", "Who asked", self.asker.value, required=True, read=self.read_asker)

    def read_asker(self, text: str) -> str:
        """Read back who asked."""
        return ASKERS[self.choice.index(text)].value

    @property
    def reason(self) -> str:
        """Why."""
        return self.query_one("#field-reason", Field).text

    @property
    def asked_by(self) -> Asker:
        """Who wanted it."""
        return ASKERS[self.choice.index(self.query_one("#field-asked_by", Field).text)]
