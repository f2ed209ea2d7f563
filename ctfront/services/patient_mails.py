"""What patients who booked online are told: queued in the act's own transaction, taken back with it."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from ctfront.data import appointments, invitations, outbox
from ctfront.data.models import AppointmentRow
from ctfront.domain.appointments import LIVE, Appointment, Origin, Place, Status
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import InvitationRefused, NotFound
from ctfront.domain.invitations import Source, check_reach
from ctfront.domain.online_mails import MailKind, mail_after
from ctfront.domain.staff import Act, ActorKind
from ctfront.domain.times import time_of, wall_clock

HOLD = timedelta(seconds=30)
"""How long such a mail waits, so that `u` can take it back with the act."""

Step = tuple[Appointment, Mapping[str, Any] | None]


def tell(
    session: Session,
    clinic: Clinic,
    act: Act,
    kind: MailKind,
    patient_id: int,
    *,
    appointment_id: int | None = None,
    details: Mapping[str, int | str] | None = None,
    due: datetime,
) -> int | None:
    """Queue a mail about a patient, who has an address and consents to it; None when nothing may be written."""
    access = invitations.load_access(session, clinic.id, patient_id, now=act.at, zone=clinic.tz)
    try:
        address = check_reach(access.reach)
    except InvitationRefused:
        return None
    return outbox.add(
        session,
        clinic.id,
        act,
        kind=kind.value,
        address=address,
        source=Source.SITE if act.who.kind is ActorKind.ENROLLMENT else Source.SCHEDULE,
        due=due,
        patient_id=patient_id,
        appointment_id=appointment_id,
        details=json.dumps(details) if details else "",
    )


def made_online(session: Session, appointment_id: int) -> AppointmentRow | None:
    """Return the appointment that the patient made and that this one is, or was rescheduled from; else None."""
    row = session.get(AppointmentRow, appointment_id)
    while row is not None and row.origin != Origin.ONLINE.value:
        before = session.get(AppointmentRow, row.replaces_id) if row.replaces_id is not None else None
        if before is None or before.patient_id != row.patient_id or before.status != Status.RESCHEDULED.value:
            return None
        row = before
    return row


def tell_of(session: Session, clinic: Clinic, act: Act, steps: Iterable[Step]) -> tuple[list[int], list[int]]:
    """Tell the patients who booked online what the desk has changed; return the mails withdrawn for it, and queued."""
    withdrawn: list[int] = []
    queued: list[int] = []
    if act.who.kind is not ActorKind.STAFF:
        return withdrawn, queued
    for appointment, before in steps:
        if not (appointment.online or appointment.replaces_id is not None):
            continue
        kind = _kind_of(session, clinic, act, appointment, before)
        if kind is None:
            continue
        about = [appointment.id, *([appointment.replaces_id] if appointment.replaces_id is not None else [])]
        for appointment_id in about:
            withdrawn += outbox.withdraw_about(session, clinic.id, appointment_id)
        due = act.at + HOLD
        mail = tell(session, clinic, act, kind, appointment.patient.id, appointment_id=appointment.id, due=due)
        queued += [mail] if mail is not None else []
    return withdrawn, queued


def _kind_of(
    session: Session, clinic: Clinic, act: Act, appointment: Appointment, before: Mapping[str, Any] | None
) -> MailKind | None:
    is_over = appointment.day < wall_clock(act.at, clinic.zone).date()
    if before is None:
        stands = not is_over and appointment.live and appointment.status is not Status.REQUESTED
        return MailKind.MOVED if stands and made_online(session, appointment.id) is not None else None
    place = Place(provider_id=before["provider_id"], day=before["day"], start=time_of(before["start_second"] // 60))
    kind = mail_after(
        appointment, was=Status(before["status"]), was_place=place, was_minutes=before["minutes"], is_over=is_over
    )
    return kind if kind is not None and made_online(session, appointment.id) is not None else None


def correct(session: Session, clinic: Clinic, act: Act, queued: list[int], touched: Iterable[int]) -> None:
    """Take back the mails of an act that is taken back; where one has left, tell how things stand now."""
    if len(outbox.withdraw_mails(session, clinic.id, queued)) == len(queued):
        return
    for appointment_id in touched:
        root = made_online(session, appointment_id)
        if root is None:
            continue
        try:
            now = appointments.load_appointment(session, clinic.id, appointment_id)
        except NotFound:  # what the act had made is gone with it
            continue
        kind = MailKind.PENDING if now.status is Status.REQUESTED else MailKind.MOVED
        kind = kind if now.status in LIVE else MailKind.CANCELLED
        tell(session, clinic, act, kind, now.patient.id, appointment_id=appointment_id, due=act.at + HOLD)
