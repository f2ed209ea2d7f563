"""`ctfront db move`: a clinic from its file to a server, and who may do what there."""

import tomllib
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from ctfront.data.database import Database
from ctfront.data.models import AuditRow
from ctfront.data.row_copy import tally_rows
from ctfront.data.snapshots import snapshot_of
from ctfront.domain.errors import WrongDatabase
from ctfront.services import mail_acts
from tests.cli.test_commands import own_folders, run, said, without_engine  # noqa: F401
from tests.clinics import DEMO_RULES, SmallClinic, small_clinic
from tests.invited import invite, invited, reachable

ROLES = Path(__file__).parents[2] / "docs" / "postgresql-roles.sql"


@pytest.fixture
def clinic(sqlite_url, monkeypatch):
    """A small clinic on a file, with a morning booked and an invitation."""
    monkeypatch.setenv("CTFRONT_NOW", "2026-03-02T07:50")
    clinic = small_clinic(sqlite_url)
    clinic.book("RUIZ", "Dr Alvarez", "9:00")
    reachable(clinic, "RUIZ")
    invited(clinic, "RUIZ")
    yield clinic
    clinic.database.close_writer()


def tallies(database: Database):
    with snapshot_of(database) as connection:
        return tally_rows(connection, lambda done, total: None)


def sends(clinic: SmallClinic, act_on, *what):
    """Do one of the sender's acts."""
    act = clinic.act()
    return clinic.database.write_now(lambda session: act_on(session, clinic.clinic.id, act, *what))


def at(clinic: SmallClinic, url: str) -> SmallClinic:
    """The same clinic in another database."""
    fields = {name: getattr(clinic, name) for name in clinic.__dataclass_fields__}
    return SmallClinic(**{**fields, "database": Database(url)})


def test_everything_arrives_and_the_settings_and_the_file_say_where(clinic, empty_postgresql_url):
    path = clinic.database.path
    settings = path.with_name("settings.toml")
    settings.write_text("hold = 5\n\n[mail]\nper_minute = 3\n")
    before = tallies(clinic.database)
    plain = empty_postgresql_url.replace("+psycopg", "")
    code, out, err = said(run("--db", path, "db", "move", plain))
    shown = make_url(empty_postgresql_url).render_as_string()
    rows = sum(tally.rows for tally in before.values())
    assert (code, without_engine(out), err) == (
        0,
        f"{len(before)} tables with {rows:,} rows are the same on both sides.\n"
        f"The clinic is at {shown} now; {settings} says so. The old file takes no acts.\n"
        "Everything is in order.\n",
        "",
    )
    assert tomllib.loads(settings.read_text()) == {"database": plain, "hold": 5, "mail": {"per_minute": 3}}
    moved = at(clinic, empty_postgresql_url)
    after = tallies(moved.database)
    own = {"act", "audit", "audit_detail", "audit_head", "change_log"}
    assert {name: tally for name, tally in after.items() if name not in own} == {
        name: tally for name, tally in before.items() if name not in own
    }
    assert [after[name].rows - before[name].rows for name in sorted(own)] == [1, 1, 1, 0, 1]
    # whoever asks for the file is led to the server
    assert "Dr Alvarez" in said(run("--db", path, "agenda", "--date", "2026-03-02"))[1]
    moved.book("LEE", "Osei LMT", "10:00", purpose="Massage")
    assert "LEE" in said(run("--db", path, "agenda", "--date", "2026-03-02"))[1]
    # a desk that is still open on the file is told, and writes nothing
    with pytest.raises(WrongDatabase, match="has moved to a database server"):
        clinic.book("BAUER", "Dr Chen", "9:00")
    with pytest.raises(WrongDatabase, match="has moved to a database server"):
        sends(clinic, mail_acts.claim_mail, DEMO_RULES)
    assert tallies(clinic.database) == before
    settings.unlink()
    assert said(run("--db", path, "agenda"))[::2] == (
        1,
        "This clinic has moved to a database server; end the program and start it again, or ask the administrator.\n",
    )
    moved.database.close_writer()


