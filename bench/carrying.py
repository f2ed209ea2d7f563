"""What it costs to carry a whole column of appointments to a colleague, and to another week."""

import itertools
from datetime import timedelta
from pathlib import Path

from bench.booking import FIRST_DAY, copied, drafts
from bench.filling import NOW
from bench.timing import Figure, Report, sample
from ctfront.data.database import Database
from ctfront.domain.staff import Act
from ctfront.services.carrying import Carried
from ctfront.services.identity import who_is
from ctfront.services.scheduling import Scheduling

CARRIED = 40
BUDGET = 300
RUNS = 30


async def measure_carrying(report: Report, path: Path) -> None:
    """Report what one act costs that moves a provider's day of forty, or reschedules it."""
    with copied(path) as copy:
        database = Database(f"sqlite:///{copy}")
        database.ready()
        clinic, actor = who_is(database, os_user="", asked_user="admin")
        scheduling, turn = Scheduling(database, clinic), itertools.count()

        def act() -> Act:
            return Act(who=actor, at=NOW, op_id=f"bench-{next(turn)}")

        booked = [await scheduling.book(act(), draft) for draft in itertools.islice(drafts(copy), CARRIED)]
        there = tuple(booked)

        async def carry(provider_id: int, weeks: int) -> Carried:
            nonlocal there
            versions = {it.id: it.version for it in there}
            day = there[0].day + timedelta(weeks=weeks)
            carried = await scheduling.carry_ticked(act(), versions, provider_id, day)
            if len(carried.moved) != CARRIED:
                raise RuntimeError(f"Only {len(carried.moved)} of {CARRIED} were carried.")
            there = carried.moved
            return carried

        moved = await sample(lambda run: carry(3 - there[0].provider_id, 0), runs=RUNS)
        rescheduled = await sample(lambda run: carry(there[0].provider_id, 1), runs=RUNS)
        await database.close()
    report.add(
        "Carrying",
        Figure(what=f"{CARRIED} appointments to a colleague's empty column, p50", measured=moved.p50),
        Figure(what="the same, p99", measured=moved.p99, budget=BUDGET),
        Figure(what=f"{CARRIED} appointments to the same day of the next week, p50", measured=rescheduled.p50),
        Figure(what="the same, p99", measured=rescheduled.p99, budget=BUDGET),
    )
    report.note(
        "Carrying",
        f"One act through the service on a copy of the database, from call to commit on disk; the best of three rounds "
        f"of {RUNS}. From {FIRST_DAY:%Y}-05 on the generator has booked nothing.",
    )
