"""Who looked at whom: kept by the session, and written into the audit trail in batches, for it happens all day."""

from collections.abc import Callable
from datetime import datetime

from ctfront.data import ledger
from ctfront.data.database import Database
from ctfront.domain.clinic import Clinic
from ctfront.domain.staff import Act

BATCH = 20
"""Patients after which a batch is written."""


class Viewing:
    """The patients that one session has looked at and not yet written down."""

    def __init__(self, database: Database, clinic: Clinic, act: Callable[[], Act]) -> None:
        """Prepare; `act` frames the writing of a batch."""
        self._database = database
        self._clinic = clinic
        self._act = act
        self._seen: dict[int, datetime] = {}
        """When each was looked at first since the last batch."""

    @property
    def is_full(self) -> bool:
        """Whether a batch should be written."""
        return len(self._seen) >= BATCH

    def note(self, patient_id: int, at: datetime) -> None:
        """Remember that the patient's record was shown."""
        self._seen.setdefault(patient_id, at)

    async def write(self) -> None:
        """Write the batch down; one that could not be written is kept. Raises `DatabaseUnavailable`."""
        seen, act = dict(self._seen), self._act()
        if not seen:
            return
        await self._database.write(lambda session: ledger.note_views(session, self._clinic.id, act, seen))
        for patient_id in seen:
            del self._seen[patient_id]
