"""Series as rows, and what their dates are checked against."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from ctfront.data.appointments import APPOINTMENT, appointment_of, select_appointments
from ctfront.data.database import Reader, Writer
from ctfront.data.models import SeriesRow
from ctfront.domain.appointments import LIVE, Appointment
from ctfront.domain.times import DAY, Span

_SERIES = SeriesRow.__table__
_LIVE = [status.value for status in LIVE]


def add_series(writer: Writer, clinic_id: int, patient_id: int, rule: str, made_by: Mapping[str, Any]) -> int:
    """Insert a series and return its id."""
    fields = {"clinic_id": clinic_id, "patient_id": patient_id, "rule": rule, **made_by}
    return int(writer.execute(insert(_SERIES).returning(_SERIES.c.id), fields).scalar_one())


async def read_visits(
    reader: Reader, clinic_id: int, days: Collection[date], provider_ids: Collection[int], patient_id: int
) -> tuple[dict[tuple[int, date], list[Span]], dict[date, list[Span]]]:
    """Return the live appointments of the days: by provider and day, and by day those of the patient."""
    a = APPOINTMENT
    on_days = a.day.in_(list(days))
    query = select(a.provider_id, a.patient_id, a.day, a.start_second, a.minutes).where(
        a.clinic_id == clinic_id,
        a.status.in_(_LIVE),
        or_((a.provider_id.in_(list(provider_ids))) & on_days, (a.patient_id == patient_id) & on_days),
    )
    of_provider: dict[tuple[int, date], list[Span]] = defaultdict(list)
    of_patient: dict[date, list[Span]] = defaultdict(list)
    for provider_id, who, day, second, minutes in await reader.execute(query):
        span = Span(second // 60, min(second // 60 + minutes, DAY))
        of_provider[provider_id, day].append(span)
        if who == patient_id:
            of_patient[day].append(span)
    return of_provider, of_patient


def _select_members(clinic_id: int, patient_id: int, series_id: int) -> Any:
    return (
        select_appointments(clinic_id)
        .where(APPOINTMENT.patient_id == patient_id, APPOINTMENT.series_id == series_id)
        .order_by(APPOINTMENT.ordinal, APPOINTMENT.id)
    )


async def read_members(session: AsyncSession, clinic_id: int, patient_id: int, series_id: int) -> list[Appointment]:
    """Return the patient's appointments of a series in the order of the plan."""
    return [appointment_of(row) for row in await session.execute(_select_members(clinic_id, patient_id, series_id))]


def load_members(session: Session, clinic_id: int, patient_id: int, series_id: int) -> Sequence[Appointment]:
    """Return the patient's appointments of a series in the order of the plan."""
    session.flush()
    return [appointment_of(row) for row in session.execute(_select_members(clinic_id, patient_id, series_id))]
