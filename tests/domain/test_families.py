"""What one is to the other, and what two birth dates make likely."""

from datetime import date

import pytest

from ctfront.domain.families import Relation, likely_relation


@pytest.mark.parametrize("relation", list(Relation))
def test_the_inverse_of_the_inverse_is_the_relation(relation):
    assert relation.inverse.inverse is relation


def test_only_child_and_guardian_look_different_from_the_other_side():
    assert [r.inverse for r in Relation] == [Relation.GUARDIAN, Relation.PARTNER, Relation.CHILD, Relation.OTHER]


@pytest.mark.parametrize(
    ("born", "other", "likely"),
    [
        (date(1980, 7, 7), date(2015, 9, 19), Relation.CHILD),
        (date(2015, 9, 19), date(1980, 7, 7), Relation.GUARDIAN),
        (date(1980, 7, 7), date(1984, 1, 1), Relation.PARTNER),
    ],
)
def test_birth_dates_make_a_relation_likely(born, other, likely):
    assert likely_relation(born, other) is likely
