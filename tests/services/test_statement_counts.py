"""How many statements each reading and act is: what keeps them quick, told without a clock."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import event

from ctfront.domain.clinic import DateOrder
from ctfront.domain.invitations import Source
from ctfront.domain.series_rule import Repeat
from ctfront.domain.set_up import ProviderDraft
from ctfront.services.bulk_inviting import BulkInviting
from ctfront.services.inviting import Inviting
from ctfront.services.patients import Patients
from ctfront.services.series_rules import plan_series
from ctfront.services.set_up_providers import save_provider
from tests.clinics import MONDAY, NOW
from tests.sendings import reachable

LATE = MONDAY + timedelta(days=1)


@pytest.fixture
async def statements(desk):
    """The statements that reach the database, beginnings and commits left out."""
    async with desk.database.reading():
        pass  # the reading engine is made when it is first wanted

    @contextmanager
    def count():
        kept = []

        def keep(connection, cursor, text, *rest):
            if not text.startswith("BEGIN"):
                kept.append(" ".join(text.split()))

        engines = (desk.database._write_engine, desk.database._read_engine.sync_engine)
        for engine in engines:
            event.listen(engine, "before_cursor_execute", keep)
        yield kept
        for engine in engines:
            event.remove(engine, "before_cursor_execute", keep)

    return count


def fill(desk) -> None:
    for patient, start in (("RUIZ", "8:00"), ("KAPOOR", "8:15"), ("LEE", "8:30"), ("OKAFOR", "8:45")):
        desk.book(patient, "Dr Alvarez", start)


async def test_a_series_is_checked_in_three_statements_whatever_its_length(desk, statements):
    await desk.scheduling.day(MONDAY)
    [who] = (await desk.people.find("bauer", today=MONDAY)).rows
    purpose, provider, place = desk.purposes["Adjustment"], desk.providers["Dr Chen"], desk.place("Dr Chen", "9:30")
    lengths = []
    for count in (2, 60):
        plan = plan_series(who, purpose, provider, place, Repeat(count=count, a_week=2))
        with statements() as read:
            await desk.scheduling.check_series(plan, plan.visits, now=datetime.combine(MONDAY, time(8)))
        lengths.append(len(read))
    assert lengths == [3, 3]


async def test_free_places_are_four_statements_whatever_the_number_of_weeks(desk, statements):
    await desk.scheduling.day(MONDAY)
    fill(desk)
    lengths = []
    for room in (20, 500):
        with statements() as read:
            shown = await desk.scheduling.glance(MONDAY, room=room, now=datetime.combine(MONDAY, time(8)))
        lengths.append((len(read), len(shown.weeks.days)))
        assert shown.counts[0][0][:3] == (0, 0, 2)
    assert lengths == [(4, 10), (4, 40)]


async def test_a_day_is_three_statements_however_full(desk, statements):
    await desk.scheduling.day(MONDAY)
    with statements() as empty:
        await desk.scheduling.day(MONDAY)
    fill(desk)
    with statements() as filled:
        day = await desk.scheduling.day(MONDAY)
    assert len(day.columns[0].appointments) == 4
    assert (len(empty), len(filled)) == (3, 3)


async def test_the_first_reading_adds_the_providers(desk, statements):
    with statements() as first:
        await desk.scheduling.day(MONDAY)
    assert len(first) == 6


async def test_a_provider_saved_elsewhere_is_in_the_next_reading(desk):
    before = await desk.scheduling.day(MONDAY)
    alvarez = before.columns[0].provider
    draft = ProviderDraft(name=alvarez.name, governor=2, hours=alvarez.hours, purpose_ids=alvarez.purpose_ids)
    desk.database.write_now(
        lambda session: save_provider(
            session, desk.clinic, desk.act(desk.manager), alvarez.id, draft, version=alvarez.version
        )
    )
    after = await desk.scheduling.day(MONDAY)
    assert [c.provider.governor for c in after.columns] == [2, 1, 1]


async def test_a_booking_is_seventeen_statements_however_full_the_day(desk, statements):
    fill(desk)
    with statements() as short:
        await desk.scheduling.book(desk.act(), desk.draft("BAUER", "Dr Alvarez", "9:00"))
    with statements() as long:
        await desk.scheduling.book(desk.act(), desk.draft("BAUER", "Osei LMT", "14:00", purpose="Massage"))
    assert (len(short), len(long)) == (17, 17)


async def test_the_first_booking_of_a_day_makes_its_counter(desk, statements):
    with statements() as kept:
        await desk.scheduling.book(desk.act(), desk.draft("BAUER", "Dr Alvarez", "9:00", day=LATE))
    assert len(kept) == 18


async def test_what_the_pane_shows_of_a_whole_day_is_one_statement(desk, statements):
    with statements() as kept:
        glances = await desk.people.glances(desk.patients.values())
    assert (len(kept), len(glances)) == (1, len(desk.patients))
    with statements() as none:
        assert await desk.people.glances(()) == {}
    assert none == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [("rui", 1), ("smi,jo", 2), ("joan smith", 2), ("4432", 1), ("#10001", 1), ("14/2/84", 1)],
)
async def test_a_search_is_one_statement(desk, statements, typed, found):
    people = Patients(desk.database, replace(desk.clinic, date_order=DateOrder.DAY_FIRST))
    with statements() as kept:
        result = await people.find(typed, today=MONDAY)
    assert (len(result.rows), len(kept)) == (found, 1)


async def test_an_appointment_as_read_is_as_if_it_were_made_field_by_field(desk):
    fill(desk)
    day = await desk.scheduling.day(MONDAY)
    for appointment in day.columns[0].appointments:
        assert replace(appointment) == appointment
        assert replace(appointment.patient) == appointment.patient
        assert appointment.created_at == NOW


async def test_how_patients_stand_is_three_statements_that_go_by_indexes(desk, statements):
    inviting = Inviting(desk.database, desk.clinic)
    with statements() as told:
        await inviting.access(list(desk.patients.values()), now=NOW)
    assert len(told) == 3


def reads_all(step: str) -> bool:
    """Whether a step of a plan reads a whole table, or every patient of the clinic."""
    return step.startswith("SCAN") or (step.startswith("SEARCH patient") and step.endswith("(clinic_id=?)"))


@pytest.mark.parametrize("act", ["one", "many"])
async def test_inviting_reads_no_table_from_end_to_end(desk, act):
    ids, scanned = [reachable(desk), reachable(desk, "LEE", "min@example.org")], []
    if not desk.database.sqlite:
        return  # PostgreSQL reads small tables whole, whatever indexes they have

    def keep(connection, cursor, text, values, context, many):
        if text.startswith(("SELECT", "UPDATE")) and not many:
            plan = connection.connection.driver_connection.execute(f"EXPLAIN QUERY PLAN {text}", values).fetchall()
            scanned.extend(f"{step[3]}: {text}" for step in plan if reads_all(step[3]))

    event.listen(desk.database._write_engine, "before_cursor_execute", keep)
    if act == "one":
        await Inviting(desk.database, desk.clinic).invite(desk.act(), ids[0], source=Source.COMMAND)
        await desk.scheduling.undo(desk.act())
    else:
        await BulkInviting(desk.database, desk.clinic).invite_many(desk.act, ids, batch_id="batch")
        await desk.scheduling.undo(desk.act())
    event.remove(desk.database._write_engine, "before_cursor_execute", keep)
    assert scanned == []
