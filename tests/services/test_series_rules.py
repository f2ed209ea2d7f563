"""The dates of a series' rule."""

from datetime import date, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from ctfront.domain.series_rule import Repeat, planned_count, rule_of, say_series
from ctfront.domain.times import utc_instant
from ctfront.services.series_rules import starts_of

DAYS = st.dates(date(2020, 1, 1), date(2090, 1, 1))
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
COUNTS = st.integers(2, 60)


@given(DAYS, TIMES, COUNTS, st.integers(1, 5))
def test_so_many_a_week_from_the_day_given_on_at_one_time(day, start, count, a_week):
    rule = rule_of(Repeat(count=count, a_week=a_week), day, start, range(5))
    starts = starts_of(rule)
    days = [one.date() for one in starts]
    assert (len(set(days)), planned_count(rule), days[0]) == (count, count, day)
    assert {one.time() for one in starts} == {start}
    assert all(earlier < later for earlier, later in pairwise(days))
    for before, after in zip(days, days[a_week:], strict=False):
        assert after - before == timedelta(days=7)


@given(DAYS, COUNTS, st.integers(1, 26))
def test_every_so_many_weeks(day, count, every):
    starts = starts_of(rule_of(Repeat(count=count, every=every), day, time(9), range(5)))
    assert [one.date() for one in starts] == [day + timedelta(weeks=every * n) for n in range(count)]


@given(DAYS, COUNTS)
def test_monthly_keeps_the_weekday_of_the_month(day, count):
    days = [one.date() for one in starts_of(rule_of(Repeat(count=count, monthly=True), day, time(9), range(5)))]
    months = [one.year * 12 + one.month for one in days]
    assert days[0] == day
    assert months == list(range(months[0], months[0] + count))
    assert {one.weekday() for one in days} == {day.weekday()}
    nth = {(one.day - 1) // 7 for one in days}
    assert (
        nth == {(day.day - 1) // 7} if day.day <= 28 else all((one + timedelta(7)).month != one.month for one in days)
    )


def test_the_wall_clock_is_kept_when_the_clocks_change():
    starts = starts_of(rule_of(Repeat(count=4), date(2026, 2, 26), time(9, 30), range(5)))
    instants = [utc_instant(one.date(), one.time(), "America/Los_Angeles") for one in starts]
    assert [at.astimezone(ZoneInfo("America/Los_Angeles")).time() for at in instants] == [time(9, 30)] * 4
    assert [at.hour for at in instants] == [17, 17, 16, 16]


def test_the_rule_is_said_in_words():
    repeat = Repeat(count=12, a_week=2)
    days = [one.date() for one in starts_of(rule_of(repeat, date(2026, 3, 3), time(9, 30), range(5)))]
    assert say_series(repeat, days) == "12 visits, twice a week, Tue and Fri, until Fri 10 Apr 2026"
    assert say_series(Repeat(count=3, every=2), days[:1]) == "3 visits, every 2 weeks, Tue, until Tue 3 Mar 2026"
