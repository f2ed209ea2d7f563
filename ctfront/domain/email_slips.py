"""Likely slips of the finger in the domain of an email address."""

PROVIDERS = {
    "gmail": ("com",),
    "googlemail": ("com",),
    "yahoo": ("com", "co.uk", "ca", "fr", "de", "es", "it"),
    "hotmail": ("com", "co.uk", "ca", "fr", "de", "es", "it"),
    "outlook": ("com", "fr", "de", "es"),
    "icloud": ("com",),
    "protonmail": ("com",),
    "comcast": ("net",),
    "verizon": ("net",),
    "sbcglobal": ("net",),
    "bellsouth": ("net",),
    "earthlink": ("net",),
    "charter": ("net",),
    "aol": ("com",),
    "msn": ("com",),
    "live": ("com", "co.uk", "ca"),
    "att": ("net",),
    "cox": ("net",),
    "ymail": ("com",),
}
"""The domains that most addresses end in: their name, and what may follow it."""

OTHERS = frozenset({"mail", "email", "cloud", "rmail", "fmail"})
"""Names so near to one of these that a slip cannot be told from what was meant; their own domains exist."""

LEAST_NAME = 5
"""Letters of a name from which on one of them may have slipped; shorter names are too like each other."""

LEAST_ENDING = 3
"""Letters of an ending from which on one of them may have slipped: two are a country's."""

SHORT_ENDINGS = frozenset({"co", "cm", "om", "ne"})
"""Endings that are a country's, and behind these names nearly always half of `com` or `net`."""


def likely_meant(address: str) -> str | None:
    """Return the address that was probably meant, None when nothing speaks for a slip.

    One letter wrong, missing, doubled or swapped with its neighbour, in the name or in the ending of a domain that
    most addresses end in.
    """
    local, at, domain = address.strip().rpartition("@")
    name, _, ending = domain.casefold().partition(".")
    if not (local and at and name) or name in OTHERS or ending in PROVIDERS.get(name, ()):
        return None
    for known, endings in PROVIDERS.items():
        if name != known and not (len(known) >= LEAST_NAME and is_one_slip(name, known)):
            continue
        if name != known and ending in endings:
            return f"{local}@{known}.{ending}"
        for likely in endings:
            if len(likely) >= LEAST_ENDING and _ending_slipped(ending, likely):
                return f"{local}@{known}.{likely}"
    return None


def _ending_slipped(ending: str, likely: str) -> bool:
    if len(ending) < LEAST_ENDING:
        return ending in SHORT_ENDINGS and is_one_slip(ending, likely)
    return is_one_slip(ending, likely)


def is_one_slip(typed: str, meant: str) -> bool:
    """Tell whether one letter is wrong, missing, too many, or swapped with its neighbour."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    rest, wanted = typed[start:], meant[start:]
    if len(rest) == len(wanted):
        swapped = len(rest) > 1 and rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
        return swapped or rest[1:] == wanted[1:]
    return rest[1:] == wanted if len(rest) > len(wanted) else rest == wanted[1:]
