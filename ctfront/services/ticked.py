"""Acts on several ticked appointments at once: all or nothing, one record, one undo."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from ctfront.data import ledger, patients
from ctfront.data.models import ActRow, AppointmentRow
from ctfront.domain.appointments import Asker, Status
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ChangedElsewhere, NotFound, ScheduleRefused
from ctfront.domain.staff import Act, Right
from ctfront.services import booking
from ctfront.services.recording import Step, record_steps, where


def cancel(
    session: Session, clinic: Clinic, act: Act, versions: Mapping[int, int], *, reason: str, asked_by: Asker
) -> str:
    """Cancel all of them with one reason and return the sentence that says how many.

    `versions` has the version of each appointment that the clerk saw, by its id. Raises the first refusal, with the
    patient's name; then nothing is done.
    """
    if ledger.repeated(session, act):
        return session.get_one(ActRow, act.op_id).sentence
    act.who.require(Right.BOOK)

    def step(appointment_id: int, version: int) -> Step:
        return booking.cancel_step(
            session, clinic, act, appointment_id, version=version, reason=reason, asked_by=asked_by
        )

    steps = _each(session, clinic, versions, step)
    sentence = f"Cancelled {_told(steps)}."
    record_steps(session, clinic, act, "cancel", steps, sentence)
    return sentence


def mark(session: Session, clinic: Clinic, act: Act, versions: Mapping[int, int], to: Status) -> str:
    """Give all of them the status and return the sentence that says how many; see `cancel`."""
    if ledger.repeated(session, act):
        return session.get_one(ActRow, act.op_id).sentence
    act.who.require(Right.BOOK)

    def step(appointment_id: int, version: int) -> Step:
        return booking.mark_step(session, clinic, act, appointment_id, to, version=version)

    steps = _each(session, clinic, versions, step)
    one = len(steps) == 1
    sentence = f"{steps[0][0].patient.name} {to.told}." if one else f"{len(steps)} appointments {to.told_of_many}."
    record_steps(session, clinic, act, "mark", steps, sentence)
    return sentence


def _each(
    session: Session, clinic: Clinic, versions: Mapping[int, int], step: Callable[[int, int], Step]
) -> list[Step]:
    """Do a step for each, and return them so that `u` puts those within the governor back before those beyond it."""
    steps = []
    for appointment_id, version in versions.items():
        try:
            steps.append(step(appointment_id, version))
        except (ChangedElsewhere, NotFound) as refusal:
            name = _name(session, clinic, appointment_id)
            raise ChangedElsewhere(f"A colleague has changed {name} since; nothing is done.") from refusal
        except ScheduleRefused as refusal:
            name = _name(session, clinic, appointment_id)
            said = str(refusal) if str(refusal).startswith(name) else f"{name}: {refusal}"
            raise type(refusal)(f"Nothing is done: {said}") from None
    return sorted(steps, key=lambda it: bool(it[1] and it[1]["overbooked"]))


def _name(session: Session, clinic: Clinic, appointment_id: int) -> str:
    row = session.get(AppointmentRow, appointment_id)
    if row is None or row.clinic_id != clinic.id:
        return "one of them"
    return patients.load_name(session, clinic.id, row.patient_id).name


def _told(steps: list[Step]) -> str:
    return where(steps[0][0]) if len(steps) == 1 else f"{len(steps)} appointments"
