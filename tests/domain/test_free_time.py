"""Desk and site find the same time free."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ctfront.domain.minutes import each, spans_of
from ctfront.domain.online import OnlineProvider
from ctfront.domain.providers import Break, DayHours, Event, Governed, Provider
from ctfront.domain.schedule import Column, Hold
from ctfront.domain.times import DAY
from tests.domain.test_minutes import SPANS

MONDAY = date(2026, 3, 2)


@given(SPANS, SPANS, SPANS, SPANS, SPANS, st.integers(1, 3), st.integers(1, 3))
def test_the_site_finds_free_what_the_desk_finds_free(hours, breaks, blocked, held, parts, governor, other):
    office = DayHours(
        weekday=0,
        spans=tuple(hours),
        breaks=tuple(Break(span=span) for span in breaks),
        governed=tuple(Governed(span=span, governor=other) for span in parts),
    )
    provider = Provider(id=1, name="Dr Alvarez", governor=governor, hours=(office,))
    events = tuple(Event(id=n, provider_id=1, day=MONDAY, span=span, text="") for n, span in enumerate(blocked))
    holds = tuple(
        Hold(id=str(n), provider_id=1, day=MONDAY, span=span, by="", until=None) for n, span in enumerate(held)
    )
    column = Column(provider=provider, day=MONDAY, hours=office.spans, breaks=office.breaks, events=events, holds=holds)
    visits = [(span.start, span.minutes) for span in held]
    online = OnlineProvider(provider=provider, purpose_ids=frozenset())
    assert spans_of(online.free_on(MONDAY, visits, events)) == column.free
    by_minute = [minute for minute in range(DAY) if column.state_at(minute) == "open" and not column.is_full_at(minute)]
    assert [minute for span in column.free for minute in range(span.start, span.end)] == by_minute
    lower = OnlineProvider(provider=provider, purpose_ids=frozenset(), governor=1)
    assert set(each(lower.free_on(MONDAY, visits, events))) <= set(by_minute)
