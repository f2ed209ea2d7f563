"""Several of a list in one line."""

import pytest

from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.choices import read_several

PURPOSES = (("Adjustment", "Adj"), ("New Patient Exam", "NPE"), ("Re-exam", "Rex"), ("Massage", "Mas"))
RIGHTS = tuple((word,) for word in ("book", "overbook", "override", "edit patient", "set-up"))
SETS = {"manager": range(5), "front desk": (0, 1, 2, 3)}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ()),
        ("adj", (0,)),
        ("Mas, Adj", (0, 3)),
        ("adj npe rex", (0, 1, 2)),
        ("new patient exam; massage", (1, 3)),
        ("exam", (1,)),
        ("all", (0, 1, 2, 3)),
        ("adj, adj,", (0,)),
    ],
)
def test_several_are_read(typed, meant):
    assert read_several(typed, PURPOSES, what="purpose") == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("manager", (0, 1, 2, 3, 4)),
        ("front desk", (0, 1, 2, 3)),
        ("front", (0, 1, 2, 3)),
        ("front desk, set-up", (0, 1, 2, 3, 4)),
        ("edit patient, book", (0, 3)),
        ("book edit", (0, 3)),
    ],
)
def test_a_usual_set_has_a_word(typed, meant):
    assert read_several(typed, RIGHTS, what="right", shortcuts=SETS) == meant


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("over", "Which right: overbook, override?"),
        ("fly", "“fly” is no right."),
        ("book, fly", "“fly” is no right."),
        ("book fly", "“book fly” is no right."),
    ],
)
def test_what_is_none_or_more_than_one_is_refused(typed, why):
    with pytest.raises(InputRefused) as refusal:
        read_several(typed, RIGHTS, what="right", shortcuts=SETS)
    assert str(refusal.value) == why
