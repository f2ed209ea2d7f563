"""What data may look like: nothing that is shown can drive a terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctfront.domain.errors import InputRefused
from ctfront.domain.text import MARKS_IN_A_ROW, clean_line, safe

HOSTILE = [
    "\x1b[2J",
    "\x1b]52;c;aGk=\x07",
    "a\x9b1m",
    "\u202eabc",
    "a\u200bb",
    "\U000e0041",
    "\x00",
    "a\ufeffb",
    "e" + "\u0301" * 50,
]


def test_an_awkward_name_is_shown_as_it_is():
    assert safe("O'NEIL-[/x]ŁUKASZ, Zoë") == "O'NEIL-[/x]ŁUKASZ, Zoë"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_harmlessly(text):
    shown = safe(text)
    assert all(unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"} for c in shown)


@given(st.text())
def test_no_text_drives_a_terminal(text):
    shown = safe(text)
    assert all(c >= " " and not "\x7f" <= c <= "\x9f" for c in shown)
    assert safe(shown) == shown


@given(st.integers(MARKS_IN_A_ROW, 60))
def test_marks_do_not_pile_up(count):
    assert sum(unicodedata.combining(c) > 0 for c in safe("q" + "\u0302" * count)) == MARKS_IN_A_ROW


@pytest.mark.parametrize("text", [t for t in HOSTILE if "\u0301" not in t])
def test_hostile_text_is_not_stored(text):
    with pytest.raises(InputRefused, match="cannot be shown"):
        clean_line(text + "x", field="name")


def test_stored_text_is_one_composed_line():
    assert clean_line("  Zoe\u0308   Lee ", field="name") == "Zoë Lee"


def test_too_long_is_refused_with_the_length():
    with pytest.raises(InputRefused, match="5,000 characters long; 200 fit"):
        clean_line("a" * 5000, field="name")
