"""Day sheets and lists of whom to call: put on paper, or kept as files that only their owner reads."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from pathlib import Path

from ctfront.domain.appointments import Appointment
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
    """Where day sheets and lists go."""

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
        text = await self.sheet(day, now=now)
        return await self._put_out(text, f"Day sheet of {show_weekday(day)}", lambda folder: keep(folder, day, text))

    async def put_out_list(
        self, heading: str, whom: Sequence[Appointment], *, now: datetime, why: Mapping[int, str] | None = None
    ) -> str:
        """Print a list of whom to call, or save it as a file of its own; see `put_out`.

        `whom` is not empty; `why` each is in it is told by id.
        """
        from ctfront.domain.day_sheet import call_list

        text = call_list(heading, whom, clinic=self._scheduling.clinic.name, printed=now, why=why or {})
        day = min(it.day for it in whom)
        return await self._put_out(text, f"List of {show_weekday(day)}", lambda folder: keep_list(folder, day, text))

    async def _put_out(self, text: str, what: str, save: Callable[[Path], Awaitable[Path]]) -> str:
        from ctfront.services.printing import NotPrinted, print_out, told  # no first paint needs them

        paper = self._paper
        if not paper.command:
            return await self._save(save, f"{what} saved")
        try:
            await print_out(paper.command, text, limit=paper.limit)
        except NotPrinted as reason:
            return await self._save(save, f"{reason}; saved")
        return f"{what} printed with {told(paper.command)}."

    async def _save(self, save: Callable[[Path], Awaitable[Path]], said: str) -> str:
        """Save a text and return what was said and where it is, by its name alone where the path is too long."""
        if self._paper.folder is None:
            raise ClinicError("There is no folder to save it in.")
        from ctfront.domain.day_sheet import cells_of

        path = await save(self._paper.folder)
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
    return await asyncio.to_thread(_write, folder, lambda: f"day-{day.isoformat()}.txt", text)


async def keep_list(folder: Path, day: date, text: str) -> Path:
    """Write a list of a day as `list-260302-1.txt`, or with the next number that is free; see `keep`."""
    return await keep_as(folder, f"list-{day:%y%m%d}", ".txt", text)


async def keep_as(folder: Path, stem: str, suffix: str, text: str) -> Path:
    """Write a text under a name with the next number that is free, as `STEM-1.txt`; see `keep`."""

    def name() -> str:
        return next(n for n in (f"{stem}-{turn}{suffix}" for turn in count(1)) if not (folder / n).exists())

    return await asyncio.to_thread(_write, folder, name, text)


def _write(folder: Path, name: Callable[[], str], text: str) -> Path:
    from ctfront.services.whole_files import write_whole

    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ClinicError(f"{folder} cannot be made: {error.strerror}.") from None
    path = folder / name()
    write_whole(path, text)
    return path
