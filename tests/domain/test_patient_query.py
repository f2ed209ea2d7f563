"""One box: names, birth dates, phone tails, record numbers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctfront.domain.clinic import DateOrder
from ctfront.domain.patient_query import (
    BirthDateQuery,
    EmptyQuery,
    NameQuery,
    PhoneTailQuery,
    RecordQuery,
    read_patient_query,
)


def read(text: str):
    return read_patient_query(text, today=date(2026, 3, 2), order=DateOrder.DAY_FIRST)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("smi,jo", NameQuery("smi", "jo")),
        ("smi,", NameQuery("smi")),
        ("joan smith", NameQuery(words=("joan", "smith"))),
        ("14/2/84", BirthDateQuery(date(1984, 2, 14))),
        ("14 feb 1984", BirthDateQuery(date(1984, 2, 14))),
        ("4432", PhoneTailQuery("4432")),
        ("(555) 010-4432", PhoneTailQuery("5550104432")),
        ("#10432", RecordQuery("10432")),
        ("  ", EmptyQuery()),
        ("#", EmptyQuery()),
    ],
)
def test_a_query_is_read(typed, meant):
    assert read(typed) == meant


@given(st.text(max_size=200))
def test_half_typed_text_never_fails(text):
    read(text)
