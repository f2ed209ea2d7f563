"""Drafts: what was typed outlives the line, and is offered at the clerk's next log-in."""

import os
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session

from ctfront.data import drafts as rows
from ctfront.data.database import Database
from ctfront.domain.clinic import Clinic
from ctfront.domain.drafts import KEPT_FOR, Draft, KeptDraft
from ctfront.domain.staff import Act, Actor

_STARTED = 19
"""Which word behind the name in /proc/PID/stat is the process's start, in ticks since the machine started."""


def session_name() -> str:
    """Return what tells this session from every other, also from a later one with the same process number."""
    return f"{os.uname().nodename} {_boot()} {os.getpid()} {_started(os.getpid())}"


def has_ended(owner: str) -> bool:
    """Tell whether a session is known to have ended; of one on another machine that cannot be known."""
    if not owner:
        return True
    node, boot, number, started = owner.rsplit(" ", 3)
    if node != os.uname().nodename:
        return False
    return boot != _boot() or _started(int(number)) != started


@cache
def _boot() -> str:
    """Return what tells this start of the machine from others."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "-"


def _started(number: int) -> str:
    """Return when a process started; empty when there is none."""
    try:
        words = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if words[0] in {"Z", "X"} else words[_STARTED]


class Drafts:
    """One session's way to the drafts of its clerk; every method is one reading or one small transaction."""

    def __init__(self, database: Database, clinic: Clinic) -> None:
        self._database = database
        self.clinic = clinic
        self.owner = session_name()

    async def keep(self, act: Act, draft: Draft) -> None:
        """Write down what is typed so far; what nobody has come back to in time goes. Raises `DatabaseUnavailable`."""
        if act.who.id is None:
            return
        staff_id = act.who.id

        def put(session: Session) -> None:
            rows.drop_older(session, self.clinic.id, act.at - KEPT_FOR)
            rows.put(session, self.clinic.id, staff_id, draft, owner=self.owner, at=act.at)

        await self._database.write(put)

    async def drop(self, actor: Actor, ids: Sequence[str]) -> None:
        """Take drafts away: saved, or left on purpose. Raises `DatabaseUnavailable`."""
        if actor.id is None:
            return
        staff_id = actor.id
        await self._database.write(lambda session: rows.drop(session, staff_id, ids))

    async def release(self) -> None:
        """Leave what is kept to the clerk's next session. Raises `DatabaseUnavailable`."""
        await self._database.write(lambda session: rows.release(session, self.owner))

    async def left(self, actor: Actor, now: datetime) -> tuple[KeptDraft, ...]:
        """Return what the clerk left in sessions that have ended, newest first, unless it is too old.

        Raises `DatabaseUnavailable`.
        """
        if actor.id is None:
            return ()
        async with self._database.reading() as session:
            found = await rows.read_of(session, self.clinic.id, actor.id, now - KEPT_FOR)
        return tuple(kept for kept in found if kept.owner != self.owner and has_ended(kept.owner))
