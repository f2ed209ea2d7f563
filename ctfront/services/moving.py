"""A clinic's way from its SQLite file to a PostgreSQL server: copied, compared, and the file closed to writers."""

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from ctfront.data import ledger, schema
from ctfront.data.database import Database
from ctfront.data.row_copy import Tally
from ctfront.data.snapshots import load_snapshot, snapshot_of
from ctfront.domain.errors import InputRefused, WrongDatabase
from ctfront.domain.staff import Act
from ctfront.services.restoring import check_empty
from ctfront.services.steps import Step

KIND = "move_database"

OLDEST = 140000
"""PostgreSQL's number of its release 14."""

CLOSED = ("act", "audit", "change_log", "seat", "outbox", "mail_state", "online_session")
"""Tables that every act writes one of; closing them closes the file."""


def check_target(source: Database, target: Database) -> None:
    """Refuse what is no empty PostgreSQL 14 or newer. Raises `InputRefused` or `DatabaseUnavailable`."""
    if source.path is None:
        raise InputRefused("This clinic is on a database server already.", field="url")
    if target.sqlite:
        raise InputRefused("A clinic moves to PostgreSQL: postgresql://user@host/name.", field="url")
    with snapshot_of(target) as connection:
        number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    if number < OLDEST:
        raise WrongDatabase(f"That server is PostgreSQL {number // 10000}; ctfront wants 14 or newer.")
    check_empty(target)


def move(source: Database, target: Database, clinic_id: int, act: Act, step: Step) -> dict[str, Tally]:
    """Copy everything into the empty target and close the source; return what was copied, by table.

    Whoever writes to the source meanwhile waits, and is refused afterwards. Raises `DatabaseUnavailable`; then the
    source is as it was.
    """
    target.ready()
    path = source.path
    assert path is not None, "only a file is moved"

    def copy_and_close(session: Session) -> dict[str, Tally]:
        tallies = load_snapshot(path, target.url, step("Moving"))
        for table in CLOSED:
            for verb in ("INSERT", "UPDATE"):
                session.execute(
                    text(
                        f"CREATE TRIGGER moved_{table}_{verb.lower()} BEFORE {verb} ON {table} "
                        f"BEGIN SELECT RAISE(ABORT, '{schema.MOVED}'); END"
                    )
                )
        session.execute(text("UPDATE alembic_version SET version_num = :moved"), {"moved": schema.MOVED})
        return tallies

    tallies = source.write_now(copy_and_close)
    rows = sum(tally.rows for tally in tallies.values())
    target.write_now(
        lambda session: ledger.record(
            session, clinic_id, act, kind=KIND, subject_kind="backup", subject_id=None, after={"rows": rows}
        )
    )
    return tallies


def shown(url: str) -> str:
    """Return a database's address as it may be shown: without its password."""
    return make_url(url).render_as_string()
