"""One act on several visits of a series: each that can take the change does, each other one stays and says why."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from ctfront.data import appointments, ledger
from ctfront.data import clinic as clinics
from ctfront.domain.appointments import Appointment, Asker, Place, Status, check_place_may_change
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ChangedElsewhere, InputRefused, ScheduleRefused
from ctfront.domain.series import Edit, SeriesChanged, Shift
from ctfront.domain.staff import Act, Right
from ctfront.domain.times import show_date, show_weekday
from ctfront.services import booking, placing
from ctfront.services.recording import Step, record_steps, where
from ctfront.services.series_rules import planned_place

Change = Callable[[int, int], Sequence[Step]]
"""Changes the appointment with that id and version and returns the steps."""


def move(
    session: Session,
    clinic: Clinic,
    act: Act,
    versions: Mapping[int, int],
    shift: Shift,
    *,
    asked_by: Asker = Asker.PATIENT,
    reason: str = "",
) -> SeriesChanged:
    """Move each by the same days, to the same time and provider; `versions` has them by id, first to last.

    Raises `ScheduleRefused` when none can go there; then nothing is done.
    """
    if ledger.repeated(session, act):
        return _done_before(session, clinic, versions)
    act.who.require(Right.BOOK)

    def change(appointment_id: int, version: int) -> Sequence[Step]:
        was = appointments.load_appointment(session, clinic.id, appointment_id)
        place = shift.place_of(was)
        if place == was.place:
            return []
        if place.day == was.day:
            return [booking.move_step(session, clinic, act, appointment_id, place, version=version)]
        return booking.reschedule_steps(
            session, clinic, act, appointment_id, place, version=version, asked_by=asked_by, reason=reason
        )

    # Each makes room for the one behind it: a week on, the last goes first.
    order = list(versions.items())[:: -1 if shift.days > 0 else 1]
    steps, stayed = _each(session, clinic, order, change)
    return _record(session, clinic, act, "reschedule" if shift.days else "move", "Moved", steps, stayed)


def edit(session: Session, clinic: Clinic, act: Act, versions: Mapping[int, int], what: Edit) -> SeriesChanged:
    """Give each what was changed of purpose, length and note. Raises `ScheduleRefused` when none takes it."""
    if ledger.repeated(session, act):
        return _done_before(session, clinic, versions)
    act.who.require(Right.BOOK)

    def change(appointment_id: int, version: int) -> Sequence[Step]:
        was = appointments.load_appointment(session, clinic.id, appointment_id)
        step = booking.edit_step(
            session,
            clinic,
            act,
            appointment_id,
            version=version,
            purpose_id=was.purpose_id if what.purpose_id is None else what.purpose_id,
            minutes=was.minutes if what.minutes is None else what.minutes,
            note=was.note if what.note is None else what.note,
        )
        return [step]

    steps, stayed = _each(session, clinic, list(versions.items()), change)
    return _record(session, clinic, act, "edit", "Saved", steps, stayed)


def _each(
    session: Session, clinic: Clinic, order: Sequence[tuple[int, int]], change: Change
) -> tuple[list[Step], list[tuple[Appointment, str]]]:
    """Do the change to each on its own; one that refuses is left as it was."""
    steps, stayed = list[Step](), list[tuple[Appointment, str]]()
    for appointment_id, version in order:
        try:
            with session.begin_nested():
                steps += change(appointment_id, version)
        except (ScheduleRefused, InputRefused, ChangedElsewhere) as refusal:
            stayed.append((appointments.load_appointment(session, clinic.id, appointment_id), str(refusal)))
    return steps, stayed


def _record(
    session: Session,
    clinic: Clinic,
    act: Act,
    kind: str,
    verb: str,
    steps: list[Step],
    stayed: list[tuple[Appointment, str]],
) -> SeriesChanged:
    """Write the act; `u` takes what was made away before it puts back what stood there."""
    if not steps:
        raise ScheduleRefused(f"Nothing is done: {stayed[0][1]}")
    steps.sort(key=lambda step: step[1] is not None)
    changed = sorted((it for it, _ in steps if it.status is not Status.RESCHEDULED), key=lambda it: it.starts_at)
    first, last = changed[0], changed[-1]
    days = f"{show_weekday(first.day)} to {show_weekday(last.day)}"
    sentence = f"{verb} {len(changed)} for {first.patient.name}, {days}."
    record_steps(session, clinic, act, kind, steps, sentence)
    stayed.sort(key=lambda it: it[0].starts_at)
    return SeriesChanged(sentence=sentence, changed=tuple(changed), stayed=tuple(stayed))


def _done_before(session: Session, clinic: Clinic, versions: Mapping[int, int]) -> SeriesChanged:
    """Answer a retry with what is there now."""
    there = [appointments.load_appointment(session, clinic.id, one) for one in versions]
    return SeriesChanged(sentence="Done before.", changed=tuple(there))


def put_back(session: Session, clinic: Clinic, act: Act, appointment_id: int, *, version: int) -> Appointment:
    """Put a visit of a series that was moved or cancelled back where it was first planned.

    Raises `ScheduleRefused` when it stands there, or when something else does.
    """
    if earlier := ledger.repeated(session, act):
        return appointments.load_appointment(session, clinic.id, earlier.subject_id or 0)
    act.who.require(Right.BOOK)
    row = appointments.row_to_change(session, clinic.id, appointment_id, version)
    was = appointments.load_appointment(session, clinic.id, appointment_id)
    place = planned_place(was)
    if place is None or was.status is Status.RESCHEDULED:
        raise ScheduleRefused("Only a visit of a series that was moved or cancelled can be put back.")
    if was.status is not Status.CANCELLED:
        check_place_may_change(was, placing.today(clinic, act))
        steps = _moved_back(session, clinic, act, was, place)
    else:
        provider = clinics.load_provider(session, clinic.id, row.provider_id)
        starts_at, outside = placing.check_place(session, clinic, act, provider, place, was.minutes, False, None)
        before = placing.fields_of(row)
        for name, value in placing.place_fields(place, was.minutes, starts_at).items():
            setattr(row, name, value)
        row.status, row.status_at, row.cancel_reason, row.asked_by = Status.SCHEDULED.value, act.at, "", ""
        row.overbooked, row.overridden = False, outside
        placing.settle(session, clinic, act, row, provider, old=was.status)
        steps = [(appointments.load_appointment(session, clinic.id, row.id), before)]
    back = steps[0][0]
    record_steps(session, clinic, act, "put_back", steps, f"Put back {where(back)} on {show_date(back.day)}.")
    return back


def _moved_back(session: Session, clinic: Clinic, act: Act, was: Appointment, place: Place) -> list[Step]:
    if place == was.place:
        raise ScheduleRefused("It stands where it was planned.")
    if place.day == was.day:
        return [booking.move_step(session, clinic, act, was.id, place, version=was.version)]
    steps = booking.reschedule_steps(
        session, clinic, act, was.id, place, version=was.version, asked_by=Asker.PATIENT, reason="back as planned"
    )
    return list(steps)
