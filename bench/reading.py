"""What reading costs in a big clinic: the day and the searches, and whether ten years are as quick as one."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.dialects import sqlite

from bench.filling import TODAY
from bench.timing import Figure, Report, Sample, latency, sample
from ctfront.data import clinic as clinics
from ctfront.data.appointments import APPOINTMENT, select_appointments
from ctfront.data.database import Database
from ctfront.domain.glance import FreePlaces
from ctfront.domain.schedule import DaySchedule
from ctfront.services.patients import Patients
from ctfront.services.scheduling import Scheduling

DAY_P50, DAY_P99 = 6, 15
SEARCH_P99, NEAR_P99 = 20, 150
GLANCE_P99 = 30
GLANCE_ROOM = 24 * (4 * 7 + 1)
"""Columns for all 24 providers over 4 weeks: as many days as 12 over 8 weeks."""
FLAT = 1.2
"""How much slower ten years may be than one."""

LAST_SATURDAY = date(2026, 2, 28)
SATURDAYS = 40
"""Different days that are read in turn, so that no run finds its rows in hand."""

EXACT = {
    "three-letter prefix": ("smi", "gar", "joh", "rod", "chu", "mor", "sta", "zzz", "bab", "mcd"),
    "las,fir": ("smi,jo", "garcia,ma", "lee,s", "okafor,gr", "johnson,mary", "mor,pa"),
    "first last": ("john smith", "mary garcia", "smith jennifer", "grace okafor", "ana ruiz", "patel dev"),
    "phone tail": ("432", "4321", "55-4321", "0000", "917", "1234"),
}
NEAR = ("smyht", "gracia,mary", "jhon smiht", "hernandes, maria", "johnosn", "rodrigez", "marry garcai", "xqzwvk")

Readers = tuple[Scheduling, Patients]


@contextlib.asynccontextmanager
async def readers(url: str) -> AsyncIterator[Readers]:
    """Open the services on a database."""
    database = Database(url)
    database.ready()
    clinic = database.write_now(clinics.load_clinic)
    assert clinic is not None, "the generator has founded it"
    try:
        yield Scheduling(database, clinic), Patients(database, clinic)
    finally:
        await database.close()


def saturday(run: int) -> date:
    """Return one of the days that are read in turn."""
    return LAST_SATURDAY - timedelta(days=7 * (run % SATURDAYS))


async def day_sample(scheduling: Scheduling) -> Sample:
    """Time the day through the service."""
    return await sample(lambda run: scheduling.day(saturday(run)))


async def find_sample(patients: Patients, texts: Iterable[str], *, runs: int = 300) -> Sample:
    """Time one kind of search over several texts."""
    chosen = list(texts)
    return await sample(lambda run: patients.find(chosen[run % len(chosen)], today=TODAY), runs=runs)


async def day_floor(path: str) -> Sample:
    """Time the very statement of the day in bare sqlite3, rows as tuples."""
    query = select_appointments(1).where(APPOINTMENT.day == LAST_SATURDAY)
    text = str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    with contextlib.closing(sqlite3.connect(path)) as connection:

        async def read(run: int) -> Any:
            return connection.execute(text.replace(LAST_SATURDAY.isoformat(), saturday(run).isoformat())).fetchall()

        return await sample(read)


async def find_floor(path: str) -> Sample:
    """Time the first fifty of a surname's prefix in bare sqlite3."""
    query = (
        "SELECT p.id, p.public_id, p.record_number, p.last_name, p.first_name, p.birth_date, p.active, f.number"
        " FROM patient p LEFT JOIN patient_phone f ON f.patient_id = p.id AND f.position = 0"
        " WHERE p.clinic_id = 1 AND p.folded_last >= ? AND p.folded_last < ? LIMIT 50"
    )
    texts = EXACT["three-letter prefix"]
    with contextlib.closing(sqlite3.connect(path)) as connection:

        async def read(run: int) -> Any:
            text = texts[run % len(texts)]
            return connection.execute(query, (text, text[:-1] + chr(ord(text[-1]) + 1))).fetchall()

        return await sample(read)


async def measure_day(report: Report, url: str, part: str, *, floor: Sample | None = None, told: bool = False) -> None:
    """Report the day of 12 providers, `told` without a budget."""
    async with readers(url) as (scheduling, _):
        shown: DaySchedule = await scheduling.day(LAST_SATURDAY)
        rows = sum(len(column.appointments) for column in shown.columns)
        timed = await day_sample(scheduling)
    what = f"day of {len(shown.columns)} providers, {rows} appointments"
    p50, p99 = (None, None) if told else (DAY_P50, DAY_P99)
    report.add(part, *latency(what, timed, p50=p50, p99=p99, floor=floor))


async def measure_glance(report: Report, url: str, part: str, *, told: bool = False) -> None:
    """Report the free places at a glance over the weeks to come, the fullest there are, `told` without a budget."""
    async with readers(url) as (scheduling, _):
        early = datetime.combine(TODAY - timedelta(days=28), time())

        async def read(run: int) -> FreePlaces:
            return await scheduling.glance(TODAY - timedelta(days=7 * (run % 4)), room=GLANCE_ROOM, now=early)

        weeks = (await read(0)).weeks
        timed = await sample(read)
    days = len(weeks.days) // weeks.days_a_week
    what = f"free places of {len(weeks.providers)} providers over {days} weeks"
    report.add(part, *latency(what, timed, p99=None if told else GLANCE_P99))


async def measure_search(
    report: Report, url: str, part: str, *, floor: Sample | None = None, told: bool = False
) -> None:
    """Report each kind of search, `told` without a budget."""
    async with readers(url) as (_, patients):
        for kind, texts in EXACT.items():
            timed = await find_sample(patients, texts)
            beside = floor if kind == "three-letter prefix" else None
            report.add(part, *latency(kind, timed, p99=None if told else SEARCH_P99, floor=beside))
        near = await find_sample(patients, NEAR, runs=100)
        report.add(part, *latency("near miss", near, p99=None if told else NEAR_P99))


async def measure_flatness(report: Report, part: str, one_year: str, ten_years: str) -> None:
    """Report how much slower ten years of appointments are than one; both are read in turn, round by round."""
    async with readers(one_year) as young, readers(ten_years) as old:
        days = [(await day_sample(young[0]), await day_sample(old[0])) for _ in range(2)]
        best = [min(each, key=lambda s: s.p50) for each in zip(*days, strict=True)]
        report.add(part, _ratio("day, p50", *best))
        for kind, texts in (*EXACT.items(), ("near miss", NEAR)):
            runs = 100 if kind == "near miss" else 300
            pairs = [
                (await find_sample(young[1], texts, runs=runs), await find_sample(old[1], texts, runs=runs))
                for _ in range(2)
            ]
            best = [min(each, key=lambda s: s.p50) for each in zip(*pairs, strict=True)]
            report.add(part, _ratio(f"{kind}, p50", *best))


def _ratio(what: str, young: Sample, old: Sample) -> Figure:
    return Figure(
        what=what,
        measured=old.p50 / young.p50,
        unit="×",
        budget=FLAT,
        beside=f"{young.p50:.2f} → {old.p50:.2f} ms",
    )
