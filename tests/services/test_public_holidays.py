"""Public holidays by country and part of it."""

from datetime import date

import pytest

from ctfront.domain.errors import InputRefused
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.services.public_holidays import check_region, holiday_on
from tests.services.test_clinic_setup import clinic_draft


def test_a_day_has_the_name_of_its_holiday():
    assert holiday_on("US", date(2026, 5, 25)) == "Memorial Day"
    assert (holiday_on("US", date(2026, 3, 31)), holiday_on("US-CA", date(2026, 3, 31))) == ("", "Cesar Chavez Day")
    assert (holiday_on("US", date(2026, 5, 26)), holiday_on("", date(2026, 5, 25))) == ("", "")


@pytest.mark.parametrize(("typed", "kept"), [("us-ca", "US-CA"), (" US ", "US"), ("", ""), ("gb-eng", "GB-ENG")])
def test_a_region_is_kept_in_capitals(typed, kept):
    assert check_region(typed, year=2026) == kept


@pytest.mark.parametrize("typed", ["XX", "US-ZZ", "-", "US-CA-LA", "\x1b[2J"])
def test_a_region_nobody_knows_is_refused(typed):
    with pytest.raises(InputRefused, match="type a country as US, with its part as US-CA") as refusal:
        check_region(typed, year=2026)
    assert refusal.value.field == "holidays"


async def test_a_clinic_keeps_whose_holidays_it_has(desk):
    set_up = ClinicSetup(desk.database, desk.clinic)
    saved = await set_up.save_clinic(desk.act(desk.manager), clinic_draft(holidays="de-by"))
    assert (saved.holidays, (await set_up.current_clinic()).holidays) == ("DE-BY", "DE-BY")
    with pytest.raises(InputRefused, match="“XX” has no holidays here"):
        await set_up.save_clinic(desk.act(desk.manager), clinic_draft(holidays="XX"))
