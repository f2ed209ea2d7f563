"""How an act on appointments is told and written down, with what `u` puts back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from ctfront.data import ledger
from ctfront.domain.appointments import Appointment, Origin
from ctfront.domain.clinic import Clinic
from ctfront.domain.staff import Act
from ctfront.domain.text import safe
from ctfront.domain.times import show_time
from ctfront.services import patient_mails

Step = tuple[Appointment, Mapping[str, Any] | None]
"""An appointment as an act left it, and its fields before; None when the act made it."""


def told(booked: Appointment) -> str:
    """Return the sentence that says what was booked."""
    walked_in = booked.origin is Origin.WALK_IN
    return f"Walked in: {where(booked)}." if walked_in else f"Booked {where(booked)}."


def where(appointment: Appointment) -> str:
    """Return `RUIZ, Ana for 8:00 with Dr Alvarez`."""
    return f"{appointment.patient.name} for {show_time(appointment.start)} with {safe(appointment.provider)}"


def record_steps(
    session: Session,
    clinic: Clinic,
    act: Act,
    kind: str,
    steps: Iterable[Step],
    sentence: str,
    *,
    version: int | None = None,
    mails: Sequence[int] = (),
    also: Mapping[str, Any] | None = None,
) -> None:
    """Write the act; each step is an appointment as it is now and its fields before, None when it was made.

    `mails` are those that the act withdrew; `also` is what else `u` puts back. Patients who booked online are told.
    """
    steps = list(steps)
    first = steps[0][0]
    withdrawn, told_by = patient_mails.tell_of(session, clinic, act, steps)
    withdrawn = [*mails, *withdrawn]
    days = {appointment.day for appointment, _ in steps} | {before["day"] for _, before in steps if before}
    ledger.record(
        session,
        clinic.id,
        act,
        kind=kind,
        subject_kind="appointment",
        subject_id=first.id,
        sentence=sentence,
        before={str(appointment.id): before for appointment, before in steps},
        after={str(appointment.id): _shown(appointment) for appointment, _ in steps},
        undo={
            "steps": [
                {
                    "id": appointment.id,
                    "version": version or appointment.version,
                    "was": before["version"] if before else 0,
                    "before": before,
                }
                for appointment, before in steps
            ],
            **({"mails": withdrawn} if withdrawn else {}),
            **({"told": told_by} if told_by else {}),
            **(also or {}),
        },
        days=days,
    )


def _shown(appointment: Appointment) -> dict[str, Any]:
    return {
        "provider": appointment.provider_id,
        "patient": appointment.patient.id,
        "day": appointment.day,
        "start": appointment.start.isoformat(),
        "minutes": appointment.minutes,
        "purpose": appointment.purpose_id,
        "status": appointment.status.value,
        "note": appointment.note,
        "reason": appointment.cancel_reason,
    }
