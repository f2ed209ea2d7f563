"""Events that repeat: made as one act, taken away one by one, from a day on or all, and taken back whole."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ctfront.domain.errors import ChangedElsewhere, NotAllowed, OutsideHours
from ctfront.domain.repeats import Reach, days_of
from ctfront.domain.staff import Right
from ctfront.domain.times import Span
from tests.clinics import MONDAY, NOW

LUNCH = Span(900, 930)
DAYS = days_of(MONDAY, 1, MONDAY + timedelta(days=28))


@pytest.fixture
async def series(desk):
    added, _ = await desk.scheduling.add_events(desk.act(), desk.providers["Dr Chen"].id, DAYS, LUNCH, "Staff meeting")
    return added


async def left(desk):
    week = [await desk.scheduling.day(day) for day in DAYS]
    return [schedule.day for schedule in week if any(column.events for column in schedule.columns)]


async def test_every_day_is_closed_and_those_hit_are_told(desk):
    hit = [desk.book("RUIZ", "Dr Chen", "15:00", day) for day in DAYS[1:3]]
    desk.book("RUIZ", "Dr Chen", "16:00", DAYS[3])
    desk.book("RUIZ", "Dr Chen", "15:00", DAYS[3] + timedelta(days=1))
    act = desk.act()
    chen = desk.providers["Dr Chen"].id
    added, told = await desk.scheduling.add_events(act, chen, DAYS, LUNCH, "Staff")
    assert [event.day for event in added] == list(DAYS)
    assert [a.id for a in told] == [a.id for a in hit]
    assert await desk.scheduling.add_events(act, chen, DAYS, LUNCH, "Staff") == (added, told)
    with pytest.raises(OutsideHours):
        desk.book("LEE", "Dr Chen", "15:00", DAYS[4])


@pytest.mark.parametrize(("reach", "stay"), [(Reach.ONE, (0, 1, 3, 4)), (Reach.LATER, (0, 1)), (Reach.ALL, ())])
async def test_days_go_and_come_back_as_one_act(desk, series, reach, stay):
    await desk.scheduling.remove_event(desk.act(), series[2].id, reach)
    assert await left(desk) == [DAYS[number] for number in stay]
    sentence = await desk.scheduling.undo(desk.act())
    assert sentence.startswith("Took back: Freed 15:00–15:30 on ")
    assert await left(desk) == list(DAYS)
    await desk.scheduling.undo(desk.act())
    assert await left(desk) == []


async def test_days_that_are_over_stay_when_all_go(desk, series):
    later = desk.act(at=NOW + timedelta(days=7))
    await desk.scheduling.remove_event(later, series[3].id, Reach.ALL)
    assert await left(desk) == [MONDAY]


async def test_a_series_a_colleague_has_touched_is_not_taken_back(desk, series):
    await desk.scheduling.remove_event(desk.act(desk.manager), series[4].id)
    with pytest.raises(ChangedElsewhere):
        await desk.scheduling.undo(desk.act())
    assert await left(desk) == list(DAYS[:4])


async def test_without_the_right_no_day_is_closed(desk):
    nobody = desk.act(replace(desk.mgarcia, rights=frozenset({Right.AUDIT})))
    with pytest.raises(NotAllowed):
        await desk.scheduling.add_events(nobody, desk.providers["Dr Chen"].id, DAYS, LUNCH, "Staff")
    assert await left(desk) == []
