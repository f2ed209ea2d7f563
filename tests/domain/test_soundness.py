"""The second opinion on seats agrees with counting minute by minute."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ctfront.domain.soundness import Taken, Visit, double_booked, in_two_places, parted, wrongly_seated

DAY = date(2026, 3, 2)
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


def visit(id: int, provider: int, patient: int, slot: int, slots: int, live: bool = True, over: bool = False) -> Visit:
    return Visit(
        id=id, provider_id=provider, patient_id=patient, day=DAY, number=id, start_second=slot * 300,
        minutes=slots * 5, zone="UTC", starts_at=MIDNIGHT + timedelta(minutes=slot * 5), live=live, overbooked=over,
    )  # fmt: skip


numbers = st.integers(1, 3)
drawn = st.tuples(numbers, numbers, st.integers(0, 12), st.integers(1, 4), st.booleans(), st.booleans())
days = st.lists(drawn, max_size=8).map(lambda rows: [visit(n, *row) for n, row in enumerate(rows, start=1)])


def there(visits: list[Visit], minute: int) -> list[Visit]:
    at = MIDNIGHT + timedelta(minutes=minute)
    return [v for v in visits if v.live and v.starts_at <= at < v.starts_at + timedelta(minutes=v.minutes)]


@given(days, numbers)
def test_a_crowd_is_told_wherever_more_are_in_progress_than_may_be(visits, cap):
    told = {
        (c.visits[0].provider_id, frozenset(v.id for v in c.visits)) for c in double_booked(visits, lambda v, s: cap)
    }
    counted = set()
    for minute in range(0, 90):
        for provider in (1, 2, 3):
            crowd = [v for v in there(visits, minute) if v.provider_id == provider and not v.overbooked]
            if len(crowd) > max(cap, 1):
                counted.add((provider, frozenset(v.id for v in crowd)))
    assert told == counted


@given(days)
def test_a_patient_in_two_places_is_told_unless_it_was_meant(visits):
    told = {frozenset(v.id for v in c.visits) for c in in_two_places(visits, on_purpose=())}
    counted = set()
    for minute in range(0, 90):
        for patient in (1, 2, 3):
            crowd = frozenset(v.id for v in there(visits, minute) if v.patient_id == patient)
            counted |= {crowd} if len(crowd) > 1 else set()
    assert told == counted
    assert list(in_two_places(visits, on_purpose={v.id for v in visits})) == []


def seats(it: Visit) -> list[Taken]:
    return [
        Taken(kind=kind, resource_id=owner, slot=slot, cap=1, over_ok=False, visit_id=it.id)
        for slot in it.slots
        for kind, owner in (("P", it.provider_id), ("T", it.patient_id))
    ]


@given(days, st.data())
def test_exactly_its_seats_or_it_is_told(visits, data):
    taken = {v.id: seats(v) for v in visits if v.live}
    assert list(wrongly_seated(visits, taken, DAY)) == []
    live = [v for v in visits if v.live]
    if live:
        spoilt = data.draw(st.sampled_from(live))
        taken[spoilt.id].pop(data.draw(st.integers(0, len(taken[spoilt.id]) - 1)))
        assert list(wrongly_seated(visits, taken, DAY)) == [spoilt]
        assert list(wrongly_seated(visits, taken, DAY + timedelta(days=1))) == []


def test_a_promise_and_its_instant():
    kept = visit(1, 1, 1, 12, 3)
    assert list(parted([kept])) == []
    early = visit(2, 1, 1, 12, 3)
    early = Visit(**{**{name: getattr(early, name) for name in Visit.__slots__}, "starts_at": MIDNIGHT})
    assert list(parted([early])) == [(early, "0:00")]
