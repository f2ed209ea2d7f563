"""When a new patient is likely a known one."""

from dataclasses import replace
from datetime import date

import pytest

from ctfront.domain.duplicates import Traits, are_likely_one

KNOWN = Traits(
    last="smith",
    first="joan",
    birth_date=date(1962, 5, 1),
    email="joan@example.com",
    phones=frozenset({"5550104435", "5550109999"}),
)
STRANGER = Traits(last="okafor", first="grace", birth_date=date(1957, 6, 18))


@pytest.mark.parametrize(
    "change",
    [
        {"last": "smyth", "first": "joan"},
        {"last": "smiht", "first": "jo"},
        {"last": "joan", "first": "smith"},
        {"last": "brown", "first": "joan"},
        {"last": "smith", "first": "jane"},
    ],
)
def test_a_similar_name_counts_with_the_birth_date_only(change):
    new = replace(STRANGER, **change)
    assert not are_likely_one(new, KNOWN)
    assert are_likely_one(replace(new, birth_date=KNOWN.birth_date), KNOWN)


@pytest.mark.parametrize("change", [{"phones": frozenset({"5550109999"})}, {"email": "joan@example.com"}])
def test_a_shared_phone_or_email_is_enough(change):
    assert are_likely_one(replace(STRANGER, **change), KNOWN)


@pytest.mark.parametrize(
    "change",
    [{"birth_date": KNOWN.birth_date}, {"birth_date": KNOWN.birth_date, "last": "smothers", "first": "ann"}],
)
def test_a_birth_date_alone_is_not(change):
    assert not are_likely_one(replace(STRANGER, **change), KNOWN)


def test_what_neither_has_is_not_shared():
    assert not are_likely_one(STRANGER, replace(KNOWN, email="", phones=frozenset()))
    assert not are_likely_one(
        replace(STRANGER, first="", birth_date=KNOWN.birth_date), replace(KNOWN, first="", last="vance")
    )
