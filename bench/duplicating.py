"""How long it takes to compare everybody with everybody who shares something."""

import tempfile
import time
from pathlib import Path

from bench.filling import SEED, TODAY, filler_of, founded
from bench.population import COLUMNS, patients
from bench.timing import Figure, Report
from ctfront.data.database import Database
from ctfront.services.duplicates import Duplicates

SECONDS = 60


async def measure_duplicates(report: Report, folder: Path, count: int) -> None:
    """Report the review of that many patients in a throw-away clinic without appointments."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as made:
        database = Database(f"sqlite:///{made}/clinic.db")
        clinic, ground = founded(database)
        with filler_of(database) as filler:
            for tables in patients(ground, count, SEED, TODAY):
                for table in (name for name in COLUMNS if name in tables):
                    filler.write(table, tables[table])
        told: list[int] = []
        begun, spent = time.perf_counter(), time.process_time()
        found = await Duplicates(database, clinic).find(lambda done, total: told.append(done))
        seconds, spent = time.perf_counter() - begun, time.process_time() - spent
        stopped_at = time.perf_counter()
        await Duplicates(database, clinic).find(lambda done, total: None, lambda: True)
        stop = time.perf_counter() - stopped_at
        await database.close()
    report.add(
        "Duplicates",
        Figure(
            what=f"{count:,} patients compared",
            measured=seconds,
            unit="s",
            budget=SECONDS,
            beside=f"{len(found.pairs):,} pairs; told {len(told)} times how far it is",
        ),
        Figure(what="the same, CPU", measured=spent, unit="s"),
        Figure(what="stopped at once", measured=stop, unit="s"),
    )
    report.note("Duplicates", "Through the service, names read; patients only, made by bench/ with one seed.")
