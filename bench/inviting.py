"""Ten thousand patients invited in bulk while another desk, a process of its own, goes on saving."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import count, islice
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bench.booking import copied, drafts
from bench.filling import NOW
from bench.timing import Figure, Report, Sample
from ctfront.data.database import Database
from ctfront.domain.staff import Act
from ctfront.services.bulk_inviting import BulkInviting
from ctfront.services.identity import who_is
from ctfront.services.patient_access import PatientAccess
from ctfront.services.scheduling import Scheduling
from ctfront.terminal.key_loop import KeyLoop

MANY = 10_000
BULK_SECONDS = 20
SAVE_P99 = 100
PORTION_MAX = 50
BETWEEN_SAVES = 0.02
"""Seconds that the other desk waits after each save."""


async def measure_inviting(report: Report, path: Path) -> None:
    """Report how long the batch takes, its longest transaction, and what the other desk's saves take meanwhile."""
    with copied(path) as copy:
        alone = await _saves_beside(copy, asyncio.sleep(3), skip=0)
        database = Database(f"sqlite:///{copy}")
        database.ready()
        clinic, actor = who_is(database, os_user="", asked_user="admin")
        able = sorted(await PatientAccess(database, clinic).tickable())[:MANY]
        held = _held(database)
        acts = count()
        started = time.perf_counter()
        batch = BulkInviting(database, clinic).invite_many(
            lambda: Act(who=actor, at=NOW, op_id=f"bulk-{next(acts)}"), able, batch_id="bulk"
        )
        beside = await _saves_beside(copy, batch, skip=MANY // 2)
        taken = time.perf_counter() - started
        begun = time.perf_counter()
        said = await Scheduling(database, clinic).undo(Act(who=actor, at=NOW, op_id="bulk-undo"))
        undone = time.perf_counter() - begun
        await database.close()
    portions = Sample(values=tuple(sorted(held[:-1])))
    report.add(
        "Inviting",
        Figure(what=f"{len(able):,} patients invited in bulk", measured=taken, unit="s", budget=BULK_SECONDS),
        Figure(
            what="another process's save meanwhile, p99",
            measured=beside.p99,
            budget=SAVE_P99,
            beside=f"alone {alone.p99:.2f} ms; {len(beside.values)} saves, p50 {beside.p50:.2f} ms",
        ),
        Figure(
            what="a portion's write transaction, p99",
            measured=portions.p99,
            budget=PORTION_MAX,
            beside=f"the longest {portions.values[-1]:.2f} ms",
        ),
        Figure(what="a portion's write transaction, p50", measured=portions.p50),
        Figure(what="the batch taken back as one", measured=undone * 1000, beside=said),
    )
    report.note(
        "Inviting",
        "On a copy of the database of ten years. The other desk books through the service, in a process of its own, "
        f"and waits {BETWEEN_SAVES * 1000:.0f} ms after each; from call to commit, waiting for its turn included.",
    )


def _held(database: Database) -> list[float]:
    """Return a list that gets the milliseconds of each transaction from its beginning on."""
    held: list[float] = []
    begun = [0.0]

    def begin(connection: object, cursor: object, text: str, *rest: object) -> None:
        if text.startswith("BEGIN"):
            begun[0] = time.perf_counter()

    event.listen(database._write_engine, "before_cursor_execute", begin)
    write = database._write

    def timed(act: Callable[..., Any]) -> Any:
        answer = write(act)
        held.append((time.perf_counter() - begun[0]) * 1000)
        return answer

    database._write = timed
    return held


async def _saves_beside(path: Path, doing: Awaitable[object], *, skip: int) -> Sample:
    """Do something while another process saves; return what its saves took."""
    other = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.inviting",
        str(path),
        str(skip),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert other.stdout is not None
    await other.stdout.readline()  # it has begun
    await doing
    answer, _ = await other.communicate(b"enough")
    return Sample(values=tuple(sorted(json.loads(answer))))


async def _other_desk(path: Path, skip: int) -> None:
    """Book until standard input says that it is enough, and print what each booking took."""
    database = Database(f"sqlite:///{path}")
    database.ready()
    clinic, actor = who_is(database, os_user="", asked_user="tlee")
    scheduling, waiting, taken = Scheduling(database, clinic), islice(drafts(path), skip, None), []
    told = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print(flush=True)
    for number in count():
        if told.done():
            break
        begun = time.perf_counter()
        act = Act(who=actor, at=NOW, op_id=f"other-{time.time_ns()}-{number}")
        await scheduling.book(act, next(waiting))
        taken.append((time.perf_counter() - begun) * 1000)
        await asyncio.sleep(BETWEEN_SAVES)
    await database.close()
    print(json.dumps(taken))


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=KeyLoop) as runner:
        runner.run(_other_desk(Path(sys.argv[1]), int(sys.argv[2])))
