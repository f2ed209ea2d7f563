"""Patient Access with fifty thousand invitations: from the digit of a list to its first full page on the screen."""

import asyncio
import time
from itertools import count
from pathlib import Path
from typing import Any

from textual import events

from bench.booking import copied
from bench.filling import NOW
from bench.painting import opened
from bench.timing import Figure, Report, Sample
from ctfront.data.database import Database
from ctfront.domain.staff import Act
from ctfront.services.bulk_inviting import BulkInviting
from ctfront.services.identity import who_is
from ctfront.services.patient_access import PatientAccess

MANY = 50_000
FIRST_PAGE = 100
RUNS = 20
LISTS = (("1", "Invited"), ("2", "Enrolled"), ("4", "Not invited"))


async def measure_access(report: Report, path: Path) -> None:
    """Report what opening each list takes, wall time, with the page painted and every key's effect settled."""
    with copied(path) as copy:
        url = f"sqlite:///{copy}"
        invited = await _invite(url)
        async with opened(url, (80, 24)) as app:
            await _press(app, "f4")
            for digit, name in LISTS:
                first, whole = zip(*[await _opening(app, digit) for _ in range(RUNS)], strict=True)
                sample, settled = Sample(values=tuple(sorted(first))), Sample(values=tuple(sorted(whole)))
                shown = len(app.screen.keys)
                report.add(
                    "Patient Access",
                    Figure(
                        what=f"list {digit}, {name}: {shown:,} rows, first page painted, p50",
                        measured=sample.p50,
                        budget=FIRST_PAGE if digit == "1" else None,
                        beside=f"p99 {sample.p99:.1f} ms; all keys read and counted, p50 {settled.p50:.1f} ms",
                    ),
                )
    report.note("Patient Access", f"{invited:,} patients invited in a copy of the clinic; wall time from the digit on.")


async def _invite(url: str) -> int:
    database = Database(url)
    database.ready()
    clinic, actor = who_is(database, os_user="", asked_user="admin")
    able = sorted(await PatientAccess(database, clinic).tickable())[:MANY]
    acts = count()
    result = await BulkInviting(database, clinic).invite_many(
        lambda: Act(who=actor, at=NOW, op_id=f"many-{next(acts)}"), able, batch_id="many"
    )
    await database.close()
    return len(result.invited)


async def _press(app: Any, key: str) -> float:
    began = time.perf_counter()
    app.post_message(events.Key(key, key if len(key) == 1 else None))
    await app.gate.settled()
    return (time.perf_counter() - began) * 1000


async def _opening(app: Any, digit: str) -> tuple[float, float]:
    """Open a list; return the milliseconds to its first painted page, and until all of it was read."""
    screen, shown = app.screen, asyncio.Event()
    show_list = screen.show_list

    def show() -> None:
        show_list()
        screen.call_after_refresh(shown.set)

    screen.show_list = show
    began = time.perf_counter()
    app.post_message(events.Key(digit, digit))
    await shown.wait()
    first = time.perf_counter() - began
    await app.gate.settled()
    del screen.show_list
    return first * 1000, (time.perf_counter() - began) * 1000
