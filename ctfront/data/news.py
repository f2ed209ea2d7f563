"""The news that acts leave for other desks: which days changed, and what has no day, such as set-up."""

from datetime import date

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ctfront.data.models import ChangeRow

_CHANGE = ChangeRow.__table__.c
_NEWEST = select(func.max(_CHANGE.id)).where(_CHANGE.clinic_id == bindparam("clinic_id"))
_SINCE = (
    select(_CHANGE.day, func.max(_CHANGE.id).label("newest"))
    .where(_CHANGE.clinic_id == bindparam("clinic_id"), _CHANGE.id > bindparam("change_id"))
    .group_by(_CHANGE.day)
)


async def read_newest(session: AsyncSession, clinic_id: int) -> int:
    """Return the newest change, 0 when there is none."""
    return (await session.execute(_NEWEST, {"clinic_id": clinic_id})).scalar() or 0


async def read_since(session: AsyncSession, clinic_id: int, change_id: int) -> tuple[int, frozenset[date | None]]:
    """Return the newest change and the days touched after `change_id`; None stands for what has no day."""
    rows = await session.execute(_SINCE, {"clinic_id": clinic_id, "change_id": change_id})
    newest = {row.day: row.newest for row in rows}
    return max(newest.values(), default=change_id), frozenset(newest)
