"""Staff as rows and as domain objects."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from ctfront.data.models import ChangeRow, StaffRow
from ctfront.domain.errors import NotFound
from ctfront.domain.set_up import StaffDraft
from ctfront.domain.staff import Right, Staff


def select_staff(clinic_id: int) -> Select[*tuple[Any, ...]]:
    """Select the clinic's staff, in the order in which they came."""
    return select(StaffRow.__table__).where(StaffRow.clinic_id == clinic_id).order_by(StaffRow.id)


def staff_of(row: Any) -> Staff:
    """Turn a row of `select_staff` into a member of staff; a right of a newer program is left out."""
    return Staff(
        id=row.id,
        name=row.name,
        short_name=row.short_name,
        os_user=row.os_user,
        rights=frozenset(right for right in Right if right.value in row.rights.split(",")),
        active=row.active,
        version=row.version,
    )


def rights_text(rights: Collection[Right]) -> str:
    """Return the rights as the column holds them."""
    return ",".join(right.value for right in Right if right in rights)


def load_staff(session: Session, clinic_id: int) -> tuple[Staff, ...]:
    """Return everybody, inactive ones too."""
    return tuple(staff_of(row) for row in session.execute(select_staff(clinic_id)))


async def read_staff(session: AsyncSession, clinic_id: int) -> tuple[Staff, ...]:
    """Return everybody, inactive ones too."""
    return tuple(staff_of(row) for row in await session.execute(select_staff(clinic_id)))


def _newest_change(session: Session) -> int:
    return session.execute(select(func.max(ChangeRow.id))).scalar() or 0


def save_staff(session: Session, clinic_id: int, staff_id: int | None, draft: StaffDraft) -> Staff:
    """Insert or update a member of staff; what happened before they came is not news to them. Raises `NotFound`."""
    row = (
        StaffRow(clinic_id=clinic_id, last_seen_change=_newest_change(session))
        if staff_id is None
        else session.get(StaffRow, staff_id)
    )
    if row is None or row.clinic_id != clinic_id:
        raise NotFound("There is no such member of staff.")
    row.name, row.short_name, row.os_user = draft.name, draft.short_name, draft.os_user
    row.rights = rights_text(draft.rights)
    row.active = draft.active
    session.add(row)
    session.flush()
    return staff_of(row)
