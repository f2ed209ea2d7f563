"""Opting out by the link in a mail: no more emails for that patient, and for others at that address who wish so."""

import hmac
from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from ctfront.data import ledger, profiles
from ctfront.data.folding import fold_email
from ctfront.data.models import ConsentRow, InvitationRow, OutboxRow, PatientRow
from ctfront.data.patients import is_of_clinic
from ctfront.domain.clinic import Clinic
from ctfront.domain.patients import Channel, ConsentHow
from ctfront.domain.profile import profile_of
from ctfront.domain.staff import Act
from ctfront.mail.links import LinkKey
from ctfront.services.front import Front

MOST_DIGITS = 12
"""Of the number in a link; more is none of ours."""


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody who gets mail at the address of a link."""

    patient_id: int
    first_name: str
    is_named: bool
    """Whether the mail was about this patient."""


class OptingOut:
    """What can be done with the opt-out link of a mail."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def recipients(self, token: str) -> tuple[Recipient, ...]:
        """Return who gets mail at the link's address, the named one first; nobody for a link that is not ours."""
        async with self._front.database.reading() as session:
            return await session.run_sync(_recipients, self._front.clinic_id, self._front.key, token)

    async def opt_out(self, token: str, others: Collection[int], *, named: bool = True, origin: str) -> int:
        """End the consent to emails of the named patient and of chosen others; return how many are known."""
        act = self._front.act(origin=origin)
        return await self._front.write(opt_out, act, self._front.key, token, others, named=named)


def opt_out(
    session: Session, clinic: Clinic, act: Act, key: LinkKey, token: str, others: Collection[int], *, named: bool
) -> int:
    """End the consent to emails in the caller's transaction; return how many are known."""
    found = _recipients(session, clinic.id, key, token)
    for count, who in enumerate(found):
        if named if who.is_named else who.patient_id in others:
            one = replace(act, op_id=f"{act.op_id[:30]}-{count}")
            _end_consent(session, clinic, one, who.patient_id)
    return len(found)


def _recipients(session: Session, clinic_id: int, key: LinkKey, token: str) -> tuple[Recipient, ...]:
    found = _named(session, clinic_id, key, token)
    if found is None:
        return ()
    patient_id, folded = found
    p = PatientRow
    same = select(p.id, p.first_name).where(p.clinic_id == clinic_id, p.folded_email == folded, p.erased_at.is_(None))
    consenting = select(ConsentRow.patient_id).where(
        ConsentRow.channel == Channel.EMAIL.value, ConsentRow.ended_at.is_(None)
    )
    others = session.execute(same.where(p.id != patient_id, p.id.in_(consenting)).order_by(p.id)).all()
    name = session.execute(select(p.first_name).where(p.id == patient_id)).scalar_one()
    return (
        Recipient(patient_id=patient_id, first_name=name, is_named=True),
        *(Recipient(patient_id=row.id, first_name=row.first_name, is_named=False) for row in others),
    )


def _named(session: Session, clinic_id: int, key: LinkKey, token: str) -> tuple[int, str] | None:
    """Return the patient and the compared address of the mail with that link; None when it is not ours."""
    number, _, _ = token.partition(".")
    of_mail, number = number.startswith("m"), number.removeprefix("m")
    if not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
        return None
    row: OutboxRow | InvitationRow | None
    row = session.get(OutboxRow, int(number)) if of_mail else session.get(InvitationRow, int(number))
    if row is None or row.clinic_id != clinic_id or row.patient_id is None:
        return None
    if isinstance(row, OutboxRow):
        right, address = key.opt_out_of_mail(row.id, row.message_id), fold_email(row.address)
    else:
        right, address = key.opt_out(row.id, row.nonce), row.folded_address
    if not hmac.compare_digest(right.encode(), token.encode()):
        return None
    known = select(PatientRow.id).where(is_of_clinic(clinic_id), PatientRow.id == row.patient_id)
    if session.execute(known.where(PatientRow.erased_at.is_(None))).first() is None:
        return None
    return row.patient_id, address


def _end_consent(session: Session, clinic: Clinic, act: Act, patient_id: int) -> None:
    row = profiles.lock(session, clinic.id, patient_id)
    patient = profiles.load(session, row)
    if not patient.consents_to(Channel.EMAIL):
        return
    was = profile_of(patient)
    draft = replace(was, consent=was.consent - {Channel.EMAIL}, consent_how=ConsentHow.ONLINE)
    profiles.write(session, act, row, draft, ["consent"])
    ledger.record(
        session,
        clinic.id,
        act,
        kind="opt_out",
        subject_kind="patient",
        subject_id=patient_id,
        sentence=f"{patient.name} opted out of emails.",
        before={"consent": sorted(was.consent)},
        after={"consent": sorted(draft.consent)},
    )
