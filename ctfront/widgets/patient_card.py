"""What Patient Information says of a patient, line by line."""

from collections.abc import Sequence
from datetime import date, tzinfo

from ctfront.domain.appointments import Appointment
from ctfront.domain.families import Relative
from ctfront.domain.patients import Channel, Consent, Patient
from ctfront.domain.text import Shown, safe
from ctfront.domain.times import age_on, show_date, show_day, show_time

MOST_RELATIVES = 4
"""Of a family, as many as are named."""


def card_lines(
    patient: Patient,
    *,
    today: date,
    zone: tzinfo,
    provider: str = "",
    no_shows: str = "",
    family: Sequence[Relative] = (),
) -> list[Shown]:
    """Return the lines above the appointments."""
    state = "" if patient.active else f"   INACTIVE {patient.inactive_reason}".rstrip()
    lines = [
        f"{patient.name}   b {show_day(patient.birth_date)} ({age_on(patient.birth_date, today)})"
        f"   #{patient.record_number}   {patient.sex.value}".rstrip()
        + state
    ]
    lines += [f"! {alert.text}" for alert in patient.alerts if alert.until is None or alert.until >= today]
    phones = "   ".join(f"{phone.number} {phone.kind}" for phone in patient.phones) or "no phone"
    lines.append(f"Phone     {phones}")
    lines.append(f"Email     {patient.email or 'none'}")
    lines += [_consent_line(patient, channel, zone) for channel in (Channel.EMAIL, Channel.TEXT)]
    lines += _family_lines(family, today)
    if no_shows:
        lines.append(f"Missed    {no_shows}")
    if patient.former_names:
        lines.append(f"Formerly  {', '.join(patient.former_names)}")
    if provider:
        lines.append(f"Provider  {provider}")
    if patient.note:
        lines.append(f"Note      {patient.note}")
    return [safe(line) for line in lines]


def _family_lines(family: Sequence[Relative], today: date) -> list[str]:
    lines = [
        f"{relative.patient.name}   b {show_day(relative.patient.birth_date)} "
        f"({age_on(relative.patient.birth_date, today)})   {relative.relation.word}"
        for relative in family[:MOST_RELATIVES]
    ]
    if (more := len(family) - MOST_RELATIVES) > 0:
        lines.append(f"and {more} more: l lists them")
    return [f"{'' if number else 'Family':<10}{line}" for number, line in enumerate(lines)]


def _consent_line(patient: Patient, channel: Channel, zone: tzinfo) -> str:
    label = "Emails    " if channel is Channel.EMAIL else "Texts     "
    consents = [consent for consent in patient.consents if consent.channel is channel]
    if not consents:
        return f"{label}no consent"
    return label + _consent_words(consents[-1], zone)


def _consent_words(consent: Consent, zone: tzinfo) -> str:
    if consent.ended_at is not None:
        how = consent.ended_how.value if consent.ended_how else ""
        return f"no: ended {show_day(consent.ended_at.astimezone(zone).date())} {how} by {consent.ended_by}"
    return f"yes: {show_day(consent.given_at.astimezone(zone).date())} {consent.how.value}, {consent.recorded_by}"


def appointment_line(appointment: Appointment, *, today: date) -> Shown:
    """Return one row of the patient's appointments."""
    when = "today" if appointment.day == today else ""
    return safe(
        f"{show_date(appointment.day):<16} {show_time(appointment.start):>5}  {appointment.purpose:<17.17} "
        f"{appointment.provider:<15.15} {appointment.status.word:<12} {when}".rstrip()
    )


def next_index(appointments: Sequence[Appointment], today: date) -> int:
    """Return where the cursor starts: the next live appointment, else the newest."""
    coming = [n for n, a in enumerate(appointments) if a.live and a.day >= today]
    return coming[-1] if coming else 0
