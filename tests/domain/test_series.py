"""A series' words, and the weekdays that they mean."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctfront.domain.grammar.errors import CannotRead
from ctfront.domain.series_rule import Repeat, read_repeat, weekdays_of


@pytest.mark.parametrize(
    ("typed", "repeat"),
    [
        ("x12 2/w", Repeat(count=12, a_week=2)),
        ("2/W X12", Repeat(count=12, a_week=2)),
        ("x6", Repeat(count=6)),
        ("x6 w", Repeat(count=6)),
        ("x6 /w", Repeat(count=6)),
        ("x6 /2w", Repeat(count=6, every=2)),
        ("x6 /m", Repeat(count=6, monthly=True)),
        ("x60 5/w", Repeat(count=60, a_week=5)),
    ],
)
def test_words_are_read(typed, repeat):
    assert read_repeat(typed) == repeat


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "How many visits"),
        ("2/w", "How many visits"),
        ("x1", "2 to 60 visits; book a longer plan in parts"),
        ("x61", "2 to 60 visits"),
        ("x500 2/w", "2 to 60 visits"),
        ("x12 6/w", "1 to 5 times a week"),
        ("x12 0/w", "1 to 5 times a week"),
        ("x12 /0w", "Every 1 to 26 weeks"),
        ("x12 /27w", "Every 1 to 26 weeks"),
        ("x12 x13", "“x13” is no series"),
        ("x12 2/w /m", "“/m” is no series"),
        ("twelve", "“twelve” is no series"),
    ],
)
def test_what_is_no_series_is_refused_in_one_sentence(typed, words):
    with pytest.raises(CannotRead, match=words) as refusal:
        read_repeat(typed)
    assert refusal.value.field == "repeat"
    assert len(str(refusal.value)) < 80


@pytest.mark.parametrize(
    ("first", "a_week", "working", "days"),
    [
        (0, 2, range(5), {0, 3}),
        (1, 2, range(5), {1, 4}),
        (2, 2, range(5), {2, 4}),
        (3, 2, range(5), {3, 0}),
        (0, 3, range(5), {0, 2, 4}),
        (4, 3, range(5), {4, 0, 2}),
        (1, 5, range(5), {0, 1, 2, 3, 4}),
        (1, 2, {1, 3}, {1, 3}),
        (1, 3, {1, 3}, {0, 1, 4}),
    ],
)
def test_several_times_a_week_are_spread_over_the_days_the_provider_works(first, a_week, working, days):
    assert set(weekdays_of(first, a_week, working)) == days


@given(st.integers(0, 6), st.integers(1, 5), st.sets(st.integers(0, 6)))
def test_the_weekdays_are_as_many_as_asked_for_and_begin_with_the_one_given(first, a_week, working):
    days = weekdays_of(first, a_week, working)
    assert days[0] == first
    assert len(set(days)) == len(days) == a_week
    assert all(earlier < later for earlier, later in pairwise((day - first) % 7 for day in days))
    if len(working | {first}) >= a_week:
        assert set(days) <= working | {first}
