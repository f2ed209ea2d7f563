"""What the operator waits for: the check, the full check, a backup; and what a link of the audit chain costs."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import insert, update

from bench.filling import NOW, TODAY, founded
from bench.machine import busy
from bench.timing import Figure, Report
from ctfront.data import chain
from ctfront.data import clinic as clinics
from ctfront.data.database import Database
from ctfront.data.models import AuditDetailRow, AuditHeadRow, AuditRow
from ctfront.domain.staff import Act, Actor, ActorKind
from ctfront.services.backing_up import make_backup
from ctfront.services.checking import check_database

Result = TypeVar("Result")

CHECK_SECONDS, FULL_SECONDS = 10, 300
LINKS = 100_000
PORTION = 5000

OPERATOR = Actor(kind=ActorKind.SYSTEM, id=None, name="operator")


def measure_upkeep(report: Report, path: Path, links: int = LINKS) -> None:
    """Report them of the big clinic; its file is only read, but for the entry that a backup was made."""
    part, database = "Upkeep", Database(f"sqlite:///{path}")
    clinic = database.write_now(clinics.load_clinic)
    assert clinic is not None

    def check(full: bool) -> list[str]:
        return check_database(database, clinic, TODAY, anchor=None, full=full, step=_silent).problems

    for what, full, budget in (("check", False, CHECK_SECONDS), ("check --full", True, FULL_SECONDS)):
        problems, seconds, spent = _timed(lambda full=full: check(full))
        found = f"{len(problems)} problems" if problems else "in order"
        beside = f"{spent:.1f} s of processor time; {found}"
        report.add(part, Figure(what=what, measured=seconds, unit="s", budget=budget, beside=beside))
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        act = Act(who=OPERATOR, at=NOW, op_id=f"bench-backup-{time.time_ns()}")
        made, seconds, spent = _timed(
            lambda: make_backup(
                database, clinic.id, act, Path(folder, "copy.db"), staging=Path(folder), keep=None, step=_silent
            )
        )
    beside = f"{made.size / 1e6:,.0f} MB, checked; {spent:.1f} s of processor time"
    report.add(part, Figure(what="backup", measured=seconds, unit="s", beside=beside))
    database.close_writer()
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        _measure_chain(report, part, Path(folder, "clinic.db"), links)
    said = "The check holds nobody up: it reads one moment. Budgets are those of issue 8 for this clinic."
    report.note(part, f"{said} Taken at a {busy()}.")


def _measure_chain(report: Report, part: str, path: Path, links: int) -> None:
    """Lengthen the chain of a small clinic in bulk and walk it."""
    database = Database(f"sqlite:///{path}")
    clinic, _ = founded(database)
    database.write_now(lambda session: _lengthen(session.connection(), clinic.id, links))
    broken, seconds, spent = _timed(lambda: database.write_now(lambda session: chain.broken_links(session, clinic.id)))
    beside = f"{spent:.1f} s of processor time; {len(broken)} do not fit"
    report.add(part, Figure(what=f"{links:,} links of the audit chain", measured=seconds, unit="s", beside=beside))
    database.close_writer()


def _lengthen(connection: object, clinic_id: int, links: int) -> None:
    """Add links as the ledger makes them."""
    head = chain.newest(connection, clinic_id)
    seq, previous = head.seq, head.hash
    details = chain.canonical({"minutes": 15, "note": "", "patient": 1, "start": "09:00:00"})
    for first in range(0, links, PORTION):
        rows, kept = [], []
        for number in range(first, min(first + PORTION, links)):
            seq += 1
            row = {
                "by_kind": "staff", "by_id": 1, "by_name": "tlee", "made_at": NOW, "clinic_id": clinic_id, "seq": seq,
                "os_user": "tlee", "session": "0123456789abcdef", "origin": "local", "op_id": f"bench-{number}",
                "act": "book", "subject_kind": "appointment", "subject_id": number,
                "digest": chain.details_digest("00" * 16, "{}", details), "previous_hash": previous,
            }  # fmt: skip
            row["hash"] = previous = chain.entry_hash(row)
            rows.append(row)
            kept.append({"clinic_id": clinic_id, "seq": seq, "salt": "00" * 16, "before": "{}", "after": details})
        connection.execute(insert(AuditRow.__table__), rows)
        connection.execute(insert(AuditDetailRow.__table__), kept)
    connection.execute(update(AuditHeadRow.__table__).values(seq=seq, hash=previous))


def _timed(act: Callable[[], Result]) -> tuple[Result, float, float]:
    """Do it, and return how long it took by the clock and of the processor."""
    begun, spent = time.perf_counter(), time.process_time()
    result = act()
    return result, time.perf_counter() - begun, time.process_time() - spent


def _silent(what: str) -> Callable[[int, int], None]:
    return lambda done, total: None
