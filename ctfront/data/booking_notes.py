"""What a clerk wants to know of a patient before booking: alerts, and how often nobody came."""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ctfront.data.models import AlertRow, AppointmentRow
from ctfront.domain.appointments import Status
from ctfront.domain.patients import Alert, BookingNotes

YEAR = timedelta(days=365)

_ALERT, _APPOINTMENT = AlertRow.__table__.c, AppointmentRow.__table__.c


async def read_booking_notes(session: AsyncSession, clinic_id: int, patient_id: int, today: date) -> BookingNotes:
    """Return the alerts that stand today, and the no-shows of the last twelve months."""
    alerts = select(_ALERT.text, _ALERT.until, _ALERT.must_confirm, _ALERT.by_name).where(
        _ALERT.clinic_id == clinic_id, _ALERT.patient_id == patient_id, _ALERT.ended_at.is_(None)
    )
    missed = select(func.count()).where(
        _APPOINTMENT.clinic_id == clinic_id,
        _APPOINTMENT.patient_id == patient_id,
        _APPOINTMENT.status == Status.NO_SHOW.value,
        _APPOINTMENT.day > today - YEAR,
    )
    standing = [
        Alert(text=row.text, until=row.until, must_confirm=row.must_confirm, by=row.by_name)
        for row in await session.execute(alerts.order_by(_ALERT.id))
        if row.until is None or row.until >= today
    ]
    return BookingNotes(alerts=tuple(standing), no_shows=(await session.execute(missed)).scalar_one())
