"""What all tables share: instants, who did it, and the names of constraints.

An index over a part of a table names its condition for SQLite; the migration has PostgreSQL's, too. Named here it would
load that engine's dialect, 30 ms and 2 MB, into every session.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import BigInteger, Dialect, Integer, MetaData, String, Table, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """A UTC instant, kept as whole milliseconds since 1970 so that both engines order and return it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn an aware datetime into milliseconds; a naive one is a defect of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return round((value - _EPOCH).total_seconds() * 1000)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Turn milliseconds into an aware UTC datetime, one call for each of the thousand instants of a day."""
        return _instant_of


def _instant_of(value: int | None) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


class Base(DeclarativeBase):
    """All tables of the clinic."""

    if TYPE_CHECKING:
        __table__: ClassVar[Table]

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant, int: BigInteger().with_variant(Integer, "sqlite")}


class MadeBy:
    """Who made a row and when, with the name as it was then."""

    by_kind: Mapped[str] = mapped_column(String(12))
    by_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
