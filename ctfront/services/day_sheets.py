"""The day sheet: reading what is on it, and keeping it as a file that only its owner reads."""

import asyncio
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from ctfront.domain.day_sheet import day_sheet
from ctfront.domain.errors import ClinicError
from ctfront.services.patients import Patients
from ctfront.services.scheduling import Scheduling
from ctfront.services.whole_files import write_whole


class DaySheets:
    """The clinic's days as text for a printer."""

    def __init__(self, scheduling: Scheduling, patients: Patients) -> None:
        self._scheduling = scheduling
        self._patients = patients

    async def sheet(self, day: date, *, now: datetime, provider_id: int | None = None, width: int = 80) -> str:
        """Return the sheet of a day, of everybody or of one provider; `now` is the clinic's clock."""
        schedule = await self._scheduling.day(day)
        if provider_id is not None:
            schedule = replace(schedule, columns=tuple(c for c in schedule.columns if c.provider.id == provider_id))
        who = {a.patient.id for column in schedule.columns for a in column.appointments if a.live}
        glances = await self._patients.glances(who)
        alerts = {patient_id: glance.alerts for patient_id, glance in glances.items()}
        return day_sheet(schedule, alerts, clinic=self._scheduling.clinic.name, printed=now, width=width)


async def keep(folder: Path, day: date, text: str) -> Path:
    """Write the sheet of a day into a folder, made if need be, as `day-2026-03-02.txt`; return the file.

    Raises `ClinicError`.
    """
    path = folder / f"day-{day.isoformat()}.txt"

    def write() -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ClinicError(f"{folder} cannot be made: {error.strerror}.") from None
        write_whole(path, text)

    await asyncio.to_thread(write)
    return path
