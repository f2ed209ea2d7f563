"""Two clinics in one database: whatever is asked of the services of one, nothing of the other shows or changes."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import event, select, text

from ctfront.data.models import Base, ClinicRow
from ctfront.domain.appointments import Asker, Status
from ctfront.domain.errors import ClinicError
from ctfront.domain.set_up import ProviderDraft, StaffDraft, VisitPurposeDraft
from ctfront.domain.times import Span
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.services.exporting import Exporting
from ctfront.services.importing import Importing
from ctfront.services.patients import Patients
from ctfront.services.scheduling import Scheduling
from tests.clinics import MONDAY, small_clinic
from tests.services.test_clinic_setup import clinic_draft

EIGHT = datetime.combine(MONDAY, time(8))

MARK = "Xenon"
"""Stands in every text of the other clinic."""

SHIFT = 1000
"""Ids of the other clinic begin there."""

KEYS = {
    "id", "provider_id", "purpose_id", "patient_id", "site_id", "appointment_id", "account_id", "resource_id", "by_id",
}  # fmt: skip
TEXTS = {
    "clinic": ("name",), "site": ("name",), "staff": ("name", "short_name"), "provider": ("name",),
    "visit_purpose": ("name",), "patient": ("last_name", "record_number", "public_id", "note"),
    "patient_phone": ("number",), "appointment": ("note", "by_name"), "event": ("text",), "act": ("sentence", "op_id"),
    "appointment_status": ("reason", "op_id", "by_name"), "audit": ("op_id", "by_name"),
}  # fmt: skip


@dataclass
class Both:
    """Our desk, and the ids of the other clinic's things."""

    desk: object
    theirs: object
    """Our appointment as it stands in the other clinic."""


@pytest.fixture
async def both(database_url):
    """A clinic, and a copy of all of it under another id and with a mark in every name."""
    desk = small_clinic(database_url)
    ours = desk.book("RUIZ", "Dr Alvarez", "8:00", note="x")
    desk.book("KAPOOR", "Dr Alvarez", "9:00", note="x")
    hour = Span(600, 660)
    await desk.scheduling.add_event(desk.act(), ours.provider_id, MONDAY, hour, "meeting")
    desk.database.write_now(copy_clinic)
    yield Both(desk=desk, theirs=ours.id + SHIFT)
    await desk.database.close()


def copy_clinic(session) -> None:
    for table in Base.metadata.sorted_tables:
        rows = [dict(row) for row in session.execute(select(table)).mappings()]
        for row in rows:
            for column in table.columns:
                name = column.name
                if name == "clinic_id" or (table.name == "clinic" and name == "id"):
                    row[name] += 1
                elif name in KEYS and row[name] is not None:
                    row[name] += SHIFT
                elif name in TEXTS.get(table.name, ()):
                    row[name] = f"{MARK}{row[name]}"[:36]
        if rows and table.name != "online_account":
            session.execute(table.insert(), rows)
    if session.get_bind().dialect.name == "postgresql":
        for table in Base.metadata.sorted_tables:
            if "id" in table.c and table.name != "clinic":
                session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), 5000)"))


def marked(answer: object) -> bool:
    return MARK.casefold() in str(answer).casefold() or f"={SHIFT}" in str(answer)


