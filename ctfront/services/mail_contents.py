"""What a mail says, at the moment when it leaves: consent and address are looked at again."""

import json
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy.orm import Session

from ctfront.data import appointments, invitations, mail_queue, mail_texts, online_rules
from ctfront.data import clinic as clinics
from ctfront.data.folding import fold_email
from ctfront.data.models import AppointmentRow, InvitationRow, OnlineLinkRow, OutboxRow
from ctfront.domain.appointments import LIVE, Appointment, Status
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import InvitationRefused, NotFound
from ctfront.domain.invitations import Sending, check_reach
from ctfront.domain.letters import INVITATION
from ctfront.domain.mails import InvitationMail
from ctfront.domain.online import say_time, say_zone
from ctfront.domain.online_mails import (
    IN_CALENDAR,
    LINK_KINDS,
    WORKS,
    AppointmentMail,
    CalendarEntry,
    LinkMail,
    MailKind,
)
from ctfront.domain.schedule import Start
from ctfront.domain.staff import Act
from ctfront.domain.text import safe
from ctfront.domain.times import show_date, time_of
from ctfront.mail.links import LinkKey, digest_of, invitation_link, opt_out_link, proof_link
from ctfront.services import online_openings
from ctfront.services.mail_claims import Rules
from ctfront.services.patient_mails import made_online


def mail_of(
    session: Session,
    clinic: Clinic,
    act: Act,
    rules: Rules,
    key: LinkKey,
    row: OutboxRow,
    invitation: InvitationRow | None,
) -> InvitationMail | AppointmentMail | LinkMail:
    """Return what a claimed mail says, the digest of its link written down; `invitation` is the one it brings.

    Raises `InvitationRefused` or `NotFound` when it must not leave any more.
    """
    mail_queue.keep_message_id(row, rules.domain)
    if invitation is not None:
        return _invitation_mail(session, clinic, act, rules, key, row, invitation)
    if MailKind(row.kind) in LINK_KINDS:
        return _link_mail(session, clinic, act, rules, key, row)
    return _appointment_mail(session, clinic, act, rules, key, row)


def _invitation_mail(
    session: Session,
    clinic: Clinic,
    act: Act,
    rules: Rules,
    key: LinkKey,
    row: OutboxRow,
    invitation: InvitationRow,
) -> InvitationMail:
    if not clinic.online:
        raise InvitationRefused("The clinic no longer takes part in Online Appointments.")
    access = invitations.load_access(session, clinic.id, invitation.patient_id, now=act.at, zone=clinic.tz)
    check_reach(access.reach, name=access.standing.name)
    if access.invitation is None or access.invitation.id != invitation.id or access.invitation.stale:
        raise InvitationRefused(f"The address on record is no longer {safe(invitation.address)}.")
    secret = key.secret(invitation.id, invitation.nonce)
    invitation.secret_digest = digest_of(secret)
    return InvitationMail(
        address=row.address,
        message_id=row.message_id,
        sending=Sending(row.kind),
        clinic=clinic.name,
        phone=clinics.load_site(session, clinic.id).phone,
        first_name=mail_queue.first_name(session, invitation.patient_id),
        works_days=rules.expires_after.days,
        date=act.at,
        link=invitation_link(rules.site, secret),
        opt_out_link=opt_out_link(rules.site, key.opt_out(invitation.id, invitation.nonce)),
        words=mail_texts.load_own(session, clinic.id, INVITATION),
    )


def _link_mail(session: Session, clinic: Clinic, act: Act, rules: Rules, key: LinkKey, row: OutboxRow) -> LinkMail:
    kind = MailKind(row.kind)
    link = session.get_one(OnlineLinkRow, row.link_id)
    if link.used_at is not None or link.expires_at <= act.at:
        raise InvitationRefused("The link that it brings works no longer.")
    secret = key.link_secret(link.id, link.nonce)
    link.secret_digest = digest_of(secret)
    return LinkMail(
        address=row.address,
        message_id=row.message_id,
        kind=kind,
        clinic=clinic.name,
        phone=clinics.load_site(session, clinic.id).phone,
        date=act.at,
        works_hours=int(WORKS[kind] / timedelta(hours=1)),
        link=proof_link(rules.site, kind.value, secret),
        words=mail_texts.load_own(session, clinic.id, kind),
    )


