"""Log-ins of the site: in and out, with a wait that grows, and the same answer in the same time for all."""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from ctfront.data import online_sessions
from ctfront.data.folding import fold_email
from ctfront.data.online_sessions import LoggedIn
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import ClinicError
from ctfront.domain.staff import Act
from ctfront.services.front import Front
from ctfront.services.password_hashing import PasswordHashing

__all__ = ["LogInRefused", "LoggedIn", "MustWait", "OnlineAccounts", "tries_of"]

TOKEN_BYTES = 32

FREE_OF_ACCOUNT = 3
"""Tries at one log-in that cost no wait."""

FREE_OF_ORIGIN = 20
"""Tries from one network address that cost no wait: families and whole companies share one."""


class MustWait(ClinicError):
    """So many tries came to nothing that the next one is not looked at yet."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Please wait {_spoken(seconds)} before you try again.")
        self.seconds = seconds


class LogInRefused(ClinicError):
    """Address and password do not go together, or nobody is known by that address: nothing tells which."""


def _spoken(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    return f"{-(-seconds // 60)} minutes"


class OnlineAccounts:
    """Who is logged in, and how they come in and go."""

    def __init__(self, front: Front, hashing: PasswordHashing) -> None:
        self._front = front
        self._hashing = hashing

    async def logged_in(self, token: str) -> LoggedIn | None:
        """Return who holds a token, if it still counts; keeps now and then that a page was asked for."""
        now = self._front.clock()
        async with self._front.database.reading() as session:
            found = await online_sessions.read_logged_in(session, token, now)
        if found is not None and found.is_due:
            await self._front.database.write(lambda session: online_sessions.see(session, token, now))
        return found

    async def log_in(self, address: str, password: str, *, token: str, origin: str) -> str:
        """Log in and return a new token, the old one being dead. Raises `LogInRefused` or `MustWait`."""
        account_id = await self.prove(address, password, origin=origin)
        return await self.begin(account_id, token=token)

    async def prove(self, address: str, password: str, *, origin: str) -> int:
        """Return the account whose password it is. Raises `LogInRefused` or `MustWait`."""
        keys = tries_of(address, origin)
        act = self._front.act(origin=origin)
        until, account_id, kept = await self._front.write(_begin_try, act, address, keys)
        if until is not None:
            raise MustWait(max(1, round((until - act.at).total_seconds())))
        if not await self._hashing.matches(kept, password) or account_id is None:
            raise LogInRefused("That email address and password do not go together. Check both.")
        await self._front.database.write(lambda session: online_sessions.forgive(session, [keys[0][0]]))
        return account_id

    async def begin(self, account_id: int, *, token: str) -> str:
        """Log an account in that has proved itself, under a new token; the old one is dead."""
        new, now = secrets.token_urlsafe(TOKEN_BYTES), self._front.clock()

        def change(session: Session) -> None:
            online_sessions.end(session, token)
            online_sessions.begin(session, new, account_id, now)

        await self._front.database.write(change)
        return new

    async def keep_wish(self, token: str, wish: str) -> None:
        """Keep what has been chosen so far of a booking."""
        now = self._front.clock()
        await self._front.database.write(lambda session: online_sessions.keep_wish(session, token, wish, now))

    async def log_out(self, token: str) -> None:
        """Log out."""
        await self._front.database.write(lambda session: online_sessions.end(session, token))


def tries_of(address: str, origin: str) -> list[tuple[str, int]]:
    """Return under what a try is counted, with how many cost no wait."""
    return [(f"account {fold_email(address)}", FREE_OF_ACCOUNT), (f"origin {origin}", FREE_OF_ORIGIN)]


def _begin_try(
    session: Session, clinic: Clinic, act: Act, address: str, keys: list[tuple[str, int]]
) -> tuple[datetime | None, int | None, str | None]:
    """Count the try; return until when to wait, and the account with what is kept of its password."""
    until = online_sessions.begin_try(session, keys, act.at)
    row = online_sessions.account(session, address)
    return until, (row.id if row is not None else None), (row.password_hash if row is not None else None)
