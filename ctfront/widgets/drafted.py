"""A form that outlives the line: it can say all that it needs to stand again, and stand again from that."""

from collections.abc import Mapping
from typing import ClassVar, TypeVar
from uuid import uuid4

from textual.widgets import Input

from ctfront.domain.drafts import Draft, DraftKind, Left
from ctfront.domain.patients import PatientName
from ctfront.widgets.answer import Answer
from ctfront.widgets.check_box import CheckBox
from ctfront.widgets.form import Field, Form
from ctfront.widgets.patient_finder import PatientFinder

Saved = TypeVar("Saved")

FINDER = "patient"
"""The name under which a draft keeps what is typed into the find box."""


class Drafted(Form[Saved]):
    """A form whose typed answers are kept while it is open, and put back when it opens from a draft."""

    DRAFT: ClassVar[DraftKind | None] = None
    """Which it is; None for one that is not kept."""
    KEEPS_OFFERED: ClassVar[bool] = True
    """Whether what it has filled in by itself is kept, too; not where that is what is on record."""

    def __init__(self) -> None:
        super().__init__()
        self.draft_id = str(uuid4())
        self.left: Left | None = None
        """What it opens from, when the line dropped while it was filled in."""
        self.kept: Draft | None = None
        """What was written down last."""

    # -- what a form says of itself

    def about(self) -> Mapping[str, str | int]:
        """Return what it was opened on, as ids, dates and times."""
        return {}

    def patient_meant(self) -> int | None:
        """Return who is picked in it, or whom it is about."""
        return None

    def put_patient(self, patient: PatientName) -> None:
        """Take back who had been picked; nothing is asked again and the cursor stays."""
        for finder in self.query(PatientFinder):
            finder.fill(patient)

    @property
    def held_by(self) -> str:
        """What it holds a place by, empty when it holds none."""
        return ""

    # -- written down

    def as_draft(self) -> Draft | None:
        """Return what is typed, None while nothing is."""
        if self.DRAFT is None or not self.is_mounted or not self.typed():
            return None
        answers = list(self.query(Answer))
        typed = {answer.field: answer.text for answer in answers if answer.changed}
        for finder in self.query(PatientFinder):
            typed[FINDER] = finder.value
        offered = {answer.field: answer.text for answer in answers if self.KEEPS_OFFERED and not answer.changed}
        at = self.focused.id if self.focused is not None else None
        return Draft(
            id=self.draft_id,
            kind=self.DRAFT,
            about=self.about(),
            typed=typed,
            offered=offered,
            patient_id=self.patient_meant(),
            at=at or "",
            hold_id=self.held_by,
        )

    # -- and put back

    def open_from(self, left: Left | None) -> None:
        """Stand as the draft was left, if there is one, as soon as the form is shown."""
        if left is not None:
            self.left, self.draft_id, self.kept = left, left.draft.id, left.draft

    def start(self) -> None:
        """Start as every form, or where the draft was left."""
        super().start()
        if self.left is not None:
            self._put_back(self.left)

    def _put_back(self, left: Left) -> None:
        draft = left.draft
        if left.patient is not None:
            self.put_patient(left.patient)
        else:
            for finder in self.query(PatientFinder):
                finder.line.value = draft.typed.get(FINDER, "")
        for answer in self.query(Answer):
            if answer.field in draft.typed:
                _type(answer, draft.typed[answer.field])
            elif answer.field in draft.offered and isinstance(answer, Field):
                answer.offer(draft.offered[answer.field])
        for stop in self.stops():
            if draft.at and stop.id == draft.at:
                self.visit(stop)
                if isinstance(stop, Input):
                    stop.cursor_position = len(stop.value)


def _type(answer: Answer, text: str) -> None:
    """Answer as a clerk would by typing."""
    if isinstance(answer, CheckBox):
        answer.box.action_tick(text == "yes")
    elif isinstance(answer, Field):
        answer.line.value = text
