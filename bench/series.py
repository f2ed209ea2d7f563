"""What a series costs: its dates checked, then booked as one act."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from bench.booking import FIRST_DAY, PROVIDERS, STARTS, copied_clinic
from bench.filling import NOW
from bench.timing import Figure, Report, cpu, sample
from ctfront.domain.appointments import Place
from ctfront.domain.series import SeriesPlan
from ctfront.domain.series_rule import Repeat
from ctfront.services.patients import Patients
from ctfront.services.scheduling import Scheduling
from ctfront.services.series_rules import plan_series

VISITS = 36
BUDGET = 150
RUNS, ROUNDS = 50, 3
SPAN = timedelta(weeks=VISITS // 2 + 1)
"""From a series to the next one at the same time with the same provider."""


async def _plans(scheduling: Scheduling, people: Patients, today: date) -> list[SeriesPlan]:
    """Return series in free places, each of another patient."""
    patients = [row for letter in "abcdefghijklmnoprstw" for row in (await people.find(letter, today=today)).rows]
    providers = {provider.id: provider for provider in await scheduling.providers()}
    purpose = (await scheduling.purposes())[0]
    plans = []
    for number, patient in enumerate(row for row in patients if row.active):
        column, start = number // len(STARTS), STARTS[number % len(STARTS)]
        provider = providers[1 + column % PROVIDERS]
        place = Place(provider_id=provider.id, day=FIRST_DAY + SPAN * (column // PROVIDERS), start=start)
        plans.append(plan_series(patient, purpose, provider, place, Repeat(count=VISITS, a_week=2), minutes=15))
    return plans


async def measure_series(report: Report, path: Path) -> None:
    """Report the time and the CPU of a series, and how they are divided."""
    async with copied_clinic(path) as copy:
        scheduling, clinic = copy.scheduling, copy.scheduling.clinic
        plans: Iterator[SeriesPlan] = iter(await _plans(scheduling, Patients(copy.database, clinic), NOW.date()))
        wall = NOW.astimezone(clinic.tz).replace(tzinfo=None)

        async def check_and_book(run: int) -> None:
            plan = next(plans)
            found = await scheduling.check_series(plan, plan.visits, now=wall)
            stand = [one.visit for one in found if one.stands]
            done = await scheduling.book_series(copy.act(), plan, stand)
            assert len(done.booked) == VISITS, found

        waited = await sample(check_and_book, runs=RUNS, rounds=ROUNDS)
        spent = await cpu(check_and_book, runs=RUNS, rounds=ROUNDS)
        last = next(plans)

        async def check(run: int) -> None:
            await scheduling.check_series(last, last.visits, now=wall)

        looked = await sample(check, runs=RUNS, rounds=ROUNDS)
    report.add(
        "Series",
        Figure(what=f"a series of {VISITS} checked and booked, p50", measured=waited.p50, budget=BUDGET),
        Figure(what="the same, p99", measured=waited.p99, budget=BUDGET),
        Figure(what="the same, CPU p50", measured=spent.p50),
        Figure(what="its dates checked alone, p50", measured=looked.p50),
    )
    report.note(
        "Series",
        f"Twice a week through the services on a copy of the clinic, `synchronous=FULL`, one commit each; "
        f"the best of {ROUNDS} rounds of {RUNS}.",
    )
