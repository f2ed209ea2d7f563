"""What every save of Set-up shares: which row, its version, who stands in the way, how it is kept for `u`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from sqlalchemy.orm import Session

from ctfront.data import ledger
from ctfront.domain.appointments import Appointment
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ChangedElsewhere, InputRefused, NotFound
from ctfront.domain.set_up import WouldOrphan
from ctfront.domain.staff import Act, Right
from ctfront.domain.text import safe


class Named(Protocol):
    """A row with a name and a version."""

    @property
    def id(self) -> int:
        """Its id."""
        ...

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def version(self) -> int:
        """Its version."""
        ...


Row = TypeVar("Row", bound=Named)


class Drafted(Protocol):
    """A dataclass of what a form produces."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Draft = TypeVar("Draft", bound=Drafted)


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[Row, Draft]):
    """One kind of thing that Set-up saves."""

    name: str
    """As the audit trail calls it."""
    words: str
    """As a sentence calls it."""
    rows: Callable[[Session, Clinic], Sequence[Row]]
    """Reads all of them, inactive ones too."""
    draft_of: Callable[[Session, Row], Draft]
    """Returns what would be saved of one as it is."""
    put: Callable[[Session, Clinic, Act, Sequence[Row], Row | None, Draft], Row]
    """Writes the draft over the row, None for a new one, unless something stands against it: what is known is given."""
    read: Callable[[Mapping[str, Any]], Draft]
    """Reads a draft back from what an act has kept."""


def save(
    session: Session,
    clinic: Clinic,
    act: Act,
    kind: Kind[Row, Draft],
    row_id: int | None,
    draft: Draft,
    *,
    version: int | None = None,
) -> Row:
    """Save a new row or a known one and write it down; `version` is the one that the form was opened with.

    Raises `NotFound`, `ChangedElsewhere`, and what stands against the draft.
    """
    act.who.require(Right.SET_UP)
    known = kind.rows(session, clinic)
    if earlier := ledger.repeated(session, act):
        return known_row(known, earlier.subject_id or 0, kind.words)
    was = None if row_id is None else known_row(known, row_id, kind.words)
    if was is not None and version is not None and version != was.version:
        raise ChangedElsewhere(f"A colleague saved {safe(was.name)} in between; open it again.")
    before = None if was is None else _kept(kind.draft_of(session, was))
    saved = kind.put(session, clinic, act, known, was, draft)
    after = _kept(kind.draft_of(session, saved))
    ledger.record(
        session,
        clinic.id,
        act,
        kind=f"save_{kind.name}",
        subject_kind=kind.name,
        subject_id=saved.id,
        sentence=f"Saved {safe(saved.name)}.",
        before=before,
        after=after,
        undo={"set_up": {"before": before, "after": after, "id": saved.id, "kind": kind.name}},
    )
    return saved


def known_row(rows: Iterable[Row], row_id: int, what: str) -> Row:
    """Return the row with that id. Raises `NotFound`."""
    for row in rows:
        if row.id == row_id:
            return row
    raise NotFound(f"There is no such {what}.")


def refuse_namesake(known: Iterable[Named], was: Named | None, name: str) -> None:
    """Refuse a name that another row has. Raises `InputRefused`."""
    row_id = None if was is None else was.id
    if any(row.name.casefold() == name.casefold() and row.id != row_id for row in known):
        raise InputRefused(f"There is {safe(name)} already.", field="name")


def refuse_orphans(left_behind: Iterable[Appointment]) -> None:
    """Refuse a change that leaves appointments behind. Raises `WouldOrphan`."""
    if found := tuple(left_behind):
        raise WouldOrphan(found)


def _kept(draft: Drafted) -> dict[str, object]:
    """Return a draft's fields, sets in order, so that the audit trail holds the same text for the same rights."""
    fields = asdict(draft)
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in fields.items()}
