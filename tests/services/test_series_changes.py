"""One act on several visits of a series: each that can takes it, the others stay and say why."""

from datetime import date, time, timedelta

import pytest

from ctfront.domain.appointments import Asker, Status
from ctfront.domain.errors import NotAllowed, ScheduleRefused
from ctfront.domain.series import Edit, Reach, Shift, reached, shift_between
from ctfront.domain.series_rule import read_repeat
from ctfront.domain.staff import Actor, ActorKind
from ctfront.services.series_rules import plan_series
from tests.clinics import MONDAY

TUESDAY = MONDAY + timedelta(days=1)
WEEK = timedelta(days=7)
WHY = {"asked_by": Asker.PATIENT, "reason": "patient asked"}


@pytest.fixture
async def series(desk):
    """Four Tuesdays at 9:30 with Dr Chen."""
    who = (await desk.people.find("bauer", today=MONDAY)).rows[0]
    place = desk.place("Dr Chen", "9:30", TUESDAY)
    plan = plan_series(who, desk.purposes["Adjustment"], desk.providers["Dr Chen"], place, read_repeat("x4"))
    return (await desk.scheduling.book_series(desk.act(), plan, plan.visits)).booked


def versions(visits):
    return {it.id: it.version for it in visits}


async def standing(desk, series):
    """Day and time of what is live, by number."""
    to_come = await desk.scheduling.series_to_come(series[0], today=MONDAY)
    return {it.ordinal: (it.day, it.start) for it in to_come}


async def test_what_is_to_come_is_what_may_still_change(desk, series):
    await desk.scheduling.cancel(desk.act(), series[1].id, version=1, reason="ill", asked_by=Asker.PATIENT)
    await desk.scheduling.mark(desk.act(), series[2].id, Status.CONFIRMED)
    to_come = await desk.scheduling.series_to_come(series[0], today=TUESDAY + timedelta(days=1))
    assert [it.ordinal for it in to_come] == [3, 4]
    alone = desk.book("RUIZ", "Dr Chen", "9:45", TUESDAY)
    assert await desk.scheduling.series_to_come(alone, today=MONDAY) == ()


async def test_an_act_reaches_this_one_later_ones_or_all(series):
    assert reached(series[2], series, Reach.ONE) == (series[2],)
    assert reached(series[2], series, Reach.LATER) == series[2:]
    assert reached(series[2], series, Reach.ALL) == series


async def test_a_week_on_each_makes_room_for_the_one_before(desk, series):
    act = desk.act()
    done = await desk.scheduling.move_series(act, versions(series), Shift(days=7), **WHY)
    assert (done.sentence, done.stayed) == ("Moved 4 for BAUER, Tomás, Tue 10 Mar to Tue 31 Mar.", ())
    assert await standing(desk, series) == {n: (TUESDAY + n * WEEK, time(9, 30)) for n in range(1, 5)}
    assert (await desk.scheduling.move_series(act, versions(series), Shift(days=7), **WHY)).stayed == ()
    assert await desk.scheduling.undo(desk.act()) == f"Took back: {done.sentence}"
    assert await standing(desk, series) == {n: (TUESDAY + (n - 1) * WEEK, time(9, 30)) for n in range(1, 5)}


async def test_a_week_back_does_too(desk, series):
    later = [it for it in series if it.ordinal > 1]
    await desk.scheduling.cancel(desk.act(), series[0].id, version=1, reason="ill", asked_by=Asker.PATIENT)
    await desk.scheduling.move_series(desk.act(), versions(later), Shift(days=-7), **WHY)
    assert await standing(desk, series) == {n: (TUESDAY + (n - 2) * WEEK, time(9, 30)) for n in range(2, 5)}
    await desk.scheduling.undo(desk.act())
    assert await standing(desk, series) == {n: (TUESDAY + (n - 1) * WEEK, time(9, 30)) for n in range(2, 5)}


async def test_those_that_cannot_go_there_stay_and_say_why(desk, series):
    desk.book("RUIZ", "Dr Alvarez", "10:00", TUESDAY + WEEK)
    shift = shift_between(series[0].place, desk.place("Dr Alvarez", "10:00", TUESDAY))
    done = await desk.scheduling.move_series(desk.act(), versions(series), shift)
    assert done.lines == [
        "Moved 3 for BAUER, Tomás, Tue 3 Mar to Tue 24 Mar.",
        "Tue 10 Mar 9:30 stays: Dr Alvarez is taken at 10:00.",
    ]
    assert {it.provider for it in done.changed} == {"Dr Alvarez"}
    assert (await desk.scheduling.appointment(series[1].id)) == series[1]
    await desk.scheduling.undo(desk.act())
    back = [await desk.scheduling.appointment(it.id) for it in series]
    assert [it.place for it in back] == [it.place for it in series]


