"""Where an appointment may stand, and the one place where status, place and seats change together."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ctfront.data import appointments, events, patients, seats
from ctfront.data.models import AppointmentRow, StatusChangeRow
from ctfront.domain.appointments import (
    LIVE,
    Appointment,
    Place,
    Status,
)
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import (
    InputRefused,
    OutsideHours,
    PatientBusy,
    PlaceHeld,
    ScheduleRefused,
    SlotTaken,
)
from ctfront.domain.providers import Provider
from ctfront.domain.schedule import Column
from ctfront.domain.staff import Act, Right
from ctfront.domain.text import safe
from ctfront.domain.times import STEP, Span, minute_of, show_date, show_time, utc_instant, wall_clock

_KEEP_STEP = insert(StatusChangeRow.__table__)


def today(clinic: Clinic, act: Act) -> date:
    """Return the act's date on the clinic's calendar."""
    return wall_clock(act.at, clinic.zone).date()


def check_place(
    session: Session,
    clinic: Clinic,
    act: Act,
    provider: Provider,
    place: Place,
    minutes: int,
    override: bool,
    fold: int | None,
    *,
    started: bool = False,
) -> tuple[datetime, bool]:
    """Return the UTC start of a place that may be booked, and whether it is outside hours.

    Raises what stands against it.
    """
    if not provider.active:
        raise InputRefused(f"{safe(provider.name)} is not active any more.", field="provider")
    if minute_of(place.start) % STEP or place.start.second or minutes % STEP:
        raise InputRefused(f"Starts and lengths are multiples of {STEP} minutes.", field="time")
    if not STEP <= minutes <= 12 * 60 or minute_of(place.start) + minutes > 24 * 60:
        raise InputRefused("A visit lasts 5 minutes to 12 hours and ends on its day.", field="minutes")
    starts_at = utc_instant(place.day, place.start, clinic.zone, fold=fold)
    if not started and starts_at + timedelta(minutes=clinic.slot_minutes) <= act.at:
        raise ScheduleRefused(f"{show_time(place.start)} on {show_date(place.day)} is past.")
    outside = _is_outside_hours(session, clinic, provider, place, minutes)
    if outside:
        if not override:
            raise OutsideHours(
                f"{safe(provider.name)} has no office hours for all of "
                f"{show_time(place.start)} and the next {minutes} minutes."
            )
        act.who.require(Right.OVERRIDE)
    return starts_at, outside


def turn_of(appointment: Appointment) -> int:
    """Return which of the two times it stands at where the clocks show its start twice: 0 the first, 1 the second."""
    second = utc_instant(appointment.day, appointment.start, appointment.zone, fold=1)
    return int(appointment.starts_at == second)


def _is_outside_hours(session: Session, clinic: Clinic, provider: Provider, place: Place, minutes: int) -> bool:
    """Tell whether a visit leaves the office hours or meets a break or an event."""
    hours = provider.hours_on(place.day)
    column = Column(
        provider=provider,
        day=place.day,
        hours=hours.spans,
        breaks=hours.breaks,
        events=events.load_events(session.connection(), clinic.id, provider.id, place.day),
    )
    first = minute_of(place.start)
    visit = Span(first, first + minutes)
    return not any(span.contains(visit) for span in column.bookable())


def check_purpose(provider: Provider, purpose_id: int) -> None:
    """Refuse a visit purpose that the provider does not offer."""
    if purpose_id not in provider.purpose_ids:
        raise InputRefused(f"{safe(provider.name)} does not offer that visit purpose.", field="purpose")


def settle(
    session: Session,
    clinic: Clinic,
    act: Act,
    row: AppointmentRow,
    provider: Provider | None,
    *,
    old: Status | None,
    stays: bool = False,
    overbook: bool = False,
    double: bool = False,
    reason: str = "",
    keep_step: bool = True,
) -> None:
    """Save the row, give it exactly the seats that its status and place want, and keep the step.

    `stays` tells that place and length are as they were: one that was live and is so still keeps its seats, also
    those beyond the cap that it once got leave for.
    """
    session.flush()
    status = Status(row.status)
    if not (stays and old in LIVE and status in LIVE):
        if old is not None:
            seats.free(session, [row.id])
        if status in LIVE and provider is not None and not stays:
            row.site_id = provider.hours_on(row.day).site_id or row.site_id
        if status in LIVE and provider is not None and row.day >= today(clinic, act):
            chosen = _choose_seats(session, clinic, act, fields_of(row), row.patient_id, provider, overbook, double)
            seats.take(session.connection(), chosen, appointment_id=row.id)
            overbooked = _are_beyond(chosen)
            if overbooked and not row.overbooked:
                act.who.require(Right.OVERBOOK)
            if overbooked != row.overbooked:
                row.overbooked = overbooked
                session.flush()
    if keep_step and status is not old:
        _keep_step(session, act, row.id, old, status, reason)


def settle_new(
    session: Session,
    clinic: Clinic,
    act: Act,
    fields: Mapping[str, Any],
    provider: Provider,
    *,
    status: Status = Status.SCHEDULED,
    overbook: bool = False,
    double: bool = False,
) -> int:
    """Insert an appointment with the seats that it wants and its first step, and return its id."""
    connection = session.connection()
    fields = {
        "clinic_id": clinic.id,
        "zone": clinic.zone,
        "status": status.value,
        "status_at": act.at,
        "cancel_reason": "",
        "asked_by": "",
        "batch_id": act.batch_id,
        "number": appointments.next_number(connection, clinic.id, fields["day"].isoformat()),
        **fields,
        **made_by(act),
    }
    if (site_id := provider.hours_on(fields["day"]).site_id) is not None:
        fields["site_id"] = site_id
    chosen: list[dict[str, Any]] = []
    if fields["day"] >= today(clinic, act):
        chosen = _choose_seats(session, clinic, act, fields, fields["patient_id"], provider, overbook, double)
    if overbooked := _are_beyond(chosen):
        act.who.require(Right.OVERBOOK)
    new_id = appointments.add(connection, {**fields, "overbooked": overbooked})
    if chosen:
        seats.take(connection, chosen, appointment_id=new_id)
    _keep_step(session, act, new_id, None, status, "")
    return new_id


def _keep_step(session: Session, act: Act, appointment_id: int, old: Status | None, new: Status, reason: str) -> None:
    step = {"appointment_id": appointment_id, "old": None if old is None else old.value, "new": new.value}
    session.connection().execute(_KEEP_STEP, {**step, "reason": reason, "op_id": act.op_id, **made_by(act)})


def _are_beyond(chosen: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether any of the seats lies beyond the provider's governor."""
    return any(seat["over_ok"] for seat in chosen if seat["kind"] == seats.PROVIDER)


