"""The audit chain finds what was changed, and outlives the erasure of a person's details."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, select, text

from ctfront.data import ledger
from ctfront.data.database import Database
from ctfront.data.models import ChangeRow, ClinicRow
from ctfront.domain.staff import Act, Actor, ActorKind
from tests.data.test_database import CLINIC

NOW = datetime(2026, 3, 2, 16, 0, 0, 123456, tzinfo=UTC)
CLERK = Actor(kind=ActorKind.STAFF, id=1, name="mgarcia", os_user="mgarcia", session="s1", origin="local")


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    database.ready()
    database.write_now(lambda session: session.execute(insert(ClinicRow).values(id=1, **CLINIC)))
    for number in range(1, 6):
        database.write_now(lambda session, number=number: note(session, number))
    yield database
    database.close_writer()


def note(session, number: int) -> None:
    ledger.record(
        session,
        1,
        Act(who=CLERK, at=NOW, op_id=f"op-{number}"),
        kind="book",
        subject_kind="appointment",
        subject_id=number,
        sentence="Booked.",
        before={},
        after={"start": date(2026, 3, 2), "number": number},
        days=[date(2026, 3, number), date(2026, 3, number), date(2026, 4, 1)],
    )


def broken(database: Database) -> list[int]:
    return database.write_now(lambda session: ledger.broken_links(session, 1))


def test_an_untouched_chain_holds(database):
    assert broken(database) == []


@pytest.mark.parametrize(
    ("attack", "found"),
    [
        ("UPDATE audit SET act = 'cancel' WHERE seq = 2", [2]),
        ("UPDATE audit_detail SET after = '{}' WHERE seq = 3", [3]),
        ("DELETE FROM audit WHERE seq = 3", [4]),
        ("DELETE FROM audit WHERE seq = 5", [5]),
    ],
    ids=["entry changed", "details changed", "cut from the middle", "cut from the end"],
)
def test_tampering_is_found(database, attack, found):
    database.write_now(lambda session: session.execute(text(attack)))
    assert broken(database) == found


def test_erasing_the_details_leaves_the_chain_whole(database):
    database.write_now(lambda session: session.execute(text("DELETE FROM audit_detail WHERE seq = 3")))
    assert broken(database) == []


def test_the_same_op_id_is_recognised(database):
    assert (
        database.write_now(lambda session: ledger.repeated(session, Act(who=CLERK, at=NOW, op_id="op-4")).subject_id)
        == 4
    )
    assert database.write_now(lambda session: ledger.repeated(session, Act(who=CLERK, at=NOW, op_id="new"))) is None


def test_each_touched_day_is_told_once(database):
    days = database.write_now(
        lambda session: session.execute(select(ChangeRow.day).where(ChangeRow.op_id == "op-2")).scalars().all()
    )
    assert days == [date(2026, 3, 2), date(2026, 4, 1)]
