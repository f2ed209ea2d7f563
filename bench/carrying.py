"""What it costs to carry a whole column of appointments to a colleague, and to another week."""

import itertools
from datetime import timedelta
from pathlib import Path

from bench.booking import copied_clinic, drafts
from bench.timing import Figure, Report, cpu, sample
from ctfront.services.carrying import Carried

CARRIED = 40
BUDGET = 300
RUNS = 10


async def measure_carrying(report: Report, path: Path) -> None:
    """Report what one act costs that moves a provider's day of forty, or reschedules it."""
    async with copied_clinic(path) as clinic:
        scheduling, act = clinic.scheduling, clinic.act
        booked = [await scheduling.book(act(), draft) for draft in itertools.islice(drafts(clinic.path), CARRIED)]
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

        async def to_the_colleague(run: int) -> None:
            await carry(3 - there[0].provider_id, 0)

        async def to_the_next_week(run: int) -> None:
            await carry(there[0].provider_id, 1)

        measured = [
            (what, await cpu(does, runs=RUNS), await sample(does, runs=RUNS, rounds=1))
            for what, does in (
                ("to a colleague's empty column", to_the_colleague),
                ("to the same day of the next week", to_the_next_week),
            )
        ]
    for what, spent, waited in measured:
        report.add(
            "Carrying",
            Figure(what=f"{CARRIED} appointments {what}, CPU p50", measured=spent.p50, budget=BUDGET),
            Figure(what="the same, CPU p99", measured=spent.p99, budget=BUDGET),
            Figure(what="the same, from call to commit on disk, p50", measured=waited.p50),
            Figure(what="the same, from call to commit on disk, p99", measured=waited.p99),
        )
    report.note(
        "Carrying",
        f"One act through the service on a copy; CPU of all threads, the best of three rounds of {RUNS}, "
        "and the wall time of one round.",
    )
