"""Public holidays by country and part of it; the library with them is loaded when they are first asked for."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from ctfront.domain.errors import InputRefused
from ctfront.domain.text import brief


def check_region(text: str, *, year: int) -> str:
    """Return `US-CA` as the clinic keeps it, empty for nobody's holidays. Raises `InputRefused`."""
    typed = "".join(text.split()).upper()
    if typed:
        holidays_of(typed, year)
    return typed


@lru_cache(maxsize=64)
def holidays_of(region: str, year: int) -> Mapping[date, str]:
    """Return the public holidays of a year with their names. Raises `InputRefused` for a region nobody knows."""
    if not region:
        return {}
    import holidays

    country, _, part = region.partition("-")
    try:
        return dict(holidays.country_holidays(country, subdiv=part or None, years=year))
    except (NotImplementedError, KeyError):
        words = f"“{brief(region)}” has no holidays here; type a country as US, with its part as US-CA."
        raise InputRefused(words, field="holidays") from None


def holiday_on(region: str, day: date) -> str:
    """Return the name of the day's public holiday, empty for none."""
    return holidays_of(region, day.year).get(day, "")
