"""A weekday's office hours in one line: `8-12, 13-18` or `8-18, lunch 12-13, 2x 9-11`; nothing typed is closed.

A span without words before it is office hours, one with words is a break of that name, one with `2x` lets two
appointments be in progress. A name that holds
digits or punctuation stands in double quotes, a double quote inside it twice.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from ctfront.domain.clinic import Site
from ctfront.domain.errors import InputRefused
from ctfront.domain.grammar.errors import CannotRead
from ctfront.domain.grammar.times import read_time
from ctfront.domain.providers import Break, DayHours, Governed, weeks_of
from ctfront.domain.set_up import check_governor, check_hours
from ctfront.domain.times import DAY, Span, minute_of, show_day, show_minute

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_CLOCK = r"\d{1,2}(?:[:.]?\d{2})?(?:[ap]m?)?"
_PART = re.compile(
    rf'\s*(?:"(?P<quoted>(?:[^"]|"")+)"|(?P<many>\d{{1,4}})\s*x(?=\s)|(?P<words>[^\W\d_][^\d",;]*?))?\s*'
    rf"(?P<start>{_CLOCK})\s*[-–]\s*(?P<end>{_CLOCK})\s*(?:[,;]|(?=\s)|$)",
    re.IGNORECASE,
)
_PLAIN_NAME = re.compile(r"[^\W\d_][^\d\",;]*")


def read_hours(text: str, weekday: int, sites: Sequence[Site] = ()) -> DayHours:
    """Read the office hours of a weekday, 0 Monday; `@harb` at the end says at which site. Raises `InputRefused`."""
    if len(sites) > 1:
        text, _, named = text.partition("@")
        return replace(read_hours(text, weekday), site_id=_site_of(named, sites))
    spans, breaks, governed, position = [], [], [], 0
    typed = text.strip()
    if typed.casefold() == "closed":
        typed = ""
    while position < len(typed):
        match = _PART.match(typed, position)
        if match is None:
            raise CannotRead("Type hours as 8-18, lunch 12-13.", position, field="hours")
        span = _read_span(match["start"], match["end"])
        name = match["quoted"].replace('""', '"') if match["quoted"] else (match["words"] or "").strip()
        if match["many"]:
            governed.append(Governed(span=span, governor=check_governor(int(match["many"]), field="hours")))
        elif name:
            breaks.append(Break(span=span, label=name))
        else:
            spans.append(span)
        position = match.end()
    day = DayHours(weekday=weekday, spans=tuple(spans), breaks=tuple(breaks), governed=tuple(governed))
    return next(iter(check_hours([day])), DayHours(weekday=weekday, spans=()))


def _site_of(named: str, sites: Sequence[Site]) -> int:
    """Return the site meant, the first one when none is named."""
    typed = named.strip().casefold()
    exact = [site for site in sites if site.name.casefold() == typed]
    fitting = exact or [site for site in sites if site.name.casefold().startswith(typed)]
    if not typed or len(fitting) == 1:
        return fitting[0].id
    raise InputRefused(f"Which site: {', '.join(site.name for site in fitting or sites)}?", field="hours")


def _read_span(first: str, last: str) -> Span:
    start, end = minute_of(read_time(first)), _read_end(last)
    if end <= start:
        afternoon = f"; type {show_minute(end + DAY // 2)}" if start < end + DAY // 2 < DAY else ""
        raise InputRefused(f"{show_minute(end)} is not after {show_minute(start)}{afternoon}.", field="hours")
    return Span(start, end)


def _read_end(text: str) -> int:
    """Return the minute a span ends at; a day may end at 24:00."""
    return DAY if text in {"24", "2400", "24:00", "24.00"} else minute_of(read_time(text))


def type_hours(day: DayHours, sites: Sequence[Site] = ()) -> str:
    """Return the hours as they are typed: `8-18, lunch 12-13`; `read_hours` reads them back the same.

    The site is named where it is not the first.
    """
    pauses = (f"{_type_name(pause.label)} {_type_span(pause.span)}" for pause in day.breaks)
    governed = (f"{part.governor}x {_type_span(part.span)}" for part in day.governed)
    return ", ".join([*(_type_span(span) for span in day.spans), *pauses, *governed]) + _at_site(day, sites[1:])


def _at_site(day: DayHours, sites: Sequence[Site]) -> str:
    return next((f" @{site.name}" for site in sites if day.spans and site.id == day.site_id), "")


def _type_span(span: Span) -> str:
    return f"{_type_minute(span.start)}-{_type_minute(span.end)}"


def _type_minute(minute: int) -> str:
    return show_minute(minute).removesuffix(":00")


def _type_name(name: str) -> str:
    doubled = name.replace('"', '""')
    return name if _PLAIN_NAME.fullmatch(name) and name == name.strip() else f'"{doubled}"'


def show_hours(day: DayHours, sites: Sequence[Site] = ()) -> str:
    """Return the hours in full: `8:00–18:00, lunch 12:00–13:00`, or `closed`, and at which of several sites."""
    parts = [_show_span(span) for span in day.spans]
    parts += [f"{pause.label} {_show_span(pause.span)}" for pause in day.breaks]
    parts += [f"{part.governor} at once {_show_span(part.span)}" for part in day.governed]
    return (", ".join(parts) or "closed") + _at_site(day, sites if len(sites) > 1 else ())


def _show_span(span: Span) -> str:
    return f"{show_minute(span.start)}–{show_minute(span.end)}"


def show_week(week: Iterable[DayHours], sites: Sequence[Site] = ()) -> str:
    """Return a week with equal days joined: `Mon–Thu 8-18, lunch 12-13; Fri 8-12`; closed days are left out."""
    runs: list[tuple[list[int], str]] = []
    for day in sorted(week, key=lambda day: day.weekday):
        hours = type_hours(day, sites)
        known = next((days for days, text in runs if text == hours), None)
        if known is not None:
            known.append(day.weekday)
        elif hours:
            runs.append(([day.weekday], hours))
    return "; ".join(f"{show_days(days)} {hours}" for days, hours in runs) or "no office hours"


def show_weeks(hours: Iterable[DayHours], today: date, sites: Sequence[Site] = ()) -> list[str]:
    """Return what holds today and what will, each with the days until and from which: `from 1 Apr 2026: Tue 8-18`."""
    shown = []
    for week in weeks_of(hours):
        if week.until is not None and week.until < today:
            continue
        since = f"from {show_day(week.since)}" if week.since is not None and week.since > today else ""
        until = f"until {show_day(week.until)}" if week.until is not None else ""
        when = " ".join(filter(None, (since, until)))
        days = show_week(week.days, sites)
        shown.append(f"{when}: {days}" if when else days)
    return shown or [show_week(())]


def show_days(days: Sequence[int]) -> str:
    """Return `Mon–Wed, Fri`: three or more in a row are joined."""
    names = []
    rest = list(days)
    while rest:
        run = [rest.pop(0)]
        while rest and rest[0] == run[-1] + 1:
            run.append(rest.pop(0))
        short = [WEEKDAYS[day][:3] for day in run]
        names += [f"{short[0]}–{short[-1]}"] if len(run) > 2 else short
    return ", ".join(names)
