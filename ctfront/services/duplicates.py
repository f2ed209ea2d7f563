"""Looking for patients who are on record twice."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from ctfront.data import patient_duplicates as rows
from ctfront.data.database import Database
from ctfront.data.merging import read_merges
from ctfront.domain.clinic import Clinic
from ctfront.domain.duplicates import Pair, Traits, candidates, why_likely_one
from ctfront.domain.merging import REVERSIBLE, MergePreview
from ctfront.domain.patients import PatientName
from ctfront.domain.staff import Act
from ctfront.services import merging

PORTION = 5_000
"""Patients read at a time."""

BREATH = 2_000
"""Pairs compared before others in the program have their turn."""

NAMES = 1_000
"""Names read at a time."""


Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Merged:
    """A merge that can still be parted."""

    id: int
    kept: PatientName
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Found:
    """Who may be on record twice."""

    pairs: tuple[Pair, ...]
    """Those who share most first."""
    stopped: bool = False
    """Whether the looking was stopped before its end."""


class Duplicates:
    """The review of patients who may be on record twice."""

    def __init__(self, database: Database, clinic: Clinic) -> None:
        self._database = database
        self.clinic = clinic

    async def find(self, progress: Callable[[int, int], None], is_stopped: Callable[[], bool] = lambda: False) -> Found:
        """Compare all patients; tell how many of how many are read, and stop when asked to with what is found."""
        traits: dict[int, Traits] = {}
        after = 0
        async with self._database.reading() as session:
            total = await rows.count_patients(session, self.clinic.id)
            not_same = await rows.read_not_same(session, self.clinic.id)
            while not is_stopped() and (portion := await rows.read_portion(session, self.clinic.id, after, PORTION)):
                traits |= portion
                after = max(portion)
                progress(len(traits), total)
        why: dict[tuple[int, int], str] = {}
        for number, pair in enumerate(candidates(traits)):
            if number % BREATH == 0:
                await asyncio.sleep(0)  # keys and the screen, while it goes on
                if is_stopped():
                    break
            if (
                pair not in why
                and pair not in not_same
                and (shared := why_likely_one(traits[pair[0]], traits[pair[1]]))
            ):
                why[pair] = shared
        return Found(pairs=await self._named(why), stopped=is_stopped())

    async def preview(self, act: Act, kept_id: int, gone_id: int) -> MergePreview:
        """Return both records side by side. Raises `NotFound` when one is gone meanwhile."""
        return await self._write(merging.preview, act, kept_id, gone_id)

    async def merge(self, act: Act, kept_id: int, gone_id: int) -> str:
        """Let one record go into the other, all of it or nothing. Raises `MergeRefused`."""
        return await self._write(merging.merge, act, kept_id, gone_id)

    async def part(self, act: Act, merge_id: int) -> str:
        """Part two records that were merged in the last 30 days. Raises `MergeRefused`."""
        return await self._write(merging.part, act, merge_id)

    async def not_same(self, act: Act, first: int, second: int) -> str:
        """Remember that a pair is two people."""
        return await self._write(merging.not_same, act, first, second)

    async def merged(self, now: datetime) -> tuple[Merged, ...]:
        """Return the merges that can still be parted, newest first."""
        async with self._database.reading() as session:
            made = await read_merges(session, self.clinic.id, now - REVERSIBLE)
            names = await rows.read_names(session, self.clinic.id, [row.kept_id for row in made])
        return tuple(Merged(id=row.id, kept=names[row.kept_id], at=row.made_at) for row in made if row.kept_id in names)

    async def _write(self, act_on: Callable[..., Result], act: Act, *what: Any) -> Result:
        return await self._database.write(lambda session: act_on(session, self.clinic, act, *what))

    async def _named(self, why: dict[tuple[int, int], str]) -> tuple[Pair, ...]:
        ids = sorted({patient_id for pair in why for patient_id in pair})
        names: dict[int, PatientName] = {}
        async with self._database.reading() as session:
            for first in range(0, len(ids), NAMES):
                names |= await rows.read_names(session, self.clinic.id, ids[first : first + NAMES])
        pairs = [
            Pair(first=names[first], second=names[second], why=shared)
            for (first, second), shared in why.items()
            if first in names and second in names
        ]
        return tuple(
            sorted(pairs, key=lambda pair: (-pair.why.count(","), pair.first.name, pair.first.id, pair.second.id))
        )
