"""Rows for the second opinion on seats, invitations and mails."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from ctfront.data.models import AppointmentRow, InvitationRow, OutboxRow, ProviderRow, SeatRow
from ctfront.data.seats import PROVIDER, slots_of
from ctfront.domain.appointments import LIVE
from ctfront.domain.invitations import LIVE as OPEN
from ctfront.domain.invitations import InvitationState
from ctfront.domain.mails import MailState
from ctfront.domain.soundness import Taken, Visit

PORTION = 2000
"""Appointments whose seats are read at a time."""

_LIVE = frozenset(status.value for status in LIVE)
_A, _SEAT, _PROVIDER = AppointmentRow.__table__.c, SeatRow.__table__.c, ProviderRow.__table__.c
_VISIT = (
    _A.id, _A.provider_id, _A.patient_id, _A.day, _A.number, _A.start_second, _A.minutes, _A.zone, _A.starts_at,
    _A.overbooked, _A.status,
)  # fmt: skip
_TAKEN = (_SEAT.kind, _SEAT.resource_id, _SEAT.slot, _SEAT.cap, _SEAT.over_ok, _SEAT.appointment_id)


def count_visits(connection: Connection, clinic_id: int) -> int:
    """Return how many appointments the clinic has."""
    return connection.execute(select(func.count()).where(_A.clinic_id == clinic_id)).scalar_one()


def visits_since(connection: Connection, clinic_id: int, since: date | None) -> Iterator[list[Visit]]:
    """Yield the appointments of each provider from a day on, None for all, in portions of whole days."""
    for provider_id in connection.execute(select(_PROVIDER.id).where(_PROVIDER.clinic_id == clinic_id)).scalars().all():
        query = select(*_VISIT).where(_A.provider_id == provider_id).order_by(_A.day)
        if since is not None:
            query = query.where(_A.day >= since)
        portion: list[Visit] = []
        for row in connection.execute(query.execution_options(yield_per=PORTION)):
            if len(portion) >= PORTION and portion[-1].day != row.day:
                yield portion
                portion = []
            portion.append(_visit_of(row))
        yield portion


def _visit_of(row: Sequence[Any]) -> Visit:
    *fields, status = row
    named = dict(zip(_VISIT_FIELDS, fields, strict=True))
    return Visit(**named, live=status in _LIVE)


_VISIT_FIELDS = tuple(column.name for column in _VISIT[:-1])


def seats_of(connection: Connection, visits: Sequence[Visit]) -> Mapping[int, list[Taken]]:
    """Return the seats that the appointments have, by appointment."""
    taken: dict[int, list[Taken]] = defaultdict(list)
    for first in range(0, len(visits), PORTION // 4):
        ids = [visit.id for visit in visits[first : first + PORTION // 4]]
        for row in connection.execute(select(*_TAKEN).where(_SEAT.appointment_id.in_(ids))):
            taken[row.appointment_id].append(Taken._make(row))
    return taken


def seats_of_others(connection: Connection, clinic_id: int, since: datetime, day: date) -> int:
    """Return how many seats of providers from an instant on belong to appointments of days before, or to none."""
    first = slots_of(since, 0).start
    providers = select(_PROVIDER.id).where(_PROVIDER.clinic_id == clinic_id)
    query = (
        select(func.count())
        .select_from(SeatRow.__table__.outerjoin(AppointmentRow.__table__, _A.id == _SEAT.appointment_id))
        .where(_SEAT.kind == PROVIDER, _SEAT.resource_id.in_(providers), _SEAT.slot >= first)
        .where(_SEAT.hold_id.is_(None), or_(_A.id.is_(None), _A.day < day))
    )
    return connection.execute(query).scalar_one()


def invitations_twice(connection: Connection, clinic_id: int) -> int:
    """Return how many patients have more than one open invitation, or more than one last one."""
    i = InvitationRow.__table__.c
    open_ones = i.state.in_([state.value for state in OPEN])
    many = (
        select(i.patient_id)
        .where(i.clinic_id == clinic_id)
        .group_by(i.patient_id)
        .having(or_(func.count().filter(open_ones) > 1, func.count().filter(i.is_last) != 1))
    )
    return connection.execute(select(func.count()).select_from(many.subquery())).scalar_one()


def mails_astray(connection: Connection, clinic_id: int) -> int:
    """Return how many invitations wait for a mail that does not wait to leave, or have none at all."""
    i, mail = InvitationRow.__table__.c, OutboxRow.__table__.c
    waiting = mail.state.in_((MailState.QUEUED.value, MailState.SENDING.value))
    theirs = select(mail.id).where(mail.invitation_id == i.id)
    queued = i.state == InvitationState.QUEUED.value
    sent = i.state == InvitationState.SENT.value
    lost = or_(and_(queued, ~theirs.where(waiting).exists()), and_(sent, theirs.where(waiting).exists()))
    return connection.execute(select(func.count()).where(i.clinic_id == clinic_id, lost)).scalar_one()
