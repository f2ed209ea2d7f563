"""The clerk's acts on a patient's way into Online Appointments, and how each patient stands.

Each act is one synchronous function for one transaction: check the right and the rule, write the invitation and
its mail, record. What may follow on what is `domain/invitations.py`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from ctfront.data import invitations, ledger, outbox
from ctfront.data.database import Database
from ctfront.data.models import ActRow, InvitationRow
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ChangedElsewhere, InvitationRefused, NothingToUndo
from ctfront.domain.invitations import (
    GIVES_WAY,
    LIVE,
    REMOVABLE,
    Change,
    InvitationState,
    OnlineAccess,
    Sending,
    Source,
    Standing,
    access_sending,
    check_reach,
    check_reactivable,
    check_removable,
    check_replaceable,
    desk_sending,
)
from ctfront.domain.staff import Act, Right
from ctfront.domain.text import safe

Result = TypeVar("Result")

HOLD = timedelta(seconds=30)
"""How long a mail waits before it leaves, so that `u` can take it back, unless the settings say otherwise."""

OFF = "Online Appointments are off here; a manager can switch them on in Set-up (F6)."


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What the clerk saw before sending: another kind of sending or another address is asked about anew."""

    sending: Sending
    address: str


class Inviting:
    """Invitations of the clinic's patients; every method is one reading or one act."""

    def __init__(self, database: Database, clinic: Clinic, *, hold: timedelta = HOLD) -> None:
        self._database = database
        self.clinic = clinic
        self.hold = hold

    async def access(self, patient_ids: Collection[int], *, now: datetime) -> dict[int, OnlineAccess]:
        """Return how each of the patients stands with Online Appointments at a moment."""
        async with self._database.reading() as session:
            return await invitations.read_access(session, self.clinic.id, patient_ids, now=now, zone=self.clinic.tz)

    async def invite(self, act: Act, patient_id: int, *, source: Source) -> str:
        """Send an invitation from the desk and return the sentence. Raises `InvitationRefused`."""
        return await self._write(invite, act, patient_id, source=source, hold=self.hold)

    async def send(self, act: Act, patient_id: int, *, expected: Expected | None = None) -> str:
        """Send from Patient Access: first, again, reactivated or new, as the rules have it."""
        return await self._write(send, act, patient_id, expected=expected, hold=self.hold)

    async def remove(self, act: Act, patient_id: int) -> str:
        """Remove an invitation: its link is dead at once."""
        return await self._write(remove, act, patient_id)

    async def reactivate(self, act: Act, patient_id: int) -> str:
        """Send a removed invitation again to its unchanged address."""
        return await self._write(reactivate, act, patient_id, hold=self.hold)

    async def replace(self, act: Act, patient_id: int, *, expected: Expected | None = None) -> str:
        """Remove a stale invitation and send a new one to the address on record, as one act."""
        return await self._write(replace, act, patient_id, expected=expected, hold=self.hold)

    async def _write(self, act_on: Callable[..., Result], act: Act, *what: Any, **how: Any) -> Result:
        return await self._database.write(lambda session: act_on(session, self.clinic, act, *what, **how))


def invite(
    session: Session, clinic: Clinic, act: Act, patient_id: int, *, source: Source, hold: timedelta = HOLD
) -> str:
    """Send an invitation from the desk in the caller's transaction and return the sentence.

    Raises `InvitationRefused` with the way on when the desk's rule, the address or the consent forbids it.
    """
    if earlier := _earlier(session, act):
        return earlier
    access = _begin(session, clinic, act, patient_id)
    sending = desk_sending(access.standing)
    return _send(session, clinic, act, patient_id, access, sending, source, hold)


def send(
    session: Session,
    clinic: Clinic,
    act: Act,
    patient_id: int,
    *,
    expected: Expected | None = None,
    hold: timedelta = HOLD,
) -> str:
    """Send from Patient Access whatever the row allows. Raises `InvitationRefused` or `ChangedElsewhere`."""
    if earlier := _earlier(session, act):
        return earlier
    access = _begin(session, clinic, act, patient_id)
    sending = access_sending(access.standing)
    _check_expected(expected, sending, access)
    return _send(session, clinic, act, patient_id, access, sending, Source.PATIENT_ACCESS, hold)