async def test_nothing_that_is_read_shows_the_other_clinic(both):
    desk, theirs = both.desk, both.theirs
    setup, out = ClinicSetup(desk.database, desk.clinic), Exporting(desk.database, desk.clinic)
    alvarez, adjustment = desk.providers["Dr Alvarez"].id, desk.purposes["Adjustment"].id
    ruiz = desk.patients["RUIZ"]
    now = desk.scheduling
    answers = {
        "day": await now.day(MONDAY),
        "week": await now.week(alvarez, MONDAY),
        "their week": await now.week(alvarez + SHIFT, MONDAY),
        "providers": await now.providers(),
        "purposes": await now.purposes(),
        "history": await now.history(theirs),
        "suggest": await now.suggest(desk.place("Dr Alvarez", "9:15"), ruiz + SHIFT),
        "openings": await now.openings(adjustment, start=MONDAY, until=MONDAY + timedelta(days=7), not_before=EIGHT),
        "changes": await now.changes_since(0),
        "set up": await now.set_up_since(0),
        "find": await desk.people.find("ruiz", today=MONDAY),
        "find marked": await desk.people.find("xenon", today=MONDAY),
        "near miss": await desk.people.find("xenonruis", today=MONDAY),
        "find born": await desk.people.find("3/2/84", today=MONDAY),
        "find phone": await desk.people.find("4431", today=MONDAY),
        "find record": await desk.people.find("#Xenon10001", today=MONDAY),
        "patient": await desk.people.patient(ruiz),
        "appointments of": await desk.people.appointments_of(ruiz + SHIFT),
        "clinic": await setup.current_clinic(),
        "sites": await setup.sites(),
        "all providers": await setup.providers(),
        "all purposes": await setup.purposes(),
        "staff": await setup.staff(),
        "export appointments": await out.appointments(),
        "export patients": await out.patients(),
    }
    assert [name for name, answer in answers.items() if marked(answer)] == []
    assert answers["history"] == ()
    assert len(answers["find phone"].rows) == 1
    assert answers["changes"][0] < SHIFT


async def test_the_other_clinics_view_is_whole(both):
    """The copy is a clinic like ours: what is hidden above is there."""
    other = both.desk.database.write_now(lambda s: s.get(ClinicRow, both.desk.clinic.id + 1).name)
    clinic = replace(both.desk.clinic, id=both.desk.clinic.id + 1, name=other)
    scheduling, people = Scheduling(both.desk.database, clinic), Patients(both.desk.database, clinic)
    day = await scheduling.day(MONDAY)
    assert [len(column.appointments) for column in day.columns] == [2, 0, 0]
    assert all(MARK.casefold() in a.patient.name.casefold() for a in day.columns[0].appointments)
    assert len((await people.find("4431", today=MONDAY)).rows) == 1


async def test_no_act_reaches_into_the_other_clinic(both):
    desk, theirs, now = both.desk, both.theirs, both.desk.scheduling
    setup = ClinicSetup(desk.database, desk.clinic)
    place = desk.place("Dr Chen", "11:00")
    their_place = replace(place, provider_id=place.provider_id + SHIFT)
    draft = desk.draft("LEE", "Dr Chen", "11:00")
    manager = desk.manager
    acts = {
        "move": lambda: now.move(desk.act(), theirs, place, version=1),
        "reschedule": lambda: now.reschedule(
            desk.act(), theirs, replace(place, day=MONDAY + timedelta(days=1)), version=1,
            asked_by=Asker.PATIENT, reason="x",
        ),
        "cancel": lambda: now.cancel(desk.act(), theirs, version=1, reason="x", asked_by=Asker.PATIENT),
        "delete": lambda: now.delete(desk.act(), theirs, version=1),
        "mark": lambda: now.mark(desk.act(), theirs, Status.ARRIVED),
        "edit": lambda: now.edit(desk.act(), theirs, version=1, purpose_id=1, minutes=15, note=""),
        "appointment": lambda: now.appointment(theirs),
        "book their patient": lambda: now.book(desk.act(), replace(draft, patient_id=draft.patient_id + SHIFT)),
        "book their provider": lambda: now.book(desk.act(), replace(draft, place=their_place)),
        "book their purpose": lambda: now.book(desk.act(), replace(draft, purpose_id=draft.purpose_id + SHIFT)),
        "their event": lambda: now.remove_event(desk.act(), 1 + SHIFT),
        "event of their provider": lambda: now.add_event(
            desk.act(), their_place.provider_id, MONDAY, Span(600, 660), "x"
        ),
        "openings": lambda: now.openings(
            1 + SHIFT, start=MONDAY, until=MONDAY, not_before=EIGHT
        ),
        "patient": lambda: desk.people.patient(1 + SHIFT),
        "by record": lambda: desk.people.by_record("Xenon10001"),
        "erase": lambda: desk.people.erase(desk.act(manager), 1 + SHIFT, legal_request="letter"),
        "provider": lambda: setup.save_provider(desk.act(manager), 1 + SHIFT, ProviderDraft(name="X")),
        "purpose": lambda: setup.save_purpose(
            desk.act(manager), 1 + SHIFT, VisitPurposeDraft(name="X", minutes=15, letter="X")
        ),
        "their purpose": lambda: setup.save_provider(
            desk.act(manager), None, ProviderDraft(name="X", purpose_ids=(1 + SHIFT,))
        ),
        "staff": lambda: setup.save_staff(desk.act(manager), 1 + SHIFT, StaffDraft(name="X", short_name="x")),
    }  # fmt: skip
    before = desk.database.write_now(everything_of_theirs)
    for name, act in acts.items():
        with pytest.raises(ClinicError):
            pytest.fail(f"{name}: {await act()}")
    await setup.save_clinic(desk.act(manager), clinic_draft(name="Renamed"))
    people = b"Last,First,DOB\nXenonRuiz,Ana,1984-03-02\n"
    importing = Importing(desk.database, desk.clinic)
    plan = await importing.plan(desk.act(manager), "patients", people)
    assert (plan.new, plan.known) == (1, 0)
    await now.undo(desk.act())
    await now.undo(desk.act())
    assert desk.database.write_now(everything_of_theirs) == before


