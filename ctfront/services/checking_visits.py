"""Appointments and seats compared: what `ctfront check` finds in them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import soundness
from ctfront.domain.clinic import Clinic
from ctfront.domain.providers import Provider
from ctfront.domain.soundness import (
    PATIENT,
    PROVIDER,
    Crowd,
    Taken,
    Visit,
    double_booked,
    in_two_places,
    parted,
    wrongly_seated,
)
from ctfront.domain.text import safe
from ctfront.domain.times import STEP
from ctfront.services.steps import Step

MOST = 5
"""Findings of a kind that are told one by one."""


def visit_findings(
    connection: Connection, clinic: Clinic, today: date, step: Step, *, full: bool
) -> tuple[list[str], list[str]]:
    """Return what is wrong with appointments and seats from yesterday on, or of all days; and what should be known."""
    problems: list[str] = []
    since = None if full else today - timedelta(days=1)
    providers = {p.id: p for p in clinics.load_providers(Session(connection), clinic.id, active_only=False)}
    tell, done = step("Comparing seats"), 0
    midnight = datetime.combine(today, time(), tzinfo=clinic.tz)
    total = soundness.count_visits(connection, clinic.id) if full else 0
    coming: list[Visit] = []
    on_purpose: set[int] = set()
    crowds: list[Crowd] = []
    unseated: list[Visit] = []
    shifted: list[tuple[Visit, str]] = []
    overbooked = 0
    for visits in soundness.visits_since(connection, clinic.id, since):
        taken = soundness.seats_of(connection, visits)
        seated = [visit for visit in visits if visit.day >= today or visit.id in taken]
        crowds += double_booked(seated, _allowance(providers, taken))
        unseated += wrongly_seated(visits, taken, today)
        shifted += parted(visit for visit in visits if visit.day >= today)
        overbooked += sum(visit.overbooked and visit.live and visit.day >= today for visit in visits)
        on_purpose |= {
            seat.visit_id for seats in taken.values() for seat in seats if seat.kind == PATIENT and seat.over_ok
        }
        coming += [visit for visit in visits if visit.day >= today]
        done += len(visits)
        tell(done, max(total, done))
    twice = list(in_two_places(coming, on_purpose))
    problems += _told(
        f"{safe(providers[c.visits[0].provider_id].name)} has {c.count} appointments at once where {c.cap} may be: "
        f"{_names(c.visits)}."
        for c in crowds
    )
    problems += _told(f"A patient is in {c.count} places at once: {_names(c.visits)}." for c in twice)
    problems += _told(f"Appointment {v.name} does not have the seats it wants." for v in unseated)
    problems += _told(
        f"Appointment {v.name} would now begin at {shown} by the clock: the rules of {v.zone} have changed. Move it to "
        "the time promised."
        for v, shown in shifted
    )
    if lost := soundness.seats_of_others(connection, clinic.id, midnight, today - timedelta(days=1)):
        problems.append(f"{counted(lost, 'seat')} from today on that no appointment of these days has.")
    return problems, [f"{counted(overbooked, 'coming appointment')} overbooked on purpose."] if overbooked else []


def _allowance(providers: dict[int, Provider], taken: Mapping[int, Sequence[Taken]]) -> Callable[[Visit, int], int]:
    """Tell how many appointments may be in the slot of a visit: by the hours, or as many as it relied on."""

    def allowed(visit: Visit, slot: int) -> int:
        minute = (slot - visit.slots.start) * STEP + visit.start_second // 60
        governor = providers[visit.provider_id].governors(visit.day, [minute])[0]
        relied_on = (s.cap for s in taken.get(visit.id, ()) if s.kind == PROVIDER and s.slot == slot)
        return max(governor, *relied_on, 0)

    return allowed


def _names(visits: tuple[Visit, ...]) -> str:
    return ", ".join(visit.name for visit in visits)


def _told(sentences: Iterable[str]) -> list[str]:
    """Return the first of the sentences, and how many more there are."""
    found = list(sentences)
    more = [f"… and {len(found) - MOST:,} more like that."] if len(found) > MOST else []
    return found[:MOST] + more


def counted(number: int, what: str) -> str:
    """Return `1 seat` or `2 seats`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
