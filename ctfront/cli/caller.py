"""Who calls, and from what terminal: what the kernel knows of this process, or what a server was handed."""

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ctfront.domain.errors import ClinicError
from ctfront.domain.text import safe
from ctfront.server.client import first_environment


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The account at the keyboard and the little that counts of its environment."""

    account: str
    """The account's name as the kernel knows it, its number when it has none."""
    owns_database: bool | None = None
    """Whether that is the account that owns the database; None looks."""
    origin: str = "local"
    """Where the session comes from, as sshd says."""
    environment: Mapping[str, str]
    """The environment as it was before Python, which sets a locale where there is none."""
    clinic: str = ""
    """The clinic's name, where it is known before the database is opened."""
    zone: str = ""
    """Its time zone."""


@cache
def this_process() -> Caller:
    """Return the caller when nobody stands between."""
    return Caller(account=account_name(os.getuid()), origin=origin_of(os.environ), environment=first_environment())


def account_name(uid: int) -> str:
    """Return the name of an account, its number when it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def origin_of(environment: Mapping[str, str]) -> str:
    """Return where the session comes from."""
    return safe(environment.get("SSH_CONNECTION", "").partition(" ")[0][:100]) or "local"


def speaks_utf8(environment: Mapping[str, str]) -> bool:
    """Tell whether the account's locale is UTF-8, as the shell handed it over."""
    names = (environment.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    return next((name for name in names if name), "").lower().replace("-", "").endswith("utf8")


def check_terminal(both_ends: bool, environment: Mapping[str, str]) -> None:
    """Refuse what cannot show the screens. Raises `ClinicError`."""
    if not both_ends:
        raise ClinicError("The screens need a terminal; in scripts use ctfront agenda, find or do.")
    if environment.get("TERM", "") in {"", "dumb", "unknown"}:
        raise ClinicError("TERM does not name a terminal that can show the screens; set it, as TERM=xterm-256color.")
