"""The desk's dates: `t`, `+1w`, `next tue`, `14/12`, `14 dec`, ISO, bare digits; the reading back decides."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from ctfront.domain.clinic import DateOrder
from ctfront.domain.grammar.errors import CannotRead
from ctfront.domain.text import brief

FIRST_YEAR = 1900
LAST_YEAR = 2100

DATE_AS = {DateOrder.DAY_FIRST: "14/12", DateOrder.MONTH_FIRST: "12/14"}
BIRTH_DATE_AS = {DateOrder.DAY_FIRST: "14/2/84", DateOrder.MONTH_FIRST: "2/14/84"}
"""How a date is typed in either order, for hints and refusals."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip

YearOf = Callable[[str], int]
"""Turns the digits of a typed year into the year."""

_OFFSET = re.compile(r"(?P<from>t|today)?\s*(?P<sign>[+-])?\s*(?P<count>\d{1,4})\s*(?P<unit>[dwmy])?")
_NUMBERS = re.compile(r"(\d{1,4})[/.\- ](\d{1,2})(?:[/.\- ](\d{1,4}))?")
_NAMED = re.compile(r"(?:(\d{1,2})\s*([a-z]{3,9})|([a-z]{3,9})\s*(\d{1,2}))(?:,?\s+(\d{2,4}))?")


def read_date(text: str, *, today: date, at_hand: date, order: DateOrder) -> date:
    """Read a date of the schedule; `at_hand` is what `+7` and `2w` count from. Raises `CannotRead`."""
    typed = " ".join(text.casefold().split())
    if not typed:
        raise CannotRead("Type a date, as t, +7, fri or 14/12.")
    found = (
        _read_word(typed, today)
        or _read_offset(typed, today, at_hand)
        or _read_bare_digits(typed, today, order)
        or _read_numbers(typed, today, order)
        or _read_named_month(typed, today)
    )
    if found is None:
        raise CannotRead(f"“{brief(text)}” is no date; type t, +7, fri, {DATE_AS[order]} or 14 dec.")
    return _in_range(found)


def read_birth_date(text: str, *, today: date, order: DateOrder) -> date:
    """Read a birth date: numbers or a named month; a two-digit year is in the past. Raises `CannotRead`."""
    typed = " ".join(text.casefold().split())
    found = None
    if re.fullmatch(r"\d{6}|\d{8}", typed):
        found = _from_digits(typed, order, lambda year: _past_year(year, today))
    elif match := _NUMBERS.fullmatch(typed):
        found = _from_numbers(match, order, lambda year: _past_year(year, today))
    elif (match := _NAMED.fullmatch(typed)) and match[5]:
        found = _from_named(match, lambda year: _past_year(year, today), today)
    if found is None:
        raise CannotRead(f"“{brief(text)}” is no birth date; type it as {BIRTH_DATE_AS[order]} or 14 feb 1984.")
    if found > today:
        raise CannotRead("A birth date lies in the past.")
    return _in_range(found)


