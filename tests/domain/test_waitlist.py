"""Whom a freed place fits, what is said of it, and how days and times are typed."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctfront.domain.appointments import Place
from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.wanted import (
    read_times,
    read_weekdays,
    show_times,
    show_weekdays,
    type_times,
    type_weekdays,
)
from ctfront.domain.times import DAY, Span
from ctfront.domain.waitlist import EVERY_DAY, FreedPlace, Offer, with_offer

SENTENCE = "Cancelled RUIZ, Ana for 8:00 with Dr Alvarez."


@given(st.frozensets(st.integers(0, 6), min_size=1))
def test_weekdays_are_read_back_as_they_are_typed(days):
    assert read_weekdays(type_weekdays(days)) == days


@given(st.integers(0, DAY - 1), st.integers(1, DAY))
def test_times_are_read_back_as_they_are_typed(start, end):
    if start < end:
        assert read_times(type_times(Span(start, end))) == Span(start, end)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("", "any time"),
        ("morn", "mornings"),
        ("9-1130", "9:00–11:30"),
        ("14-", "from 14:00"),
        ("-12", "mornings"),
        ("17-", "evenings"),
    ],
)
def test_times_say_what_they_were_read_as(typed, shown):
    assert show_times(read_times(typed)) == shown


@pytest.mark.parametrize("typed", ["soon", "-", "11-9", "9", "25-26"])
def test_what_is_no_time_is_refused(typed):
    with pytest.raises(InputRefused):
        read_times(typed)


def test_weekdays_say_what_they_were_read_as():
    assert show_weekdays(read_weekdays("mon, tue wed, fri")) == "Mon–Wed, Fri"
    assert show_weekdays(EVERY_DAY) == "any day"


class Somebody:
    """One who waits, as far as a sentence names them."""

    def __init__(self, name="LEE, Min", phone="(555) 010-4433"):
        self.patient, self.name, self.phone = self, name, phone


def offer(count, **who):
    place = Place(provider_id=1, day=date(2026, 3, 2), start=time(8))
    freed = FreedPlace(place=place, provider="Dr Alvarez", purpose_ids=(1,), minutes_free=15)
    return Offer(freed=freed, entries=(Somebody(**who),), count=count)


@pytest.mark.parametrize(
    ("count", "room", "said"),
    [
        (1, 200, f"{SENTENCE} u takes it back. LEE, Min (555) 010-4433 fits: :wl"),
        (3, 200, f"{SENTENCE} u takes it back. LEE, Min (555) 010-4433 and 2 more fit: :wl"),
        (1, 79, f"{SENTENCE} LEE, Min (555) 010-4433 fits: :wl"),
        (3, 79, f"{SENTENCE} u takes it back. 3 wait: :wl"),
        (3, 50, f"3 wait: :wl. {SENTENCE}"),
    ],
)
def test_the_nearest_is_named_where_there_is_room(count, room, said):
    assert with_offer(SENTENCE, offer(count), room=room) == said


def test_without_anybody_only_the_act_is_told():
    assert with_offer(SENTENCE, None, room=79) == f"{SENTENCE} u takes it back."


def test_who_has_no_phone_is_said_to_have_none():
    assert "LEE, Min no phone fits" in with_offer(SENTENCE, offer(1, phone=""), room=79)
