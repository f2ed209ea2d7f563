"""A busy Monday of two clerks, slow and in bursts, on both engines to the same database."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from ctfront.data.database import Database
from tests.clinics import small_clinic
from tests.screens.busy_monday import LINES, scene
from tests.stories import INVITATIONS, ROWS
from tests.two_desks import clerks_at_work

MIDNIGHT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""0:00 on the Monday in Los Angeles."""

ACTS = "SELECT by_name, kind, sentence FROM act WHERE by_name IN ('mgarcia', 'tlee') ORDER BY serial"


def lines() -> Iterator[tuple[timedelta, str, str, str]]:
    """Give each line: when, who, what is typed, what is said."""
    for line in filter(None, (line.strip() for line in LINES.splitlines())):
        clock, who, keys, said = (part.strip() for part in line.split("|", 3))
        hours, minutes = clock.split(":")
        yield timedelta(hours=int(hours), minutes=int(minutes)), who, keys, said


@pytest.fixture
def monday_on(request, sqlite_template, tmp_path, postgresql_url):
    """Live through the Monday on an engine and return what is left, and the acts it took; minutes long."""
    if not request.config.getoption("--soak"):
        pytest.skip("lived through by make soak")

    def live(engine: str, *, burst: bool) -> list[list]:
        path = tmp_path / f"{engine}-{burst}.db"
        shutil.copyfile(sqlite_template, path)
        url = f"sqlite:///{path}" if engine == "sqlite" else postgresql_url
        clinic = small_clinic(url)
        scene(clinic)
        clinic.database.close_writer()
        now = [MIDNIGHT]
        actors = {"mgarcia": clinic.mgarcia, "tlee": clinic.tlee}
        with clerks_at_work(url, clinic.clinic, actors, lambda: now[0], tmp_path) as clerks:
            for clock, who, keys, said in lines():
                now[0] = MIDNIGHT + clock
                shown = "\n".join(clerks[who].type(keys, burst=burst))
                assert said in " ".join(shown.replace("│", " ").split()), f"{clock} {who} {keys}\n{shown}"
        return what_is_left(url)

    return live


def what_is_left(url: str) -> list[list]:
    database = Database(url)
    queries = (ROWS, INVITATIONS, ACTS)
    left = database.write_now(lambda session: [[tuple(map(str, r)) for r in session.execute(text(q))] for q in queries])
    database.close_writer()
    return left


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_in_bursts_it_ends_as_key_by_key(monday_on, engine):
    rows, invitations, acts = monday_on("sqlite", burst=False)
    assert len(acts) >= 100
    in_bursts = monday_on(engine, burst=True)
    assert in_bursts == [rows, invitations, acts]