OWNERS = {"seat": "resource_id", "appointment_status": "appointment_id", "provider_purpose": "provider_id"}
"""Whose a row is where the table has no clinic."""


def everything_of_theirs(session) -> list[object]:
    rows = []
    for table in Base.metadata.sorted_tables:
        if table.name == "clinic":
            theirs = table.c.id == 2
        elif "clinic_id" in table.c:
            theirs = table.c.clinic_id == 2
        elif table.name in OWNERS:
            theirs = table.c[OWNERS[table.name]] > SHIFT
        else:
            continue
        rows += [(table.name, *row) for row in session.execute(select(table).where(theirs))]
    return sorted(rows, key=str)


async def test_every_statement_on_a_clinics_table_names_the_clinic_or_a_row(both):
    """A walk through reading and acting; each statement either asks for one clinic or for rows by their key."""
    desk = both.desk
    seen: list[str] = []

    def listen(connection, cursor, statement, *_):
        seen.append(" ".join(statement.split()))

    for engine in (desk.database._write_engine, desk.database._read_engine and desk.database._read_engine.sync_engine):
        if engine is not None:
            event.listen(engine, "before_cursor_execute", listen)
    await test_nothing_that_is_read_shows_the_other_clinic(both)
    reading = desk.database._read_engine.sync_engine
    event.listen(reading, "before_cursor_execute", listen)
    await test_nothing_that_is_read_shows_the_other_clinic(both)
    await desk.scheduling.book(desk.act(), desk.draft("LEE", "Dr Chen", "11:00"))
    await desk.scheduling.undo(desk.act())
    of_a_clinic = {table.name for table in Base.metadata.sorted_tables if "clinic_id" in table.c}
    careless = [s for s in seen if s.startswith("SELECT") and tables_of(s) & of_a_clinic and not names_a_clinic(s)]
    assert careless == []
    assert len(seen) > 40


def tables_of(statement: str) -> set[str]:
    words = statement.replace("(", " ").replace(")", " ").replace(",", " ").split()
    return {words[n + 1] for n, word in enumerate(words[:-1]) if word in {"FROM", "JOIN"}}


def names_a_clinic(statement: str) -> bool:
    condition = statement.partition(" WHERE ")[2]
    key = any(f"{table}.{name} =" in condition for table in tables_of(statement) for name in ("id", "op_id"))
    return "clinic_id =" in condition or key
