"""Wall-clock time: what the clocks skip and repeat, spans of a day, ages."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctfront.domain.errors import InputRefused
from ctfront.domain.times import (
    DAY,
    RepeatedTime,
    Span,
    age_on,
    end_of,
    merge,
    minute_of,
    next_slot,
    show_date,
    show_day,
    show_minute,
    show_time,
    subtract,
    time_of,
    utc_instant,
    wall_clock,
)

ZONE = "America/Los_Angeles"
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


@pytest.mark.parametrize(
    ("day", "start", "instant"),
    [
        (date(2026, 3, 2), time(8, 0), datetime(2026, 3, 2, 16, 0, tzinfo=UTC)),
        (date(2026, 7, 1), time(8, 0), datetime(2026, 7, 1, 15, 0, tzinfo=UTC)),
        (SPRING, time(1, 55), datetime(2026, 3, 8, 9, 55, tzinfo=UTC)),
        (SPRING, time(3, 0), datetime(2026, 3, 8, 10, 0, tzinfo=UTC)),
        (AUTUMN, time(0, 55), datetime(2026, 11, 1, 7, 55, tzinfo=UTC)),
        (AUTUMN, time(2, 0), datetime(2026, 11, 1, 10, 0, tzinfo=UTC)),
    ],
)
def test_a_promised_time_has_its_instant(day, start, instant):
    assert utc_instant(day, start, ZONE) == instant
    assert wall_clock(instant, ZONE) == datetime.combine(day, start)


@pytest.mark.parametrize("start", [time(2, 0), time(2, 30), time(2, 55)])
def test_a_time_that_the_clocks_skip_is_refused(start):
    with pytest.raises(InputRefused, match="does not exist on Sun 8 Mar 2026") as refusal:
        utc_instant(SPRING, start, ZONE)
    assert refusal.value.field == "time"


@pytest.mark.parametrize("start", [time(1, 0), time(1, 30), time(1, 55)])
def test_a_repeated_time_asks_which(start):
    with pytest.raises(RepeatedTime, match="comes twice on Sun 1 Nov 2026"):
        utc_instant(AUTUMN, start, ZONE)
    first, second = (utc_instant(AUTUMN, start, ZONE, fold=fold) for fold in (0, 1))
    assert second - first == timedelta(hours=1)
    assert wall_clock(first, ZONE) == wall_clock(second, ZONE) == datetime.combine(AUTUMN, start)


def test_fold_changes_nothing_on_other_days():
    assert utc_instant(date(2026, 3, 2), time(8), ZONE, fold=1) == utc_instant(date(2026, 3, 2), time(8), ZONE)


@given(st.integers(0, DAY - 1))
def test_minutes_and_times_are_each_others_inverse(minute):
    assert minute_of(time_of(minute)) == minute


@pytest.mark.parametrize(("start", "end"), [(60, 60), (61, 60), (-5, 60), (0, 1441)])
def test_a_span_ends_after_it_starts_and_on_its_day(start, end):
    with pytest.raises(InputRefused):
        Span(start, end)


def test_touching_spans_do_not_overlap():
    morning, noon = Span(480, 720), Span(720, 780)
    assert not morning.overlaps(noon)
    assert morning.overlaps(Span(715, 725))
    assert morning.contains(Span(480, 720))
    assert not morning.contains(Span(475, 720))


SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda pair: Span(pair[0], pair[0] + pair[1])), max_size=8
)


def minutes(spans) -> set[int]:
    return {minute for span in spans for minute in range(span.start, span.end)}


@given(SPANS)
def test_merged_spans_cover_the_same_minutes_apart_and_in_order(spans):
    merged = merge(spans)
    assert minutes(merged) == minutes(spans)
    assert all(a.end < b.start for a, b in pairwise(merged))


@given(SPANS, SPANS)
def test_subtracting_leaves_exactly_the_other_minutes(spans, taken):
    assert minutes(subtract(spans, taken)) == minutes(spans) - minutes(taken)


@pytest.mark.parametrize(
    ("born", "today", "age"),
    [
        (date(1984, 3, 2), date(2026, 3, 1), 41),
        (date(1984, 3, 2), date(2026, 3, 2), 42),
        (date(2000, 2, 29), date(2026, 2, 28), 25),
        (date(2000, 2, 29), date(2026, 3, 1), 26),
        (date(2026, 3, 2), date(2026, 3, 2), 0),
    ],
)
def test_an_age_changes_on_the_birthday(born, today, age):
    assert age_on(born, today) == age


def test_what_is_shown():
    assert show_date(date(2026, 3, 2)) == "Mon 2 Mar 2026"
    assert show_day(date(1984, 2, 14)) == "14 Feb 1984"
    assert [show_time(time(8, 5)), show_time(time(14, 0))] == ["8:05", "14:00"]
    assert [show_minute(485), show_minute(DAY)] == ["8:05", "24:00"]


def test_the_next_slot_and_the_end():
    assert [next_slot(minute) for minute in (0, 1, 5, 481)] == [0, 5, 5, 485]
    assert end_of(date(2026, 3, 2), time(23, 30), 60) == datetime(2026, 3, 3, 0, 30)