async def test_one_that_a_colleague_changed_stays(desk, series):
    await desk.scheduling.mark(desk.act(desk.tlee), series[3].id, Status.CONFIRMED)
    done = await desk.scheduling.move_series(desk.act(), versions(series), Shift(start=time(11)))
    assert [it.ordinal for it in done.changed] == [1, 2, 3]
    assert done.stayed[0][1] == "A colleague has changed this appointment since; look again."


async def test_when_none_can_go_there_nothing_is_done(desk, series):
    with pytest.raises(ScheduleRefused, match="Nothing is done: Dr Chen has no office hours"):
        await desk.scheduling.move_series(desk.act(), versions(series), Shift(start=time(12)))
    nobody = Actor(kind=ActorKind.STAFF, id=desk.tlee.id, name="Tom Lee", rights=frozenset())
    with pytest.raises(NotAllowed):
        await desk.scheduling.move_series(desk.act(nobody), versions(series), Shift(days=7), **WHY)
    assert [await desk.scheduling.appointment(it.id) for it in series] == list(series)


async def test_an_edit_changes_what_was_changed_and_no_more(desk, series):
    first = series[0]
    await desk.scheduling.edit(
        desk.act(), first.id, version=1, purpose_id=first.purpose_id, minutes=15, note="first visit"
    )
    desk.book("RUIZ", "Dr Chen", "9:45", TUESDAY + WEEK)
    seen = [await desk.scheduling.appointment(it.id) for it in series]
    act = desk.act()
    done = await desk.scheduling.edit_series(act, versions(seen), Edit(minutes=30))
    assert [(it.ordinal, it.minutes, it.note) for it in done.changed] == [
        (1, 30, "first visit"),
        (3, 30, ""),
        (4, 30, ""),
    ]
    assert [(it.ordinal, why) for it, why in done.stayed] == [(2, "Dr Chen is taken at 9:45 (from 9:30 on).")]
    await desk.scheduling.undo(desk.act())
    assert {(await desk.scheduling.appointment(it.id)).minutes for it in series} == {15}


async def test_a_cancelled_one_is_put_back_and_that_is_taken_back(desk, series):
    gone = await desk.scheduling.cancel(desk.act(), series[1].id, version=1, reason="ill", asked_by=Asker.PATIENT)
    act = desk.act()
    back = await desk.scheduling.put_back(act, gone.id, version=gone.version)
    assert (back.place, back.status, back.cancel_reason, back.asked_by) == (series[1].place, Status.SCHEDULED, "", "")
    assert await desk.scheduling.put_back(act, gone.id, version=gone.version) == back
    assert (
        await desk.scheduling.undo(desk.act())
        == "Took back: Put back BAUER, Tomás for 9:30 with Dr Chen on Tue 10 Mar 2026."
    )
    assert (await desk.scheduling.appointment(gone.id)).status is Status.CANCELLED


async def test_a_moved_or_rescheduled_one_is_put_back(desk, series):
    moved = await desk.scheduling.move(desk.act(), series[0].id, desk.place("Dr Chen", "15:00", TUESDAY), version=1)
    assert (await desk.scheduling.put_back(desk.act(), moved.id, version=moved.version)).start == time(9, 30)
    place = desk.place("Dr Chen", "15:00", date(2026, 3, 12))
    new = await desk.scheduling.reschedule(desk.act(), series[1].id, place, version=1, **WHY)
    back = await desk.scheduling.put_back(desk.act(), new.id, version=new.version)
    assert (back.ordinal, back.place) == (2, series[1].place)


async def test_what_stands_as_planned_or_is_taken_is_not_put_back(desk, series):
    with pytest.raises(ScheduleRefused, match="It stands where it was planned"):
        await desk.scheduling.put_back(desk.act(), series[0].id, version=1)
    alone = desk.book("RUIZ", "Dr Chen", "11:00", TUESDAY)
    with pytest.raises(ScheduleRefused, match="Only a visit of a series"):
        await desk.scheduling.put_back(desk.act(), alone.id, version=1)
    gone = await desk.scheduling.cancel(desk.act(), series[0].id, version=1, reason="ill", asked_by=Asker.PATIENT)
    desk.book("RUIZ", "Dr Chen", "9:30", TUESDAY)
    with pytest.raises(ScheduleRefused, match="Dr Chen is taken at 9:30"):
        await desk.scheduling.put_back(desk.act(), gone.id, version=gone.version)
    assert await desk.scheduling.appointment(gone.id) == gone
