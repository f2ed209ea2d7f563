"""The day sheet: reading what is on it, and keeping it as a file that only its owner reads."""

import asyncio
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from ctfront.domain.errors import ClinicError
from ctfront.domain.text import safe
from ctfront.domain.times import show_weekday
from ctfront.services.patients import Patients
from ctfront.services.scheduling import Scheduling

LIMIT = 10.0
"""Seconds that a print command may take."""

LINE = 79
"""Columns of the message line."""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """Where day sheets go."""

    folder: Path | None = None
    """Where they are saved; None when there is no such place."""
    command: tuple[str, ...] = ()
    """The print command and its arguments; without one they are saved."""
    limit: float = LIMIT
    """Seconds that the command may take."""


class DaySheets:
    """The clinic's days as text for a printer."""

    def __init__(self, scheduling: Scheduling, patients: Patients, paper: Paper | None = None) -> None:
        self._scheduling = scheduling
        self._patients = patients
        self._paper = paper or Paper()

    async def put_out(self, day: date, *, now: datetime) -> str:
        """Print the sheet of a day, or save it where there is no printer; return the sentence for the clerk.

        A sheet that cannot be printed is saved. Raises `ClinicError` when it cannot be saved either.
        """
        from ctfront.services.printing import NotPrinted, print_out, told  # no first paint needs them

        text, paper = await self.sheet(day, now=now), self._paper
        if not paper.command:
            return await self._save(day, text, f"Day sheet of {show_weekday(day)} saved")
        try:
            await print_out(paper.command, text, limit=paper.limit)
        except NotPrinted as reason:
            return await self._save(day, text, f"{reason}; saved")
        return f"Day sheet of {show_weekday(day)} printed with {told(paper.command)}."

    async def _save(self, day: date, text: str, said: str) -> str:
        """Save a sheet and return what was said and where it is, by its name alone where the path is too long."""
        if self._paper.folder is None:
            raise ClinicError("There is no folder to save the day sheet in.")
        from ctfront.domain.day_sheet import cells_of

        path = await keep(self._paper.folder, day, text)
        home = Path.home()
        where = safe(f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path))
        whole = f"{said}: {where}"
        return whole if cells_of(whole) <= LINE else f"{said}: {path.name} in the state folder"

    async def sheet(self, day: date, *, now: datetime, provider_id: int | None = None, width: int = 80) -> str:
        """Return the sheet of a day, of everybody or of one provider; `now` is the clinic's clock."""
        from ctfront.domain.day_sheet import day_sheet

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
    from ctfront.services.whole_files import write_whole

    path = folder / f"day-{day.isoformat()}.txt"

    def write() -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ClinicError(f"{folder} cannot be made: {error.strerror}.") from None
        write_whole(path, text)

    await asyncio.to_thread(write)
    return path