def reactivate(session: Session, clinic: Clinic, act: Act, patient_id: int, *, hold: timedelta = HOLD) -> str:
    """Send a removed invitation again. Raises `InvitationRefused` once the address has changed."""
    if earlier := _earlier(session, act):
        return earlier
    access = _begin(session, clinic, act, patient_id)
    check_reactivable(access.standing)
    return _send(session, clinic, act, patient_id, access, Sending.REACTIVATED, Source.PATIENT_ACCESS, hold)


def replace(
    session: Session,
    clinic: Clinic,
    act: Act,
    patient_id: int,
    *,
    expected: Expected | None = None,
    hold: timedelta = HOLD,
) -> str:
    """Remove a stale invitation and send one to the new address. Raises `InvitationRefused` or `ChangedElsewhere`."""
    if earlier := _earlier(session, act):
        return earlier
    access = _begin(session, clinic, act, patient_id)
    check_replaceable(access.standing)
    _check_expected(expected, Sending.REPLACED, access)
    return _send(session, clinic, act, patient_id, access, Sending.REPLACED, Source.PATIENT_ACCESS, hold)


def remove(session: Session, clinic: Clinic, act: Act, patient_id: int) -> str:
    """Remove the patient's invitation. Raises `InvitationRefused` when there is none to remove."""
    if earlier := _earlier(session, act):
        return earlier
    access = _begin(session, clinic, act, patient_id)
    check_removable(access.standing)
    row = _last(session, clinic, patient_id)
    former = give_way(session, clinic, act, row)
    said = f"Removed {access.standing.name}’s invitation"
    _record(
        session,
        clinic,
        act,
        patient_id,
        kind="remove_invitation",
        sentence=f"{said}.",
        before={"invitation": row.id, "address": row.address, "state": former["state"]},
        undo={"former": former},
    )
    return f"{said}; link dead. u takes it back."


# -- what the acts share


def _earlier(session: Session, act: Act) -> str:
    """Return what an earlier act of this id said."""
    return session.get_one(ActRow, act.op_id).sentence if ledger.repeated(session, act) else ""


def _begin(session: Session, clinic: Clinic, act: Act, patient_id: int) -> OnlineAccess:
    """Check the right and the subscription, write down an expiry that is over, and return how the patient stands."""
    act.who.require(Right.EDIT_PATIENT)
    if not clinic.online:
        raise InvitationRefused(OFF)
    invitations.hold_patients(session, (patient_id,))
    row = invitations.last_row(session, clinic.id, patient_id)
    if row is not None:
        invitations.settle_expiry(session, act, row)
    return invitations.load_access(session, clinic.id, patient_id, now=act.at, zone=clinic.tz)


def _check_expected(expected: Expected | None, sending: Sending, access: OnlineAccess) -> None:
    if expected is not None and expected != Expected(sending=sending, address=access.reach.email or ""):
        raise ChangedElsewhere(f"{access.standing.name}’s invitation or address has changed in between; look again.")


def _send(
    session: Session,
    clinic: Clinic,
    act: Act,
    patient_id: int,
    access: OnlineAccess,
    sending: Sending,
    source: Source,
    hold: timedelta,
) -> str:
    """Queue an invitation to the address on record; what stood before gives way."""
    name = access.standing.name
    address = check_reach(access.reach, name=name)
    before = invitations.last_row(session, clinic.id, patient_id)
    former = None
    if before is not None and (sending is Sending.REPLACED or InvitationState(before.state) in GIVES_WAY | LIVE):
        former = give_way(session, clinic, act, before)
    elif before is not None:
        former = invitations.keep(before)
    row = invitations.add(session, clinic.id, act, patient_id, address=address, source=source)
    outbox.add(
        session,
        clinic.id,
        act,
        kind=sending.value,
        address=address,
        source=source,
        due=act.at + hold,
        patient_id=patient_id,
        invitation_id=row.id,
    )
    said = _sent_words(sending, access.standing, address)
    _record(
        session,
        clinic,
        act,
        patient_id,
        kind="replace_invitation" if sending is Sending.REPLACED else "invite",
        sentence=f"{said}.",
        before={} if before is None else {"invitation": before.id, "address": before.address, "state": before.state},
        after={"invitation": row.id, "address": address, "sending": sending.value, "source": source.value},
        undo={"made": row.id, "former": former},
    )
    leaves = f"in {hold.seconds} s" if hold else "at once"
    return f"{said}; it leaves {leaves}. u takes it back."


