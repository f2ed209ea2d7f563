"""Places held while a form waits: who sees them, who may go over them, when they end."""

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from ctfront.data import ledger
from ctfront.data.models import ActRow, SeatRow
from ctfront.domain.errors import NothingToUndo, PlaceHeld, SlotTaken
from tests.clinics import MONDAY, NOW

EIGHT = datetime.combine(MONDAY, time(7, 50))
"""The clinic's clock when the place is held."""
FIVE = timedelta(minutes=5)


async def alvarez(desk, now=EIGHT):
    day = await desk.scheduling.day(MONDAY, now=now)
    return next(c for c in day.columns if c.provider.name == "Dr Alvarez")


def seats_of_holds(desk) -> list[str]:
    query = select(SeatRow.hold_id).where(SeatRow.hold_id.is_not(None)).order_by(SeatRow.slot)
    return desk.database.write_now(lambda session: list(session.scalars(query)))


async def test_a_place_is_held_for_five_minutes(desk):
    until = desk.hold("Dr Alvarez", "8:00", minutes=30)
    assert until == EIGHT + FIVE
    [hold] = (await alvarez(desk)).holds
    assert (hold.by, hold.until, hold.span.start, hold.span.minutes) == ("mgarcia", until, 480, 30)
    assert hold.words == "held by mgarcia until 7:55"
    assert (await alvarez(desk)).free[0].start == 510
    assert (await alvarez(desk, now=until)).holds == ()


async def test_nobody_else_books_it(desk):
    desk.hold("Dr Alvarez", "8:00", who=desk.tlee)
    with pytest.raises(PlaceHeld, match="Dr Alvarez at 8:00 is held by tlee until 7:55"):
        desk.book("RUIZ", "Dr Alvarez", "8:00")
    with pytest.raises(PlaceHeld):
        desk.hold("Dr Alvarez", "8:00", hold_id="another form")
    assert seats_of_holds(desk) == ["form"] * 3


async def test_its_own_form_takes_it_over(desk):
    desk.hold("Dr Alvarez", "8:00")
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00", hold_id="form")
    assert not booked.overbooked
    assert seats_of_holds(desk) == []


async def test_a_refused_booking_keeps_the_hold(desk):
    desk.book("KAPOOR", "Dr Alvarez", "9:00")
    desk.hold("Dr Alvarez", "8:00")
    with pytest.raises(SlotTaken):
        desk.book("RUIZ", "Dr Alvarez", "9:00", hold_id="form")
    assert seats_of_holds(desk) == ["form"] * 3


async def test_whoever_overbooks_it_leaves_the_holder_the_place(desk):
    desk.hold("Dr Alvarez", "8:00", who=desk.tlee)
    assert desk.book("RUIZ", "Dr Alvarez", "8:00", overbook=True).overbooked
    assert not desk.book("KAPOOR", "Dr Alvarez", "8:00", who=desk.tlee, hold_id="form").overbooked


async def test_an_ended_hold_is_as_if_it_were_not_there(desk):
    desk.hold("Dr Alvarez", "8:00", minutes=60, at=NOW - FIVE)
    desk.book("RUIZ", "Dr Alvarez", "8:00")
    assert seats_of_holds(desk) == []


async def test_when_it_ended_and_another_took_it_the_holder_is_refused(desk):
    desk.hold("Dr Alvarez", "8:00", who=desk.tlee, at=NOW - FIVE)
    desk.book("RUIZ", "Dr Alvarez", "8:00")
    with pytest.raises(SlotTaken, match="Dr Alvarez is taken at 8:00"):
        desk.book("KAPOOR", "Dr Alvarez", "8:00", who=desk.tlee, hold_id="form")


async def test_held_again_it_lasts_longer_and_goes_where_the_form_goes(desk):
    desk.hold("Dr Alvarez", "8:00")
    assert desk.hold("Dr Alvarez", "8:15", at=NOW + FIVE / 2) == EIGHT + FIVE + FIVE / 2
    [hold] = (await alvarez(desk)).holds
    assert hold.span.start == 495


async def test_let_go_it_is_free_for_all(desk):
    desk.hold("Dr Alvarez", "8:00")
    before = (await alvarez(desk), await desk.scheduling.changes_since(0))
    await desk.scheduling.release(desk.act(), desk.place("Dr Alvarez", "8:00"), hold_id="form")
    assert (await alvarez(desk)).holds == ()
    newest, days = await desk.scheduling.changes_since(before[1][0])
    assert days == {MONDAY}
    await desk.scheduling.release(desk.act(), desk.place("Dr Alvarez", "8:00"), hold_id="form")
    assert (await desk.scheduling.changes_since(newest))[0] == newest


async def test_other_desks_hear_of_it_and_set_up_is_not_read_again(desk):
    newest, _ = await desk.scheduling.changes_since(0)
    desk.hold("Dr Alvarez", "8:00")
    assert (await desk.scheduling.changes_since(newest))[1] == {MONDAY}
    assert await desk.scheduling.set_up_since(newest) is None


async def test_it_is_no_act_that_is_taken_back_and_the_audit_trail_is_whole(desk):
    desk.hold("Dr Alvarez", "8:00")
    with pytest.raises(NothingToUndo):
        await desk.scheduling.undo(desk.act())

    def look(session):
        kinds = set(session.scalars(select(ActRow.kind)))
        return kinds, ledger.broken_links(session, desk.clinic.id)

    kinds, broken = desk.database.write_now(look)
    assert "hold" not in kinds
    assert broken == []


async def test_openings_and_the_glance_take_it_as_taken(desk):
    purpose = desk.purposes["Adjustment"].id
    provider = desk.providers["Dr Alvarez"].id

    async def first(now):
        starts = await desk.scheduling.openings(
            purpose, provider_ids=[provider], start=MONDAY, until=MONDAY, not_before=now, limit=1
        )
        return starts[0].minute

    async def places(now):
        shown = await desk.scheduling.glance(MONDAY, room=60, now=now)
        return shown.counts[0][0][0]

    assert (await first(EIGHT), await places(EIGHT)) == (480, 2)
    desk.hold("Dr Alvarez", "8:00")
    assert (await first(EIGHT), await places(EIGHT)) == (495, 1)
    assert (await first(EIGHT + FIVE), await places(EIGHT + FIVE)) == (480, 2)


async def test_the_purpose_that_fits_its_own_place_is_offered(desk):
    place = desk.place("Dr Alvarez", "8:00")
    desk.hold("Dr Alvarez", "8:00")
    assert (await desk.scheduling.suggest(place, now=EIGHT)).minutes_free == 0
    assert (await desk.scheduling.suggest(place, now=EIGHT, hold_id="form")).minutes_free == 240


async def test_two_desks_want_the_same_place_and_one_has_it(desk):
    place = desk.place("Dr Alvarez", "8:00")
    await desk.scheduling.hold(desk.act(desk.mgarcia), place, 15, hold_id="one")
    with pytest.raises(PlaceHeld, match="held by mgarcia until 7:55"):
        await desk.scheduling.hold(desk.act(desk.tlee), place, 15, hold_id="two")
    assert seats_of_holds(desk) == ["one"] * 3
