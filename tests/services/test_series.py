"""Series: what stands in the way of each date, and their booking as one act."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from ctfront.data.models import AppointmentRow, SeatRow, SeriesRow
from ctfront.domain.appointments import Asker, Status
from ctfront.domain.errors import InputRefused, NotAllowed, ScheduleRefused
from ctfront.domain.series import Visit
from ctfront.domain.series_rule import read_repeat
from ctfront.domain.set_up import ProviderDraft
from ctfront.domain.staff import Actor, ActorKind
from ctfront.domain.times import Span
from ctfront.services.series_rules import plan_series
from ctfront.services.set_up_providers import save_provider
from tests.clinics import MONDAY

TUESDAY = MONDAY + timedelta(days=1)
AT_EIGHT = datetime.combine(MONDAY, time(8))


@pytest.fixture
def plan(desk):
    """Make a plan for the patient with Dr Chen from a Tuesday on."""

    async def make(repeat="x12 2/w", start="9:30", day=TUESDAY, provider="Dr Chen", patient="BAUER", **more):
        who = (await desk.people.find(patient, today=MONDAY)).rows[0]
        return plan_series(
            who,
            desk.purposes["Adjustment"],
            desk.providers[provider],
            desk.place(provider, start, day),
            read_repeat(repeat),
            **more,
        )

    return make


def left(desk) -> tuple[int, int, int]:
    """How many series, appointments and seats there are."""
    tables = (SeriesRow, AppointmentRow, SeatRow)
    return desk.database.write_now(
        lambda session: tuple(session.execute(select(func.count()).select_from(t)).scalar_one() for t in tables)
    )


async def states(desk, plan, visits=None):
    return [one.state for one in await desk.scheduling.check_series(plan, visits or plan.visits, now=AT_EIGHT)]


async def test_dates_say_what_stands_in_their_way_and_what_is_free_near(desk, plan):
    """In the order of the plan: Tue 3, Fri 6, Tue 10, Fri 13 March …, Tue 31 is Cesar Chavez Day in California."""
    desk.book("RUIZ", "Dr Chen", "9:30", TUESDAY)
    desk.book("BAUER", "Dr Alvarez", "9:30", TUESDAY + timedelta(days=3))
    event = Span(9 * 60, 10 * 60)
    await desk.scheduling.add_event(desk.act(), desk.providers["Dr Chen"].id, date(2026, 3, 10), event, "course")
    found = await states(desk, await plan("x9 2/w"))
    assert found == [
        "taken; 9:15 is free",
        "patient has another visit; 9:15 is free",
        "event: course; 10:00 is free",
        *["free"] * 5,
        "holiday: Cesar Chavez Day",
    ]


async def test_closed_days_breaks_and_ends_of_hours_are_named(desk, plan):
    saturday = MONDAY + timedelta(days=5)
    assert await states(desk, await plan("x2", day=saturday)) == ["closed: Dr Chen has no hours"] * 2
    assert await states(desk, await plan("x2", start="12:15")) == ["closed: lunch; 11:45 is free"] * 2
    assert await states(desk, await plan("x2", start="17:45", minutes=30)) == ["closed; 17:30 is free"] * 2


async def test_memorial_day_is_a_holiday_that_the_clerk_may_take_all_the_same(desk, plan):
    planned = await plan("x2", day=date(2026, 5, 18))
    assert await states(desk, planned) == ["free", "holiday: Memorial Day"]
    taken = [planned.visits[0], replace(planned.visits[1], on_holiday=True)]
    assert await states(desk, planned, taken) == ["free", "free, Memorial Day all the same"]
    done = await desk.scheduling.book_series(desk.act(), planned, taken)
    assert [one.day for one in done.booked] == [date(2026, 5, 18), date(2026, 5, 25)]


async def test_what_is_past_is_named(desk, plan):
    assert await states(desk, await plan("x2", day=MONDAY - timedelta(days=4))) == ["past", "free"]
    assert await states(desk, await plan("x2", day=MONDAY, start="7:45")) == ["past", "closed; 8:00 is free"]


async def test_a_time_that_the_clocks_skip_or_show_twice_is_named(desk, plan):
    night = await plan("x2", day=date(2026, 3, 8), start="2:30")
    hours = tuple(
        replace(h, spans=(Span(0, 24 * 60),), weekday=n) for n, h in enumerate([desk.providers["Dr Chen"].hours[0]] * 7)
    )
    await give_hours(desk, "Dr Chen", hours)
    assert await states(desk, night) == ["the clocks skip it; 3:00 is free", "free"]
    assert await states(desk, await plan("x2 /2w", day=date(2026, 11, 1), start="1:30")) == [
        "the clocks show it twice; 2:00 is free",
        "free",
    ]
    assert await states(desk, await plan("x2 /2w", day=date(2026, 11, 1), start="1:30", fold=1)) == ["free", "free"]


async def give_hours(desk, name, hours=None, *, active=True):
    was = desk.providers[name]
    draft = ProviderDraft(
        name=name, hours=was.hours if hours is None else hours, purpose_ids=was.purpose_ids, active=active
    )
    act = desk.act(desk.manager)
    await desk.database.write(lambda session: save_provider(session, desk.clinic, act, was.id, draft))


async def test_a_provider_who_has_left_is_named_and_nothing_can_be_booked(desk, plan):
    planned = await plan("x3")
    await give_hours(desk, "Dr Chen", active=False)
    assert await states(desk, planned) == ["Dr Chen is not active any more"] * 3
    with pytest.raises(ScheduleRefused, match="None of them can be booked any more: Dr Chen is not active any more"):
        await desk.scheduling.book_series(desk.act(), planned, planned.visits)
    assert left(desk) == (0, 0, 0)


async def test_a_series_across_a_clock_change_keeps_its_wall_clock_time(desk, plan):
    planned = await plan("x2")
    done = await desk.scheduling.book_series(desk.act(), planned, planned.visits)
    assert [(one.start, one.starts_at.hour) for one in done.booked] == [(time(9, 30), 17), (time(9, 30), 16)]


async def test_a_series_is_one_act_with_its_seats_and_one_undo(desk, plan):
    planned = await plan()
    act = desk.act()
    done = await desk.scheduling.book_series(act, planned, planned.visits)
    assert left(desk) == (1, 12, 12 * 6)
    assert [(one.series_id, one.ordinal) for one in done.booked] == [(done.series_id, n) for n in range(1, 13)]
    again = await desk.scheduling.book_series(act, planned, planned.visits)
    assert again == done
    assert await desk.scheduling.undo(desk.act()) == "Took back: Booked 12 for BAUER, Tomás, Tue 3 Mar to Fri 10 Apr."
    assert left(desk) == (1, 12, 0)


async def test_dates_lost_meanwhile_are_named_and_the_others_booked(desk, plan):
    planned = await plan("x3")
    desk.book("RUIZ", "Dr Chen", "9:30", TUESDAY + timedelta(days=7))
    act = desk.act()
    done = await desk.scheduling.book_series(act, planned, planned.visits)
    assert [one.ordinal for one in done.booked] == [1, 3]
    assert done.lost == ((2, "Dr Chen is taken at 9:30."),)
    assert await desk.scheduling.book_series(act, planned, planned.visits) == replace(
        done, lost=((2, "It was not free any more."),)
    )
    late = planned.visits[1].moved(minutes=15)
    rest = await desk.scheduling.book_series(desk.act(), planned, [late], series_id=done.series_id)
    assert [(one.series_id, one.ordinal, one.start) for one in rest.booked] == [(done.series_id, 2, time(9, 45))]


async def test_when_no_date_stands_nothing_is_written(desk, plan):
    planned = await plan("x2")
    for visit in planned.visits:
        desk.book("RUIZ", "Dr Chen", "9:30", visit.place.day)
    before = left(desk)
    with pytest.raises(ScheduleRefused, match="None of them can be booked any more: Dr Chen is taken at 9:30"):
        await desk.scheduling.book_series(desk.act(), planned, planned.visits)
    assert left(desk) == before


async def test_without_the_right_or_with_too_many_nothing_is_written(desk, plan):
    planned = await plan("x2")
    nobody = Actor(kind=ActorKind.STAFF, id=desk.tlee.id, name="Tom Lee", rights=frozenset())
    with pytest.raises(NotAllowed):
        await desk.scheduling.book_series(desk.act(nobody), planned, planned.visits)
    many = [Visit(ordinal=n, place=planned.visits[0].place) for n in range(500)]
    with pytest.raises(InputRefused, match="at most 60 visits"):
        await desk.scheduling.book_series(desk.act(), planned, many)
    with pytest.raises(InputRefused, match="cannot be shown"):
        await desk.scheduling.book_series(desk.act(), replace(planned, note="\x1b[2J"), planned.visits)
    assert left(desk) == (0, 0, 0)


async def test_one_that_is_rescheduled_stays_in_its_series(desk, plan):
    planned = await plan("x2")
    first, _ = (await desk.scheduling.book_series(desk.act(), planned, planned.visits)).booked
    place = desk.place("Dr Chen", "10:00", TUESDAY + timedelta(days=1))
    how = {"version": first.version, "asked_by": Asker.PATIENT, "reason": "ill"}
    new = await desk.scheduling.reschedule(desk.act(), first.id, place, **how)
    assert (new.series_id, new.ordinal, new.status) == (first.series_id, 1, Status.SCHEDULED)


async def test_one_given_to_another_patient_leaves_the_series(desk, plan):
    planned = await plan("x2")
    first, _ = (await desk.scheduling.book_series(desk.act(), planned, planned.visits)).booked
    draft = desk.draft("RUIZ", "Dr Chen", "9:30", TUESDAY)
    theirs = await desk.scheduling.change_patient(desk.act(), first.id, draft, version=first.version)
    assert (theirs.series_id, theirs.ordinal) == (None, None)
