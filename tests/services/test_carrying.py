"""Several appointments carried to another column or day: those that fit in one act, the others told why."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from ctfront.data.models import ActRow, SeatRow
from ctfront.domain.appointments import Asker, Status
from ctfront.domain.errors import ChangedElsewhere, NotAllowed, NotFound
from ctfront.domain.staff import Actor, ActorKind
from ctfront.domain.times import Span
from tests.clinics import MONDAY

TUESDAY = MONDAY + timedelta(days=1)
WHY = {"reason": "provider away", "asked_by": Asker.CLINIC}


@pytest.fixture
def three(desk):
    """Dr Alvarez's morning."""
    return [
        desk.book("RUIZ", "Dr Alvarez", "8:00"),
        desk.book("KAPOOR", "Dr Alvarez", "8:15"),
        desk.book("LEE", "Dr Alvarez", "9:00"),
    ]


@pytest.fixture
def carry(desk):
    """Carry some to a provider and day."""

    async def to(provider, some, day=MONDAY, *, act=None, **why):
        versions = {it.id: it.version for it in some}
        return await desk.scheduling.carry_ticked(act or desk.act(), versions, desk.providers[provider].id, day, **why)

    return to


async def now(desk, some):
    return [await desk.scheduling.appointment(it.id) for it in some]


async def count(desk, column):
    async with desk.database.reading() as session:
        return (await session.execute(select(func.count()).select_from(column))).scalar()


async def test_all_that_fit_move_by_one_act_and_come_back_by_one_undo(desk, three, carry):
    acts, seats = await count(desk, ActRow), await count(desk, SeatRow)
    carried = await carry("Dr Chen", three)
    assert (carried.sentence, carried.stayed) == ("Moved 3 appointments to Dr Chen.", {})
    assert await now(desk, three) == list(carried.moved)
    assert [(it.provider, it.start) for it in carried.moved] == [("Dr Chen", it.start) for it in three]
    assert await count(desk, ActRow) == acts + 1
    assert await desk.scheduling.undo(desk.act()) == "Took back: Moved 3 appointments to Dr Chen."
    assert [it.place for it in await now(desk, three)] == [it.place for it in three]
    assert await count(desk, SeatRow) == seats


async def test_each_that_does_not_fit_stays_untouched_and_is_told_why(desk, three, carry):
    desk.book("OKAFOR", "Dr Chen", "8:00")
    await desk.scheduling.add_event(desk.act(), desk.providers["Dr Chen"].id, MONDAY, Span(540, 600), "meeting")
    carried = await carry("Dr Chen", three)
    assert carried.sentence == "Moved KAPOOR, Dev for 8:15 with Dr Chen."
    assert carried.stayed == {
        three[0].id: "Dr Chen is taken at 8:00.",
        three[2].id: "Dr Chen has no office hours for all of 9:00 and the next 15 minutes.",
    }
    assert await now(desk, [three[0], three[2]]) == [three[0], three[2]]  # the same version: nothing was written


async def test_what_is_not_offered_busy_under_way_or_gone_is_told(desk, carry):
    exam = desk.book("RUIZ", "Dr Alvarez", "8:00")
    twice = desk.book("KAPOOR", "Dr Alvarez", "9:00")
    desk.book("KAPOOR", "Osei LMT", "9:00", TUESDAY, purpose="Massage")
    begun = await desk.scheduling.mark(desk.act(), desk.book("LEE", "Dr Alvarez", "10:00").id, Status.CHECKED_IN)
    deleted = desk.book("BAUER", "Dr Alvarez", "11:00")
    await desk.scheduling.delete(desk.act(desk.manager), deleted.id, version=deleted.version)
    carried = await carry("Osei LMT", [exam, deleted])
    assert (carried.sentence, carried.moved) == ("None is moved.", ())
    assert carried.stayed == {
        exam.id: "Osei LMT does not offer that visit purpose.",
        deleted.id: "That appointment is not there any more.",
    }
    carried = await carry("Dr Chen", [begun, twice], TUESDAY, **WHY)
    assert list(carried.stayed) == [twice.id, begun.id]
    assert carried.stayed == {
        twice.id: "KAPOOR, Dev has another appointment at 9:00 that day.",
        begun.id: "LEE, Min is checked in; its place stays as it was.",
    }


async def test_one_that_a_colleague_changed_meanwhile_stays_and_the_others_go(desk, three, carry):
    confirmed = await desk.scheduling.mark(desk.act(desk.tlee), three[1].id, Status.CONFIRMED)
    carried = await carry("Dr Chen", three)
    assert [it.id for it in carried.moved] == [three[0].id, three[2].id]
    assert carried.stayed == {three[1].id: "A colleague has changed this appointment since; look again."}
    assert await now(desk, [three[1]]) == [confirmed]
    again = await carry("Dr Chen", [confirmed])
    assert (again.moved[0].status, again.stayed) == (Status.CONFIRMED, {})


