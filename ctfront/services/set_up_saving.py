"""What every save of Set-up shares: which row, its version, who stands in the way, and how it is written down."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from ctfront.data import ledger
from ctfront.domain.appointments import Appointment
from ctfront.domain.clinic import Clinic, Site
from ctfront.domain.errors import ChangedElsewhere, InputRefused, NotFound
from ctfront.domain.providers import Provider, VisitPurpose
from ctfront.domain.set_up import ClinicDraft, ProviderDraft, SiteDraft, StaffDraft, VisitPurposeDraft, WouldOrphan
from ctfront.domain.staff import Act, Staff
from ctfront.domain.text import safe

Draft = ClinicDraft | SiteDraft | ProviderDraft | VisitPurposeDraft | StaffDraft
"""What a form of Set-up saves."""


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


Subject = TypeVar("Subject", bound=Named)


def known_row(rows: Iterable[Subject], row_id: int | None, what: str) -> Subject | None:
    """Return the row to change, None for a new one. Raises `NotFound`."""
    if row_id is None:
        return None
    for row in rows:
        if row.id == row_id:
            return row
    raise NotFound(f"There is no such {what}.")


def refuse_namesake(known: Iterable[Named], row_id: int | None, name: str) -> None:
    """Refuse a name that another row has. Raises `InputRefused`."""
    if any(row.name.casefold() == name.casefold() and row.id != row_id for row in known):
        raise InputRefused(f"There is {safe(name)} already.", field="name")


def check_version(was: Named, version: int | None) -> None:
    """Refuse a save on top of a colleague's. Raises `ChangedElsewhere`."""
    if version is not None and version != was.version:
        raise ChangedElsewhere(f"A colleague saved {safe(was.name)} in between; open it again.")


def refuse_orphans(left_behind: Iterable[Appointment]) -> None:
    """Refuse a change that leaves appointments behind. Raises `WouldOrphan`."""
    if found := tuple(left_behind):
        raise WouldOrphan(found)


def record(
    session: Session,
    clinic: Clinic,
    act: Act,
    what: str,
    saved: Named,
    was: Clinic | Site | Provider | VisitPurpose | Staff | None,
    before: Draft | None,
    after: Draft,
) -> None:
    """Write a save down: what was so before, what is so now, and what `u` saves again."""
    ledger.record(
        session,
        clinic.id,
        act,
        kind=f"save_{what}",
        subject_kind=what,
        subject_id=saved.id,
        sentence=f"Saved {safe(saved.name)}.",
        before=None if was is None else _plain(asdict(was)),
        after=_plain(asdict(after)),
        undo={
            "set_up": {
                "before": None if before is None else _plain(asdict(before)),
                "after": _plain(asdict(after)),
                "id": saved.id,
                "kind": what,
            }
        },
    )


def _plain(fields: dict[str, object]) -> dict[str, object]:
    """Give sets an order, so that the audit trail holds the same text for the same rights."""
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in fields.items()}
