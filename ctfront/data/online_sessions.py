"""Who is logged in to the site, who must wait, and the accounts, as rows."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from ctfront.data.folding import fold_email
from ctfront.data.models import OnlineAccountRow, OnlineSessionRow, OnlineThrottleRow
from ctfront.domain.throttling import FORGOTTEN_AFTER, wait_after

IDLE = timedelta(minutes=15)
"""After so long without a page somebody is logged out."""

LONGEST = timedelta(hours=12)
"""A log-in lasts no longer, however busy."""

SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last page is kept: a write for every page would be too many."""

_SESSION, _ACCOUNT, _THROTTLE = OnlineSessionRow.__table__, OnlineAccountRow.__table__, OnlineThrottleRow.__table__


@dataclass(frozen=True, kw_only=True)
class LoggedIn:
    """Who is logged in."""

    account_id: int
    address: str
    wish: str
    is_due: bool
    """Whether it is time to keep that a page was asked for."""


def digest(text: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(text.encode()).hexdigest()


async def read_logged_in(session: AsyncSession, token: str, now: datetime) -> LoggedIn | None:
    """Return who holds the token, if it still counts."""
    s, a = _SESSION.c, _ACCOUNT.c
    query = (
        select(a.id, a.login_address, s.wish, s.seen_at)
        .join(_ACCOUNT, a.id == s.account_id)
        .where(
            s.token_digest == digest(token), s.seen_at > now - IDLE, s.made_at > now - LONGEST, a.locked_at.is_(None)
        )
    )
    row = (await session.execute(query)).first()
    if row is None:
        return None
    due = now - row.seen_at >= SEEN_EVERY
    return LoggedIn(account_id=row.id, address=row.login_address, wish=row.wish, is_due=due)


def see(session: Session, token: str, now: datetime) -> None:
    """Keep that a page was asked for."""
    session.execute(update(_SESSION).where(_SESSION.c.token_digest == digest(token)).values(seen_at=now))


def keep_wish(session: Session, token: str, wish: str, now: datetime) -> None:
    """Keep what has been chosen so far."""
    session.execute(update(_SESSION).where(_SESSION.c.token_digest == digest(token)).values(wish=wish, seen_at=now))


def begin(session: Session, token: str, account_id: int, now: datetime) -> None:
    """Log an account in under a new token, and forget those that are over."""
    session.execute(delete(_SESSION).where(or_(_SESSION.c.seen_at <= now - IDLE, _SESSION.c.made_at <= now - LONGEST)))
    values = {"token_digest": digest(token), "account_id": account_id, "made_at": now, "seen_at": now, "wish": ""}
    session.execute(insert(_SESSION).values(**values))


def end(session: Session, token: str) -> None:
    """Log out."""
    session.execute(delete(_SESSION).where(_SESSION.c.token_digest == digest(token)))


def end_all(session: Session, account_id: int) -> None:
    """Log an account out wherever it is logged in."""
    session.execute(delete(_SESSION).where(_SESSION.c.account_id == account_id))


def account(session: Session, address: str) -> OnlineAccountRow | None:
    """Return the log-in of an address that is not locked and has a password."""
    row = OnlineAccountRow
    query = select(row).where(row.folded_address == fold_email(address), row.locked_at.is_(None))
    return session.scalars(query.where(row.password_hash.is_not(None))).first()


# -- who must wait


def begin_try(session: Session, keys: Iterable[tuple[str, int]], now: datetime) -> datetime | None:
    """Count a try under each key with its free tries; return until when to wait when it is not to be looked at.

    Counted before the password is looked at, so that many at once gain nothing.
    """
    t = _THROTTLE.c
    session.execute(delete(_THROTTLE).where(t.last_at <= now - FORGOTTEN_AFTER))
    digests = {digest(key): free for key, free in keys}
    found = {row.key: row for row in session.execute(select(_THROTTLE).where(t.key.in_(digests)).with_for_update())}
    waits: list[datetime] = [row.until for row in found.values() if row.until > now]
    if waits:
        return max(waits)
    for key, free in digests.items():
        tries = found[key].tries + 1 if key in found else 1
        values = {"tries": tries, "until": now + wait_after(tries, free=free), "last_at": now}
        if key in found:
            session.execute(update(_THROTTLE).where(t.key == key).values(**values))
        else:
            session.execute(insert(_THROTTLE).values(key=key, **values))
    return None


def forgive(session: Session, keys: Iterable[str]) -> None:
    """Forget the tries under the keys."""
    session.execute(delete(_THROTTLE).where(_THROTTLE.c.key.in_([digest(key) for key in keys])))
