"""Inviting many patients as one batch: in portions that leave room for other desks, each patient decided on its own.

The batch is one act, which grows with every portion and is taken back as one; its id is also the op id of its mails,
so that whoever is in it already is skipped when it is resumed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy.orm import Session

from ctfront.data import invitations, ledger, outbox
from ctfront.data.database import Database
from ctfront.data.models import ActRow
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ClinicError, InvitationRefused, NothingToUndo
from ctfront.domain.invitations import Sending, Source, check_first, check_reach
from ctfront.domain.staff import Act, Right
from ctfront.services.inviting import HOLD, OFF

PORTION = 25
"""Patients in one transaction: it stays well below the 50 ms that another desk may have to wait."""

KIND = "invite_many"


@dataclass(kw_only=True)
class BulkResult:
    """What became of a batch, or of what was done of it."""

    invited: list[int] = field(default_factory=list)
    """Patients whose invitation is queued now."""
    skipped: list[int] = field(default_factory=list)
    """Patients who were in the batch already."""
    refused: dict[int, str] = field(default_factory=dict)
    """Patients who were not invited, with the sentence that says why."""
    failed: str = ""
    """Why a later portion failed; what was done before stands, and the same batch resumes."""
    stopped: bool = False
    """Whether some were left out because it was stopped; the same batch resumes."""

    @property
    def done(self) -> int:
        """How many patients were decided."""
        return len(self.invited) + len(self.skipped) + len(self.refused)


class BulkInviting:
    """Invitations to many of the clinic's patients."""

    def __init__(self, database: Database, clinic: Clinic, *, hold: timedelta = HOLD) -> None:
        self._database = database
        self.clinic = clinic
        self.hold = hold

    async def invite_many(
        self,
        make_act: Callable[[], Act],
        patient_ids: Iterable[int],
        *,
        batch_id: str,
        on_progress: Callable[[int, int], None] = lambda done, total: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> BulkResult:
        """Invite patients who were never invited, as list 4 of Patient Access shows them.

        After each portion `on_progress` is told how many of how many are decided, and `stop` is asked whether to go on.
        Raises `NotAllowed`, and `InvitationRefused` when the clinic takes no part or the batch was taken back.
        """
        wanted, result = tuple(dict.fromkeys(patient_ids)), BulkResult()
        for start in range(0, len(wanted), PORTION):
            if stop():
                result.stopped = True
                break
            portion, act = wanted[start : start + PORTION], replace(make_act(), op_id=batch_id, batch_id=batch_id)
            try:
                await self._portion(act, portion, len(wanted), result)
            except ClinicError as refusal:
                if not result.done:
                    raise
                result.failed = str(refusal)
                break
            on_progress(result.done, len(wanted))
        return result

    async def _portion(self, act: Act, patient_ids: Sequence[int], total: int, result: BulkResult) -> None:
        part = await self._database.write(
            lambda session: invite_portion(session, self.clinic, act, patient_ids, total=total, hold=self.hold)
        )
        result.invited += part.invited
        result.skipped += part.skipped
        result.refused |= part.refused


def invite_portion(
    session: Session, clinic: Clinic, act: Act, patient_ids: Sequence[int], *, total: int, hold: timedelta = HOLD
) -> BulkResult:
    """Invite some patients of the batch that is the act's op id, in the caller's transaction."""
    act.who.require(Right.EDIT_PATIENT)
    if not clinic.online:
        raise InvitationRefused(OFF)
    batch = session.get(ActRow, act.op_id)
    if batch is not None and batch.undone_by is not None:
        raise InvitationRefused("This batch was taken back; tick the patients again to begin another.")
    invitations.hold_patients(session, patient_ids)
    there = outbox.in_batch(session, act.op_id, patient_ids)
    result = BulkResult(skipped=[each for each in patient_ids if each in there])
    addresses = _decide(session, clinic, act, [each for each in patient_ids if each not in there], result)
    if addresses:
        made = invitations.add_first(session, clinic.id, act, addresses, source=Source.PATIENT_ACCESS)
        mails = [(patient_id, made[patient_id], address) for patient_id, address in addresses.items()]
        outbox.add_many(
            session,
            clinic.id,
            act,
            mails,
            kind=Sending.FIRST.value,
            source=Source.PATIENT_ACCESS,
            due=act.at + hold,
        )
        result.invited = list(addresses)
        _record(session, clinic, act, mails, total)
    return result


def _decide(
    session: Session, clinic: Clinic, act: Act, patient_ids: Sequence[int], result: BulkResult
) -> dict[int, str]:
    """Return the addresses of those who may be invited; the others are refused, each with its sentence."""
    known = invitations.load_accesses(session, clinic.id, patient_ids, now=act.at, zone=clinic.tz)
    addresses: dict[int, str] = {}
    for patient_id in patient_ids:
        if (access := known.get(patient_id)) is None:
            result.refused[patient_id] = "There is no such patient."
            continue
        try:
            check_first(access.standing)
            addresses[patient_id] = check_reach(access.reach, name=access.standing.name)
        except InvitationRefused as refusal:
            result.refused[patient_id] = str(refusal)
    return addresses


def _record(session: Session, clinic: Clinic, act: Act, mails: Sequence[tuple[int, int, str]], total: int) -> None:
    invited = outbox.size_of_batch(session, act.op_id)
    entries = [
        ledger.Entry(
            kind="invite",
            subject_kind="patient",
            subject_id=patient_id,
            after={"invitation": invitation_id, "address": address, "sending": Sending.FIRST.value, "batch": act.op_id},
        )
        for patient_id, invitation_id, address in mails
    ]
    said = f"{invited:,} of {total:,} invitations queued." if total > 1 else "1 invitation queued."
    undo = {"batch": act.op_id}
    ledger.record_portion(session, clinic.id, act, entries, kind=KIND, sentence=said, undo=undo)


def put_back(session: Session, act: Act, batch_id: str) -> tuple[str, list[int]]:
    """Take back what of a batch has not begun to leave; return the sentence and the invitations.

    Raises `NothingToUndo` when nothing waits any more.
    """
    ids = outbox.withdraw_batch(session, batch_id)
    taken = invitations.take_back_first(session, act, ids)
    total, left = outbox.size_of_batch(session, batch_id), outbox.left_of_batch(session, batch_id)
    if not taken:
        raise NothingToUndo(f"None of {total:,} waits any more; Remove (x) in Patient Access (F4), list 1, one by one.")
    had_left = f"; {left:,} had left" if left else ""
    return f"Took back {taken:,} of {total:,} invitations{had_left}.", ids
