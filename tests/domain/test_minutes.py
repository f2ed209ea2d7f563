"""The minutes of a day as bits say what counting minute by minute says."""

from hypothesis import given
from hypothesis import strategies as st

from ctfront.domain.minutes import bits, bits_of, each, full, spans_of, starts_of
from ctfront.domain.times import DAY, Span, merge

SPANS = st.lists(
    st.tuples(st.integers(0, DAY - 1), st.integers(1, DAY)).map(lambda s: Span(s[0], min(s[0] + s[1], DAY))), max_size=6
)


@given(SPANS)
def test_spans_come_back_merged(spans):
    assert spans_of(bits_of(spans)) == merge(spans)
    assert list(each(bits_of(spans))) == [minute for minute in range(DAY) if any(s.holds(minute) for s in spans)]


@given(SPANS, st.integers(1, 4))
def test_full_is_where_so_many_are_in_progress(spans, governor):
    found = set(each(full([(span.start, span.minutes) for span in spans], governor)))
    assert found == {minute for minute in range(DAY) if sum(span.holds(minute) for span in spans) >= governor}


@given(SPANS, st.integers(1, 90), st.sampled_from([5, 10, 15, 20, 30, 60]))
def test_starts_are_where_all_that_follows_is_free(spans, length, step):
    free = bits_of(spans)
    found = list(each(starts_of(free, length, step)))
    minutes = set(each(free))
    assert found == [at for at in range(0, DAY, step) if all(at + n in minutes for n in range(length))]


def test_bits_end_with_the_day():
    assert spans_of(bits(DAY - 10, 60)) == (Span(DAY - 10, DAY),)
