"""Free places per half hour, against counting minute by minute."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ctfront.domain.appointments import Appointment, Origin, Status
from ctfront.domain.glance import count_free, mark_of, weeks_from
from ctfront.domain.providers import Break, DayHours, Event, Governed, Provider
from ctfront.domain.schedule import Column, Opening
from ctfront.domain.times import Span
from tests.domain.test_day_sheet import ANA

MONDAY = date(2026, 3, 2)
SLOTS = st.sampled_from([5, 10, 15, 20, 30, 60])


def steps(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low // 5, high // 5).map(lambda n: n * 5)


spans = st.builds(lambda start, length: Span(start, start + length), steps(420, 720), steps(5, 300))


@st.composite
def providers(draw) -> Provider:
    breaks = tuple(Break(span=s) for s in draw(st.lists(spans)))
    governed = tuple(Governed(span=s, governor=draw(st.integers(1, 3))) for s in draw(st.lists(spans, max_size=1)))
    former = DayHours(weekday=0, spans=(Span(0, 60),), until=MONDAY - timedelta(days=1))
    hours = DayHours(weekday=0, spans=(draw(spans),), breaks=breaks, governed=governed, since=MONDAY)
    return Provider(id=1, name="Dr Chen", governor=draw(st.integers(1, 3)), hours=(former, hours))


def visit(span: Span) -> Appointment:
    at, start = datetime(2026, 3, 2, tzinfo=UTC), time(span.start // 60, span.start % 60)
    return Appointment(
        id=1, number=1, provider_id=1, provider="Dr Chen", patient=ANA, purpose_id=1, purpose="Massage",
        purpose_letter="M", day=MONDAY, start=start, minutes=span.minutes, zone="UTC", starts_at=at,
        status=Status.SCHEDULED, status_at=at, origin=Origin.DESK, created_by="x", created_at=at,
    )  # fmt: skip


def governor_at(provider: Provider, minute: int) -> int:
    own = [part.governor for part in provider.hours_on(MONDAY).governed if part.span.holds(minute)]
    return own[0] if own else provider.governor


@given(providers(), st.lists(spans, max_size=8), st.lists(spans, max_size=2))
def test_a_column_is_free_where_every_minute_is(provider, taken, blocked):
    hours = provider.hours_on(MONDAY)
    column = Column(
        provider=provider,
        day=MONDAY,
        hours=hours.spans,
        breaks=hours.breaks,
        events=tuple(Event(id=1, provider_id=1, day=MONDAY, span=s, text="x") for s in blocked),
        appointments=tuple(visit(s) for s in taken),
    )
    for minute in range(400, 1100, 5):
        full = governor_at(provider, minute) <= sum(s.holds(minute) for s in taken)
        assert column.is_full_at(minute) == full
        free = column.state_at(minute) is Opening.OPEN and not full
        assert any(span.holds(minute) for span in column.free) == free


def brute(provider: Provider, taken: list[Span], blocked: list[Span], first: int, step: int, slot: int, now: int):
    """Count one row, asking every minute of every slot."""
    hours = provider.hours_on(MONDAY)
    free = []
    for start in range(first, first + step):
        minutes = range(start, start + slot)
        closed = [*(b.span for b in hours.breaks), *blocked]
        is_open = all(any(s.holds(m) for s in hours.spans) and not any(c.holds(m) for c in closed) for m in minutes)
        if start % slot == 0 and start >= now and is_open:
            free.append(min(governor_at(provider, m) - sum(t.holds(m) for t in taken) for m in minutes))
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
