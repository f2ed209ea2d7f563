"""What bench/ generates is what the services write and read; what it measures is never a test."""

import random

import pytest

from bench.filling import FOUNDED, TODAY, _set_up, filler_of
from bench.names import Names
from bench.population import COLUMNS, Schedule, patients
from ctfront.data.database import Database
from ctfront.data.models import Base
from ctfront.domain.clinic import Identity
from ctfront.domain.set_up import FoundingDraft
from ctfront.services.found import found_clinic
from ctfront.services.patients import Patients
from ctfront.services.scheduling import Scheduling

PATIENTS = 1_000


@pytest.mark.parametrize("table", COLUMNS)
def test_rows_have_the_columns_that_their_table_wants(table):
    columns = Base.metadata.tables[table].columns
    given_by_the_database = {"id"} - {"id"} if table in {"patient", "appointment"} else {"id"}
    wanted = {c.name for c in columns if not c.nullable and c.default is None} - given_by_the_database
    assert wanted <= set(COLUMNS[table]) <= set(columns.keys())


def test_names_are_the_same_for_the_same_seed():
    first, again = Names(random.Random(7)), Names(random.Random(7))
    assert [first.surname() for _ in range(50)] == [again.surname() for _ in range(50)]


async def test_what_is_generated_is_read_by_the_services(database_url):
    database = Database(database_url)
    database.ready()
    draft = FoundingDraft(
        name="Big Clinic", zone="UTC", manager_name="Ada Admin", manager_short="admin", identity=Identity.DEMO
    )
    clinic, manager = found_clinic(database, FOUNDED, draft)
    ground = database.write_now(lambda session: _set_up(session, clinic, manager))
    chunk = next(patients(ground, PATIENTS, 1, TODAY))
    visits = next(Schedule(ground, PATIENTS, 1, TODAY, 1).rows())
    with filler_of(database) as filler:
        for tables in (chunk, visits):
            for table in (name for name in COLUMNS if name in tables):
                filler.write(table, tables[table])
    place = {name: number for number, name in enumerate(COLUMNS["appointment"])}
    row = visits["appointment"][0]
    read = await Scheduling(database, clinic).appointment(row[place["id"]])
    last_name, first_name = chunk["patient"][row[place["patient_id"]] - 1][4:6]
    assert (read.day.isoformat(), read.number, read.minutes) == tuple(
        row[place[n]] for n in ("day", "number", "minutes")
    )
    assert (read.patient.last_name, read.patient.first_name) == (last_name, first_name)
    found = await Patients(database, clinic).find(f"{last_name},{first_name}", today=TODAY)
    assert read.patient.id in {name.id for name in found.rows}
    await database.close()