def _sent_words(sending: Sending, standing: Standing, address: str) -> str:
    to = safe(address)
    match sending:
        case Sending.AGAIN:
            return f"Invitation queued again for {to}, the old link is dead"
        case Sending.REACTIVATED:
            return f"Invitation reactivated for {to} with a new link"
        case Sending.REPLACED:
            return f"The invitation to {safe(standing.address)} is removed, a new one queued for {to}"
        case Sending.NEW:
            return f"New invitation queued for {to}"
    return f"Invitation queued for {to}"


def _last(session: Session, clinic: Clinic, patient_id: int) -> InvitationRow:
    row = invitations.last_row(session, clinic.id, patient_id)
    assert row is not None, "what can be removed is there"
    return row


def give_way(session: Session, clinic: Clinic, act: Act, row: InvitationRow) -> dict[str, Any]:
    """Remove an invitation and its mail that waits; return what taking back puts there again."""
    former = invitations.keep(row)
    former["mail"] = outbox.withdraw(session, clinic.id, row.id)
    invitations.change(session, act, row, Change.REMOVE)
    return former


def _record(
    session: Session,
    clinic: Clinic,
    act: Act,
    patient_id: int,
    *,
    kind: str,
    sentence: str,
    before: Mapping[str, Any],
    undo: Mapping[str, Any],
    after: Mapping[str, Any] | None = None,
) -> None:
    former = undo["former"]
    left = None if former is None else invitations.trace(session.get_one(InvitationRow, former["id"]))
    ledger.record(
        session,
        clinic.id,
        act,
        kind=kind,
        subject_kind="patient",
        subject_id=patient_id,
        sentence=sentence,
        before=before,
        after=after,
        undo={"invitation": {**undo, "left": left}},
    )


def put_back(session: Session, clinic: Clinic, act: Act, steps: Mapping[str, Any]) -> None:
    """Take back a sending or a removal: what was made goes, what gave way stands again, its link alive.

    Raises `NothingToUndo` once the new mail has left, and `ChangedElsewhere` when a colleague was there since.
    """
    if (made := steps.get("made")) is not None:
        row = session.get_one(InvitationRow, made)
        _check_waits(session, clinic, row)
        outbox.withdraw(session, clinic.id, made)
        invitations.change(session, act, row, Change.REMOVE)
        row.is_last = False
        session.flush()
    if (former := steps["former"]) is not None:
        revive(session, clinic, act, former, steps["left"])


def revive(session: Session, clinic: Clinic, act: Act, former: Mapping[str, Any], left: Sequence[Any]) -> None:
    """Put back what gave way, with its mail. Raises `ChangedElsewhere` or `NothingToUndo`."""
    revived = invitations.restore(session, former, left)
    if InvitationState(revived.state) in LIVE and invitations.is_enrolled(session, revived.patient_id):
        raise ChangedElsewhere("The patient has been enrolled since; look in Patient Access (F4), list 2.")
    if former.get("mail"):
        outbox.put_back(session, clinic.id, revived.id, due=act.at)


def _check_waits(session: Session, clinic: Clinic, row: InvitationRow) -> None:
    """Refuse to take back an invitation that does not wait any more, whoever or whatever was there since."""
    state, to = InvitationState(row.state), safe(row.address)
    if not row.is_last or state not in REMOVABLE:
        raise ChangedElsewhere(f"That was changed since: it is {state.value} now; see Patient Access (F4).")
    if state is InvitationState.WITHHELD:
        raise NothingToUndo(f"The invitation to {to} was withheld and never left; nothing is to be taken back.")
    if state is not InvitationState.QUEUED or outbox.has_begun(session, clinic.id, row.id):
        raise NothingToUndo("The mail has left; Remove (x) in Patient Access (F4) makes its link dead.")
