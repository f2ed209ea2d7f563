"""From which day until which, in one line: `1 apr`, `1 apr until 30 jun`, `until 30 jun`; nothing typed is always."""

import re
from datetime import date

from ctfront.domain.clinic import DateOrder
from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.dates import read_date
from ctfront.domain.times import show_date, show_day

Period = tuple[date | None, date | None]
"""First and last day; None where there is none."""

_UNTIL = re.compile(r"\b(?:until|till|to)\b", re.IGNORECASE)


def read_period(text: str, *, today: date, order: DateOrder) -> Period:
    """Read first and last day. Raises `InputRefused`."""
    first, *rest = (part.strip() for part in _UNTIL.split(text, maxsplit=1))
    first = first.removeprefix("from ").strip()
    since = read_date(first, today=today, at_hand=today, order=order) if first else None
    if not rest:
        return since, None
    until = read_date(rest[0], today=today, at_hand=since or today, order=order)
    if since is not None and until < since:
        raise InputRefused("The last day must not come before the first.")
    return since, until


def type_period(since: date | None, until: date | None) -> str:
    """Return the days as they are typed; `read_period` reads them back the same."""
    return " ".join([*([show_day(since)] if since else []), *([f"until {show_day(until)}"] if until else [])])


def show_period(since: date | None, until: date | None) -> str:
    """Return the days with their weekdays, or `always`."""
    shown = [*([show_date(since)] if since else []), *([f"until {show_date(until)}"] if until else [])]
    return " ".join(shown) or "always"
