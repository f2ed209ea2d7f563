"""The dates of a series' rule; the library that counts them out is loaded when a series is first asked for."""

from datetime import datetime

from ctfront.domain.appointments import Appointment, Place
from ctfront.domain.patients import PatientName
from ctfront.domain.providers import Provider, VisitPurpose
from ctfront.domain.series import SeriesPlan, Visit
from ctfront.domain.series_rule import Repeat, rule_of


def starts_of(rule: str) -> list[datetime]:
    """Return the planned starts in wall-clock time, first to last."""
    from dateutil.rrule import rrulestr

    return list(rrulestr(rule))


def starts_from(place: Place, repeat: Repeat, provider: Provider) -> list[datetime]:
    """Return the planned starts of a series from a place on."""
    return starts_of(_rule(place, repeat, provider))


def _rule(place: Place, repeat: Repeat, provider: Provider) -> str:
    return rule_of(repeat, place.day, place.start, {hours.weekday for hours in provider.hours if hours.spans})


def plan_series(
    patient: PatientName,
    purpose: VisitPurpose,
    provider: Provider,
    place: Place,
    repeat: Repeat,
    *,
    minutes: int | None = None,
    note: str = "",
    fold: int | None = None,
) -> SeriesPlan:
    """Return a series from a place on, at the same wall-clock time each."""
    rule = _rule(place, repeat, provider)
    return SeriesPlan(
        patient=patient,
        purpose=purpose,
        minutes=minutes or purpose.minutes,
        repeat=repeat,
        rule=rule,
        visits=tuple(
            Visit(
                ordinal=ordinal,
                place=Place(provider_id=place.provider_id, day=start.date(), start=start.time()),
                fold=fold,
            )
            for ordinal, start in enumerate(starts_of(rule), 1)
        ),
        note=note,
    )


def planned_place(visit: Appointment) -> Place | None:
    """Return where a visit of a series was first planned, with the provider it has; None without a series."""
    starts = starts_of(visit.series_rule) if visit.series_rule else []
    if visit.ordinal is None or not 1 <= visit.ordinal <= len(starts):
        return None
    start = starts[visit.ordinal - 1]
    return Place(provider_id=visit.provider_id, day=start.date(), start=start.time())
