"""The desk's dates and times: each documented form, each refusal, and nothing but a refusal for anything else."""

from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctfront.domain.clinic import DateOrder
from ctfront.domain.grammar.dates import read_birth_date, read_date
from ctfront.domain.grammar.errors import CannotRead
from ctfront.domain.grammar.times import read_time
from ctfront.domain.times import show_date

TODAY = date(2026, 3, 2)  # a Monday
AT_HAND = date(2026, 3, 10)
ORDERS = st.sampled_from(DateOrder)


def read(text: str, order: DateOrder = DateOrder.DAY_FIRST) -> date:
    return read_date(text, today=TODAY, at_hand=AT_HAND, order=order)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("t", "2026-03-02"),
        ("t+14", "2026-03-16"),
        ("t-3", "2026-02-27"),
        ("+7", "2026-03-17"),
        ("-1", "2026-03-09"),
        ("+1w", "2026-03-17"),
        ("2w", "2026-03-24"),
        ("3m", "2026-06-10"),
        ("1y", "2027-03-10"),
        ("tom", "2026-03-03"),
        ("mo", "2026-03-09"),
        ("tue", "2026-03-03"),
        ("next tue", "2026-03-10"),
        ("14/12", "2026-12-14"),
        ("1/3", "2027-03-01"),
        ("14 dec", "2026-12-14"),
        ("dec 14", "2026-12-14"),
        ("14 dec 27", "2027-12-14"),
        ("2026-05-03", "2026-05-03"),
        ("14", "2026-03-14"),
        ("2", "2026-04-02"),
        ("140227", "2027-02-14"),
        ("14022027", "2027-02-14"),
        ("20270214", "2027-02-14"),
        ("29/2", "2028-02-29"),
    ],
)
def test_a_date_is_read(typed, meant):
    assert read(typed).isoformat() == meant


def test_the_clinic_says_which_comes_first():
    assert read("3/4", DateOrder.MONTH_FIRST) == date(2026, 3, 4)
    assert read("3/4", DateOrder.DAY_FIRST) == date(2026, 4, 3)


def test_a_months_end_stays_an_end():
    assert read_date("1m", today=TODAY, at_hand=date(2026, 1, 31), order=DateOrder.DAY_FIRST) == date(2026, 2, 28)


@pytest.mark.parametrize("typed", ["", "31/2", "99/99", "9999y", "0", "32", "12/14", "soon", "t+", "1/1/9999"])
def test_what_is_no_date_is_refused(typed):
    with pytest.raises(CannotRead):
        read(typed)


@given(st.text(max_size=20), ORDERS)
def test_any_text_is_a_date_or_refused(text, order):
    with suppress(CannotRead):
        assert 1900 <= read(text, order).year <= 2100


@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)), ORDERS)
def test_what_is_shown_is_read_the_same(day, order):
    assert read(show_date(day).split(" ", 1)[1], order) == day
    pattern = "%d/%m/%Y" if order is DateOrder.DAY_FIRST else "%m/%d/%Y"
    assert read(day.strftime(pattern), order) == day


@pytest.mark.parametrize(
    ("order", "day", "born"),
    [(DateOrder.DAY_FIRST, "14/12", "14/2/84"), (DateOrder.MONTH_FIRST, "12/14", "2/14/84")],
)
def test_a_refusal_shows_a_date_as_the_clinic_types_it(order, day, born):
    with pytest.raises(CannotRead, match=f"fri, {day} or 14 dec"):
        read_date("noday", today=TODAY, at_hand=TODAY, order=order)
    with pytest.raises(CannotRead, match=f"type it as {born} or 14 feb 1984"):
        read_birth_date("noday", today=TODAY, order=order)


@pytest.mark.parametrize("typed", ["14/2/84", "140284", "14 feb 1984", "1984-02-14", "14-2-84", "14.2.1984"])
def test_a_birth_date_is_read(typed):
    assert read_birth_date(typed, today=TODAY, order=DateOrder.DAY_FIRST) == date(1984, 2, 14)


def test_a_two_digit_birth_year_is_past():
    assert read_birth_date("1/1/27", today=TODAY, order=DateOrder.DAY_FIRST) == date(1927, 1, 1)
    assert read_birth_date("1/1/26", today=TODAY, order=DateOrder.DAY_FIRST) == date(2026, 1, 1)


@pytest.mark.parametrize("typed", ["1/1/2027", "3/3/26", "t", "84", "30/2/84", ""])
def test_what_is_no_birth_date_is_refused(typed):
    with pytest.raises(CannotRead):
        read_birth_date(typed, today=TODAY, order=DateOrder.DAY_FIRST)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("930", time(9, 30)), ("9:30", time(9, 30)), ("2p", time(14)), ("14", time(14)), ("1415", time(14, 15)),
     ("12a", time(0)), ("12p", time(12)), ("2:05pm", time(14, 5))],
)  # fmt: skip
def test_a_time_is_read(typed, meant):
    assert read_time(typed) == meant


@pytest.mark.parametrize("typed", ["", "25", "9:60", "13p", "99999", "noon"])
def test_what_is_no_time_is_refused(typed):
    with pytest.raises(CannotRead):
        read_time(typed)


@given(st.text(max_size=12))
def test_any_text_is_a_time_or_refused(text):
    with suppress(CannotRead):
        assert isinstance(read_time(text), time)
