"""Since I last looked: what others did that this clerk wants to know of."""

from datetime import datetime

from sqlalchemy.orm import Session

from ctfront.data import happenings
from ctfront.data.database import Database
from ctfront.domain.clinic import Clinic
from ctfront.domain.happenings import Happening
from ctfront.domain.staff import Actor, ActorKind


class Happenings:
    """What each clerk has not seen yet."""

    def __init__(self, database: Database, clinic: Clinic) -> None:
        self._database = database
        self.clinic = clinic

    async def count(self, who: Actor) -> int:
        """Return how many the clerk has not seen; nobody else is counted for."""
        if who.kind is not ActorKind.STAFF or who.id is None:
            return 0
        async with self._database.reading() as session:
            return await happenings.count_happenings(session, self.clinic.id, who.id)

    async def unseen(self, who: Actor) -> list[Happening]:
        """Return what the clerk has not seen, newest first."""
        if who.kind is not ActorKind.STAFF or who.id is None:
            return []
        async with self._database.reading() as session:
            return await happenings.read_happenings(session, self.clinic.id, who.id)

    async def look(self, who: Actor, at: datetime, *, until: Happening) -> None:
        """Keep that the clerk has looked, down to the newest one shown."""
        if who.id is not None:
            staff_id = who.id
            await self._database.write(lambda session: happenings.mark_seen(session, staff_id, until.change_id, at))


def look_at_all(session: Session, who: Actor, at: datetime) -> None:
    """Keep that the clerk has looked at everything so far, in the caller's transaction."""
    if who.id is not None:
        happenings.mark_seen(session, who.id, None, at)
