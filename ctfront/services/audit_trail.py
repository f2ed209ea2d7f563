"""The audit trail for a manager: searched, and exported; who exports it is in it."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from ctfront.data import audit_trail, ledger
from ctfront.data.database import Database
from ctfront.domain.audit_trail import AuditEntry, read_narrowed
from ctfront.domain.clinic import Clinic
from ctfront.domain.csv_fields import guarded
from ctfront.domain.errors import ClinicError
from ctfront.domain.staff import Act, Actor, Right
from ctfront.services.day_sheets import keep_as

MOST = 500
"""Entries that a list shows; older ones are narrowed for, or exported."""

COLUMNS = (
    "entry", "at", "who", "account", "from", "act", "about", "about_id", "patient", "before", "after",
)  # fmt: skip


class AuditTrail:
    """One clinic's trail; every method takes the right “audit”."""

    def __init__(self, database: Database, clinic: Clinic, folder: Path | None = None) -> None:
        """Prepare; `folder` is where exports from the screens go."""
        self._database = database
        self._clinic = clinic
        self._folder = folder

    async def find(self, actor: Actor, text: str, *, today: date, limit: int | None = MOST) -> list[AuditEntry]:
        """Return the newest entries that fit what was typed, all with an empty text. Raises `NotAllowed`."""
        actor.require(Right.AUDIT)
        narrowed = read_narrowed(text, today=today, order=self._clinic.date_order)
        async with self._database.reading() as session:
            return await audit_trail.read_entries(session, self._clinic.id, narrowed, self._clinic.tz, limit=limit)

    async def export(self, act: Act, text: str, *, today: date) -> tuple[int, str]:
        """Return how many entries fit, and all of them as CSV; the export is an entry itself. Raises `NotAllowed`."""
        found = await self.find(act.who, text, today=today, limit=None)
        await self._database.write(
            lambda session: ledger.record(
                session, self._clinic.id, act, kind="export_audit", subject_kind="clinic", subject_id=self._clinic.id,
                after={"entries": len(found), "narrowed": text},
            )
        )  # fmt: skip
        return len(found), csv_of(found)

    async def export_to_folder(self, act: Act, text: str, *, today: date) -> str:
        """Write the same into the folder and return the sentence for the clerk. Raises `ClinicError`."""
        if self._folder is None:
            raise ClinicError("There is no folder to save it in.")
        count, lines = await self.export(act, text, today=today)
        path = await keep_as(self._folder, f"audit-{today:%y%m%d}", ".csv", lines)
        return f"{count:,} entries saved: {path.name} in the state folder."


def csv_of(entries: Iterable[AuditEntry]) -> str:
    """Return entries as CSV, the newest first; no cell is taken for a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for it in entries:
        cells = (
            it.seq,
            it.at.isoformat(),
            it.who,
            it.account,
            it.origin,
            it.act,
            it.subject,
            it.subject_id,
            it.patient,
        )
        writer.writerow([guarded(cell) for cell in (*cells, it.before, it.after)])
    return text.getvalue()
