"""Free places per half hour, against counting minute by minute."""

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ctfront.domain.glance import count_free, mark_of, weeks_from
from ctfront.domain.providers import Break, DayHours, Event, Provider
from ctfront.domain.times import Span

MONDAY = date(2026, 3, 2)
SLOTS = st.sampled_from([5, 10, 15, 20, 30, 60])


def steps(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low // 5, high // 5).map(lambda n: n * 5)


spans = st.builds(lambda start, length: Span(start, start + length), steps(420, 720), steps(5, 300))


@st.composite
def providers(draw) -> Provider:
    hours = DayHours(weekday=0, spans=(draw(spans),), breaks=tuple(Break(span=s) for s in draw(st.lists(spans))))
    return Provider(id=1, name="Dr Chen", governor=draw(st.integers(1, 3)), hours=(hours,))


def brute(provider: Provider, taken: list[Span], blocked: list[Span], first: int, step: int, slot: int, now: int):
    """Count one row, asking every minute of every slot."""
    hours = provider.hours_on(MONDAY)
    free = []
    for start in range(first, first + step):
        minutes = range(start, start + slot)
        closed = [*(b.span for b in hours.breaks), *blocked]
        is_open = all(any(s.holds(m) for s in hours.spans) and not any(c.holds(m) for c in closed) for m in minutes)
        if start % slot == 0 and start >= now and is_open:
            free.append(provider.governor - max(sum(t.holds(m) for t in taken) for m in minutes))
    if not free:
        return None
    return sum(n for n in free if n > 0) or min(free)


@given(providers(), st.lists(spans, max_size=12), st.lists(spans, max_size=2), SLOTS, st.integers(0, 900))
def test_counts_as_asking_every_minute_does(provider, taken, blocked, slot, now):
    weeks = weeks_from(MONDAY, [provider], 74)
    shown = count_free(
        weeks,
        {(1, MONDAY): [(s.start, s.minutes) for s in taken]},
        [Event(id=1, provider_id=1, day=MONDAY, span=s, text="x") for s in blocked],
        slot=slot,
        now=datetime.combine(MONDAY, time(now // 60, now % 60)),
    )
    step = shown.rows.step
    assert shown.counts[0][0] == tuple(brute(provider, taken, blocked, m, step, slot, now) for m in shown.rows)
    assert shown.counts[0][1] == (None,) * len(shown.rows)


@given(st.integers(1, 4), st.integers(0, 3), st.integers(0, 6))
def test_two_weeks_of_four_providers_fit_in_80_columns(count, weekend, offset):
    hours = tuple(DayHours(weekday=n, spans=(Span(480, 960),)) for n in range(5 + weekend % 3))
    who = [Provider(id=n, name=str(n), hours=hours) for n in range(count)]
    weeks = weeks_from(MONDAY + timedelta(days=offset), who, 74)
    shown = len(weeks.days) // weeks.days_a_week
    assert shown >= 2
    assert count * (len(weeks.days) + shown + 1) <= 74
    assert weeks.days[0] == MONDAY


def test_a_count_is_one_character():
    assert "".join(mark_of(n) for n in (None, 12, 9, 1, 0, -1, -2, -40)) == "·9910abz"
