"""`python -m bench [PART …]`: measure and write bench/RESULTS.md."""

import argparse
import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.access import measure_access
from bench.booking import measure_booking
from bench.carrying import measure_carrying
from bench.day import measure_day_of_work
from bench.duplicating import measure_duplicates
from bench.filling import Size, kept_file
from bench.inviting import measure_inviting
from bench.keys import measure_keys
from bench.machine import busy, facts, fsync_milliseconds
from bench.mailing import measure_mailing
from bench.online import measure_online
from bench.painting import measure_painting
from bench.postgres import kept_server
from bench.reading import day_floor, find_floor, measure_day, measure_flatness, measure_glance, measure_search
from bench.results import write_part, write_results
from bench.series import measure_series
from bench.sessions import measure_sessions
from bench.start import measure_starting
from bench.timing import ROUNDS, RUNS, Report
from bench.upkeep import measure_upkeep
from bench.waiting import measure_waitlist
from bench.wire import demo_clinic, measure_wire
from bench.wire_parts import measure_parts
from ctfront.terminal.key_loop import KeyLoop, keep_loaded

PARTS = (
    "day",
    "glance",
    "search",
    "flat",
    "paint",
    "booking",
    "carry",
    "series",
    "invite",
    "access",
    "mail",
    "online",
    "waitlist",
    "duplicates",
    "upkeep",
    "postgresql",
    "start",
    "sessions",
    "wire",
)


def main() -> None:
    """Generate what is not kept, measure the parts asked for, write the page when all were."""
    asked = _asked()
    chosen = asked.parts or PARTS
    report, size = Report(), Size(patients=asked.patients, years=asked.years)
    about = {**facts(), "load when it began": busy()}
    alone = {"wire": _measure_wire, "start": measure_starting, "sessions": measure_sessions}
    if len(chosen) == 1 and (measure := alone.get(chosen[0])) is not None:  # wants no clinic of ten years
        measure(report)
        write_part(report)
        return
    path = kept_file(asked.keep, size, print)
    about["fsync of 4 KiB"] = f"p50 {fsync_milliseconds(asked.keep):.2f} ms"
    about["clinic"] = f"{size.patients:,} patients, appointments of {size.years} years, made by bench/ with one seed"
    keep_loaded()  # as the program does
    with asyncio.Runner(loop_factory=KeyLoop) as runner:
        runner.run(_measure(report, asked, chosen, path))
    if "start" in chosen:
        measure_starting(report)
    if "sessions" in chosen:
        measure_sessions(report)
    if "wire" in chosen:
        _measure_wire(report)
    about["load when it ended"] = busy()
    if set(chosen) == set(PARTS):
        write_results(report, about, datetime.now(UTC).date())
    elif list(chosen) == ["upkeep"]:
        write_part(report)


def _measure_wire(report: Report) -> None:
    with demo_clinic() as database:
        with asyncio.Runner(loop_factory=KeyLoop) as runner:
            runner.run(measure_parts(report, database))
        measure_day_of_work(report, database)
        measure_wire(report, database)
        measure_keys(report, database)


async def _measure(report: Report, asked: argparse.Namespace, chosen: tuple[str, ...], path: Path) -> None:
    url = f"sqlite:///{path}"
    if "day" in chosen:
        await measure_day(report, url, "Reading", floor=await day_floor(str(path)))
    if "glance" in chosen:
        await measure_glance(report, url, "Reading")
    if "search" in chosen:
        await measure_search(report, url, "Reading", floor=await find_floor(str(path)))
    report.note(
        "Reading",
        f"Through the services, domain objects made; the best of {ROUNDS} rounds of {RUNS} runs over different days "
        "and texts. The floors are bare `sqlite3`: the day's own statement, and the first fifty of a prefix.",
    )
    if "flat" in chosen:
        one_year = kept_file(asked.keep, Size(patients=asked.patients, years=1), print)
        await measure_flatness(report, f"One year to {asked.years}", f"sqlite:///{one_year}", url)
    if "paint" in chosen:
        await measure_painting(report, url)
    if "booking" in chosen:
        await measure_booking(report, path)
    if "carry" in chosen:
        await measure_carrying(report, path)
    if "series" in chosen:
        await measure_series(report, path)
    if "invite" in chosen:
        await measure_inviting(report, path)
    if "access" in chosen:
        await measure_access(report, path)
    if "mail" in chosen:
        await measure_mailing(report, path)
    if "online" in chosen:
        await measure_online(report, path)
    if "waitlist" in chosen:
        await measure_waitlist(report, kept_file(asked.keep, Size(patients=10_000, years=1), print))
    if "duplicates" in chosen:
        await measure_duplicates(report, asked.keep, asked.patients)
    if "upkeep" in chosen:
        await asyncio.to_thread(measure_upkeep, report, path)
    if "postgresql" in chosen:
        with kept_server(asked.keep, Size(patients=asked.patients, years=asked.years), print) as server:
            await measure_day(report, server, "Reading on PostgreSQL", told=True)
            await measure_search(report, server, "Reading on PostgreSQL", told=True)
        report.note(
            "Reading on PostgreSQL",
            "Only told, the budgets being the embedded file's: a private server on the same processors.",
        )


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}; else all")
    parser.add_argument("--patients", type=int, default=200_000)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir(), "ctfront-bench"), metavar="DIR")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return asked


if __name__ == "__main__":
    main()
