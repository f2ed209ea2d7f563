"""A weekday's hours as they are typed: each documented form, each refusal, and the way there and back."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctfront.domain.clinic import DateOrder
from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.hours import read_hours, show_hours, show_week, show_weeks, type_hours
from ctfront.domain.grammar.periods import read_period, show_period, type_period
from ctfront.domain.providers import Break, DayHours, Governed, Provider, WeeklyHours, weeks_of
from ctfront.domain.set_up import check_hours, join_weeks
from ctfront.domain.text import clean_line
from ctfront.domain.times import Span
from tests.clinics import MONDAY


def day(*spans: tuple[int, int], weekday: int = 0, **breaks: tuple[int, int]) -> DayHours:
    return DayHours(
        weekday=weekday,
        spans=tuple(Span(*span) for span in spans),
        breaks=tuple(Break(span=Span(*span), label=label) for label, span in breaks.items()),
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", day()),
        ("closed", day()),
        ("8-18", day((480, 1080))),
        ("8-12, 13-18", day((480, 720), (780, 1080))),
        ("8-12 13-18", day((480, 720), (780, 1080))),
        ("8-18, lunch 12-13", day((480, 1080), lunch=(720, 780))),
        ("8:00-18:00 lunch 12-13", day((480, 1080), lunch=(720, 780))),
        ("8:00–18:00, lunch 12:00–13:00", day((480, 1080), lunch=(720, 780))),
        ("lunch 12-13; 8 - 18", day((480, 1080), lunch=(720, 780))),
        ("830-6p", day((510, 1080))),
        ("8-12,12-18", day((480, 1080))),
        ("0-24", day((0, 1440))),
        ("8-18, tea 10-10:15, lunch 12-13", day((480, 1080), tea=(600, 615), lunch=(720, 780))),
        ('8-18, "2nd, long" 12-13', day((480, 1080), **{"2nd, long": (720, 780)})),
    ],
)
def test_hours_are_read(typed, meant):
    assert read_hours(typed, 0) == meant


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("8", "Type hours as 8-18, lunch 12-13."),
        ("8-", "Type hours as 8-18, lunch 12-13."),
        ("8-18 lunch", "Type hours as 8-18, lunch 12-13."),
        ("8-18x", "Type hours as 8-18, lunch 12-13."),
        ("8-6", "6:00 is not after 8:00; type 18:00."),
        ("18-8", "8:00 is not after 18:00; type 20:00."),
        ("8-8", "8:00 is not after 8:00; type 20:00."),
        ("8-26", "A day has no 26:00."),
        ("8:02-18", "Hours and breaks start and end on multiples of 5 minutes."),
        ("lunch 12-13", "A break lies inside the office hours."),
        ("8-12, lunch 12-13", "A break lies inside the office hours."),
        ("8-18, tea 10-11, lunch 10:30-12", "Two breaks overlap."),
        ("8-18, 2x 7-9", "Times with another governor lie inside the hours, one beside the other."),
        ("8-18, 2x 9-11, 3x 10-12", "Times with another governor lie inside the hours, one beside the other."),
        ("8-18, 0x 9-11", "The governor is a number from 1 to 20."),
        ("8-18, 21x 9-11", "The governor is a number from 1 to 20."),
    ],
)
def test_what_are_no_hours_is_refused(typed, why):
    with pytest.raises(InputRefused) as refusal:
        read_hours(typed, 0)
    assert str(refusal.value) == why


@given(st.text(max_size=30) | st.text(alphabet='0123456789-:,; ap"lunch', max_size=30))
def test_any_text_is_hours_or_refused(text):
    with suppress(InputRefused):
        assert read_hours(text, 3).weekday == 3


@st.composite
def days(draw) -> DayHours:
    """Hours as Set-up keeps them: spans that don't touch, breaks inside them that don't overlap."""
    edges = sorted(draw(st.sets(st.integers(0, 288), min_size=2, max_size=8)))
    spans = [Span(a * 5, b * 5) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    breaks = []
    for span in spans:
        if span.minutes >= 15 and draw(st.booleans()):
            breaks.append(Break(span=Span(span.start + 5, span.end - 5), label=draw(labels)))
    governed = [Governed(span=span, governor=draw(st.integers(1, 20))) for span in spans if draw(st.booleans())]
    weekday, parts = draw(st.integers(0, 6)), {"breaks": tuple(breaks), "governed": tuple(governed)}
    return check_hours([DayHours(weekday=weekday, spans=tuple(spans), **parts)])[0]


def is_kept(label: str) -> bool:
    try:
        return clean_line(label, field="hours", limit=40) == label != ""
    except InputRefused:
        return False


labels = st.sampled_from(["lunch", "tea time", "2nd", 'the "long" one', "Größe", "a-b"]) | st.text(
    min_size=1, max_size=12
).filter(is_kept)


@given(days())
def test_hours_come_back_as_they_were_typed(hours):
    assert read_hours(type_hours(hours), hours.weekday) == hours


@given(days())
def test_hours_shown_in_full_are_hours(hours):
    plain = DayHours(weekday=hours.weekday, spans=hours.spans)
    assert read_hours(show_hours(plain), hours.weekday) == plain


def test_another_governor_is_typed_among_the_hours():
    hours = read_hours("8-18, 2x 9-11, lunch 12-13, 3x 13-14", 0)
    assert hours.governed == (Governed(span=Span(540, 660), governor=2), Governed(span=Span(780, 840), governor=3))
    assert show_hours(replace(hours, breaks=(), governed=hours.governed[:1])) == "8:00–18:00, 2 at once 9:00–11:00"


def test_hours_are_shown_in_full():
    assert show_hours(day((480, 720), (780, 1080), tea=(600, 615))) == "8:00–12:00, 13:00–18:00, tea 10:00–10:15"
    assert show_hours(day()) == "closed"


@pytest.mark.parametrize(
    ("weekdays", "shown"),
    [((0, 1, 2, 3, 4), "Mon–Fri"), ((1, 3), "Tue, Thu"), ((0, 1), "Mon, Tue"), ((0, 2, 3, 4, 6), "Mon, Wed–Fri, Sun")],
)
def test_a_week_joins_equal_days(weekdays, shown):
    week = [day((480, 1080), weekday=number, lunch=(720, 780)) for number in weekdays]
    assert show_week(week) == f"{shown} 8-18, lunch 12-13"


def test_a_week_names_what_differs():
    week = [*(day((480, 1080), weekday=number) for number in range(4)), day((480, 750), weekday=4)]
    assert show_week(week) == "Mon–Thu 8-18; Fri 8-12:30"
    assert show_week([]) == "no office hours"


def from_day(since: date | None, until: date | None = None, start: int = 480) -> WeeklyHours:
    return WeeklyHours(since=since, until=until, days=(day((start, start + 60), weekday=MONDAY.weekday()),))


@given(st.lists(st.tuples(st.none() | st.integers(0, 40), st.none() | st.integers(0, 60)), max_size=5))
def test_hours_hold_until_the_next_begin_or_until_their_last_day(drawn):
    days = dict(drawn)
    weeks = [
        from_day(
            None if since is None else MONDAY + timedelta(days=since),
            None if until is None else MONDAY + timedelta(days=until + (since or 0)),
            start=number * 60,
        )
        for number, (since, until) in enumerate(days.items())
    ]
    who = Provider(id=1, name="Dr Chen", hours=check_hours(join_weeks(weeks)))
    for offset in range(-14, 140, 7):
        asked = MONDAY + timedelta(days=offset)
        begun = [week for week in weeks if (week.since or date.min) <= asked]
        last = max(begun, key=lambda week: week.since or date.min, default=None)
        holds = last is not None and (last.until is None or asked <= last.until)
        assert who.hours_on(asked).spans == (last.days[0].spans if holds else ())


def test_two_hours_of_a_day_are_refused():
    with pytest.raises(InputRefused, match="Other hours begin on that day"):
        join_weeks([from_day(MONDAY), from_day(MONDAY)])
    overlapping = [replace(from_day(None).days[0], until=MONDAY), replace(from_day(None).days[0], since=MONDAY)]
    with pytest.raises(InputRefused, match="once"):
        check_hours(overlapping)


def test_weeks_are_shown_from_today_on():
    hours = join_weeks([from_day(None), from_day(MONDAY + timedelta(days=7), start=540)])
    assert [week.since for week in weeks_of(hours)] == [None, MONDAY + timedelta(days=7)]
    assert show_weeks(hours, MONDAY) == ["until 8 Mar 2026: Mon 8-9", "from 9 Mar 2026: Mon 9-10"]
    assert show_weeks(hours, MONDAY + timedelta(days=7)) == ["Mon 9-10"]
    assert show_weeks([], MONDAY) == ["no office hours"]


@pytest.mark.parametrize(
    ("typed", "period", "shown"),
    [
        ("", (None, None), "always"),
        ("1 apr", (date(2026, 4, 1), None), "Wed 1 Apr 2026"),
        ("from 1 apr until +1w", (date(2026, 4, 1), date(2026, 4, 8)), "Wed 1 Apr 2026 until Wed 8 Apr 2026"),
        ("until 30 jun", (None, date(2026, 6, 30)), "until Tue 30 Jun 2026"),
    ],
)
def test_days_from_and_until_are_read_and_typed_back(typed, period, shown):
    read = {"today": MONDAY, "order": DateOrder.DAY_FIRST}
    assert read_period(typed, **read) == period
    assert show_period(*period) == shown
    assert read_period(type_period(*period), **read) == period
