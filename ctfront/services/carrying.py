"""Several appointments carried to another column or day, each at its own time: what fits is moved by one act."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from ctfront.data import appointments, ledger
from ctfront.data import clinic as clinics
from ctfront.data.models import ActRow, AppointmentRow
from ctfront.domain.appointments import Appointment, Asker, Place
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ChangedElsewhere, InputRefused, NotFound, ScheduleRefused
from ctfront.domain.providers import Provider
from ctfront.domain.staff import Act, Right
from ctfront.domain.text import safe
from ctfront.domain.times import RepeatedTime, show_date
from ctfront.services import booking, placing
from ctfront.services.recording import Step, record_steps, where


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What came of carrying several."""

    sentence: str
    """What was done."""
    moved: tuple[Appointment, ...]
    """As they stand now, by time."""
    stayed: Mapping[int, str]
    """Why, by the id of each that is where it was, by time."""


def carry(
    session: Session,
    clinic: Clinic,
    act: Act,
    versions: Mapping[int, int],
    provider_id: int,
    day: date,
    *,
    asked_by: Asker,
    reason: str,
) -> Carried:
    """Move all that fit into one column of one day, each at its own time, and tell why the others stay.

    `versions` has the version of each that the clerk saw, by its id. On another day they are rescheduled, for the
    reason given. Nothing is overbooked or put outside hours.
    """
    if ledger.repeated(session, act):
        return _answered(session, clinic, act, versions)
    act.who.require(Right.BOOK)
    provider = clinics.load_provider(session, clinic.id, provider_id)
    carry_one = partial(_carry_one, session, clinic, act, provider.id, day, asked_by=asked_by, reason=reason)
    done: list[list[Step]] = []
    stayed: dict[int, str] = {}
    # One after the other, by time: none leaves the column that all of them go to, so none waits for the place of
    # another, and of two at one time the one that comes first has it. The rows are held on to, since the session
    # reads one anew that nobody holds.
    rows = _by_time(session, clinic, versions)
    for appointment_id in [*rows, *(versions.keys() - rows.keys())]:
        try:
            with session.begin_nested():  # a refusal leaves this one as it was, and keeps those moved before
                done.append(carry_one(appointment_id, versions[appointment_id]))
        except RepeatedTime:
            stayed[appointment_id] = "The clocks show that time twice that day; m without ticks asks which."
        except (ScheduleRefused, InputRefused, ChangedElsewhere, NotFound) as refusal:
            stayed[appointment_id] = str(refusal)
    moved = tuple(steps[0][0] for steps in done)
    rescheduled = any(len(steps) > 1 for steps in done)
    sentence = _told(moved, provider, day, rescheduled=rescheduled)
    if done:
        # Put back in this order, those within the governor have their seats before those beyond it.
        steps = sorted((it for of_one in done for it in of_one), key=lambda it: bool(it[1] and it[1]["overbooked"]))
        record_steps(session, clinic, act, "reschedule" if rescheduled else "move", steps, sentence)
    return Carried(sentence=sentence, moved=moved, stayed=stayed)


def _by_time(session: Session, clinic: Clinic, ids: Iterable[int]) -> dict[int, AppointmentRow]:
    """Return the rows that are there, by their ids, in the order of start and day number."""
    rows = session.scalars(
        select(AppointmentRow)
        .where(AppointmentRow.clinic_id == clinic.id, AppointmentRow.id.in_(list(ids)))
        .order_by(AppointmentRow.day, AppointmentRow.start_second, AppointmentRow.number)
    )
    return {row.id: row for row in rows}


def _carry_one(
    session: Session,
    clinic: Clinic,
    act: Act,
    provider_id: int,
    day: date,
    appointment_id: int,
    version: int,
    *,
    asked_by: Asker,
    reason: str,
) -> list[Step]:
    """Move or reschedule one at its own time; the first step is of where it stands now."""
    appointments.row_to_change(session, clinic.id, appointment_id, version)
    was = appointments.load_appointment(session, clinic.id, appointment_id)
    place = Place(provider_id=provider_id, day=day, start=was.start)
    if place == was.place:
        raise ScheduleRefused(f"{was.patient.name} stands there already.")
    if day != was.day:
        steps = booking.reschedule_steps(
            session, clinic, act, was.id, place, version=version, asked_by=asked_by, reason=reason
        )
        return list(steps)
    return [booking.move_step(session, clinic, act, was.id, place, version=version, fold=placing.turn_of(was))]


def _told(moved: Sequence[Appointment], provider: Provider, day: date, *, rescheduled: bool) -> str:
    if not moved:
        return "None is moved."
    verb = "Rescheduled" if rescheduled else "Moved"
    if len(moved) == 1:
        return f"{verb} {where(moved[0])}{f' on {show_date(day)}' if rescheduled else ''}."
    to = f"{show_date(day)} with {safe(provider.name)}" if rescheduled else safe(provider.name)
    return f"{verb} {len(moved)} appointments to {to}."


def _answered(session: Session, clinic: Clinic, act: Act, versions: Mapping[int, int]) -> Carried:
    """Return what the same act came to when it was done; why the others stayed is not kept."""
    done = session.get_one(ActRow, act.op_id)
    steps = json.loads(done.undo or "{}").get("steps", ())
    # The old place of a rescheduled one is a step too; where it went is a step of what the act made.
    made = any(step["before"] is None for step in steps)
    now = [
        appointments.load_appointment(session, clinic.id, step["id"])
        for step in steps
        if not made or step["before"] is None
    ]
    touched = {step["id"] for step in steps}
    stayed = {it: "It is where it was; m tries again." for it in versions if it not in touched}
    return Carried(sentence=done.sentence, moved=tuple(sorted(now, key=lambda a: (a.start, a.number))), stayed=stayed)
