"""What `ctfront check` looks for, in a database that is in use as in a copy of one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from ctfront.data import chain, engines, soundness
from ctfront.data.chain import Head
from ctfront.data.database import Database, translated
from ctfront.data.models import ClinicRow
from ctfront.data.snapshots import snapshot_of, snapshot_of_file
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import WrongDatabase
from ctfront.services.checking_visits import counted, visit_findings
from ctfront.services.steps import Step

LINKS = 50_000
"""Links of the audit chain that are always looked at, two seconds’ work; a longer chain from its anchor on only."""

WHOLE_FILE = 256_000_000
"""Bytes up to which an SQLite file is always read whole."""

SHORT_TABLES = (
    "audit_head",
    "clinic",
    "staff",
    "provider",
    "office_hours",
    "seat",
    "invitation",
    "outbox",
    "mail_state",
)
"""What is read of a longer one."""


@dataclass(kw_only=True)
class Report:
    """What was found."""

    problems: list[str] = field(default_factory=list)
    """What is wrong, a sentence each."""
    notes: list[str] = field(default_factory=list)
    """What should be known, and is no fault."""
    head: Head = field(default_factory=Head)
    """The last link of the audit chain, which everything up to it is fixed by."""
    links: int = 0
    """Links that were looked at."""
    sound_trail: bool = False
    """Whether the chain was looked at and holds."""


def check_database(
    database: Database, clinic: Clinic, today: date, *, anchor: Head | None, full: bool, step: Step
) -> Report:
    """Check the database as it is in this moment; nobody who writes waits for it.

    `anchor` is the link that an earlier check ended with. Unless it is to be `full`, a long file, a long chain and
    the days before yesterday are left out. Raises `DatabaseUnavailable`.
    """
    with translated(), snapshot_of(database) as connection:
        note = engines.advice(database)
        whole = full or database.path is None or database.path.stat().st_size <= WHOLE_FILE
        report = check_connection(connection, clinic, today, anchor=anchor, full=full, whole_file=whole, step=step)
    report.notes += [note] if note else []
    return report


def check_copy(file: Path, step: Step) -> None:
    """Refuse a copy that is not sound: the whole file, and the newest part of its chain. Raises `WrongDatabase`."""
    with translated(), snapshot_of_file(file) as connection:
        problems = list(_file_problems(connection, step, whole=True))
        if not problems:
            for clinic_id in connection.execute(select(ClinicRow.id)).scalars().all():
                _, broken = _chain_problems(connection, clinic_id, None, step, full=False)
                problems += broken
    if problems:
        raise WrongDatabase(f"The copy is not sound: {problems[0]}")


def check_connection(
    connection: Connection,
    clinic: Clinic,
    today: date,
    *,
    anchor: Head | None,
    full: bool,
    whole_file: bool,
    step: Step,
) -> Report:
    """Check what a connection shows."""
    report = Report(head=chain.newest(connection, clinic.id))
    report.problems += _file_problems(connection, step, whole=whole_file)
    if report.problems:
        return report
    report.links, broken = _chain_problems(connection, clinic.id, anchor, step, full=full)
    report.problems += broken
    report.sound_trail = not broken
    problems, notes = visit_findings(connection, clinic, today, step, full=full)
    report.problems += problems
    report.notes += notes
    if twice := soundness.invitations_twice(connection, clinic.id):
        report.problems.append(f"{counted(twice, 'patient')} with more than one open invitation.")
    if astray := soundness.mails_astray(connection, clinic.id):
        report.problems.append(f"{counted(astray, 'invitation')} that no mail in the outbox fits.")
    return report


def _file_problems(connection: Connection, step: Step, *, whole: bool) -> Iterator[str]:
    """Yield what is wrong with an SQLite file."""
    if connection.dialect.name != "sqlite":
        return
    tell = step("Reading the file")
    tables = ("",) if whole else SHORT_TABLES
    for done, table in enumerate(tables):
        tell(done, len(tables))
        found = connection.exec_driver_sql(f"PRAGMA quick_check{f'({table})' if table else ''}").scalars().first()
        if found != "ok":
            yield f"The database file is damaged ({found}); restore the newest backup."
            return


def _chain_problems(
    connection: Connection, clinic_id: int, anchor: Head | None, step: Step, *, full: bool
) -> tuple[int, list[str]]:
    """Return how many links were looked at, and what does not fit in the audit chain."""
    head = chain.newest(connection, clinic_id)
    since = 0 if full or head.seq <= LINKS else max(1, min(head.seq - LINKS, anchor.seq if anchor else head.seq))
    session, problems = Session(connection), []
    broken = chain.broken_links(
        session, clinic_id, since=since, anchor=anchor, progress=step("Reading the audit trail")
    )
    if anchor is not None and anchor.seq > head.seq:
        problems.append(
            f"The audit trail ends at entry {head.seq}; an earlier check saw entry {anchor.seq}. What came after is "
            "cut off, or an older copy of the database was put in its place."
        )
        broken = [seq for seq in broken if seq <= head.seq]
    if broken:
        problems.append(f"The audit trail was changed at entry {broken[0]} ({len(broken)} entries do not fit).")
    if lost := chain.lost_details(session, clinic_id, since=since):
        problems.append(f"The details of entry {lost[0]} of the audit trail are gone ({len(lost)} in all).")
    return head.seq - since, problems
