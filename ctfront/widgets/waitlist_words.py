"""What an entry of the waitlist says of itself."""

from datetime import tzinfo

from ctfront.domain.grammar.wanted import show_times, show_weekdays
from ctfront.domain.text import Shown, safe
from ctfront.domain.times import show_weekday
from ctfront.domain.waitlist import ALL_DAY, EVERY_DAY, WaitlistEntry


def waits_words(entry: WaitlistEntry) -> Shown:
    """Return `Adjustment until Thu 5 Mar · Dr Chen · Mon, Wed · mornings`, without what is all the same to them."""
    who = ", ".join(entry.providers) or "any provider"
    days = "" if entry.weekdays == EVERY_DAY else show_weekdays(entry.weekdays)
    times = "" if days and entry.times == ALL_DAY else show_times(entry.times)
    until = f"{entry.purpose} until {show_weekday(entry.until)}"
    return safe(" · ".join(part for part in (until, who, days, times) if part))


def reach_words(entry: WaitlistEntry, zone: tzinfo) -> Shown:
    """Return how to reach the patient, and who wrote it down."""
    note = f" {entry.note}" if entry.note else ""
    since = show_weekday(entry.made_at.astimezone(zone).date())
    return safe(f"{entry.phone or 'no phone'}{note} · since {since} by {entry.by}")
