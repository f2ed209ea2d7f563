"""PINs: chosen by the clerk, and asked for by a screen that is locked."""

from sqlalchemy.orm import Session

from ctfront.data import ledger
from ctfront.data import pins as rows
from ctfront.data.database import Database
from ctfront.data.staff import load_staff
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import NotAllowed
from ctfront.domain.pins import MOST_TRIES, Pin, TriesUsedUp, check_pin, check_turn
from ctfront.domain.staff import Act, Actor, Staff
from ctfront.services.password_hashing import PasswordHashing

WRONG = "That name and that PIN do not belong together."


class Pins:
    """The PINs of the clinic's clerks."""

    def __init__(self, database: Database, clinic: Clinic) -> None:
        self._database = database
        self.clinic = clinic
        self._hashing = PasswordHashing()

    def close(self) -> None:
        """End the threads."""
        self._hashing.close()

    async def has_one(self, actor: Actor) -> bool:
        """Tell whether whoever is at the keyboard has a PIN. Raises `DatabaseUnavailable`."""
        if actor.id is None:
            return False
        async with self._database.reading() as session:
            return await rows.read_has_pin(session, actor.id)

    async def choose(self, act: Act, pin: str) -> str:
        """Keep the clerk's new PIN and return the sentence. Raises `InputRefused` or `NotAllowed`."""
        check_pin(pin)
        staff_id = act.who.id
        if staff_id is None:
            raise NotAllowed("Only staff have a PIN.")
        digest = await self._hashing.hash(pin)

        def put(session: Session) -> None:
            rows.put(session, staff_id, digest)
            ledger.record(session, self.clinic.id, act, kind="pin", subject_kind="staff", subject_id=staff_id)

        await self._database.write(put)
        return "Your PIN is kept; :lk locks the screen."

    async def unlock(self, act: Act, short_name: str, pin: str) -> Staff:
        """Return whose name and PIN these are, the one at the keyboard or a colleague.

        A try counts as wrong until it has shown to be right. Raises `NotAllowed`, and after too many `TriesUsedUp`
        until the next log-in.
        """

        def begin(session: Session) -> Pin | None:
            found = rows.load(session, self.clinic.id, short_name)
            if found is not None:
                check_turn(found, act.at)
                rows.count_try(session, found.staff_id, act.at)
            return found

        kept = await self._database.write(begin)
        if not await self._hashing.matches(kept.digest if kept is not None else None, pin) or kept is None:
            if kept is not None and kept.tries + 1 >= MOST_TRIES:
                raise TriesUsedUp
            raise NotAllowed(WRONG)
        staff_id = kept.staff_id

        def end(session: Session) -> Staff:
            rows.forget_tries(session, staff_id)
            them = next(one for one in load_staff(session, self.clinic.id) if one.id == staff_id)
            if staff_id != act.who.id:
                ledger.record(
                    session,
                    self.clinic.id,
                    act,
                    kind="switch clerk",
                    subject_kind="staff",
                    subject_id=staff_id,
                    before={"clerk": act.who.name},
                    after={"clerk": them.short_name},
                )
            return them

        return await self._database.write(end)

    async def logged_in(self, actor: Actor) -> None:
        """Count the tries anew: the clerk has shown by a log-in who it is. Raises `DatabaseUnavailable`."""
        if (staff_id := actor.id) is None:
            return
        async with self._database.reading() as session:
            if not await rows.read_tries(session, staff_id):
                return  # nearly always: a log-in writes nothing
        await self._database.write(lambda session: rows.forget_tries(session, staff_id))