def test_a_database_that_is_not_empty_is_refused(clinic, postgresql_url):
    other = small_clinic(postgresql_url)
    before = tallies(other.database)
    code, out, err = said(run("--db", clinic.database.path, "db", "move", postgresql_url))
    assert (code, out) == (1, "")
    assert err == "That database is not empty; choose one that is. Nothing was changed.\n"
    assert tallies(other.database) == before
    other.database.close_writer()
    clinic.book("LEE", "Osei LMT", "10:00", purpose="Massage")  # the file is as it was


@pytest.mark.parametrize("url", ["/tmp/other.db", "postgresql://nobody@127.0.0.1:1/none", "mysql://x/y"])
def test_a_place_that_is_no_server_is_one_sentence(clinic, url):
    code, out, err = said(run("--db", clinic.database.path, "db", "move", url))
    assert (code, out, err.count("\n")) == (1, "", 1)
    clinic.book("LEE", "Osei LMT", "10:00", purpose="Massage")


# -- who may do what


@pytest.fixture
def granted(postgresql_url):
    """A clinic on the server whose roles are as the docs have them, and a log-in for each."""
    clinic = small_clinic(postgresql_url)
    reachable(clinic, "RUIZ")
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for _ in range(2):  # it may be run again
            connection.connection.cursor().execute(ROLES.read_text())
    engine.dispose()
    yield clinic
    clinic.database.close_writer()


def as_role(clinic: SmallClinic, role: str) -> SmallClinic:
    """The clinic through connections that have only a role's rights."""
    url = clinic.database.url
    other = at(clinic, url.render_as_string(hide_password=False))
    engine = other.database._write_engine
    arguments = {"options": f"-c role={role}"}
    other.database._write_engine = create_engine(engine.url, pool_size=1, connect_args=arguments)
    return other


def test_the_desk_books_and_cannot_touch_the_trail(granted):
    desk = as_role(granted, "ctfront_staff")
    desk.book("RUIZ", "Dr Alvarez", "9:00")
    invite(desk, "RUIZ")
    for statement in (
        "UPDATE audit SET by_name = 'nobody'",
        "DELETE FROM audit",
        "DELETE FROM audit_detail",
        "TRUNCATE audit CASCADE",
        "DELETE FROM patient",
        "UPDATE alembic_version SET version_num = 'x'",
    ):
        with pytest.raises(WrongDatabase, match="does not let this account"):
            desk.database.write_now(lambda session, statement=statement: session.execute(text(statement)))
    desk.database.close_writer()


def test_the_sender_takes_mail_and_books_nothing(granted):
    invite(granted, "RUIZ")
    sender = as_role(granted, "ctfront_sender")
    due = granted.database.write_now(lambda session: session.execute(text("UPDATE outbox SET next_at = 0")))
    assert due.rowcount == 1
    claimed = sends(sender, mail_acts.claim_mail, DEMO_RULES)
    assert claimed.mail.first_name == "Ana"
    assert sends(sender, mail_acts.record_sent, DEMO_RULES, claimed)
    with pytest.raises(WrongDatabase, match="does not let this account"):
        sender.book("LEE", "Osei LMT", "10:00", purpose="Massage")
    with pytest.raises(WrongDatabase, match="does not let this account"):
        sender.database.write_now(lambda session: session.execute(text("SELECT pin_hash FROM staff")))
    sender.database.close_writer()


def test_the_owner_is_stopped_at_the_trail_too(granted):
    before = granted.database.write_now(lambda session: session.scalars(select(AuditRow.hash)).all())
    for statement in ("UPDATE audit SET by_name = 'nobody'", "DELETE FROM audit"):
        with pytest.raises((WrongDatabase, ProgrammingError)):
            granted.database.write_now(lambda session, statement=statement: session.execute(text(statement)))
    assert granted.database.write_now(lambda session: session.scalars(select(AuditRow.hash)).all()) == before
