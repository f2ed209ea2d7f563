"""What data may look like: nothing that is shown can drive a terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctfront.domain.errors import InputRefused
from ctfront.domain.text import MARKS_IN_A_ROW, QUOTED, brief, clean_line, safe
from tests.hostile import AWKWARD, FOREIGN, HOSTILE, harmful

MEET_BADLY = (
    "eEaZ?=' \t\r\n\x1b\x9b\x7f\x00\u0301\u0323\u200b\u200d\u202e\ufeff\u00ad\u0e01\u0e47\u1100\u1161"
    "\U000e0041\U0001f600\ue000\ud800\u2028\u00a0\u3000\u212b\ufb01"
)
ANYTHING = st.text() | st.text(MEET_BADLY)
"""Text, and text made of the characters that meet badly."""


def test_an_awkward_name_is_shown_as_it_is():
    assert safe(f"{AWKWARD}, Zoë") == "O'NEIL-[/x]ŁUKASZ, Zoë"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_shown_harmlessly(text):
    assert harmful(safe(text)) == []


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)
def test_unusual_text_is_shown_and_stored_as_it_is(text):
    assert (safe(text), clean_line(text, field="name")) == (text, text)


@given(ANYTHING)
def test_no_text_drives_a_terminal(text):
    shown = safe(text)
    assert harmful(shown) == []
    assert safe(shown) == shown
    assert unicodedata.is_normalized("NFC", shown)


@given(ANYTHING)
def test_what_is_stored_is_shown_unchanged(text):
    try:
        stored = clean_line(text, field="name")
    except InputRefused:
        return
    assert safe(stored) == stored
    assert clean_line(stored, field="name") == stored


@given(ANYTHING)
def test_what_a_refusal_quotes_is_harmless_and_short(text):
    quoted = brief(text)
    assert harmful(quoted) == []
    assert len(quoted) <= QUOTED


@given(st.sampled_from("\u0302\u0e47\u20dd\u0651"), st.integers(MARKS_IN_A_ROW, 60))
def test_marks_do_not_pile_up(mark, count):
    assert safe("q" + mark * count) == "q" + mark * MARKS_IN_A_ROW


MARKUP = [name for name in HOSTILE if name.startswith("markup")]


@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in {*MARKUP, "5,000 characters"}])
def test_hostile_text_is_not_stored(name):
    with pytest.raises(InputRefused, match="cannot be shown"):
        clean_line(f"{HOSTILE[name]}x", field="name")


@pytest.mark.parametrize("name", MARKUP)
def test_markup_is_text_like_any_other(name):
    assert clean_line(HOSTILE[name], field="name") == HOSTILE[name]


def test_stored_text_is_one_composed_line():
    assert clean_line("  Zoe\u0308 \u00a0\u3000 Lee ", field="name") == "Zoë Lee"


def test_too_long_is_refused_with_the_length():
    with pytest.raises(InputRefused, match="5,000 characters long; 200 fit"):
        clean_line("a" * 5000, field="name")
