"""The news that acts leave for other desks: which days changed, and what has no day, such as set-up."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ctfront.data.models import ChangeRow


async def read_newest(session: AsyncSession, clinic_id: int) -> int:
    """Return the newest change, 0 when there is none."""
    change = ChangeRow.__table__.c
    return (await session.execute(select(func.max(change.id)).where(change.clinic_id == clinic_id))).scalar() or 0


async def read_since(session: AsyncSession, clinic_id: int, change_id: int) -> tuple[int, frozenset[date | None]]:
    """Return the newest change and the days touched after `change_id`; None stands for what has no day."""
    change = ChangeRow.__table__.c
    query = (
        select(change.day, func.max(change.id).label("newest"))
        .where(change.clinic_id == clinic_id, change.id > change_id)
        .group_by(change.day)
    )
    newest = {row.day: row.newest for row in await session.execute(query)}
    return max(newest.values(), default=change_id), frozenset(newest)
