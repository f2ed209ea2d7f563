"""How long somebody waits who tries log-ins: longer after every try."""

from datetime import timedelta

LONGEST = timedelta(minutes=15)

FORGOTTEN_AFTER = timedelta(hours=24)
"""Without a further try, earlier ones count no more."""


def wait_after(tries: int, *, free: int) -> timedelta:
    """Return the wait after so many tries; the first `free` cost nothing, each further one doubles it."""
    if tries <= free:
        return timedelta(0)
    return min(timedelta(seconds=1 << min(tries - free, 20)), LONGEST)
