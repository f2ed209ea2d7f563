"""Patient Access: what is done to invitations, enrollments and requests, from here and only from here."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar
from uuid import uuid4

from textual import work
from textual.binding import BindingType

from ctfront.domain.errors import ClinicError
from ctfront.domain.invitations import Sending, access_sending, check_reach, check_replaceable
from ctfront.domain.patient_access import AccessList, AccessRow
from ctfront.domain.text import safe
from ctfront.domain.times import show_day
from ctfront.screens.modals.decline_form import DeclineForm
from ctfront.screens.modals.link_form import LinkForm
from ctfront.screens.modals.notice import Notice
from ctfront.screens.modals.question import Question
from ctfront.screens.patient_access_view import PatientAccessView, key
from ctfront.services.bulk_inviting import BulkInviting, BulkResult
from ctfront.services.inviting import OFF, Expected, Inviting
from ctfront.services.patient_access import PatientAccess
from ctfront.widgets.progress import Progress


class PatientAccessScreen(PatientAccessView):
    """Four lists; each act answers for the row under the cursor, which stays where it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("1", "list(0)", "Invited", "List: queued, sent, failed, withheld, expired and locked ones", "list_1"),
        key("2", "list(1)", "Enrolled", "List: who books online", "list_2"),
        key("3", "list(2)", "Requests", "List: who registered uninvited", "list_3"),
        key("4", "list(3)", "Not invited", "List: patients to invite", "list_4"),
        key("s,S", "send", "Send", "Send: first, again, reactivate or new, as the row allows", "send"),
        key("x,X", "take_away", "Remove", "Remove the invitation, end the enrollment, decline the request", "remove"),
        key("p,P", "replace", "Replace", "Remove a stale invitation and send one to the new address", "replace"),
        key("l,L", "link", "Link", "Link a request to a patient and enroll", "link"),
        key("space", "tick", "Tick", "Tick a patient to invite (list 4)", "tick"),
        key("asterisk", "tick_all", "Tick all", "Tick all that can be invited, or none (list 4)", "tick_all"),
        key("slash", "narrow", "Narrow", "Narrow the list to whom the text may mean", "narrow"),
        key("z,Z", "sort", "Sort", "Sort the list the next way", "sort"),
        key("h,H", "inactive", "Inactive", "Show those left out, or hide them", "inactive"),
        key("i,I", "info", "Info", "Open Patient Information on the row", "info"),
        key("enter", "info", "Info", "Open Patient Information on the row", "open"),
        key("b,B", "book", "Book", "Take the patient to the Scheduler", "book"),
        key("u,U", "undo", "Undo", "Take back my last act", "undo"),
    ]

    def __init__(self, patient_access: PatientAccess, inviting: Inviting, bulk_inviting: BulkInviting) -> None:
        super().__init__(patient_access, inviting)
        self.bulk_inviting = bulk_inviting

    def works_now(self, action: str) -> bool:
        """Tell whether the list in view knows the action."""
        match action:
            case "tick" | "tick_all":
                return self.shown is AccessList.NOT_INVITED
            case "link":
                return self.shown is AccessList.REQUESTS
            case "send" | "replace" | "info" | "book":
                return self.shown is not AccessList.REQUESTS
        return True

    def _patient_row(self) -> AccessRow | None:
        """Return the patient's row under the cursor, or say that there is none."""
        if not self.desk.clinic.online:
            self.say(OFF)
            return None
        row = self.row
        if row is None or row.patient is None:
            self.say("A request is linked (l) or declined (x)." if row is not None else "There is nobody here.")
            return None
        return row

    # -- sending

    @work(group="send")
    async def action_send(self) -> None:
        """Send to the ticked patients, else to the one under the cursor."""
        if len(self.ticked) > 1:
            await self._send_ticked()
            return
        if self.ticked and not await self._go_to_ticked():
            return
        row = self._patient_row()
        if row is not None and row.access is not None:
            await self._answered(row, self._send_one(row))

    async def _go_to_ticked(self) -> bool:
        """Put the cursor on the one patient ticked, wherever in the list."""
        [patient_id] = self.ticked
        if patient_id not in self.keys:
            self._end_narrowing()
        await self.load(go_to=patient_id)
        self.ticked = frozenset()
        return self.row is not None and self.row.key == patient_id

    async def _send_one(self, row: AccessRow) -> str:
        assert row.access is not None, "asked of patients only"
        sending = access_sending(row.access.standing)
        address = check_reach(row.access.reach, name=row.access.standing.name)
        expected = Expected(sending=sending, address=address)
        return await self.inviting.send(self.desk.act(), row.key, expected=expected)

    async def _answered(self, row: AccessRow, doing: Awaitable[str]) -> None:
        """Do it, show the row as it is then, and answer with one message that names the patient."""
        try:
            said, done = await doing, True
        except ClinicError as refusal:
            said, done = str(refusal), False
        await self.read_row(row.key)
        if await self.desk.ask(Notice([*_who(row), said], undoable=done)):
            await self.take_back()

    async def _send_ticked(self) -> None:
        count, hidden = len(self.ticked), len(self.ticked.difference(self.keys))
        lines = [f"Send {count:,} invitations?", *([f"{hidden:,} of them are narrowed away."] if hidden else [])]
        if not await self.desk.ask(Question(*lines, yes="send them")):
            return
        wanted = [*(key for key in self.keys if key in self.ticked), *self.ticked.difference(self.keys)]
        self.results.clear()
        try:
            result = await self._invite_many(wanted)
        except ClinicError as refusal:
            await self.load(keep=True)
            await self.desk.ask(Notice([str(refusal)], undoable=False))
            return
        self.results |= result.refused | dict.fromkeys(result.invited, "Invited with the others.")
        self.acted |= {*result.invited, *result.refused}
        self.ticked -= {*result.invited, *result.refused}
        await self.load(keep=True)
        if await self.desk.ask(Notice(_told(result, count), undoable=bool(result.invited))):
            await self.take_back()

    async def _invite_many(self, wanted: Sequence[int]) -> BulkResult:
        """Invite them in portions; how far it is stands on the message line, and Esc stops it between two."""
        progress = Progress(self.say, "Inviting")
        with self.desk.stoppable(progress):
            return await self.bulk_inviting.invite_many(
                self.desk.act, wanted, batch_id=str(uuid4()), on_progress=progress.show, stop=progress.is_stopped
            )

    @work(group="replace")
    async def action_replace(self) -> None:
        """Replace a stale invitation, after showing both addresses."""
        row = self._patient_row()
        if row is None or row.access is None or row.patient is None:
            return
        access, name = row.access, row.patient.name
        try:
            check_replaceable(access.standing)
            address = check_reach(access.reach, name=name)
        except ClinicError as refusal:
            await self.desk.ask(Notice([*_who(row), str(refusal)], undoable=False))
            return
        question = Question(
            f"Replace {name}’s invitation?",
            f"Old  {access.standing.address}: its link is dead at once",
            f"New  {address}, with consent to emails on record",
            yes="replace it",
        )
        if await self.desk.ask(question):
            expected = Expected(sending=Sending.REPLACED, address=address)
            await self._answered(row, self.inviting.replace(self.desk.act(), row.key, expected=expected))

    # -- taking away

    @work(group="take_away")
    async def action_take_away(self) -> None:
        """Remove the invitation, end the enrollment, or decline the request under the cursor."""
        row = self.row
        if row is not None and row.request is not None:
            said = await self.desk.ask(DeclineForm(self.patient_access, row.request))
            if said is not None:
                await self._show_done(row, said)
            return
        if (row := self._patient_row()) is None:
            return
        act = self.patient_access.end_enrollment if self.shown is AccessList.ENROLLED else self.inviting.remove
        await self._do(row, lambda: act(self.desk.act(), row.key))

    async def _do(self, row: AccessRow, doing: Callable[[], Awaitable[str]]) -> None:
        """Do it and say what came of it on the message line."""
        try:
            said = await doing()
        except ClinicError as refusal:
            said = str(refusal)
        await self._show_done(row, said)

    async def _show_done(self, row: AccessRow, said: str) -> None:
        await self.read_row(row.key)
        self.say(said)

    # -- requests

    @work(group="link")
    async def action_link(self) -> None:
        """Link the request under the cursor to a patient; nothing takes effect until Enroll saves it."""
        row = self.row
        if row is None or row.request is None or row.request.state != "open":
            self.say("l links an open request; they are in list 3.")
            return
        try:
            candidates = await self.patient_access.candidates(row.request, now=self.desk.now)
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        if not candidates:
            self.say(f"Nobody on record is like {row.request.name}; n adds the patient, then l links.")
            return
        said = await self.desk.ask(LinkForm(self.patient_access, row.request, candidates))
        if said is not None:
            await self._show_done(row, said)

    # -- ticking

    def action_tick(self) -> None:
        """Tick the patient under the cursor, or take the tick away."""
        row = self.row
        if self.shown is not AccessList.NOT_INVITED or row is None:
            self.say("Ticks are for list 4, patients to invite.")
        elif row.state is not None:
            self.say(f"{safe(row.patient.name) if row.patient else ''} is invited already.")
        elif row.why_not_ticked:
            self.say(f"Cannot be ticked: {row.why_not_ticked}; i opens Patient Information, e there changes it.")
        else:
            self.ticked ^= {row.key}
            self._show_ticks()

    @work(group="tick")
    async def action_tick_all(self) -> None:
        """Tick all in view of the list that can be invited, or none."""
        if self.shown is not AccessList.NOT_INVITED:
            self.say("Ticks are for list 4, patients to invite.")
            return
        try:
            able = await self.patient_access.tickable()
        except ClinicError as refusal:
            self.say(str(refusal))
            return
        able &= frozenset(self.keys)
        if not able:
            self.say("Nobody here can be invited: each row says why.")
            return
        self.ticked = self.ticked - able if able <= self.ticked else self.ticked | able
        self._show_ticks()

    def _show_ticks(self) -> None:
        self.show_list()
        count = len(self.ticked)
        self.say(f"{count:,} ticked; s sends to them." if count else "None ticked.")

    # -- elsewhere

    def action_info(self) -> None:
        """Open Patient Information on the row."""
        row = self._patient_row()
        if row is not None:
            self.desk.show_patient(row.key)

    def action_book(self) -> None:
        """Take the patient in hand to the Scheduler."""
        row = self._patient_row()
        if row is None or row.patient is None:
            return
        if not row.patient.active:
            self.say(f"{row.patient.name} is inactive; make the patient active again first.")
        else:
            self.desk.book_in_hand(row.patient)


def _who(row: AccessRow) -> list[str]:
    """Return the line that names a patient beside the birth date."""
    it = row.patient
    return [f"{it.name}   b {show_day(it.birth_date)}   #{it.record_number}"] if it is not None else []


def _told(result: BulkResult, count: int) -> list[str]:
    """Return what came of many at once."""
    lines = [f"{len(result.invited):,} of {count:,} invited."]
    if result.refused:
        lines.append(f"{len(result.refused):,} refused: the row under the cursor says why.")
    if result.failed:
        lines.append(f"Broken off: {result.failed}")
    if result.stopped or result.failed:
        lines.append("The others are still ticked; s goes on with them.")
    return lines