def _choose_seats(
    session: Session,
    clinic: Clinic,
    act: Act,
    fields: Mapping[str, Any],
    patient_id: int,
    provider: Provider,
    overbook: bool,
    double: bool,
) -> list[dict[str, Any]]:
    """Return the seats that an appointment with these fields takes. Raises `PatientBusy` or `SlotTaken`."""
    slots = seats.slots_of(fields["starts_at"], fields["minutes"])
    start = time(fields["start_second"] // 3600, fields["start_second"] // 60 % 60)
    there = seats.load_taken(session.connection(), slots, patient_id=patient_id, provider_id=provider.id, now=act.at)
    try:
        of_patient = seats.choose(
            seats.PATIENT, patient_id, slots, there[seats.PATIENT], caps=[1] * len(slots), over=double
        )
    except seats.NoSeat as full:
        raise PatientBusy(
            f"{patients.load_name(session, clinic.id, patient_id).name} has another appointment at "
            f"{_clock(full.slot, clinic)} that day."
        ) from None
    taken = there[seats.PROVIDER]
    return [
        *of_patient,
        *choose_of_provider(session, clinic, provider, slots, fields["day"], start, taken, over=overbook),
    ]


def choose_of_provider(
    session: Session,
    clinic: Clinic,
    provider: Provider,
    slots: range,
    day: date,
    start: time,
    taken: Mapping[int, Collection[int]],
    *,
    over: bool = False,
) -> list[dict[str, Any]]:
    """Return the provider's seats for a visit from `start` of the day on.

    Raises `SlotTaken`; `PlaceHeld` where a form waits.
    """
    try:
        caps = caps_of(provider, day, minute_of(start), slots)
        return seats.choose(seats.PROVIDER, provider.id, slots, taken, caps=caps, over=over)
    except seats.NoSeat as full:
        at, held = _clock(full.slot, clinic), seats.holder_of(session.connection(), provider.id, full.slot)
        if held is not None:
            by, until = held
            raise PlaceHeld(
                f"{safe(provider.name)} at {at} is held by {safe(by)} until {_wall(until, clinic)}."
            ) from None
        later = "" if at == show_time(start) else f" (from {show_time(start)} on)"
        raise SlotTaken(f"{safe(provider.name)} is taken at {at}{later}.") from None


def caps_of(provider: Provider, day: date, minute: int, slots: range) -> list[int]:
    """Return the governor in each of the slots of a visit that starts at the minute of the day."""
    return provider.governors(day, range(minute, minute + len(slots) * STEP, STEP))


def _clock(slot: int, clinic: Clinic) -> str:
    return _wall(datetime.fromtimestamp(slot * STEP * 60, tz=UTC), clinic)


def _wall(instant: datetime, clinic: Clinic) -> str:
    return show_time(instant.astimezone(clinic.tz).time())


def place_fields(place: Place, minutes: int, starts_at: datetime) -> dict[str, Any]:
    """Return the columns that say where an appointment stands."""
    return {
        "provider_id": place.provider_id,
        "day": place.day,
        "start_second": minute_of(place.start) * 60,
        "minutes": minutes,
        "starts_at": starts_at,
    }


def made_by(act: Act) -> dict[str, Any]:
    """Return the columns that say who did it and when."""
    return {"by_kind": act.who.kind.value, "by_id": act.who.id, "by_name": act.who.name, "made_at": act.at}


UNDOABLE_FIELDS = (
    "provider_id", "day", "start_second", "minutes", "starts_at", "status", "status_at", "purpose_id", "note",
    "overbooked", "overridden", "cancel_reason", "asked_by", "replaced_by_id",
)  # fmt: skip
"""What an act may change and `u` puts back."""


def fields_of(row: AppointmentRow) -> dict[str, Any]:
    """Return what `u` would put back, with the version it is of."""
    return {name: getattr(row, name) for name in (*UNDOABLE_FIELDS, "version")}
