"""What is kept of PINs; a try never makes a colleague's open form of Set-up out of date."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from ctfront.data.models import StaffRow
from ctfront.domain.pins import Pin

_S = StaffRow.__table__


def load(session: Session, clinic_id: int, short_name: str) -> Pin | None:
    """Return the PIN of an active clerk, None when nobody active is called that."""
    named = func.lower(_S.c.short_name) == short_name.strip().lower()
    query = select(_S.c.id, _S.c.pin_hash, _S.c.pin_tries, _S.c.pin_tried_at)
    row = session.execute(query.where(_S.c.clinic_id == clinic_id, named, _S.c.active)).first()
    if row is None:
        return None
    return Pin(staff_id=row.id, digest=row.pin_hash, tries=row.pin_tries, tried_at=row.pin_tried_at)


def put(session: Session, staff_id: int, digest: str) -> None:
    """Keep another PIN."""
    session.execute(update(_S).where(_S.c.id == staff_id).values(pin_hash=digest, pin_tries=0, pin_tried_at=None))


def count_try(session: Session, staff_id: int, at: datetime) -> None:
    """Count a try as a wrong one."""
    session.execute(update(_S).where(_S.c.id == staff_id).values(pin_tries=_S.c.pin_tries + 1, pin_tried_at=at))


def forget_tries(session: Session, staff_id: int) -> None:
    """Begin to count anew: the PIN was right, or the clerk has logged in again."""
    session.execute(update(_S).where(_S.c.id == staff_id).values(pin_tries=0, pin_tried_at=None))


async def read_has_pin(session: AsyncSession, staff_id: int) -> bool:
    """Tell whether a clerk has a PIN."""
    row = (await session.execute(select(_S.c.pin_hash).where(_S.c.id == staff_id))).first()
    return row is not None and row.pin_hash is not None


async def read_tries(session: AsyncSession, staff_id: int) -> int:
    """Return how many wrong tries count against a clerk."""
    return (await session.execute(select(_S.c.pin_tries).where(_S.c.id == staff_id))).scalar() or 0