async def test_of_those_a_colleague_touched_afterwards_none_is_taken_back(desk, three, carry):
    carried = await carry("Dr Chen", three)
    await desk.scheduling.mark(desk.act(desk.tlee), three[2].id, Status.CONFIRMED)
    with pytest.raises(ChangedElsewhere, match="A colleague has changed it since"):
        await desk.scheduling.undo(desk.act())
    assert [it.place for it in await now(desk, three)] == [it.place for it in carried.moved]


async def test_of_two_at_one_time_the_lower_day_number_has_the_place(desk, carry):
    second = desk.book("KAPOOR", "Dr Chen", "9:00")
    third = desk.book("LEE", "Dr Alvarez", "9:00")
    first = await carry("Dr Alvarez", [third, second], TUESDAY, **WHY)
    assert [(it.patient.last_name, it.day) for it in first.moved] == [("KAPOOR", TUESDAY)]
    assert first.stayed == {third.id: "Dr Alvarez is taken at 9:00."}


async def test_on_another_day_they_are_rescheduled_and_linked(desk, three, carry):
    carried = await carry("Dr Chen", three, TUESDAY, **WHY)
    assert carried.sentence == "Rescheduled 3 appointments to Tue 3 Mar 2026 with Dr Chen."
    assert [it.replaces_id for it in carried.moved] == [it.id for it in three]
    old = await now(desk, three)
    assert {(it.status, it.replaced_by_day, it.cancel_reason, it.asked_by) for it in old} == {
        (Status.RESCHEDULED, TUESDAY, "provider away", "clinic")
    }
    await desk.scheduling.undo(desk.act())
    assert {it.status for it in await now(desk, three)} == {Status.SCHEDULED}
    with pytest.raises(NotFound):
        await desk.scheduling.appointment(carried.moved[0].id)


async def test_the_same_act_again_answers_with_what_it_did(desk, three, carry):
    desk.book("OKAFOR", "Dr Chen", "8:00")
    for day, why in ((MONDAY, {"reason": "", "asked_by": Asker.CLINIC}), (TUESDAY, WHY)):
        some = await now(desk, three)
        act = desk.act()
        first = await carry("Dr Chen", some, day, act=act, **why)
        again = await carry("Dr Chen", some, day, act=act, **why)
        assert (again.sentence, again.moved) == (first.sentence, first.moved)
        assert list(again.stayed) == list(first.stayed)
        await desk.scheduling.undo(desk.act())


async def test_those_beyond_the_governor_come_back_where_they_were(desk, carry):
    over = desk.book("KAPOOR", "Dr Alvarez", "9:00")
    other = desk.book("LEE", "Dr Alvarez", "9:00", overbook=True)
    await desk.scheduling.cancel(desk.act(), over.id, version=over.version, reason="x", asked_by=Asker.CLINIC)
    third = desk.book("RUIZ", "Dr Alvarez", "9:00")
    carried = await carry("Dr Chen", [other], **WHY)
    assert not carried.moved[0].overbooked
    await carry("Dr Chen", [third], TUESDAY, **WHY)
    for _ in range(2):
        await desk.scheduling.undo(desk.act())
    assert [(it.overbooked, it.status) for it in await now(desk, [other, third])] == [
        (True, Status.SCHEDULED),
        (False, Status.SCHEDULED),
    ]


async def test_without_the_right_nothing_is_moved(desk, three, carry):
    nobody = Actor(kind=ActorKind.STAFF, id=desk.tlee.id, name="Tom Lee", rights=frozenset())
    with pytest.raises(NotAllowed):
        await carry("Dr Chen", three, act=desk.act(nobody))
    assert await now(desk, three) == three


async def test_in_the_hour_that_comes_twice_a_day_keeps_its_turn_and_another_day_asks_for_one(desk, carry):
    night = date(2026, 11, 1)
    one = desk.book("RUIZ", "Dr Alvarez", "1:30", night, fold=0, override=True)
    carried = await carry("Dr Chen", [one], night)
    assert "no office hours" in carried.stayed[one.id]
    before = desk.book("LEE", "Dr Alvarez", "1:30", night - timedelta(days=1), override=True)
    carried = await carry("Dr Chen", [before], night, **WHY)
    assert carried.stayed == {before.id: "The clocks show that time twice that day; m without ticks asks which."}
