"""Several ticked appointments in one act: all or nothing, and one undo."""

from datetime import timedelta

import pytest

from ctfront.domain.appointments import Asker, Status
from ctfront.domain.errors import ChangedElsewhere, NotAllowed, StatusRefused
from ctfront.domain.staff import Actor, ActorKind
from tests.clinics import MONDAY

WHY = {"reason": "provider away", "asked_by": Asker.CLINIC}


@pytest.fixture
def three(desk):
    """Two in the governor and one beyond it, in the order that would be put back wrongly."""
    first = desk.book("RUIZ", "Dr Alvarez", "8:00")
    over = desk.book("KAPOOR", "Dr Alvarez", "8:00", overbook=True)
    third = desk.book("LEE", "Dr Chen", "9:00")
    return over, first, third


def versions(appointments):
    return {it.id: it.version for it in appointments}


async def statuses(desk, appointments):
    return [(await desk.scheduling.appointment(it.id)).status for it in appointments]


async def test_all_are_cancelled_by_one_act_and_come_back_by_one_undo(desk, three):
    act = desk.act()
    assert await desk.scheduling.cancel_ticked(act, versions(three), **WHY) == "Cancelled 3 appointments."
    assert await desk.scheduling.cancel_ticked(act, versions(three), **WHY) == "Cancelled 3 appointments."
    assert await statuses(desk, three) == [Status.CANCELLED] * 3
    assert await desk.scheduling.undo(desk.act()) == "Took back: Cancelled 3 appointments."
    back = [await desk.scheduling.appointment(it.id) for it in three]
    assert [(it.status, it.overbooked) for it in back] == [(Status.SCHEDULED, it.overbooked) for it in three]


async def test_one_that_a_colleague_changed_refuses_all_and_is_named(desk, three):
    await desk.scheduling.mark(desk.act(desk.tlee), three[2].id, Status.CONFIRMED)
    with pytest.raises(ChangedElsewhere, match="changed LEE, Min since; nothing is done"):
        await desk.scheduling.cancel_ticked(desk.act(), versions(three), **WHY)
    assert await statuses(desk, three) == [Status.SCHEDULED, Status.SCHEDULED, Status.CONFIRMED]


async def test_one_under_way_refuses_all_and_is_named(desk, three):
    marked = await desk.scheduling.mark(desk.act(), three[2].id, Status.CHECKED_IN)
    with pytest.raises(StatusRefused, match="Nothing is done: LEE, Min is checked in"):
        await desk.scheduling.cancel_ticked(desk.act(), versions([*three[:2], marked]), **WHY)
    assert await statuses(desk, three[:2]) == [Status.SCHEDULED] * 2


async def test_without_the_right_nothing_is_done(desk, three):
    nobody = Actor(kind=ActorKind.STAFF, id=desk.tlee.id, name="Tom Lee", rights=frozenset())
    with pytest.raises(NotAllowed):
        await desk.scheduling.cancel_ticked(desk.act(nobody), versions(three), **WHY)
    assert await statuses(desk, three) == [Status.SCHEDULED] * 3


async def test_all_are_marked_by_one_act_and_come_back_by_one_undo(desk, three):
    await desk.scheduling.mark(desk.act(), three[0].id, Status.CHECKED_IN)
    seen = [await desk.scheduling.appointment(it.id) for it in three]
    act = desk.act()
    for _ in range(2):
        assert await desk.scheduling.mark_ticked(act, versions(seen), Status.NO_SHOW) == "3 appointments are no-shows."
    assert await statuses(desk, three) == [Status.NO_SHOW] * 3
    await desk.scheduling.undo(desk.act())
    back = [await desk.scheduling.appointment(it.id) for it in three]
    assert [(it.status, it.overbooked) for it in back] == [(it.status, it.overbooked) for it in seen]
    await desk.scheduling.undo(desk.act())  # the act before still knows its version
    assert await statuses(desk, three) == [Status.SCHEDULED] * 3


async def test_one_that_cannot_take_the_status_refuses_all_and_is_named(desk, three):
    later = desk.book("OKAFOR", "Dr Chen", "9:00", MONDAY + timedelta(days=1))
    with pytest.raises(StatusRefused, match="Nothing is done: OKAFOR, Grace: That appointment is for Tue 3 Mar"):
        await desk.scheduling.mark_ticked(desk.act(), versions([*three, later]), Status.ARRIVED)
    assert await statuses(desk, three) == [Status.SCHEDULED] * 3