def _appointment_mail(
    session: Session, clinic: Clinic, act: Act, rules: Rules, key: LinkKey, row: OutboxRow
) -> AppointmentMail:
    assert row.patient_id is not None, "these kinds are about a patient"
    kind, site = MailKind(row.kind), clinics.load_site(session, clinic.id)
    access = invitations.load_access(session, clinic.id, row.patient_id, now=act.at, zone=clinic.tz)
    if fold_email(check_reach(access.reach, name=access.standing.name)) != fold_email(row.address):
        raise InvitationRefused("The address on record is another one now.")
    about = _what(session, clinic, row)
    return AppointmentMail(
        address=row.address,
        message_id=row.message_id,
        kind=kind,
        clinic=clinic.name,
        phone=site.phone,
        place=site.address,
        first_name=mail_queue.first_name(session, row.patient_id),
        day=show_date(about.day),
        clock=say_time(time_of(about.minute), clinic),
        zone=say_zone(clinic),
        purpose=about.purpose,
        provider=about.provider,
        date=act.at,
        site=rules.site,
        next_times=_next_times(session, clinic, about, act.at) if kind in _OFFERING else (),
        entry=_entry(session, clinic, row, about, rules.domain) if kind in IN_CALENDAR else None,
        opt_out_link=opt_out_link(rules.site, key.opt_out_of_mail(row.id, row.message_id)),
        words=mail_texts.load_own(session, clinic.id, kind),
    )


_OFFERING = frozenset({MailKind.DECLINED, MailKind.NOT_BOOKED})


class _About:
    """What a mail is about: an appointment, or a place that was lost."""

    def __init__(self, start: Start, purpose_id: int, purpose: str, appointment: Appointment | None) -> None:
        self.day, self.minute = start.day, start.minute
        self.provider_id, self.provider = start.provider_id, start.provider
        self.purpose_id, self.purpose = purpose_id, purpose
        self.appointment = appointment


def _what(session: Session, clinic: Clinic, row: OutboxRow) -> _About:
    """Return what a mail is about. Raises `NotFound`."""
    if row.appointment_id is not None:
        it = _even_deleted(session, clinic, row.appointment_id)
        minute = it.start.hour * 60 + it.start.minute
        start = Start(
            provider_id=it.provider_id, provider=it.provider, day=it.day, minute=minute, minutes_free=it.minutes
        )
        return _About(start, it.purpose_id, it.purpose, it)
    details = json.loads(row.details)
    book = online_rules.load_book(session, clinic.id)
    purpose = book.purpose(details["purpose"])
    who = [one for one in book.providers if one.provider.id == details["provider"]]
    if purpose is None or not who:
        raise NotFound("What it is about is not offered any more.")
    day = datetime.fromisoformat(details["day"]).date()
    provider = who[0].provider
    start = Start(provider_id=provider.id, provider=provider.name, day=day, minute=details["minute"], minutes_free=0)
    return _About(start, purpose.id, purpose.name, None)


def _even_deleted(session: Session, clinic: Clinic, appointment_id: int) -> Appointment:
    return appointments.load_appointment(session, clinic.id, appointment_id, even_deleted=True)


def _next_times(session: Session, clinic: Clinic, about: _About, now: datetime) -> tuple[str, ...]:
    found = online_openings.load_next(session, clinic, about.purpose_id, about.provider_id, now=now)
    return tuple(
        f"{show_date(start.day)}, {say_time(time_of(start.minute), clinic)}, {start.provider}" for start in found
    )


def _entry(session: Session, clinic: Clinic, row: OutboxRow, about: _About, domain: str) -> CalendarEntry | None:
    """Return the appointment as calendars take it; its name stays, however often it is moved."""
    it = about.appointment
    root = made_online(session, row.appointment_id) if row.appointment_id is not None else None
    if it is None or root is None:
        return None
    name = uuid5(NAMESPACE_OID, f"appointment {clinic.id} {root.id} {_stamp(root)}")
    return CalendarEntry(
        uid=f"{name}@{domain}",
        sequence=max(0, int((row.made_at - root.made_at).total_seconds())),
        starts_at=it.starts_at,
        ends_at=it.starts_at + timedelta(minutes=it.minutes),
        place=clinics.load_site(session, clinic.id).address,
        is_cancelled=it.status not in LIVE or it.status is Status.REQUESTED,
        stamp=row.made_at,
    )


def _stamp(root: AppointmentRow) -> int:
    return round(root.made_at.timestamp() * 1000)
