"""One box finds everybody: name beginnings in either order, birth dates, phone tails, record numbers, near misses."""

from datetime import date

import pytest

from ctfront.domain.patients import PatientDraft, Phone
from tests.clinics import MONDAY


async def found(desk, text: str, **more) -> list[str]:
    result = await desk.people.find(text, today=MONDAY, **more)
    return [f"{row.name} {row.birth_date.year}" for row in result.rows]


def add(desk, last: str, first: str, born: date, *phones: str, **more):
    draft = PatientDraft(
        last_name=last,
        first_name=first,
        birth_date=born,
        phones=tuple(Phone(kind="home", number=number) for number in phones),
        **more,
    )
    return desk.people.add(desk.act(), draft, another_person=True)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("rui", ["RUIZ, Ana 1984"]),
        ("RUIZ", ["RUIZ, Ana 1984"]),
        ("smi", ["SMITH, Joan 1962", "SMITH, Joan 1993"]),
        ("smi,jo", ["SMITH, Joan 1962", "SMITH, Joan 1993"]),
        ("smi, joa", ["SMITH, Joan 1962", "SMITH, Joan 1993"]),
        ("smi,x", []),
        ("joan smith", ["SMITH, Joan 1962", "SMITH, Joan 1993"]),
        ("smith joan", ["SMITH, Joan 1962", "SMITH, Joan 1993"]),
        (",gra", ["OKAFOR, Grace 1957"]),
        ("grace", ["OKAFOR, Grace 1957"]),
        ("tomas bauer", ["BAUER, Tomás 1975"]),
        ("oneil", ["O'NEIL-[/X]ŁUKASZ, Zoë 1988"]),
        ("o'neil-x lu", ["O'NEIL-[/X]ŁUKASZ, Zoë 1988"]),
        ("o'n,zoe", ["O'NEIL-[/X]ŁUKASZ, Zoë 1988"]),
        ("4432", ["KAPOOR, Dev 1984"]),
        ("0104432", ["KAPOOR, Dev 1984"]),
        ("(555) 010-4432", ["KAPOOR, Dev 1984"]),
        ("2/14/84", ["KAPOOR, Dev 1984"]),
        ("1984-02-14", ["KAPOOR, Dev 1984"]),
        ("#10002", ["KAPOOR, Dev 1984"]),
        ("#99999", []),
        ("44", []),
        ("", []),
        ("-", []),
        ("'; DROP TABLE patient --", []),
        ("%", []),
    ],
)
async def test_what_is_typed_finds(desk, typed, names):
    assert await found(desk, typed) == names


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("kapor", ["KAPOOR, Dev 1984"]),
        ("akpoor", ["KAPOOR, Dev 1984"]),
        ("okofor", ["OKAFOR, Grace 1957"]),
        ("smiht,joan", ["SMITH, Joan 1962", "SMITH, Joan 1993"]),
        ("jaon smith", ["SMITH, Joan 1962", "SMITH, Joan 1993"]),
        ("grcae okafro", ["OKAFOR, Grace 1957"]),
    ],
)
async def test_a_near_miss_is_found_when_nothing_matches(desk, typed, names):
    result = await desk.people.find(typed, today=MONDAY)
    assert [f"{row.name} {row.birth_date.year}" for row in result.rows] == names
    assert result.near_miss


async def test_day_and_month_swapped_is_a_near_miss(desk):
    result = await desk.people.find("3/2/84", today=MONDAY)
    assert not result.near_miss
    result = await desk.people.find("2/3/84", today=MONDAY)
    assert [row.name for row in result.rows] == ["RUIZ, Ana"]
    assert result.near_miss


@pytest.mark.parametrize("typed", ["qqzzxx", "zz", "qx, yz", "555 9999", "1/1/1901"])
async def test_nobody_is_nobody(desk, typed):
    result = await desk.people.find(typed, today=MONDAY)
    assert (result.rows, result.near_miss) == ((), False)


async def test_an_exact_match_hides_near_misses(desk):
    await add(desk, "Kapo", "Lu", date(1970, 1, 1))
    assert await found(desk, "kapo") == ["KAPO, Lu 1970", "KAPOOR, Dev 1984"]
    assert await found(desk, "kapoo") == ["KAPOOR, Dev 1984"]


async def test_rows_are_ordered_by_surname_first_name_and_birth_date(desk):
    for first, year in (("Zoe", 1980), ("Al", 1999), ("Al", 1950), ("Ål", 1970)):
        await add(desk, "Marsh", first, date(year, 1, 1))
    await add(desk, "Mårse", "Zoe", date(1940, 1, 1))
    assert await found(desk, "mar") == [
        "MÅRSE, Zoe 1940",
        "MARSH, Al 1950",
        "MARSH, Ål 1970",
        "MARSH, Al 1999",
        "MARSH, Zoe 1980",
    ]
    assert await found(desk, "mar", limit=2) == ["MÅRSE, Zoe 1940", "MARSH, Al 1950"]


async def test_a_former_name_finds_the_present_one(desk):
    await add(desk, "Vance", "Iris", date(1971, 2, 28), former_names=("Turner", "Tudor"))
    assert await found(desk, "turn") == ["VANCE, Iris 1971"]
    assert await found(desk, "tudor,iri") == ["VANCE, Iris 1971"]
    assert await found(desk, "iris turner") == ["VANCE, Iris 1971"]
    assert await found(desk, "t") == ["VANCE, Iris 1971"]


async def test_surnames_of_several_words(desk):
    await add(desk, "van der Berg", "Ana María", date(1980, 1, 1))
    for typed in ("van der b", "vanderberg", "ana maria van der berg", "van der berg ana", "van der berg, ana m"):
        assert await found(desk, typed) == ["VAN DER BERG, Ana María 1980"]


async def test_a_second_phone_is_found_and_the_first_is_shown(desk):
    await add(desk, "Quinn", "Rory", date(1999, 7, 30), "(555) 010-7001", "(555) 010-7002")
    result = await desk.people.find("7002", today=MONDAY)
    assert [(row.name, row.phone, row.phone_tail) for row in result.rows] == [("QUINN, Rory", "(555) 010-7001", "7001")]


async def test_inactive_patients_are_found_and_say_so(desk):
    await add(desk, "Vance", "Idris", date(1971, 2, 28), active=False, inactive_reason="moved away")
    result = await desk.people.find("vance", today=MONDAY)
    assert [(row.name, row.active) for row in result.rows] == [("VANCE, Idris", False)]
