"""Hours that hold from a day until a day, and a governor of its own in part of them, wherever time is taken."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from ctfront.domain.errors import InputRefused, OutsideHours, SlotTaken
from ctfront.domain.grammar.hours import read_hours
from ctfront.domain.providers import WeeklyHours
from ctfront.domain.set_up import WouldOrphan, join_weeks
from ctfront.domain.times import STEP, Span, show_minute
from ctfront.services.clinic_setup import ClinicSetup
from tests.clinics import MONDAY, NOW, WEEK
from tests.services.test_clinic_setup import as_is

NEXT = MONDAY + timedelta(days=7)


def from_next_monday(text: str):
    later = WeeklyHours(since=NEXT, until=None, days=(read_hours(text, 0),))
    return join_weeks([WeeklyHours(since=None, until=None, days=WEEK), later])


async def save(desk, name: str, hours):
    set_up = ClinicSetup(desk.database, desk.clinic)
    known = {p.name: p for p in await set_up.providers()}[name]
    return await set_up.save_provider(desk.act(desk.manager), known.id, as_is(known, hours=hours))


async def test_every_reading_and_every_booking_goes_by_the_hours_of_its_day(desk):
    saved = await save(desk, "Dr Alvarez", from_next_monday("10-14"))
    assert [(day.since, day.until) for day in saved.hours] == [(None, NEXT - timedelta(days=1))] * 5 + [(NEXT, None)]
    columns = [(await desk.scheduling.day(day)).columns[0] for day in (MONDAY, NEXT)]
    assert [column.hours for column in columns] == [(Span(480, 1080),), (Span(600, 840),)]
    assert "Dr Alvarez" not in {c.provider.name for c in (await desk.scheduling.day(NEXT + timedelta(days=1))).columns}
    starts = await desk.scheduling.openings(
        desk.purposes["Adjustment"].id,
        provider_ids=[saved.id],
        start=NEXT,
        until=NEXT,
        not_before=NOW.replace(tzinfo=None),
    )
    assert (starts[0].minute, starts[-1].minute) == (600, 825)
    glance = await desk.scheduling.glance(MONDAY, room=74, now=NOW.replace(tzinfo=None, hour=7))
    of_day = {day: glance.counts[0][number] for number, day in enumerate(glance.weeks.days)}
    assert [n for n, count in zip(glance.rows, of_day[NEXT], strict=True) if count] == list(range(600, 840, 30))
    assert set(of_day[NEXT + timedelta(days=1)]) == {None}
    desk.book("RUIZ", "Dr Alvarez", "9:00", MONDAY)
    desk.book("RUIZ", "Dr Alvarez", "10:00", NEXT)
    with pytest.raises(OutsideHours):
        desk.book("LEE", "Dr Alvarez", "9:00", NEXT)


async def test_only_appointments_of_the_days_that_change_stand_in_the_way(desk):
    desk.book("RUIZ", "Dr Alvarez", "9:00", MONDAY)
    desk.book("RUIZ", "Dr Alvarez", "11:00", NEXT)
    hit = desk.book("LEE", "Dr Alvarez", "9:00", NEXT)
    with pytest.raises(WouldOrphan) as refusal:
        await save(desk, "Dr Alvarez", from_next_monday("10-14"))
    assert [a.id for a in refusal.value.appointments] == [hit.id]
    leaving = tuple(replace(day, until=NEXT) for day in WEEK)
    assert (await save(desk, "Dr Alvarez", leaving)).hours == leaving
    with pytest.raises(OutsideHours):
        desk.book("LEE", "Dr Alvarez", "11:00", NEXT + timedelta(days=1))


@pytest.mark.parametrize(
    "hours",
    [
        (*WEEK, replace(WEEK[0], since=NEXT)),
        (replace(WEEK[0], since=NEXT, until=MONDAY),),
    ],
    ids=["two at once", "ends before it begins"],
)
async def test_hours_that_cannot_hold_are_refused(desk, hours):
    with pytest.raises(InputRefused) as refusal:
        await save(desk, "Dr Alvarez", hours)
    assert refusal.value.field == "hours"


async def test_a_governor_of_its_own_rules_in_its_hours_alone(desk):
    hours = (read_hours("8-18, 2x 9-11", 0),)
    assert (await save(desk, "Dr Alvarez", hours)).hours == hours
    desk.book("RUIZ", "Dr Alvarez", "9:00")
    desk.book("LEE", "Dr Alvarez", "9:00")
    with pytest.raises(SlotTaken, match="taken at 9:00"):
        desk.book("BAUER", "Dr Alvarez", "9:00")
    desk.book("RUIZ", "Dr Alvarez", "10:45", minutes=15)
    desk.book("OKAFOR", "Dr Alvarez", "11:00")
    with pytest.raises(SlotTaken, match=r"taken at 11:00 \(from 10:30 on\)"):
        desk.book("KAPOOR", "Dr Alvarez", "10:30", purpose="New Patient Exam", overbook=False)
    column = (await desk.scheduling.day(MONDAY)).columns[0]
    assert column.free == (Span(480, 540), Span(555, 660), Span(675, 1080))


@pytest.mark.parametrize("seed", range(3))
async def test_bookings_at_random_are_taken_where_every_five_minutes_have_room(desk, seed):
    await save(desk, "Dr Alvarez", (read_hours("8-12, 3x 8:30-9:15, 2x 10-11", 0),))
    chance, load = Random(seed), dict.fromkeys(range(480, 720, STEP), 0)
    for _ in range(60):
        first, minutes = chance.randrange(480, 690, STEP), chance.randrange(5, 35, STEP)
        covered = range(first, first + minutes, STEP)
        caps = {m: 3 if 510 <= m < 555 else 2 if 600 <= m < 660 else 1 for m in covered}
        fits = all(load[m] < caps[m] for m in covered)
        try:
            desk.book(
                chance.choice(list(desk.patients)),
                "Dr Alvarez",
                show_minute(first),
                minutes=minutes,
                double_book_patient=True,
            )
        except SlotTaken:
            assert not fits
        else:
            assert fits
            load.update({m: load[m] + 1 for m in covered})
    assert {3, 2, 1} <= set(load.values())
