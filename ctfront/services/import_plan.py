"""What every import shares: options, refusals by row, and the plan that a dry run shows."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from ctfront.domain.csv_fields import CsvTable
from ctfront.domain.errors import InputRefused
from ctfront.domain.staff import Act, Actor, ActorKind

Progress = Callable[[int], None]
"""Told how many rows were written since it was last told."""


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """How a file is to be read."""

    system: str = "import"
    """Name of the other system; its identifiers are unique under this name."""
    classes: frozenset[str] = frozenset()
    """Encounter classes to take, folded; all when empty."""
    shift_days: int = 0
    """Days by which appointments are moved in time."""


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """One row that is not imported, and why."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ImportPlan:
    """What an import would do, staged and checked; nothing is written yet."""

    kind: str
    rows: int
    """Rows of the file."""
    new: int
    known: int
    """Rows that are in the clinic already."""
    left_out: int = 0
    """Rows of a class that was not asked for."""
    rejected: tuple[Rejected, ...] = ()
    remarks: tuple[str, ...] = ()
    """What else a summary says."""


class Rejections:
    """Collects refusals while rows are staged."""

    def __init__(self, table: CsvTable) -> None:
        self._table = table
        self.all: list[Rejected] = []

    def add(self, line: int, refusal: InputRefused) -> None:
        """Keep a refusal with the column as the file names it."""
        column = self._table.column(refusal.field)
        self.all.append(Rejected(line=line, column=column, reason=str(refusal)))


def importing(act: Act) -> Act:
    """Return the act as an import's, so that Created By says `Import by …`."""
    who = act.who
    importer = Actor(
        kind=ActorKind.IMPORT,
        id=who.id,
        name=who.name,
        rights=who.rights,
        os_user=who.os_user,
        session=who.session,
        origin=who.origin,
    )
    return Act(who=importer, at=act.at, op_id=act.op_id, batch_id=act.batch_id)


def digest(*parts: str) -> str:
    """Return an identifier for a row that has none of its own."""
    return "row:" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