def _in_range(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CannotRead(f"Dates lie between {FIRST_YEAR} and {LAST_YEAR}.")
    return day


def _read_word(typed: str, today: date) -> date | None:
    if typed in {"t", "today"}:
        return today
    if len(typed) >= 3 and "tomorrow".startswith(typed):
        return today + timedelta(days=1)
    following, _, rest = typed.partition(" ")
    next_week = following == "next" and bool(rest)
    name = rest if next_week else typed
    if len(name) < 2:
        return None
    for number, day_name in enumerate(_DAYS):
        if day_name.startswith(name):
            if next_week:
                return today - timedelta(days=today.weekday()) + timedelta(days=7 + number)
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    return None


def _read_offset(typed: str, today: date, at_hand: date) -> date | None:
    match = _OFFSET.fullmatch(typed)
    if match is None or not (match["sign"] or match["unit"]) or (match["from"] and not match["sign"]):
        return None
    count = int(match["count"]) * (-1 if match["sign"] == "-" else 1)
    return add(today if match["from"] else at_hand, count, match["unit"] or "d")


def add(day: date, count: int, unit: str) -> date:
    """Return the day `count` days, weeks, months or years (d, w, m, y) on; a month's end stays its end."""
    if unit in "dw":
        days = day.toordinal() + count * (7 if unit == "w" else 1)
        if not 1 <= days <= date.max.toordinal():
            raise CannotRead(f"Dates lie between {FIRST_YEAR} and {LAST_YEAR}.")
        return date.fromordinal(days)
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CannotRead(f"Dates lie between {FIRST_YEAR} and {LAST_YEAR}.")
    return date(year, month + 1, min(day.day, _days_in(year, month + 1)))


def _days_in(year: int, month: int) -> int:
    return ((date(year + month // 12, month % 12 + 1, 1)) - timedelta(days=1)).day


def _read_bare_digits(typed: str, today: date, order: DateOrder) -> date | None:
    if re.fullmatch(r"\d{1,2}", typed):
        return _next_day_of_month(int(typed), today)
    if re.fullmatch(r"\d{6}|\d{8}", typed):
        return _from_digits(typed, order, _near_year)
    return None


def _next_day_of_month(number: int, today: date) -> date:
    if not 1 <= number <= 31:
        raise CannotRead(f"No month has a day {number}.")
    for ahead in range(13):
        month = add(today.replace(day=1), ahead, "m")
        if number <= _days_in(month.year, month.month) and month.replace(day=number) > today:
            return month.replace(day=number)
    raise CannotRead(f"No month has a day {number}.")


def _from_digits(typed: str, order: DateOrder, year_of: YearOf) -> date:
    if len(typed) == 8 and FIRST_YEAR <= int(typed[:4]) <= LAST_YEAR and 1 <= int(typed[4:6]) <= 12:
        return _make(int(typed[:4]), int(typed[4:6]), int(typed[6:]))
    first, second, year = int(typed[:2]), int(typed[2:4]), typed[4:]
    return _make(year_of(year), *_month_and_day(first, second, order))


def _read_numbers(typed: str, today: date, order: DateOrder) -> date | None:
    match = _NUMBERS.fullmatch(typed)
    if match is None:
        return None
    if match[3] is None:
        if len(match[1]) > 2:
            return None
        return _next_such(*_month_and_day(int(match[1]), int(match[2]), order), today)
    return _from_numbers(match, order, _near_year)


def _from_numbers(match: re.Match[str], order: DateOrder, year_of: YearOf) -> date | None:
    first, second, third = match[1], match[2], match[3]
    if third is None:
        return None
    if len(first) == 4:
        return _make(int(first), int(second), int(third))
    if len(first) > 2:
        return None
    return _make(year_of(third), *_month_and_day(int(first), int(second), order))


def _read_named_month(typed: str, today: date) -> date | None:
    match = _NAMED.fullmatch(typed)
    return None if match is None else _from_named(match, _near_year, today)


def _from_named(match: re.Match[str], year_of: YearOf, today: date) -> date | None:
    day, name = int(match[1] or match[4]), match[2] or match[3]
    for number, month in enumerate(_MONTHS, 1):
        if month.startswith(name):
            return _make(year_of(match[5]), number, day) if match[5] else _next_such(number, day, today)
    return None


def _month_and_day(first: int, second: int, order: DateOrder) -> tuple[int, int]:
    return (second, first) if order is DateOrder.DAY_FIRST else (first, second)


def _next_such(month: int, day: int, today: date) -> date:
    """Return the next such day, today included; 29 February waits for its year."""
    for year in range(today.year, today.year + 9):
        if 1 <= month <= 12 and 1 <= day <= _days_in(year, month) and date(year, month, day) >= today:
            return date(year, month, day)
    return _make(today.year, month, day)


def _near_year(digits: str) -> int:
    return 2000 + int(digits) if len(digits) <= 2 else int(digits)


def _past_year(digits: str, today: date) -> int:
    if len(digits) > 2:
        return int(digits)
    year = today.year // 100 * 100 + int(digits)
    return year if year <= today.year else year - 100


def _make(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CannotRead(f"Dates lie between {FIRST_YEAR} and {LAST_YEAR}.")
    if not 1 <= month <= 12:
        raise CannotRead(f"There is no month {month}.")
    if not 1 <= day <= _days_in(year, month):
        raise CannotRead(f"{_MONTHS[month - 1].capitalize()} {year} has no day {day}.")
    return date(year, month, day)
