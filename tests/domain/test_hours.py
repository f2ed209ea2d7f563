"""A weekday's hours as they are typed: each documented form, each refusal, and the way there and back."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.hours import read_hours, show_hours, show_week, type_hours
from ctfront.domain.providers import Break, DayHours
from ctfront.domain.set_up import check_hours
from ctfront.domain.text import clean_line
from ctfront.domain.times import Span


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
    return check_hours([DayHours(weekday=draw(st.integers(0, 6)), spans=tuple(spans), breaks=tuple(breaks))])[0]


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
