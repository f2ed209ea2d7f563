"""What patients type: birth dates in three fields, addresses, and the words for what cannot be taken."""

from collections.abc import Mapping
from datetime import date

from ctfront.domain.errors import InputRefused

EARLIEST_YEAR = 1900


def read_birth_date(form: Mapping[str, str], *, today: date) -> date:
    """Return the date in the fields `day`, `month` and `year`. Raises `InputRefused` naming the first at fault."""
    numbers: dict[str, int] = {}
    for name, most in (("day", 31), ("month", 12), ("year", 9999)):
        number = _number(form.get(name, ""), most)
        if number is None:
            raise InputRefused(f"Enter the {name} of the birth date as a number.", field=name)
        numbers[name] = number
    try:
        born = date(**numbers)
    except ValueError:
        raise InputRefused("That day does not exist. Check the birth date.", field="day") from None
    if not born.year >= EARLIEST_YEAR or born > today:
        raise InputRefused("Enter the year of the birth date with four digits, such as 1984.", field="year")
    return born


def _number(text: str, most: int) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= most else None
